//! A compiled network as bytes say it: values, steps in order, names of what goes in and comes out. docs/nn.md has every byte.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::read;
pub use write::write;

use super::op::Op;
use super::ty::{Shape, Type};
use std::sync::Arc;

/// The first bytes of a plan.
pub const MAGIC: [u8; 8] = *b"\xf6VRNNET\n";
/// The version that this build reads and writes.
pub const VERSION: u8 = 0;

/// A value of the plan, by its place in [`Plan::values`].
pub type Id = u32;

/// A network.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    /// Names of the extents that inputs may choose (batch, height, width, length).
    pub symbols: Vec<String>,
    /// Every tensor of every graph.
    pub values: Vec<Value>,
    /// What runs.
    pub graph: Graph,
    /// What the caller gives.
    pub inputs: Vec<Input>,
    /// What the caller gets.
    pub outputs: Vec<Output>,
    /// The file of the weights.
    pub weights: WeightFile,
}

/// What a plan knows of the file of its weights.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WeightFile {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its CRC32C.
    pub crc: u32,
    /// Its SHA-256: the name under which it is kept.
    pub digest: [u8; 32],
}

/// Steps over values; a branch of an `If` is one too.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Graph {
    /// In the order in which they run. Sessions at work share them.
    pub steps: Vec<Arc<Step>>,
    /// What it gives.
    pub results: Vec<Id>,
}

impl Graph {
    /// Of these steps.
    pub fn of(steps: Vec<Step>, results: Vec<Id>) -> Graph {
        Graph { steps: steps.into_iter().map(Arc::new).collect(), results }
    }
}

/// An operator at work.
#[derive(Debug, Clone)]
pub struct Step {
    /// The operator.
    pub op: &'static Op,
    /// What it reads; `None` is an optional input that is not there.
    pub inputs: Vec<Option<Id>>,
    /// What it makes; `None` is not wanted.
    pub outputs: Vec<Option<Id>>,
    /// Its attributes in the order of [`Op::attributes`].
    pub attributes: Vec<Attribute>,
    /// Branches.
    pub graphs: Vec<Graph>,
    /// What the model called the node.
    pub name: String,
}

impl PartialEq for Step {
    fn eq(&self, other: &Step) -> bool {
        let parts = |s: &Step| (s.op.number, s.inputs.clone(), s.outputs.clone(), s.attributes.clone(), s.name.clone());
        parts(self) == parts(other) && self.graphs == other.graphs
    }
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// Not given: the operator's own rule.
    Absent,
    /// A whole number, a flag or one of the operator's words by its place.
    Int(i64),
    /// A number.
    Float(f32),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// Numbers.
    Floats(Vec<f32>),
}

/// A tensor of a plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Made by a step, or given by the caller.
    Made,
    /// In the file of weights.
    Weight(Weight),
}

/// Where a weight stands, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// What it is for the steps.
    pub ty: Type,
    /// Its extents.
    pub shape: Shape,
    /// How its elements are stored.
    pub storage: Storage,
    /// How steps want them.
    pub form: Form,
    /// Its first byte in the file.
    pub offset: u64,
}

/// How the elements of a weight are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// As they are, little endian.
    Plain,
    /// Floats as 16-bit ones.
    Half,
    /// Floats as bytes with a scale (f32) for each index of this axis; the scales stand in front.
    Int8(u8),
}

/// How steps want the elements of a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In their order.
    Plain,
    /// The right factor of a product, packed for the kernels when it is loaded: columns along the last axis, in so many groups.
    Panels(u32),
    /// Weights of a convolution of 3 by 3 taps (`[3, 3, channels read, channels written]`), transformed for Winograd's F(4x4, 3x3) when they
    /// are loaded.
    Winograd,
}

/// What the caller gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: Id,
    /// Its element type.
    pub ty: Type,
    /// Its extents.
    pub dims: Vec<Extent>,
}

/// An extent of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Always the same.
    Fixed(u64),
    /// Chosen by the caller, the same for every use of the symbol.
    Symbol(u32),
}

/// What the caller gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: Id,
}
