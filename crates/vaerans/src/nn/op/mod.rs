//! The operators: one line each in the list of its family, from which number, name, shape rule, docs row, conformance test and
//! benchmark follow.

mod activation;
mod argument;
mod arithmetic;
mod bits;
mod call;
mod cast;
mod cell;
mod compare;
mod control;
mod conv;
mod data;
mod elementwise;
mod epilogue;
mod gates;
mod gather;
mod gather_at;
mod group_norm;
mod index;
mod infer;
mod layer_norm;
mod linear;
mod local;
mod make;
mod matrix;
mod norms;
mod odd;
mod pool;
mod power;
mod quantize;
mod recurrent;
mod reduce;
mod remainder;
mod repeat;
mod resize;
mod running;
mod sample;
mod scatter;
mod sequence;
mod shape;
mod slice;
mod softmax;
mod strided;
pub mod supplement;
mod svd;
mod top;
mod unary;
mod whole;

pub use call::{Call, Operand};
pub use control::{IDENTITY, IF};
pub use infer::{broadcast, Infer};
pub use local::{reaches, Band, Local, Reach};

use super::plan::{Attribute, Step};
use crate::error::{Error, Quoted, Result};
use conv::transposed;

/// Most inputs of a step, and most outputs with the memory that it needs for itself.
pub const MAX_OPERANDS: usize = 64;

/// An attribute as an operator declares it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Declared {
    /// ONNX's name, or ours.
    pub name: &'static str,
    /// What it holds.
    pub kind: AttributeKind,
}

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AttributeKind {
    /// A whole number or a flag.
    Int,
    /// A number.
    Float,
    /// Whole numbers.
    Ints,
    /// Numbers.
    Floats,
    /// One of these words, stored as its place.
    Word(&'static [&'static str]),
}

/// An operator.
#[derive(Debug, Clone, Copy)]
pub struct Op {
    /// Its number in plans; never given to another.
    pub number: u16,
    /// ONNX's name where it is ONNX's.
    pub name: &'static str,
    /// Least and most inputs.
    pub inputs: (usize, usize),
    /// Least and most outputs.
    pub outputs: (usize, usize),
    /// Its attributes in the order of plans.
    pub attributes: &'static [Declared],
    /// What it makes of inputs of these types and shapes.
    pub infer: fn(&mut Infer) -> Result<()>,
    /// Whether its output may stand where its first input stands.
    pub in_place: bool,
    /// Whether its second input may be a factor that is packed when it is loaded.
    pub factor: bool,
    /// Whether it can be run some rows at a time.
    pub local: Local,
    /// Does it.
    pub run: fn(&mut Call) -> Result<()>,
    /// One line for people.
    pub summary: &'static str,
}

impl Op {
    /// What most operators are: one output, no attributes.
    pub(crate) const BASE: Op = Op {
        number: 0,
        name: "",
        inputs: (1, 1),
        outputs: (1, 1),
        attributes: &[],
        infer: infer::same,
        in_place: false,
        factor: false,
        local: Local::No,
        run: |_| Ok(()),
        summary: "",
    };
}

const fn declared(name: &'static str, kind: AttributeKind) -> Declared {
    Declared { name, kind }
}

/// A whole number or a flag.
pub(crate) const fn int(name: &'static str) -> Declared {
    declared(name, AttributeKind::Int)
}

/// A number.
pub(crate) const fn float(name: &'static str) -> Declared {
    declared(name, AttributeKind::Float)
}

/// Whole numbers.
pub(crate) const fn ints(name: &'static str) -> Declared {
    declared(name, AttributeKind::Ints)
}

/// Numbers.
pub(crate) const fn floats(name: &'static str) -> Declared {
    declared(name, AttributeKind::Floats)
}

/// One of these words.
pub(crate) const fn word(name: &'static str, words: &'static [&'static str]) -> Declared {
    declared(name, AttributeKind::Word(words))
}

supplement::families! {
    /// Operators that many networks have, by family.
    COMMON = here: activation arithmetic cast compare control conv data elementwise gather group_norm layer_norm linear pool reduce shape slice softmax unary
}

pub(super) use conv::is_plain as is_plain_convolution;

supplement::families! {
    /// Operators that few networks have, by family.
    RARE = here_or_there: argument bits gather_at make matrix norms odd power quantize recurrent remainder repeat resize running sample scatter top transposed
}

/// Every operator.
pub fn all() -> impl Iterator<Item = &'static Op> {
    COMMON.iter().chain(RARE).flat_map(|family| family.iter())
}

/// Whether few networks have it: modules of a page for one thread have such operators in a supplement.
pub fn is_rare(op: &Op) -> bool {
    RARE.iter().flat_map(|family| family.iter()).any(|rare| rare.number == op.number)
}

/// The operator of a number.
///
/// # Errors
/// `model.operator`.
pub fn by_number(number: u64) -> Result<&'static Op> {
    let rare = RARE.iter().flat_map(|family| family.iter()).filter(|_| supplement::is_there());
    let mut here = COMMON.iter().flat_map(|family| family.iter()).chain(rare);
    here.find(|op| u64::from(op.number) == number).ok_or_else(|| {
        let name = all().find(|op| u64::from(op.number) == number).map_or("", |op| op.name);
        Error::new("model.operator", format!("operator {number} {name} is not in this build"))
    })
}

/// The operator of a name.
///
/// # Errors
/// `model.operator`.
pub fn by_name(name: &str) -> Result<&'static Op> {
    all()
        .find(|op| op.name == name)
        .ok_or_else(|| Error::new("model.operator", format!("no operator is called {}", Quoted(name))))
}

impl Op {
    /// An error of a step of it.
    #[cold]
    #[inline(never)]
    fn error(&self, code: &'static str, why: &dyn std::fmt::Display) -> Error {
        Error::new(code, format!("{}: {why}", self.name))
    }

    /// Refuses a step that the operator cannot take: numbers of inputs and outputs, kinds of attributes.
    ///
    /// # Errors
    /// `model.plan`.
    pub fn check(&self, step: &Step) -> Result<()> {
        let within = |n: usize, (least, most): (usize, usize)| (least..=most).contains(&n);
        let kinds = self.attributes.iter().zip(&step.attributes).all(|(d, a)| d.kind.takes(a));
        let fits = within(step.inputs.len(), self.inputs)
            && step.inputs.len() < MAX_OPERANDS
            && step.outputs.len() < MAX_OPERANDS
            && within(step.outputs.len(), self.outputs)
            && step.attributes.len() == self.attributes.len()
            && step.graphs.len() == if self.number == IF { 2 } else { 0 }
            && step.graphs.iter().all(|g| g.results.len() == step.outputs.len())
            && kinds;
        match fits {
            true => Ok(()),
            false => Err(Error::new("model.plan", format!("{}: a step that it cannot be", self.name))),
        }
    }
}

impl AttributeKind {
    fn takes(self, attribute: &Attribute) -> bool {
        match (self, attribute) {
            (_, Attribute::Absent)
            | (AttributeKind::Int, Attribute::Int(_))
            | (AttributeKind::Float, Attribute::Float(_))
            | (AttributeKind::Ints, Attribute::Ints(_))
            | (AttributeKind::Floats, Attribute::Floats(_)) => true,
            (AttributeKind::Word(words), Attribute::Int(i)) => usize::try_from(*i).is_ok_and(|i| i < words.len()),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_given_once() {
        let ops: Vec<_> = all().collect();
        for (i, a) in ops.iter().enumerate() {
            assert!(ops[..i].iter().all(|b| b.number != a.number && b.name != a.name), "{}", a.name);
            assert!(a.number > 0 && !a.name.is_empty() && !a.summary.is_empty(), "{}", a.name);
            assert!(a.inputs.0 <= a.inputs.1 && a.inputs.1 < MAX_OPERANDS && a.outputs.1 < MAX_OPERANDS, "{}", a.name);
        }
    }
}
