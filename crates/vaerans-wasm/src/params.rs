//! Options as JavaScript has them: an object whose names are in camelCase.

use crate::js;
use vaerans::component::{Params, Value};
use vaerans::{Error, Result};
use wasm_bindgen::JsValue;

/// Fields that are undefined or null are left out.
pub fn of(options: &JsValue) -> Result<Params> {
    let mut params = Params::new();
    if !options.is_object() {
        return Ok(params);
    }
    for name in js::keys(options) {
        let name = name.as_string().unwrap_or_default();
        let given = js::get(options, &name);
        if !given.is_undefined() && !given.is_null() {
            params = params.with(&snake(&name), value(&name, &given)?);
        }
    }
    Ok(params)
}

fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// A number of JavaScript that is whole is a whole number, as `sigma: 1` is a float to a parameter that wants one.
fn value(name: &str, given: &JsValue) -> Result<Value> {
    if let Some(v) = given.as_bool() {
        return Ok(Value::Bool(v));
    }
    if let Some(v) = given.as_string() {
        return Ok(Value::Text(v));
    }
    match given.as_f64() {
        // 2^53: above, numbers of JavaScript skip whole ones.
        Some(v) if v as i64 as f64 == v && v.abs() < 9_007_199_254_740_992.0 => Ok(Value::Int(v as i64)),
        Some(v) => Ok(Value::Float(v)),
        None => Err(Error::new("param.type", format!("{name} must be a number, a flag or text"))),
    }
}
