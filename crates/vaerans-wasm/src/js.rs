//! The few objects of JavaScript that a small module makes. The crate js-sys knows them all, and a module that names one of them
//! carries 6 KB of the rest.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A plain object.
    pub type Object;
    #[wasm_bindgen(constructor)]
    pub fn new() -> Object;
    /// Sets a field: a plain object takes any, so that nothing is thrown.
    #[wasm_bindgen(method, structural, indexing_setter)]
    pub fn put(this: &Object, name: &str, value: &JsValue);
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
    #[wasm_bindgen(method, getter, structural)]
    pub fn length(this: &Uint8Array) -> u32;
    /// A view.
    #[wasm_bindgen(method)]
    pub fn subarray(this: &Uint8Array, start: u32, end: u32) -> Uint8Array;
    /// Copies bytes that JavaScript owns: `to` is passed as a view, without a copy of its own.
    #[wasm_bindgen(js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    pub fn copy(to: &mut [u8], from: &Uint8Array);
}

/// Sets a field.
#[cfg(any(feature = "decoder", feature = "engine", feature = "pipe"))]
pub fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    object.put(name, &value.into());
}

/// A list of values.
#[cfg(any(feature = "decoder", feature = "engine", feature = "pipe"))]
pub fn list(values: impl Iterator<Item = JsValue>) -> Array {
    let array = Array::new();
    values.for_each(|v| array.push(&v));
    array
}
