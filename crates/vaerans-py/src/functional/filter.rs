//! Filters.

use super::{apply, axes, pair, setting, unsupported};
use pyo3::prelude::*;
use vaerans::arena::DType;
use vaerans::codec::filter::blur::gaussian_blur as blur;

/// Blurs (H, W, C) into `out` of the same shape and dtype.
#[pyfunction]
#[pyo3(signature = (src, out, sigma, threads=None))]
fn gaussian_blur(
    py: Python<'_>,
    src: &Bound<'_, PyAny>,
    out: &Bound<'_, PyAny>,
    sigma: f64,
    threads: Option<usize>,
) -> PyResult<()> {
    let (k, t) = setting(threads)?;
    let mut arrays = pair(src, out)?;
    let shape = axes::<3>(arrays.0.shape(), "a picture")?;
    match arrays.0.dtype() {
        DType::U8 => apply::<u8, u8>(py, &mut arrays, |a, b| blur(k, t, a, shape, sigma, b)),
        DType::U16 => apply::<u16, u16>(py, &mut arrays, |a, b| blur(k, t, a, shape, sigma, b)),
        DType::F32 => apply::<f32, f32>(py, &mut arrays, |a, b| blur(k, t, a, shape, sigma, b)),
        other => Err(unsupported(other, "uint8, uint16 or float32")),
    }
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(gaussian_blur, m)?)
}
