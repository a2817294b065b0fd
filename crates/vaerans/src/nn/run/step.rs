//! Runs a step: finds its operands where they were placed, and calls the operator.

use super::model::Model;
use super::place::{Prepared, Source, Step, Target};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::nn::memory::{floats, floats_mut, Block, Bytes, BytesMut, Few, Parts, Range};
use crate::nn::op::{Band, Call, Operand};
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
            Source::InputPart(i, part) => self.inputs.get(i)?.raw().get(part.at..part.at + part.bytes),
            Source::WeightPart(id, part) => self.model.weight(id)?.bytes.get(part.at..part.at + part.bytes),
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
        let (inputs, scratch) = (step.inputs.as_slice(), step.scratch);
        self.operate(step, &Operands { inputs, outputs: &step.outputs, scratch, band: None }, block, outputs)
    }

    /// Runs a step on these operands.
    pub fn operate(&self, step: &Step, operands: &Operands, block: &mut Block, outputs: &mut [BytesMut]) -> Result<()> {
        let mut parts = Parts { write: Few::none(), read: Few::none() };
        block.parts(&operands.written(), &operands.read(), &mut parts)?;
        let mut inside = parts.read.iter();
        let mut inputs = Few::none();
        for (spec, source) in operands.inputs {
            inputs.push(match source {
                Source::Absent => Operand::Absent,
                Source::InPlace => Operand::InPlace(*spec),
                Source::Block(_) => Operand::Here(Bytes::new(*spec, inside.next().copied().unwrap_or_default())?),
                Source::Weight(id) => self.weight(*spec, *id)?,
                outside => Operand::Here(Bytes::new(*spec, self.outside(*outside).unwrap_or_default())?),
            });
        }
        let mut writable = parts.write.iter_mut().map(std::mem::take);
        let scratch = writable.next().unwrap_or_default();
        let mut given = given(operands.outputs, outputs);
        let mut places = Few::none();
        for (output, given) in operands.outputs.iter().zip(given.iter_mut()) {
            let Some((spec, target)) = output else {
                places.push(None);
                continue;
            };
            let bytes = match target {
                Target::Block(_) => writable.next(),
                Target::Output(_) => given.take(),
                Target::OutputPart(_, part) => given.take().and_then(|all| all.get_mut(part.at..part.at + part.bytes)),
            };
            places.push(Some(BytesMut::new(*spec, bytes.unwrap_or_default())?));
        }
        (step.of.op.run)(&mut Call {
            op: step.of.op,
            attributes: &step.of.attributes,
            kept: &step.kept,
            inputs: &inputs,
            outputs: &mut places,
            scratch: floats_mut(scratch)?,
            band: operands.band,
            kernels: self.kernels,
            threads: self.threads,
        })
    }
}

/// Where a step reads and writes this time.
pub(super) struct Operands<'a> {
    pub inputs: &'a [(Spec, Source)],
    pub outputs: &'a [Option<(Spec, Target)>],
    pub scratch: Range,
    pub band: Option<Band>,
}

impl Operands<'_> {
    /// What it writes of the block: its own memory first.
    fn written(&self) -> Few<Range> {
        let mut ranges = Few::none();
        ranges.push(self.scratch);
        for (_, target) in self.outputs.iter().flatten() {
            if let Target::Block(range) = target {
                ranges.push(*range);
            }
        }
        ranges
    }

    fn read(&self) -> Few<Range> {
        let mut ranges = Few::none();
        for (_, source) in self.inputs {
            if let Source::Block(range) = source {
                ranges.push(*range);
            }
        }
        ranges
    }
}

/// The caller's memory for each output of one step that is the network's.
fn given<'a>(targets: &[Option<(Spec, Target)>], outputs: &'a mut [BytesMut]) -> Few<Option<&'a mut [u8]>> {
    let which = |o: &Option<(Spec, Target)>| match o {
        Some((_, Target::Output(i) | Target::OutputPart(i, _))) => Some(*i),
        _ => None,
    };
    let mut given = Few::none();
    targets.iter().for_each(|_| given.push(None));
    if targets.iter().any(|o| which(o).is_some()) {
        for (number, output) in outputs.iter_mut().enumerate() {
            if let Some(i) = targets.iter().position(|o| which(o) == Some(number)) {
                given[i] = Some(output.raw());
            }
        }
    }
    given
}
