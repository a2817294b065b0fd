//! Core errors as the exceptions of `vaerans_ecs.errors`.

use pyo3::prelude::*;
use vaerans::{Error, Result};

/// The exception of `error`: built by `vaerans_ecs.errors.from_code`, so that the classes live in
/// Python and a code means the same class wherever it comes from.
pub fn exception(error: &Error) -> PyErr {
    from_code(error.code(), error.message())
}

/// The exception of a code and a message, wherever they come from.
pub fn from_code(code: &str, message: &str) -> PyErr {
    Python::attach(|py| {
        let made =
            py.import("vaerans_ecs.errors").and_then(|m| m.getattr("from_code")).and_then(|f| f.call1((code, message)));
        match made {
            Ok(value) => PyErr::from_value(value),
            Err(broken) => broken,
        }
    })
}

/// A core result as a Python result.
pub fn py<T>(result: Result<T>) -> PyResult<T> {
    result.map_err(|e| exception(&e))
}
