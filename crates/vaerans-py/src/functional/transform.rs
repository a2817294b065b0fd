//! Transforms.

use super::{apply, pair, setting};
use crate::errors;
use pyo3::prelude::*;
use vaerans::codec::registry::hadamard::rotate;

/// Rotates groups of `size` channels of (C, ...) float32 into `out`; its own inverse.
#[pyfunction]
fn hadamard(py: Python<'_>, src: &Bound<'_, PyAny>, out: &Bound<'_, PyAny>, size: usize) -> PyResult<()> {
    let (k, _) = setting(Some(1))?;
    let mut arrays = pair(src, out)?;
    let channels = arrays.0.shape().first().copied().unwrap_or(0);
    errors::py(vaerans::codec::registry::hadamard::check(channels, size))?;
    apply::<f32, f32>(py, &mut arrays, |a, b| rotate(k, a, b, channels, size))
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(hadamard, m)?)
}
