//! The affine quantiser.

use super::{apply, pair, setting, unsupported};
use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use vaerans::arena::DType;

/// Smallest value, largest value, and how many values are NaN or infinite.
#[pyfunction]
fn value_range(py: Python<'_>, src: &Bound<'_, PyAny>) -> PyResult<(f32, f32, u64)> {
    let (k, _) = setting(Some(1))?;
    let array = Array::of(src)?;
    let range = errors::py(py.detach(|| Ok(k.range(array.slice::<f32>()?))))?;
    Ok((range.min, range.max, range.nonfinite as u64))
}

/// `round((x - offset) / scale)` of float32 into uint8, uint16 or int32.
#[pyfunction]
fn quantize(py: Python<'_>, src: &Bound<'_, PyAny>, out: &Bound<'_, PyAny>, scale: f32, offset: f32) -> PyResult<()> {
    let (k, _) = setting(Some(1))?;
    let mut arrays = pair(src, out)?;
    same_length(&arrays)?;
    match arrays.1.dtype() {
        DType::U8 => apply::<f32, u8>(py, &mut arrays, |a, b| {
            k.quantize(a, b, scale, offset);
            Ok(())
        }),
        DType::U16 => apply::<f32, u16>(py, &mut arrays, |a, b| {
            k.quantize(a, b, scale, offset);
            Ok(())
        }),
        DType::I32 => apply::<f32, i32>(py, &mut arrays, |a, b| {
            k.quantize(a, b, scale, offset);
            Ok(())
        }),
        other => Err(unsupported(other, "uint8, uint16 or int32")),
    }
}

/// `symbol * scale + offset` into float32.
#[pyfunction]
fn dequantize(py: Python<'_>, src: &Bound<'_, PyAny>, out: &Bound<'_, PyAny>, scale: f32, offset: f32) -> PyResult<()> {
    let (k, _) = setting(Some(1))?;
    let mut arrays = pair(src, out)?;
    same_length(&arrays)?;
    match arrays.0.dtype() {
        DType::U8 => apply::<u8, f32>(py, &mut arrays, |a, b| {
            k.dequantize(a, b, scale, offset);
            Ok(())
        }),
        DType::U16 => apply::<u16, f32>(py, &mut arrays, |a, b| {
            k.dequantize(a, b, scale, offset);
            Ok(())
        }),
        DType::I32 => apply::<i32, f32>(py, &mut arrays, |a, b| {
            k.dequantize(a, b, scale, offset);
            Ok(())
        }),
        other => Err(unsupported(other, "uint8, uint16 or int32")),
    }
}

fn same_length(arrays: &(Array, Array)) -> PyResult<()> {
    if arrays.0.len() == arrays.1.len() {
        return Ok(());
    }
    let text = format!("{:?} into {:?}", arrays.0.shape(), arrays.1.shape());
    Err(errors::exception(&vaerans::Error::new("param.shape", text)))
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(value_range, m)?)?;
    m.add_function(wrap_pyfunction!(quantize, m)?)?;
    m.add_function(wrap_pyfunction!(dequantize, m)?)
}
