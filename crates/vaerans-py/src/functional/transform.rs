//! Transforms.

use super::{apply, pair, setting, unsupported};
use crate::errors;
use pyo3::prelude::*;
use vaerans::arena::DType;
use vaerans::codec::transform::hadamard::{check, rotate};
use vaerans::codec::transform::lifting::Pyramid;
use vaerans::codec::transform::pyramid;
use vaerans::kernels::Filter;
use vaerans::Error;

/// Rotates groups of `size` channels of (C, ...) float32 into `out`; its own inverse.
#[pyfunction]
fn hadamard(py: Python<'_>, src: &Bound<'_, PyAny>, out: &Bound<'_, PyAny>, size: usize) -> PyResult<()> {
    let (k, _) = setting(Some(1))?;
    let mut arrays = pair(src, out)?;
    let channels = arrays.0.shape().first().copied().unwrap_or(0);
    errors::py(check(channels, size))?;
    apply::<f32, f32>(py, &mut arrays, |a, b| rotate(k, a, b, channels, size))
}

fn filter(name: &str) -> PyResult<Filter> {
    match name {
        "cdf53" => Ok(Filter::Cdf53),
        "cdf97" => Ok(Filter::Cdf97),
        "haar" => Ok(Filter::Haar),
        _ => {
            let text = format!("wavelet={name:?}; cdf53, cdf97 or haar");
            Err(errors::exception(&Error::new("param.unknown", text)))
        }
    }
}

/// Transforms every plane (the last two axes) of `src` into `out`, float32 or int32.
#[pyfunction]
#[pyo3(signature = (src, out, wavelet, levels, inverse, threads=None))]
fn wavelet(
    py: Python<'_>,
    src: &Bound<'_, PyAny>,
    out: &Bound<'_, PyAny>,
    wavelet: &str,
    levels: usize,
    inverse: bool,
    threads: Option<usize>,
) -> PyResult<()> {
    let (k, t) = setting(threads)?;
    let mut arrays = pair(src, out)?;
    let filter = filter(wavelet)?;
    let [planes @ .., height, width] = arrays.0.shape() else {
        let text = format!("an array of shape {:?}; (..., H, W) expected", arrays.0.shape());
        return Err(errors::exception(&Error::new("param.shape", text)));
    };
    let pyramid = Pyramid { planes: planes.iter().product(), height: *height, width: *width, levels, filter };
    match (arrays.0.dtype(), inverse) {
        (DType::F32, false) => apply::<f32, f32>(py, &mut arrays, |a, b| pyramid.forward(k, a, b, t)),
        (DType::F32, true) => apply::<f32, f32>(py, &mut arrays, |a, b| pyramid.inverse(k, a, b, t)),
        (DType::I32, false) => apply::<i32, i32>(py, &mut arrays, |a, b| pyramid.forward(k, a, b, t)),
        (DType::I32, true) => apply::<i32, i32>(py, &mut arrays, |a, b| pyramid.inverse(k, a, b, t)),
        (other, _) => Err(unsupported(other, "float32 or int32")),
    }
}

/// Bands of a packed plane: (level, orientation, y, x, height, width), coarsest first.
#[pyfunction]
fn band_table(height: usize, width: usize, levels: usize) -> Vec<(usize, usize, usize, usize, usize, usize)> {
    let row = |(level, band, r): (usize, pyramid::Orientation, vaerans::rect::Rect)| {
        (level, band as usize, r.y, r.x, r.height, r.width)
    };
    pyramid::bands(height, width, levels).map(row).collect()
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(hadamard, m)?)?;
    m.add_function(wrap_pyfunction!(wavelet, m)?)?;
    m.add_function(wrap_pyfunction!(band_table, m)?)
}
