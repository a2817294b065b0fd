//! Python dictionaries as parameters, and back.

use crate::errors;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyString};
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

fn from_object(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Value> {
    let wrong = |text: String| errors::exception(&Error::new("param.type", text));
    if value.is_instance_of::<PyBool>() {
        Ok(Value::Bool(value.extract()?))
    } else if value.is_instance_of::<PyString>() {
        Ok(Value::Text(value.extract()?))
    } else if value.is_instance_of::<PyBytes>() {
        Ok(Value::Bytes(value.extract()?))
    } else if value.is_instance_of::<PyInt>() || value.hasattr("__index__")? {
        let number = value.extract::<i64>().map_err(|_| wrong(format!("{name} does not fit 64 bits")))?;
        Ok(Value::Int(number))
    } else if value.is_instance_of::<PyFloat>() || value.hasattr("__float__")? {
        Ok(Value::Float(value.extract()?))
    } else {
        Err(wrong(format!("{name} must be a number, a flag or text, not {}", value.get_type().name()?)))
    }
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
