//! Bytes that nobody vouches for to a plan: every count is bounded by the bytes that are there.

use super::write::MAX_NAME;
use super::{
    Attribute, Extent, Form, Graph, Id, Input, Output, Plan, Step, Storage, Value, Weight, WeightFile, MAGIC, VERSION,
};
use crate::error::{Error, Result};
use crate::nn::op;
use crate::nn::ty::{Shape, Type, MAX_RANK};
use crate::wire::{checksum, Reader};
use std::sync::Arc;

/// How deep branches may lie in one another.
const MAX_DEPTH: usize = 8;
/// Most inputs, outputs and symbols of a plan.
const MAX_PORTS: u64 = 1 << 10;
/// Most steps, branches included: values are laid out in a time that grows with their square.
const MAX_STEPS: usize = 1 << 15;
/// Most values.
const MAX_VALUES: u64 = 1 << 17;

/// The plan in `bytes`, checked: every id is there, every value is made once and before it is read.
///
/// # Errors
/// `model.plan` for bytes that are no plan of this version; `stream.truncated`, `stream.invalid` for damaged ones;
/// `model.operator` for an operator that this build lacks.
pub fn read(bytes: &[u8]) -> Result<Plan> {
    let body = checked(bytes)?;
    let mut r = Reader::new(body, "plan");
    r.bytes(MAGIC.len() + 1)?;
    let weights = WeightFile { bytes: r.u64()?, crc: r.u32()?, digest: r.array()? };
    let symbols = few(&mut r, MAX_PORTS, |r| Ok(r.text(MAX_NAME)?.to_string()))?;
    let values = few(&mut r, MAX_VALUES, value)?;
    let made = values.iter().map(|v| if matches!(v, Value::Weight(_)) { Made::Here } else { Made::Not }).collect();
    let mut known = Known { made, order: Vec::new(), steps: 0, symbols: symbols.len() };
    let inputs = few(&mut r, MAX_PORTS, |r| input(r, &mut known))?;
    let outputs = few(&mut r, MAX_PORTS, |r| Ok(Output { name: r.text(MAX_NAME)?.to_string(), value: known.id(r)? }))?;
    let graph = graph(&mut r, &mut known, 0)?;
    for output in &outputs {
        known.is_made(&r, output.value)?;
    }
    if r.remaining() != 0 {
        return Err(r.invalid("bytes behind the last step"));
    }
    Ok(Plan { symbols, values, graph, inputs, outputs, weights })
}

/// The bytes in front of the checksum.
fn checked(bytes: &[u8]) -> Result<&[u8]> {
    let least = MAGIC.len() + 1 + 4;
    if bytes.len() < least || bytes[..MAGIC.len()] != MAGIC {
        return Err(Error::new("model.plan", "not a plan: its first bytes are others"));
    }
    let version = bytes[MAGIC.len()];
    if version != VERSION {
        return Err(Error::new(
            "model.plan",
            format!("a plan of version {version}; this build runs version {VERSION}"),
        ));
    }
    let (body, sum) = bytes.split_at(bytes.len() - 4);
    match checksum(body).to_le_bytes() == sum {
        true => Ok(body),
        false => Err(Error::new("model.plan", "the plan is damaged: its checksum differs")),
    }
}

/// A list whose items take a byte at least.
fn list<T>(r: &mut Reader, one: impl FnMut(&mut Reader) -> Result<T>) -> Result<Vec<T>> {
    few(r, u64::MAX, one)
}

/// The same, of at most so many.
fn few<T>(r: &mut Reader, most: u64, mut one: impl FnMut(&mut Reader) -> Result<T>) -> Result<Vec<T>> {
    let n = r.count(most.min(r.remaining() as u64), "items")?;
    // No collecting into a `Result`: that is twice as much of a small module, for each kind of item.
    let mut items = Vec::new();
    for _ in 0..n {
        items.push(one(r)?);
    }
    Ok(items)
}

/// Whether a value can be read.
#[derive(Clone, Copy, PartialEq)]
enum Made {
    /// Nothing has made it yet.
    Not,
    /// It can.
    Here,
    /// A branch that is over made it.
    Elsewhere,
}

/// What is there so far.
struct Known {
    made: Vec<Made>,
    /// Values in the order in which they were made.
    order: Vec<Id>,
    steps: usize,
    symbols: usize,
}

impl Known {
    fn id(&self, r: &mut Reader) -> Result<Id> {
        let id = r.varint()?;
        self.check(r, id)
    }

    fn check(&self, r: &Reader, id: u64) -> Result<Id> {
        match id < self.made.len() as u64 {
            true => Ok(id as Id),
            false => Err(r.invalid(&format!("value {id} of {}", self.made.len()))),
        }
    }

    fn optional(&self, r: &mut Reader) -> Result<Option<Id>> {
        match r.varint()? {
            0 => Ok(None),
            id => self.check(r, id - 1).map(Some),
        }
    }

    fn optionals(&self, r: &mut Reader) -> Result<Vec<Option<Id>>> {
        list(r, |r| self.optional(r))
    }

    fn is_made(&self, r: &Reader, id: Id) -> Result<()> {
        match self.made[id as usize] {
            Made::Here => Ok(()),
            Made::Not => Err(r.invalid(&format!("value {id} is read before it is made"))),
            Made::Elsewhere => Err(r.invalid(&format!("value {id} is read outside of its branch"))),
        }
    }

    fn make(&mut self, r: &Reader, id: Id) -> Result<()> {
        self.order.push(id);
        match std::mem::replace(&mut self.made[id as usize], Made::Here) {
            Made::Not => Ok(()),
            _ => Err(r.invalid(&format!("value {id} is made twice"))),
        }
    }

    /// What a branch made since `begin` is nothing for others.
    fn leave(&mut self, begin: usize) {
        self.order.drain(begin..).for_each(|id| self.made[id as usize] = Made::Elsewhere);
    }

    fn count_step(&mut self, r: &Reader) -> Result<()> {
        self.steps += 1;
        match self.steps <= MAX_STEPS {
            true => Ok(()),
            false => Err(r.invalid(&format!("more than {MAX_STEPS} steps"))),
        }
    }
}

fn type_of(r: &mut Reader) -> Result<Type> {
    let number = r.u8()?;
    Type::from_number(number).ok_or_else(|| r.invalid(&format!("element type {number}")))
}

fn value(r: &mut Reader) -> Result<Value> {
    let number = r.u8()?;
    if number == 0 {
        return Ok(Value::Made);
    }
    let ty = Type::from_number(number).ok_or_else(|| r.invalid(&format!("element type {number}")))?;
    let byte = r.u8()?;
    let storage = match (byte & 15, byte >> 4) {
        (0, 0) => Storage::Plain,
        (1, 0) if ty == Type::F32 => Storage::Half,
        (2, axis) if ty == Type::F32 => Storage::Int8(axis),
        _ => return Err(r.invalid("a way of storing weights that is not known")),
    };
    let shape = shape(r)?;
    if matches!(storage, Storage::Int8(axis) if axis as usize >= shape.rank()) {
        return Err(r.invalid("scales along an axis that is not there"));
    }
    let form = form(r, ty, shape)?;
    Ok(Value::Weight(Weight { ty, shape, storage, form, offset: r.varint()? }))
}

fn form(r: &mut Reader, ty: Type, shape: Shape) -> Result<Form> {
    let form = match r.u8()? {
        0 => return Ok(Form::Plain),
        1 => Form::Panels(r.count(u32::MAX.into(), "groups of columns")? as u32),
        2 => Form::Winograd,
        other => return Err(r.invalid(&format!("form {other} of a weight"))),
    };
    let fits = match form {
        Form::Panels(groups) => groups > 0 && shape.rank() >= 2 && shape[shape.rank() - 1] % groups as usize == 0,
        _ => shape.rank() == 4 && shape[..2] == [3, 3],
    };
    match fits && ty == Type::F32 {
        true => Ok(form),
        false => Err(r.invalid("a weight that is no factor of a product")),
    }
}

fn shape(r: &mut Reader) -> Result<Shape> {
    let rank = r.count(MAX_RANK as u64, "dimensions")?;
    let mut shape = Shape::SCALAR;
    for _ in 0..rank {
        shape.push(r.count(u32::MAX.into(), "elements along an axis")?)?;
    }
    match shape.checked_len().and_then(|n| n.checked_mul(8)) {
        Some(_) => Ok(shape),
        None => Err(r.invalid("a weight of too many elements")),
    }
}

fn input(r: &mut Reader, known: &mut Known) -> Result<Input> {
    let name = r.text(MAX_NAME)?.to_string();
    let value = known.id(r)?;
    known.make(r, value)?;
    let ty = type_of(r)?;
    let rank = r.count(MAX_RANK as u64, "dimensions")?;
    let dims = (0..rank).map(|_| extent(r, known.symbols)).collect::<Result<_>>()?;
    Ok(Input { name, value, ty, dims })
}

fn extent(r: &mut Reader, symbols: usize) -> Result<Extent> {
    let v = r.varint()?;
    match (v & 1, v >> 1) {
        (0, n) if n <= u32::MAX.into() => Ok(Extent::Fixed(n)),
        (1, s) if s < symbols as u64 => Ok(Extent::Symbol(s as u32)),
        _ => Err(r.invalid("an extent that is neither a number nor a symbol")),
    }
}

fn graph(r: &mut Reader, known: &mut Known, depth: usize) -> Result<Graph> {
    if depth > MAX_DEPTH {
        return Err(r.invalid("branches that lie too deep in one another"));
    }
    let begin = known.order.len();
    let steps = list(r, |r| step(r, known, depth).map(Arc::new))?;
    let results = list(r, |r| known.id(r))?;
    for &id in &results {
        known.is_made(r, id)?;
    }
    if depth > 0 {
        known.leave(begin);
    }
    Ok(Graph { steps, results })
}

fn step(r: &mut Reader, known: &mut Known, depth: usize) -> Result<Step> {
    known.count_step(r)?;
    let op = op::by_number(r.varint()?)?;
    let inputs = known.optionals(r)?;
    for id in inputs.iter().flatten() {
        known.is_made(r, *id)?;
    }
    let outputs = known.optionals(r)?;
    let attributes = list(r, attribute)?;
    let graphs = list(r, |r| graph(r, known, depth + 1))?;
    for id in outputs.iter().flatten() {
        known.make(r, *id)?;
    }
    let step = Step { op, inputs, outputs, attributes, graphs, name: r.text(MAX_NAME)?.to_string() };
    op.check(&step)?;
    Ok(step)
}

fn attribute(r: &mut Reader) -> Result<Attribute> {
    Ok(match r.u8()? {
        0 => Attribute::Absent,
        1 => Attribute::Int(r.signed()?),
        2 => Attribute::Float(r.f32()?),
        3 => Attribute::Ints(list(r, |r| r.signed())?),
        4 => Attribute::Floats(list(r, |r| r.f32())?),
        tag => return Err(r.invalid(&format!("an attribute of kind {tag}"))),
    })
}
