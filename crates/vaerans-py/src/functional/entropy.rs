//! Entropy coding of plain arrays.
//!
//! A stream says what it holds: u8 number of the element type (those of the container), varint number of axes, a varint for
//! each axis; then the symbols, whose number follows from the shape: for `rans` what `codec::entropy` writes for an implied
//! count, for `constriction` as its module says.

use super::{setting as machine, unsupported};
use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};
use vaerans::arena::{zeros, DType, Element};
use vaerans::codec::entropy::{coder, rans, token, Setting};
use vaerans::kernels::Kernels;
use vaerans::wire::{Limits, Reader, Writer};
use vaerans::{Error, Result};

/// Element types of symbols. All but the first are coded as int32, which holds them.
const TYPES: [DType; 5] = [DType::U8, DType::I8, DType::U16, DType::I16, DType::I32];
const EXPECTED: &str = "uint8, int8, uint16, int16 or int32";
/// Most axes: those of NumPy.
const MAX_AXES: u64 = 64;

fn setting(name: &str) -> Result<Setting> {
    match name {
        "fast" => Ok(Setting::Fast),
        "precise" => Ok(Setting::Precise),
        _ => Err(Error::new("param.unknown", format!("setting={name:?}; fast or precise"))),
    }
}

/// The elements as int32, which holds every type of symbols.
fn wide(array: &Array) -> Result<Vec<i32>> {
    fn of<T: Element + Into<i32>>(array: &Array) -> Result<Vec<i32>> {
        let mut values = zeros(array.len())?;
        values.iter_mut().zip(array.slice::<T>()?).for_each(|(v, &s)| *v = s.into());
        Ok(values)
    }
    match array.dtype() {
        DType::I8 => of::<i8>(array),
        DType::U16 => of::<u16>(array),
        DType::I16 => of::<i16>(array),
        _ => of::<i32>(array),
    }
}

fn head(array: &Array, shape: &[usize]) -> Vec<u8> {
    let mut w = Writer::new();
    w.u8(array.dtype() as u8);
    w.varint(shape.len() as u64);
    shape.iter().for_each(|&n| w.varint(n as u64));
    w.into_vec()
}

fn encode(k: Kernels, array: &Array, shape: &[usize], name: &str, setting: Setting) -> Result<Vec<u8>> {
    let mut out = head(array, shape);
    match (name, array.dtype()) {
        ("rans", DType::U8) => rans::encode_u8(&k, array.slice()?, setting, rans::Count::Known, &mut out)?,
        ("rans", DType::I32) => token::encode_i32(&k, array.slice()?, setting, rans::Count::Known, &mut out)?,
        ("rans", _) => token::encode_i32(&k, &wide(array)?, setting, rans::Count::Known, &mut out)?,
        (_, DType::U8) => coder(name, setting)?.encode_u8(&k, array.slice()?, &mut out)?,
        _ => coder(name, setting)?.encode_i32(&k, &wide(array)?, &mut out)?,
    }
    Ok(out)
}

/// Encodes integers, given in one row; the stream says of which type and shape.
#[pyfunction]
fn rans_encode<'py>(
    py: Python<'py>,
    symbols: &Bound<'py, PyAny>,
    shape: Vec<usize>,
    name: &str,
    precision: &str,
) -> PyResult<Bound<'py, PyBytes>> {
    let array = Array::of(symbols)?;
    if !TYPES.contains(&array.dtype()) {
        return Err(unsupported(array.dtype(), EXPECTED));
    }
    if shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d)) != Some(array.len()) {
        let text = format!("{} symbols for the shape {shape:?}", array.len());
        return Err(errors::exception(&Error::new("param.shape", text)));
    }
    let (k, _) = machine(Some(1))?;
    let setting = errors::py(setting(precision))?;
    let bytes = errors::py(py.detach(|| encode(k, &array, &shape, name, setting)))?;
    Ok(PyBytes::new(py, &bytes))
}

/// Element type and shape of what a stream holds; the reader stands behind them.
fn read_head(reader: &mut Reader) -> Result<(DType, Vec<usize>)> {
    let place = reader.clone();
    let number = reader.u8()?;
    let dtype = DType::from_number(number).filter(|d| TYPES.contains(d));
    let dtype = dtype.ok_or_else(|| place.invalid(&format!("symbols of type {number}; {EXPECTED} expected")))?;
    let axes = reader.varint()?;
    if axes > MAX_AXES {
        return Err(place.invalid(&format!("{axes} axes, at most {MAX_AXES} possible")));
    }
    let axis = |_| usize::try_from(reader.varint()?).map_err(|_| place.invalid("an axis is too long"));
    let shape = (0..axes).map(axis).collect::<Result<Vec<_>>>()?;
    // NumPy counts so too: axes of 0 elements do not excuse the others.
    let room = shape.iter().filter(|&&n| n > 0).try_fold(dtype.size(), |n, &d| n.checked_mul(d));
    match room.is_some_and(|n| n <= isize::MAX as usize) {
        true => Ok((dtype, shape)),
        false => Err(place.invalid(&format!("a shape {shape:?} beyond all memory"))),
    }
}

/// Type and shape of the symbols in a stream, if the limits have room for them and for what they are decoded from.
#[pyfunction]
fn rans_head<'py>(
    py: Python<'py>,
    data: &Bound<'py, PyAny>,
    name: &str,
    limits: &Bound<'py, PyDict>,
) -> PyResult<(&'static str, Bound<'py, PyTuple>)> {
    let (bytes, limits) = (Array::of(data)?, crate::file::limits(Some(limits))?);
    let (dtype, shape) = errors::py(checked_head(bytes.bytes(), name, &limits))?;
    Ok((dtype.name(), PyTuple::new(py, shape)?))
}

fn checked_head(bytes: &[u8], name: &str, limits: &Limits) -> Result<(DType, Vec<usize>)> {
    let mut reader = Reader::new(bytes, "symbols");
    let (dtype, shape) = read_head(&mut reader)?;
    let n = shape.iter().fold(1u64, |n, &d| n.saturating_mul(d as u64));
    limits.check_elements(n, "symbols")?;
    if name == "rans" {
        rans::check(reader, n)?;
    }
    // Narrow types are decoded as int32 first, wide ones from tokens of a byte.
    let behind = match (dtype, name) {
        (DType::U8, "rans") => 0,
        (DType::U8, _) => 2,
        _ => 9,
    };
    limits.check_bytes(n.saturating_mul(dtype.size() as u64 + behind), "bytes of symbols")?;
    Ok((dtype, shape))
}

fn decode(k: Kernels, bytes: &[u8], name: &str, out: &mut Array) -> Result<()> {
    let mut reader = Reader::new(bytes, "symbols");
    let (dtype, shape) = read_head(&mut reader)?;
    if dtype != out.dtype() || shape.iter().product::<usize>() != out.len() {
        let text = format!("out has {} elements of {}, the stream {shape:?} of {dtype}", out.len(), out.dtype());
        return Err(Error::new("param.shape", text));
    }
    match dtype {
        DType::U8 => decode_u8(k, &mut reader, name, out.slice_mut()?),
        DType::I32 => decode_i32(k, &mut reader, name, out.slice_mut()?),
        DType::I8 => narrow::<i8>(k, &mut reader, name, out),
        DType::U16 => narrow::<u16>(k, &mut reader, name, out),
        _ => narrow::<i16>(k, &mut reader, name, out),
    }
}

fn decode_u8(k: Kernels, reader: &mut Reader, name: &str, out: &mut [u8]) -> Result<()> {
    if name == "rans" {
        return rans::decode_u8_into(&k, reader, out);
    }
    let bytes = reader.rest();
    fill(out, &coder(name, Setting::Fast)?.decode_u8(&k, bytes, out.len() as u64)?.0)
}

fn decode_i32(k: Kernels, reader: &mut Reader, name: &str, out: &mut [i32]) -> Result<()> {
    if name == "rans" {
        return token::decode_i32_into(&k, reader, out);
    }
    let bytes = reader.rest();
    fill(out, &coder(name, Setting::Fast)?.decode_i32(&k, bytes, out.len() as u64)?.0)
}

/// Values of a type that is coded as int32.
fn narrow<T: Element + TryFrom<i32>>(k: Kernels, reader: &mut Reader, name: &str, out: &mut Array) -> Result<()> {
    let mut values = zeros::<i32>(out.len())?;
    let place = reader.clone();
    decode_i32(k, reader, name, &mut values)?;
    for (to, &value) in out.slice_mut::<T>()?.iter_mut().zip(&values) {
        *to = T::try_from(value).map_err(|_| place.invalid(&format!("{value} does not fit {}", T::DTYPE)))?;
    }
    Ok(())
}

fn fill<T: Copy>(out: &mut [T], values: &[T]) -> Result<()> {
    if out.len() != values.len() {
        let text = format!("the shape says {} symbols, the stream holds {}", out.len(), values.len());
        return Err(Error::new("stream.invalid", text));
    }
    out.copy_from_slice(values);
    Ok(())
}

/// Decodes a stream into `out`, one row of the stream's type.
#[pyfunction]
fn rans_decode(py: Python<'_>, data: &Bound<'_, PyAny>, out: &Bound<'_, PyAny>, name: &str) -> PyResult<()> {
    let (bytes, mut out) = super::pair(data, out)?;
    let (k, _) = machine(Some(1))?;
    errors::py(py.detach(|| decode(k, bytes.bytes(), name, &mut out)))
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(rans_encode, m)?)?;
    m.add_function(wrap_pyfunction!(rans_head, m)?)?;
    m.add_function(wrap_pyfunction!(rans_decode, m)?)
}
