//! What an operator sees when it runs: its inputs, its outputs, memory of its own.

use super::{Attribute, Band, Op};
use crate::error::{Error, Result};
use crate::kernels::nn::NnKernels;
use crate::nn::memory::{Bytes, BytesMut, Number};
use crate::nn::plan::Form;
use crate::nn::ty::{Shape, Spec, Type};

/// One input.
#[derive(Clone, Copy)]
pub enum Operand<'a> {
    /// Left out.
    Absent,
    /// These elements.
    Here(Bytes<'a>),
    /// A factor of a product, packed.
    Packed(Spec, Form, &'a [f32]),
    /// The elements that stand where the first output goes.
    InPlace(Spec),
}

/// One step, running.
pub struct Call<'a, 'o> {
    /// Its operator.
    pub op: &'static Op,
    /// Attributes in the operator's order.
    pub attributes: &'a [Attribute],
    /// What its shape rule worked out.
    pub kept: &'a [i64],
    /// What it reads.
    pub inputs: &'a [Operand<'a>],
    /// What it writes; `None` is not wanted.
    pub outputs: &'o mut [Option<BytesMut<'a>>],
    /// Memory of its own, as much as its shape rule asked for; its contents are unspecified.
    pub scratch: &'o mut [f32],
    /// Which rows are worked out, where that is not all.
    pub band: Option<Band>,
    /// The kernels.
    pub kernels: NnKernels,
    /// How many threads it may use.
    pub threads: usize,
}

impl<'a> Call<'a, '_> {
    /// An error of this step.
    pub fn refuse(&self, why: impl std::fmt::Display) -> Error {
        self.op.error("model.run", &why)
    }

    /// Type and shape of an input; none where it was left out.
    pub fn spec(&self, i: usize) -> Option<Spec> {
        match self.inputs.get(i)? {
            Operand::Absent => None,
            Operand::Here(bytes) => Some(bytes.spec),
            Operand::Packed(spec, ..) | Operand::InPlace(spec) => Some(*spec),
        }
    }

    /// How an input is packed.
    pub fn form(&self, i: usize) -> Form {
        match self.inputs.get(i) {
            Some(Operand::Packed(_, form, _)) => *form,
            _ => Form::Plain,
        }
    }

    /// The shape of an input that is there.
    pub fn shape(&self, i: usize) -> Shape {
        self.spec(i).map_or(Shape::SCALAR, |spec| spec.shape)
    }

    /// An input that is there.
    ///
    /// # Errors
    /// `internal.bug`: the shape rule let a step through that has none.
    pub fn bytes(&self, i: usize) -> Result<Bytes<'a>> {
        match self.inputs.get(i) {
            Some(Operand::Here(bytes)) => Ok(*bytes),
            _ => Err(Error::new("internal.bug", format!("{}: input {i} is not there", self.op.name))),
        }
    }

    /// The elements of an input.
    ///
    /// # Errors
    /// As [`Call::bytes`]; `internal.bug` for elements of another type.
    pub fn input<T: Number>(&self, i: usize) -> Result<&'a [T]> {
        self.bytes(i)?.elements()
    }

    /// The elements of an input that may be left out.
    ///
    /// # Errors
    /// `internal.bug` for elements of another type.
    pub fn optional<T: Number>(&self, i: usize) -> Result<Option<&'a [T]>> {
        match self.inputs.get(i) {
            Some(Operand::Here(bytes)) => bytes.elements().map(Some),
            _ => Ok(None),
        }
    }

    /// An output.
    ///
    /// # Errors
    /// `internal.bug`: nobody wants it.
    pub fn output_bytes(&mut self, i: usize) -> Result<&mut BytesMut<'a>> {
        let name = self.op.name;
        let found = self.outputs.get_mut(i).and_then(|o| o.as_mut());
        found.ok_or_else(|| Error::new("internal.bug", format!("{name}: output {i} is not there")))
    }

    /// The elements of an output.
    ///
    /// # Errors
    /// As [`Call::output_bytes`]; `internal.bug` for elements of another type.
    pub fn output<T: Number>(&mut self, i: usize) -> Result<&mut [T]> {
        self.output_bytes(i)?.elements()
    }

    /// Whether an output is wanted.
    pub fn wants(&self, i: usize) -> bool {
        self.outputs.get(i).is_some_and(|o| o.is_some())
    }

    /// The type of the first input.
    pub fn ty(&self) -> Type {
        self.spec(0).map_or(Type::F32, |spec| spec.ty)
    }

    /// A whole number, or `other` where it was not given.
    pub fn int(&self, i: usize, other: i64) -> i64 {
        match self.attributes[i] {
            Attribute::Int(v) => v,
            _ => other,
        }
    }

    /// A number, or `other` where it was not given.
    pub fn float(&self, i: usize, other: f32) -> f32 {
        match self.attributes[i] {
            Attribute::Float(v) => v,
            _ => other,
        }
    }

    /// An axis that the shape rule has checked.
    pub fn axis(&self, axis: i64, rank: usize) -> usize {
        (if axis < 0 { axis + rank as i64 } else { axis }) as usize
    }
}
