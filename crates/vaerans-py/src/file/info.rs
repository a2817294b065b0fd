//! What a file says of itself, as a dictionary.

use super::metadata_dict;
use crate::params;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use vaerans::bitstream::Content;
use vaerans::codec::open::{Info, StepInfo};
use vaerans::registry::Role;

pub fn dict<'py>(py: Python<'py>, info: &Info) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("format_version", info.version)?;
    dict.set_item("key", &info.key)?;
    match &info.content {
        Content::Picture(g) => {
            dict.set_item("kind", "Image")?;
            dict.set_item("shape", (g.height, g.width, g.colour.channels()))?;
            dict.set_item("dtype", g.dtype().name())?;
            dict.set_item("tile", g.tile)?;
        }
        Content::Tensor { kind, dtype, shape } => {
            dict.set_item("kind", kind.name())?;
            dict.set_item("shape", PyTuple::new(py, shape)?)?;
            dict.set_item("dtype", dtype.name())?;
            dict.set_item("tile", 0)?;
        }
    }
    let step = |s: &StepInfo| Ok::<_, PyErr>((s.number, s.name.clone(), params::to_dict(py, &s.params)?));
    dict.set_item("steps", info.steps.iter().map(step).collect::<PyResult<Vec<_>>>()?)?;
    dict.set_item("tiles", info.tiles)?;
    dict.set_item("streams", info.streams.iter().map(|r| role(*r)).collect::<Vec<_>>())?;
    dict.set_item("foreign", &info.foreign)?;
    dict.set_item("level_bytes", &info.level_bytes)?;
    dict.set_item("level_kind", info.levels.name())?;
    dict.set_item("header_bytes", info.header_bytes)?;
    dict.set_item("file_bytes", info.file_bytes)?;
    dict.set_item("is_complete", info.is_complete)?;
    dict.set_item("is_lossless", info.is_lossless)?;
    dict.set_item("metadata", metadata_dict(py, &info.metadata)?)?;
    Ok(dict)
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Main => "main",
        Role::Residual => "residual",
        Role::Other => "other",
    }
}
