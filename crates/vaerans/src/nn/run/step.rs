//! Runs a step: finds its operands where they were placed, and calls the operator.

use super::model::Model;
use super::place::{Prepared, Source, Step, Target};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::nn::memory::{floats, floats_mut, Block, Bytes, BytesMut, Range};
use crate::nn::op::{Call, Operand, MAX_OPERANDS};
use crate::nn::plan::{Form, Id};
use crate::nn::ty::Spec;

/// What every step of a run works with.
pub(super) struct Runner<'a> {
    pub model: &'a Model,
    pub prepared: &'a Prepared,
    pub inputs: &'a [Bytes<'a>],
    pub kernels: NnKernels,
    pub threads: usize,
}

impl<'a> Runner<'a> {
    /// The bytes of a source outside of the block.
    pub fn outside(&self, source: Source) -> Option<&'a [u8]> {
        match source {
            Source::Weight(id) => self.model.weight(id).map(|loaded| loaded.bytes),
            Source::Constant(range) => Some(self.prepared.constants.part(range)),
            Source::Input(i) => self.inputs.get(i).map(|bytes| bytes.raw()),
            Source::Block(_) | Source::InPlace | Source::Absent => None,
        }
    }

    fn weight(&self, spec: Spec, id: Id) -> Result<Operand<'a>> {
        let Some(loaded) = self.model.weight(id) else { return Ok(Operand::Absent) };
        Ok(match loaded.form {
            Form::Plain => Operand::Here(Bytes::new(spec, loaded.bytes)?),
            form => Operand::Packed(spec, form, floats(loaded.bytes)?),
        })
    }

    /// Runs `step`; `outputs` are the caller's.
    pub fn step(&self, step: &Step, block: &mut Block, outputs: &mut [BytesMut]) -> Result<()> {
        let mut write = Ranges::new();
        let mut read = Ranges::new();
        step.outputs.iter().flatten().for_each(|(_, target)| {
            if let Target::Block(range) = target {
                write.push(*range);
            }
        });
        write.push(step.scratch);
        step.inputs.iter().for_each(|(_, source)| {
            if let Source::Block(range) = source {
                read.push(*range);
            }
        });
        let mut parts = block.parts::<MAX_OPERANDS>(write.all(), read.all())?;
        let mut inside = parts.read.into_iter().flatten();
        let mut inputs = [Operand::Absent; MAX_OPERANDS];
        for (operand, (spec, source)) in inputs.iter_mut().zip(&step.inputs) {
            *operand = match source {
                Source::Absent => Operand::Absent,
                Source::InPlace => Operand::InPlace(*spec),
                Source::Block(_) => Operand::Here(Bytes::new(*spec, inside.next().unwrap_or_default())?),
                Source::Weight(id) => self.weight(*spec, *id)?,
                outside => Operand::Here(Bytes::new(*spec, self.outside(*outside).unwrap_or_default())?),
            };
        }
        let scratch = parts.write[write.len - 1].take();
        let mut writable = parts.write.into_iter().flatten();
        let mut given = Given::of(step, outputs);
        let mut places = [const { None }; MAX_OPERANDS];
        for (i, (place, output)) in places.iter_mut().zip(&step.outputs).enumerate() {
            if let Some((spec, target)) = output {
                let bytes = match target {
                    Target::Block(_) => writable.next(),
                    Target::Output(_) => given.take(i),
                };
                *place = Some(BytesMut::new(*spec, bytes.unwrap_or_default())?);
            }
        }
        (step.op.run)(&mut Call {
            op: step.op,
            attributes: &step.attributes,
            kept: &step.kept,
            inputs: &inputs[..step.inputs.len()],
            outputs: &mut places[..step.outputs.len()],
            scratch: floats_mut(scratch.unwrap_or_default())?,
            kernels: self.kernels,
            threads: self.threads,
        })
    }
}

/// Ranges of one step.
struct Ranges {
    ranges: [Range; MAX_OPERANDS],
    len: usize,
}

impl Ranges {
    fn new() -> Ranges {
        Ranges { ranges: [Range { at: 0, bytes: 0 }; MAX_OPERANDS], len: 0 }
    }

    fn push(&mut self, range: Range) {
        self.ranges[self.len] = range;
        self.len += 1;
    }

    fn all(&self) -> &[Range] {
        &self.ranges[..self.len]
    }
}

/// The caller's memory for the outputs of one step.
struct Given<'a>([Option<&'a mut [u8]>; MAX_OPERANDS]);

impl<'a> Given<'a> {
    fn of(step: &Step, outputs: &'a mut [BytesMut]) -> Given<'a> {
        let mut given = Given([const { None }; MAX_OPERANDS]);
        for (which, output) in outputs.iter_mut().enumerate() {
            let is_it = |o: &Option<(Spec, Target)>| matches!(o, Some((_, Target::Output(i))) if *i == which);
            if let Some(i) = step.outputs.iter().position(is_it) {
                given.0[i] = Some(output.raw());
            }
        }
        given
    }

    fn take(&mut self, i: usize) -> Option<&'a mut [u8]> {
        self.0[i].take()
    }
}
