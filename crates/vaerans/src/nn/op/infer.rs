//! What a shape rule sees: types and shapes of the inputs, and the elements of those that are known before anything runs.

use super::whole::Whole;
use super::{Attribute, Op};
use crate::error::{Error, Result};
use crate::nn::memory::Bytes;
use crate::nn::plan::{Form, Step};
use crate::nn::ty::{Shape, Spec, Type};

/// One step, before it runs.
pub struct Infer<'a> {
    /// Its operator.
    pub op: &'static Op,
    /// Attributes in the operator's order.
    pub attributes: &'a [Attribute],
    /// Inputs; `None` is not there.
    pub inputs: &'a [Option<Spec>],
    /// How they are packed.
    pub forms: &'a [Form],
    /// Inputs whose elements are known.
    known: &'a [Option<Bytes<'a>>],
    /// How many outputs are wanted.
    pub wanted: usize,
    /// Columns of a panel of the kernels.
    pub panel: usize,
    /// How many threads it may use.
    pub threads: usize,
    /// What the rule gives.
    pub outputs: Vec<Spec>,
    /// Floats that the step needs for itself while it runs.
    pub scratch: usize,
    /// Elements of the first output (64-bit whole numbers) that follow from shapes.
    pub result: Option<Vec<i64>>,
    /// What the rule worked out and the step needs when it runs.
    pub keep: Vec<i64>,
}

impl<'a> Infer<'a> {
    /// Of a step.
    pub fn new(
        step: &'a Step,
        inputs: &'a [Option<Spec>],
        forms: &'a [Form],
        known: &'a [Option<Bytes<'a>>],
        panel: usize,
        threads: usize,
    ) -> Infer<'a> {
        let (outputs, keep) = (Vec::new(), Vec::new());
        let (op, attributes, wanted) = (step.op, step.attributes.as_slice(), step.outputs.len());
        Infer { op, attributes, inputs, forms, known, wanted, panel, threads, outputs, scratch: 0, result: None, keep }
    }

    /// An error of this step.
    pub fn refuse(&self, why: impl std::fmt::Display) -> Error {
        self.op.error("model.shape", &why)
    }

    /// An input that has to be there.
    pub fn input(&self, i: usize) -> Result<Spec> {
        self.optional(i).ok_or_else(|| self.refuse(format_args!("input {i} is not there")))
    }

    /// An input that may be left out.
    pub fn optional(&self, i: usize) -> Option<Spec> {
        self.inputs.get(i).copied().flatten()
    }

    /// How an input is packed.
    pub fn form(&self, i: usize) -> Form {
        self.forms.get(i).copied().unwrap_or(Form::Plain)
    }

    /// The elements of an input which decides about shapes, as whole numbers.
    pub fn numbers(&self, i: usize) -> Result<Vec<i64>> {
        let bytes = self.known(i)?;
        let mut numbers = vec![0; bytes.spec.shape.len()];
        match Whole::of(bytes) {
            Ok(whole) => whole.read(0, 1, &mut numbers),
            Err(_) => return Err(self.refuse(format_args!("input {i} is not of whole numbers"))),
        }
        Ok(numbers)
    }

    /// The same of numbers.
    pub fn floats(&self, i: usize) -> Result<Vec<f32>> {
        Ok(self.known(i)?.elements::<f32>()?.to_vec())
    }

    fn known(&self, i: usize) -> Result<Bytes<'a>> {
        self.known.get(i).copied().flatten().ok_or_else(|| {
            let text = format!("{}: input {i} has to be known before the network runs", self.op.name);
            Error::new("model.unknown_values", text)
        })
    }

    /// An attribute that may be left out.
    pub fn attribute(&self, i: usize) -> &Attribute {
        &self.attributes[i]
    }

    /// A whole number, or `other` where it was not given.
    pub fn int(&self, i: usize, other: i64) -> i64 {
        match self.attributes[i] {
            Attribute::Int(v) => v,
            _ => other,
        }
    }

    /// An axis of `rank` dimensions, counted from the end if it is negative.
    pub fn axis(&self, axis: i64, rank: usize) -> Result<usize> {
        let from_start = if axis < 0 { axis.checked_add(rank as i64) } else { Some(axis) };
        match from_start.and_then(|a| usize::try_from(a).ok()).filter(|&a| a < rank) {
            Some(axis) => Ok(axis),
            None => Err(self.refuse(format_args!("axis {axis} of {rank}"))),
        }
    }

    /// An output of that type and shape.
    pub fn gives(&mut self, ty: Type, shape: Shape) {
        self.outputs.push(Spec::new(ty, shape));
    }

    /// The shape of both, as NumPy broadcasts them.
    pub fn broadcast(&self, a: Shape, b: Shape) -> Result<Shape> {
        broadcast(a, b).ok_or_else(|| self.refuse(format_args!("shapes {a} and {b} do not fit")))
    }
}

/// The shape of both, as NumPy broadcasts them.
pub fn broadcast(a: Shape, b: Shape) -> Option<Shape> {
    let (long, short) = if a.rank() >= b.rank() { (a, b) } else { (b, a) };
    let mut out = long;
    let lead = long.rank() - short.rank();
    for (o, &s) in out.dims_mut()[lead..].iter_mut().zip(short.dims()) {
        *o = match (*o, s) {
            (x, y) if x == y => x,
            (1, y) => y,
            (x, 1) => x,
            _ => return None,
        };
    }
    Some(out)
}

/// The first output is like the first input.
pub(super) fn same(infer: &mut Infer) -> Result<()> {
    let spec = infer.input(0)?;
    infer.gives(spec.ty, spec.shape);
    Ok(())
}
