//! A plan from what Python describes.

use crate::errors;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use vaerans::nn::op::{self, AttributeKind, Declared, Op};
use vaerans::nn::plan::{
    self, Attribute, Extent, Form, Graph, Input, Output, Plan, Step, Storage, Value, Weight, WeightFile,
};
use vaerans::nn::ty::{Shape, Type};
use vaerans::{Error, Result};

/// Every operator: its name, number, limits of inputs and outputs, attributes, whether it is rare, and a line for people.
#[pyfunction]
pub fn nn_operators(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    op::all().map(|op| row(py, op)).collect()
}

fn row<'py>(py: Python<'py>, op: &Op) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("name", op.name)?;
    dict.set_item("number", op.number)?;
    dict.set_item("inputs", op.inputs)?;
    dict.set_item("outputs", op.outputs)?;
    let attributes: Vec<_> = op.attributes.iter().map(|d| (d.name, kind(d.kind), words(d.kind))).collect();
    dict.set_item("attributes", attributes)?;
    dict.set_item("rare", op::is_rare(op))?;
    dict.set_item("summary", op.summary)?;
    Ok(dict)
}

fn kind(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Int => "int",
        AttributeKind::Float => "float",
        AttributeKind::Ints => "ints",
        AttributeKind::Floats => "floats",
        AttributeKind::Word(_) => "word",
    }
}

fn words(kind: AttributeKind) -> Vec<&'static str> {
    match kind {
        AttributeKind::Word(words) => words.to_vec(),
        _ => Vec::new(),
    }
}

/// A weight: type, extents, how it is stored (`plain`, `half`, `int8`), the axis of its scales, how steps want it (`plain`, `panels`,
/// `winograd`), groups of columns of panels, and its first byte.
type GivenWeight = (String, Vec<usize>, String, u8, String, u32, u64);
/// An input: name, value, type, extents (a number or the place of a symbol).
type GivenInput = (String, u32, String, Vec<(bool, u64)>);

/// A step: operator, inputs, outputs, attributes, branches (steps and results), name.
#[derive(FromPyObject)]
pub struct GivenStep<'py>(
    String,
    Vec<Option<u32>>,
    Vec<Option<u32>>,
    Bound<'py, PyDict>,
    Vec<(Vec<GivenStep<'py>>, Vec<u32>)>,
    String,
);

/// The bytes of a plan.
#[pyfunction]
pub fn nn_write_plan<'py>(
    symbols: Vec<String>,
    values: Vec<Option<GivenWeight>>,
    inputs: Vec<GivenInput>,
    outputs: Vec<(String, u32)>,
    steps: Vec<GivenStep<'py>>,
    results: Vec<u32>,
    weights: &[u8],
    digest: [u8; 32],
) -> PyResult<Vec<u8>> {
    let crc = vaerans::wire::checksum(weights);
    let plan = Plan {
        symbols,
        values: errors::py(values.into_iter().map(value).collect())?,
        graph: graph(steps, results)?,
        inputs: errors::py(inputs.into_iter().map(input).collect())?,
        outputs: outputs.into_iter().map(|(name, value)| Output { name, value }).collect(),
        weights: WeightFile { bytes: weights.len() as u64, crc, digest },
    };
    let bytes = errors::py(plan::write(&plan))?;
    // What is written can be read.
    errors::py(plan::read(&bytes))?;
    Ok(bytes)
}

fn type_of(name: &str) -> Result<Type> {
    Type::from_name(name).ok_or_else(|| Error::new("param.dtype", format!("tensors of {name}")))
}

fn value(given: Option<GivenWeight>) -> Result<Value> {
    let Some((ty, dims, storage, axis, form, groups, offset)) = given else { return Ok(Value::Made) };
    let storage = match storage.as_str() {
        "half" => Storage::Half,
        "int8" => Storage::Int8(axis),
        _ => Storage::Plain,
    };
    let form = match form.as_str() {
        "panels" => Form::Panels(groups),
        "winograd" => Form::Winograd,
        _ => Form::Plain,
    };
    Ok(Value::Weight(Weight { ty: type_of(&ty)?, shape: Shape::of(&dims)?, storage, form, offset }))
}

fn input((name, value, ty, dims): GivenInput) -> Result<Input> {
    let extent = |(is_symbol, n): (bool, u64)| if is_symbol { Extent::Symbol(n as u32) } else { Extent::Fixed(n) };
    Ok(Input { name, value, ty: type_of(&ty)?, dims: dims.into_iter().map(extent).collect() })
}

fn graph(steps: Vec<GivenStep<'_>>, results: Vec<u32>) -> PyResult<Graph> {
    Ok(Graph::of(steps.into_iter().map(step).collect::<PyResult<_>>()?, results))
}

fn step(GivenStep(name, inputs, outputs, given, graphs, node): GivenStep<'_>) -> PyResult<Step> {
    let op = errors::py(op::by_name(&name))?;
    for key in given.keys() {
        let key: String = key.extract()?;
        if !op.attributes.iter().any(|d| d.name == key) {
            let text = format!("{name} has no attribute {key}");
            return Err(errors::exception(&Error::new("param.unknown", text)));
        }
    }
    let attributes = op.attributes.iter().map(|d| attribute(d, &given)).collect::<PyResult<_>>()?;
    let graphs = graphs.into_iter().map(|(steps, results)| graph(steps, results)).collect::<PyResult<_>>()?;
    Ok(Step { op, inputs, outputs, attributes, graphs, name: node })
}

fn attribute(declared: &Declared, given: &Bound<'_, PyDict>) -> PyResult<Attribute> {
    let Some(value) = given.get_item(declared.name)? else { return Ok(Attribute::Absent) };
    Ok(match declared.kind {
        AttributeKind::Int => Attribute::Int(value.extract()?),
        AttributeKind::Float => Attribute::Float(value.extract()?),
        AttributeKind::Ints => Attribute::Ints(value.extract()?),
        AttributeKind::Floats => Attribute::Floats(value.extract()?),
        AttributeKind::Word(words) => {
            let word: String = value.extract()?;
            let place = words.iter().position(|w| *w == word);
            let place = place.ok_or_else(|| {
                let text = format!("{} is {word}; one of {}", declared.name, words.join(", "));
                errors::exception(&Error::new("param.range", text))
            })?;
            Attribute::Int(place as i64)
        }
    })
}
