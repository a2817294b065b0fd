//! The registry, the store keys, the profiles and the error codes, as Python's classes and pages are made from them.

use crate::params;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use vaerans::component::{Kind, Params, Value};
use vaerans::registry::schema::{Param, Type, Use};
use vaerans::registry::{keys, Direction, Entry, Exactness, Family};
use vaerans::REGISTRY;

/// Rows of docs/errors.md: code, meaning, next step.
#[pyfunction]
fn error_codes() -> Vec<(&'static str, &'static str, &'static str)> {
    vaerans::error::CODES.iter().map(|c| (c.code, c.meaning, c.next)).collect()
}

/// A parameter: name, type, words or range, default, usage, text.
fn param<'py>(py: Python<'py>, p: &Param) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("name", p.name)?;
    let ty = match p.ty {
        Type::Flag => "bool",
        Type::Int(least, most) => {
            dict.set_item("range", (least, most))?;
            "int"
        }
        Type::Float(least, most) => {
            dict.set_item("range", (least, most))?;
            "float"
        }
        Type::Choice(words) => {
            dict.set_item("choices", words.to_vec())?;
            "str"
        }
        Type::Key | Type::Text => "str",
        Type::Bytes => "bytes",
    };
    dict.set_item("type", ty)?;
    let default =
        p.default_value().map(|v: Value| params::to_dict(py, &Params::new().with("default", v))).transpose()?;
    dict.set_item("default", default.and_then(|d| d.get_item("default").ok().flatten()))?;
    dict.set_item("text", p.text)?;
    Ok(dict)
}

/// Those that people give.
fn parameters<'py>(py: Python<'py>, all: &[Param]) -> PyResult<Vec<Bound<'py, PyDict>>> {
    all.iter().filter(|p| p.usage != Use::Internal).map(|p| param(py, p)).collect()
}

/// Those that files hold and inverses are given: no shorthands for others.
fn stored_parameters<'py>(py: Python<'py>, all: &[Param]) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let stored = |p: &&Param| !matches!(p.usage, Use::Internal | Use::Shorthand);
    all.iter().filter(stored).map(|p| param(py, p)).collect()
}

fn entry<'py>(py: Python<'py>, e: &Entry) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("number", e.number)?;
    dict.set_item("name", e.name)?;
    dict.set_item("inverse_name", e.inverse_name)?;
    dict.set_item("family", e.family.name())?;
    dict.set_item("key", e.key)?;
    dict.set_item("gives", e.gives.name())?;
    dict.set_item("takes", e.takes.iter().map(|k| k.name()).collect::<Vec<_>>())?;
    dict.set_item("params", parameters(py, e.params)?)?;
    dict.set_item("stored_params", stored_parameters(py, e.params)?)?;
    dict.set_item("reads", keys_read(e, Direction::Forward))?;
    dict.set_item("inverse_reads", keys_read(e, Direction::Inverse))?;
    dict.set_item("inverse_key", e.takes.iter().copied().find_map(first_key).map(keys::undone))?;
    dict.set_item("runs", e.runs(Direction::Forward))?;
    // Of what takes a learned model, classes are written by hand: their parameters follow from it.
    dict.set_item("is_native", e.runs(Direction::Forward) && e.family != Family::Network)?;
    let exact = match e.exact {
        Exactness::Always => "always".to_string(),
        Exactness::Integers => "on integers".to_string(),
        Exactness::Unless(flag) => format!("unless {flag}"),
        Exactness::ColourUnless(flag) => format!("of colour, unless {flag}"),
        Exactness::Within(bound) => format!("within {bound}"),
        Exactness::Never => "no".to_string(),
    };
    dict.set_item("exact", exact)?;
    dict.set_item("summary", e.summary)?;
    Ok(dict)
}

/// The keys that a direction reads where nothing else is said: for each input one or, of the cursor, one for each kind it takes.
fn keys_read(e: &Entry, direction: Direction) -> Vec<Vec<String>> {
    let read = |need: vaerans::ecs::Need| match need.from {
        Some(key) => vec![key],
        None if direction == Direction::Inverse => vec![e.key.to_string()],
        None => need.kinds.iter().copied().filter_map(first_key).map(str::to_string).collect(),
    };
    e.needs(direction, &Params::new()).into_iter().map(read).collect()
}

/// The key that components of a kind stand under where nothing else is said.
fn first_key(kind: Kind) -> Option<&'static str> {
    keys::KEYS.iter().find(|k| k.kind == kind).map(|k| k.name)
}

/// The registry: a dictionary for each entry.
#[pyfunction]
fn registry(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    REGISTRY.iter().map(|e| entry(py, e)).collect()
}

/// Store keys: name, kind, attribute of a world, class of the component.
#[pyfunction]
fn store_keys() -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    keys::KEYS.iter().map(|k| (k.name, k.kind.name(), k.store, k.class)).collect()
}

/// Profiles: name, options, summary.
#[pyfunction]
fn profiles(py: Python<'_>) -> PyResult<Vec<(&'static str, Vec<Bound<'_, PyDict>>, &'static str)>> {
    let one = |p: &&'static vaerans::codec::profile::Profile| Ok((p.name, parameters(py, p.options)?, p.summary));
    vaerans::codec::profile::PROFILES.iter().map(one).collect()
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("PRIVATE", vaerans::registry::PRIVATE)?;
    m.add_function(wrap_pyfunction!(error_codes, m)?)?;
    m.add_function(wrap_pyfunction!(registry, m)?)?;
    m.add_function(wrap_pyfunction!(store_keys, m)?)?;
    m.add_function(wrap_pyfunction!(profiles, m)?)
}
