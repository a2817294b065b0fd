//! Whole files: written from arrays and worlds, opened, told of.

mod encode;
mod info;
mod opened;
mod save;

use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict};
use std::borrow::Cow;
use vaerans::bitstream::Metadata;
use vaerans::wire::{Limits, Source};
use vaerans::{Error, Result};

/// Adds the functions and classes to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    encode::register(m)?;
    opened::register(m)?;
    save::register(m)
}

/// What travels with a picture: the keys `icc`, `exif`, `orientation` of a dictionary.
fn metadata(dict: Option<&Bound<'_, PyDict>>) -> PyResult<Metadata> {
    let Some(dict) = dict else { return Ok(Metadata::default()) };
    let bytes = |name: &str| -> PyResult<Option<Vec<u8>>> {
        let found = dict.get_item(name)?.filter(|v| !v.is_none());
        found.map(|v| block(name, &v)).transpose()
    };
    let orientation = match dict.get_item("orientation")?.filter(|v| !v.is_none()) {
        None => None,
        Some(v) => Some(orientation(&v)?),
    };
    Ok(Metadata { icc: bytes("icc")?, exif: bytes("exif")?, orientation, json: None })
}

fn block(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let wrong = || Error::new("param.type", format!("{name} must be bytes"));
    value.extract::<Vec<u8>>().map_err(|_| errors::exception(&wrong()))
}

fn orientation(value: &Bound<'_, PyAny>) -> PyResult<u8> {
    let number: i64 = value
        .extract()
        .map_err(|_| errors::exception(&Error::new("param.type", "orientation must be a whole number from 1 to 8")))?;
    let text = format!("orientation {number}; EXIF knows 1 to 8");
    u8::try_from(number).map_err(|_| errors::exception(&Error::new("param.range", text)))
}

fn metadata_dict<'py>(py: Python<'py>, m: &Metadata) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    let bytes = |b: &Option<Vec<u8>>| b.as_ref().map(|b| PyBytes::new(py, b));
    dict.set_item("icc", bytes(&m.icc))?;
    dict.set_item("exif", bytes(&m.exif))?;
    dict.set_item("orientation", m.orientation.unwrap_or(1))?;
    dict.set_item("json", &m.json)?;
    Ok(dict)
}

/// The limits by their names; those that are there, if only as None, are the ones that the caller can set.
pub fn limits(dict: Option<&Bound<'_, PyDict>>) -> PyResult<Limits> {
    let mut given = Vec::new();
    for (name, value) in dict.into_iter().flatten() {
        let name: String = name.extract()?;
        let wrong = || Error::new("param.type", format!("{name} must be a whole number, not negative"));
        let number = || if value.is_instance_of::<PyBool>() { None } else { value.extract().ok() };
        let value = match value.is_none() {
            true => None,
            false => Some(number().ok_or_else(|| errors::exception(&wrong()))?),
        };
        given.push((name, value));
    }
    errors::py(Limits::of(given.iter().map(|(name, value)| (name.as_str(), *value))))
}

/// A buffer of Python's as a source of bytes; Python keeps it alive and in place.
struct Buffer(Array);

impl Source for Buffer {
    fn len(&self) -> u64 {
        self.0.bytes().len() as u64
    }

    fn read(&self, at: u64, n: usize) -> Result<Cow<'_, [u8]>> {
        self.0.bytes().read(at, n)
    }
}
