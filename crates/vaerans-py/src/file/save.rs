//! Components of a world as files.

use super::metadata;
use crate::errors;
use crate::world::{kernels, World};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use vaerans::bitstream;
use vaerans::codec::{coded, entropy};
use vaerans::REGISTRY;

/// An entity's bitstreams, given as (key, step), as a whole file.
#[pyfunction]
#[pyo3(signature = (world, entity, streams, metadata=None))]
fn file_bytes<'py>(
    py: Python<'py>,
    world: &World,
    entity: u64,
    streams: Vec<(String, Option<u64>)>,
    metadata: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let metadata = self::metadata(metadata)?;
    let file = world.with(py, |w| {
        let one = |(key, step): &(String, Option<u64>)| w.component(entity, key, *step).cloned();
        let components = streams.iter().map(one).collect::<vaerans::Result<Vec<_>>>()?;
        let named: Vec<_> = streams.iter().zip(&components).map(|((key, _), c)| (key.as_str(), c)).collect();
        bitstream::to_vec(&coded::item(&REGISTRY, &named, metadata)?)
    })?;
    Ok(PyBytes::new(py, &file))
}

/// The tables of every sequence of a bitstream: bits of a probability, and the frequencies of the 256 symbols or tokens.
#[pyfunction]
#[pyo3(signature = (world, entity, key, step=None))]
fn ans_tables(
    py: Python<'_>,
    world: &World,
    entity: u64,
    key: &str,
    step: Option<u64>,
) -> PyResult<Vec<(u32, Vec<u32>)>> {
    let stream = world.with(py, |w| w.component(entity, key, step).cloned())?;
    let k = errors::py(kernels(None))?;
    let tables = errors::py(py.detach(|| entropy::ans::tables(&k, &stream)))?;
    Ok(tables.into_iter().map(|(bits, counts)| (bits, counts.to_vec())).collect())
}

/// Code and message of what went wrong in a system of Python's while it undid a file's step: the file's fault.
#[pyfunction]
fn blame_file(code: &str, message: &str) -> (&'static str, String) {
    let known = vaerans::error::CODES.iter().find(|c| c.code == code).map_or("internal.bug", |c| c.code);
    let blamed = coded::blame_file(vaerans::Error::new(known, message));
    (blamed.code(), blamed.message().to_string())
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(file_bytes, m)?)?;
    m.add_function(wrap_pyfunction!(blame_file, m)?)?;
    m.add_function(wrap_pyfunction!(ans_tables, m)?)
}
