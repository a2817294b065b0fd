//! A plan to bytes.

use super::{Attribute, Extent, Form, Graph, Input, Plan, Step, Storage, Value, Weight, MAGIC, VERSION};
use crate::error::Result;
use crate::wire::{checksum, Writer};

/// Most bytes of a name.
pub(super) const MAX_NAME: u64 = 1 << 10;

/// The file of a plan.
///
/// # Errors
/// `param.range` for what no reader would take (names that are too long).
pub fn write(plan: &Plan) -> Result<Vec<u8>> {
    let mut w = Writer::new();
    w.bytes(&MAGIC);
    w.u8(VERSION);
    w.u64(plan.weights.bytes);
    w.u32(plan.weights.crc);
    w.bytes(&plan.weights.digest);
    list(&mut w, &plan.symbols, |w, name| w.text(name, MAX_NAME));
    list(&mut w, &plan.values, value);
    list(&mut w, &plan.inputs, input);
    list(&mut w, &plan.outputs, |w, output| {
        w.text(&output.name, MAX_NAME);
        w.varint(output.value.into());
    });
    graph(&mut w, &plan.graph);
    let mut bytes = w.finish()?;
    let sum = checksum(&bytes);
    bytes.extend_from_slice(&sum.to_le_bytes());
    Ok(bytes)
}

fn list<T>(w: &mut Writer, items: &[T], mut one: impl FnMut(&mut Writer, &T)) {
    w.varint(items.len() as u64);
    items.iter().for_each(|item| one(w, item));
}

fn value(w: &mut Writer, value: &Value) {
    match value {
        Value::Made => w.u8(0),
        Value::Weight(weight) => weight_of(w, weight),
    }
}

fn weight_of(w: &mut Writer, weight: &Weight) {
    w.u8(weight.ty as u8);
    let (storage, axis) = match weight.storage {
        Storage::Plain => (0, 0),
        Storage::Half => (1, 0),
        Storage::Int8(axis) => (2, axis),
    };
    w.u8(storage | axis << 4);
    list(w, weight.shape.dims(), |w, d| w.varint(*d as u64));
    match weight.form {
        Form::Plain => w.u8(0),
        Form::Panels(groups) => {
            w.u8(1);
            w.varint(groups.into());
        }
        Form::Winograd => w.u8(2),
    }
    w.varint(weight.offset);
}

fn input(w: &mut Writer, input: &Input) {
    w.text(&input.name, MAX_NAME);
    w.varint(input.value.into());
    w.u8(input.ty as u8);
    list(w, &input.dims, |w, extent| match extent {
        Extent::Fixed(n) => w.varint(n << 1),
        Extent::Symbol(s) => w.varint(u64::from(*s) << 1 | 1),
    });
}

fn graph(w: &mut Writer, graph: &Graph) {
    list(w, &graph.steps, |w, one| step(w, one));
    list(w, &graph.results, |w, id| w.varint((*id).into()));
}

/// Ids are written with 1 added: 0 is what is not there.
fn step(w: &mut Writer, step: &Step) {
    w.varint(step.op.number.into());
    let id = |w: &mut Writer, id: &Option<u32>| w.varint(id.map_or(0, |id| u64::from(id) + 1));
    list(w, &step.inputs, id);
    list(w, &step.outputs, id);
    list(w, &step.attributes, attribute);
    list(w, &step.graphs, graph);
    w.text(&step.name, MAX_NAME);
}

fn attribute(w: &mut Writer, attribute: &Attribute) {
    match attribute {
        Attribute::Absent => w.u8(0),
        Attribute::Int(v) => {
            w.u8(1);
            w.signed(*v);
        }
        Attribute::Float(v) => {
            w.u8(2);
            w.f32(*v);
        }
        Attribute::Ints(all) => {
            w.u8(3);
            list(w, all, |w, v| w.signed(*v));
        }
        Attribute::Floats(all) => {
            w.u8(4);
            list(w, all, |w, v| w.f32(*v));
        }
    }
}
