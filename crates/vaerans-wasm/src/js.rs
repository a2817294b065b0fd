//! The few objects of JavaScript that a small module makes. The crate js-sys knows them all, and a module that names one of them
//! carries 6 KB of the rest.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A plain object.
    pub type Object;
    #[wasm_bindgen(constructor)]
    pub fn new() -> Object;
    /// Sets a field.
    #[wasm_bindgen(js_namespace = Reflect, js_name = set)]
    pub fn set(object: &JsValue, name: &str, value: &JsValue) -> bool;
    /// Reads a field.
    #[wasm_bindgen(js_namespace = Reflect, js_name = get)]
    pub fn get(object: &JsValue, name: &str) -> JsValue;
    /// Names of an object's own fields.
    #[wasm_bindgen(js_namespace = Reflect, js_name = ownKeys)]
    pub fn keys(object: &JsValue) -> Box<[JsValue]>;

    /// A list.
    pub type Array;
    #[wasm_bindgen(constructor)]
    pub fn new() -> Array;
    #[wasm_bindgen(method)]
    pub fn push(this: &Array, value: &JsValue);

    /// Bytes that JavaScript owns.
    pub type Uint8Array;
    /// A copy.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Uint8Array;
}

/// A list of values.
#[cfg(any(feature = "decoder", feature = "pipe"))]
pub fn list(values: impl Iterator<Item = JsValue>) -> Array {
    let array = Array::new();
    values.for_each(|v| array.push(&v));
    array
}
