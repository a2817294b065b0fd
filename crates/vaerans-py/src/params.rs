//! Python dictionaries as parameters, and back.

use crate::errors;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use vaerans::component::{Params, Value};
use vaerans::Error;

/// The parameters in a dictionary; None values are left out.
pub fn from_dict(dict: &Bound<'_, PyDict>) -> PyResult<Params> {
    let mut params = Params::new();
    for (name, value) in dict {
        let name: String = name.extract()?;
        if !value.is_none() {
            params = params.with(&name, from_object(&name, &value)?);
        }
    }
    Ok(params)
}

/// Numbers and flags of NumPy are as good as Python's own.
fn from_object(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let wrong = |text: String| errors::exception(&Error::new("param.type", text));
    if let Ok(flag) = value.extract::<bool>() {
        return Ok(Value::Bool(flag));
    }
    if value.is_instance_of::<PyString>() {
        let broken = |_| wrong(format!("{name} is text with lone surrogates, which UTF-8 has no bytes for"));
        return value.extract().map(Value::Text).map_err(broken);
    }
    if value.is_instance_of::<PyBytes>() {
        return Ok(Value::Bytes(value.extract()?));
    }
    match value.extract::<i64>() {
        Ok(number) => return Ok(Value::Int(number)),
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            return Err(wrong(format!("{name} does not fit 64 bits")));
        }
        Err(_) => {}
    }
    let kind = value.get_type().name()?;
    let text = |_| wrong(format!("{name} must be a number, a flag or text, not {kind}"));
    value.extract().map(Value::Float).map_err(text)
}

/// A dictionary of the parameters.
pub fn to_dict<'py>(py: Python<'py>, params: &Params) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in params.iter() {
        match value {
            Value::Bool(v) => dict.set_item(name, v)?,
            Value::Int(v) => dict.set_item(name, v)?,
            Value::Float(v) => dict.set_item(name, v)?,
            Value::Text(v) => dict.set_item(name, v)?,
            Value::Bytes(v) => dict.set_item(name, PyBytes::new(py, v))?,
        }
    }
    Ok(dict)
}
