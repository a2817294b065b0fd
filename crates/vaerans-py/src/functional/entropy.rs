//! Entropy coding of plain arrays.
//!
//! A stream of ours is a count (LEB128) and what `codec::entropy` writes for an implied count, so that a decoder fills the
//! caller's array; a stream of constriction's is as its module says.

use super::{setting as machine, unsupported};
use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use vaerans::arena::DType;
use vaerans::codec::entropy::{coder, rans, token, Setting};
use vaerans::kernels::Kernels;
use vaerans::wire::{Limits, Reader, Writer};
use vaerans::{Error, Result};

fn setting(name: &str) -> Result<Setting> {
    match name {
        "fast" => Ok(Setting::Fast),
        "precise" => Ok(Setting::Precise),
        _ => Err(Error::new("param.unknown", format!("setting={name:?}; fast or precise"))),
    }
}

fn encode(k: Kernels, array: &Array, name: &str, setting: Setting) -> Result<Vec<u8>> {
    if name != "rans" {
        let (coder, mut out) = (coder(name, setting)?, Vec::new());
        match array.dtype() {
            DType::U8 => coder.encode_u8(&k, array.slice()?, &mut out)?,
            _ => coder.encode_i32(&k, array.slice()?, &mut out)?,
        }
        return Ok(out);
    }
    let mut w = Writer::new();
    w.varint(array.len() as u64);
    let mut out = w.into_vec();
    match array.dtype() {
        DType::U8 => rans::encode_u8(&k, array.slice()?, setting, rans::Count::Known, &mut out)?,
        _ => token::encode_i32(&k, array.slice()?, setting, rans::Count::Known, &mut out)?,
    }
    Ok(out)
}

/// Encodes uint8 or int32 symbols.
#[pyfunction]
fn rans_encode<'py>(
    py: Python<'py>,
    symbols: &Bound<'py, PyAny>,
    name: &str,
    precision: &str,
) -> PyResult<Bound<'py, PyBytes>> {
    let array = Array::of(symbols)?;
    if !matches!(array.dtype(), DType::U8 | DType::I32) {
        return Err(unsupported(array.dtype(), "uint8 or int32"));
    }
    let (k, _) = machine(Some(1))?;
    let setting = errors::py(setting(precision))?;
    let bytes = errors::py(py.detach(|| encode(k, &array, name, setting)))?;
    Ok(PyBytes::new(py, &bytes))
}

/// Number of symbols in a stream, if the limits have room for them: as symbols of so many bytes, and as what they are decoded from.
#[pyfunction]
fn rans_count(data: &Bound<'_, PyAny>, name: &str, size: u64, limits: &Bound<'_, PyDict>) -> PyResult<u64> {
    let (bytes, limits) = (Array::of(data)?, crate::file::limits(Some(limits))?);
    errors::py(count(bytes.bytes(), name, size, &limits))
}

fn count(bytes: &[u8], name: &str, size: u64, limits: &Limits) -> Result<u64> {
    let mut reader = Reader::new(bytes, "symbols");
    let n = if name == "rans" { reader.varint()? } else { u64::from(reader.u32()?) };
    limits.check_elements(n, "symbols")?;
    if name == "rans" {
        rans::check(reader, n)?;
    }
    let tokens = if name != "rans" { size + 1 } else { u64::from(size > 1) };
    limits.check_bytes(n.saturating_mul(size + tokens), "bytes of symbols")?;
    Ok(n)
}

fn decode(k: Kernels, bytes: &[u8], name: &str, out: &mut Array) -> Result<()> {
    let n = out.len() as u64;
    if name != "rans" {
        let coder = coder(name, Setting::Fast)?;
        return match out.dtype() {
            DType::U8 => fill(out.slice_mut()?, &coder.decode_u8(&k, bytes, n)?.0),
            _ => fill(out.slice_mut()?, &coder.decode_i32(&k, bytes, n)?.0),
        };
    }
    let mut reader = Reader::new(bytes, "symbols");
    if reader.varint()? != n {
        return Err(Error::new("param.shape", format!("out has {n} elements, the stream another number")));
    }
    match out.dtype() {
        DType::U8 => rans::decode_u8_into(&k, &mut reader, out.slice_mut()?),
        _ => token::decode_i32_into(&k, &mut reader, out.slice_mut()?),
    }
}

fn fill<T: Copy>(out: &mut [T], values: &[T]) -> Result<()> {
    if out.len() != values.len() {
        let text = format!("out has {} elements, the stream {}", out.len(), values.len());
        return Err(Error::new("param.shape", text));
    }
    out.copy_from_slice(values);
    Ok(())
}

/// Decodes a stream into `out`, uint8 or int32, of as many elements.
#[pyfunction]
fn rans_decode(py: Python<'_>, data: &Bound<'_, PyAny>, out: &Bound<'_, PyAny>, name: &str) -> PyResult<()> {
    let (bytes, mut out) = super::pair(data, out)?;
    if !matches!(out.dtype(), DType::U8 | DType::I32) {
        return Err(unsupported(out.dtype(), "uint8 or int32"));
    }
    let (k, _) = machine(Some(1))?;
    errors::py(py.detach(|| decode(k, bytes.bytes(), name, &mut out)))
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(rans_encode, m)?)?;
    m.add_function(wrap_pyfunction!(rans_count, m)?)?;
    m.add_function(wrap_pyfunction!(rans_decode, m)?)
}
