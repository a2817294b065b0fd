//! Runs a step: finds its operands where they were placed, and calls the operator.

use super::model::Model;
use super::place::{Prepared, Source, Step, Target};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::nn::memory::{floats, floats_mut, Block, Bytes, BytesMut, Range};
use crate::nn::op::{Band, Call, Operand, MAX_OPERANDS};
use crate::nn::plan::{Form, Id};
use crate::nn::ty::{Shape, Spec, Type};

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
        let mut operands = Operands::new(step, step.scratch.at);
        operands.inputs[..step.inputs.len()].copy_from_slice(&step.inputs);
        operands.outputs[..step.outputs.len()].copy_from_slice(&step.outputs);
        self.operate(step, &operands, block, outputs)
    }

    /// Runs a step on these operands.
    pub fn operate(&self, step: &Step, operands: &Operands, block: &mut Block, outputs: &mut [BytesMut]) -> Result<()> {
        let (sources, targets) = (&operands.inputs[..step.inputs.len()], &operands.outputs[..step.outputs.len()]);
        let mut write = Ranges::new();
        let mut read = Ranges::new();
        targets.iter().flatten().for_each(|(_, target)| {
            if let Target::Block(range) = target {
                write.push(*range);
            }
        });
        write.push(operands.scratch);
        sources.iter().for_each(|(_, source)| {
            if let Source::Block(range) = source {
                read.push(*range);
            }
        });
        let mut parts = block.parts::<MAX_OPERANDS>(write.all(), read.all())?;
        let mut inside = parts.read.into_iter().flatten();
        let mut inputs = [Operand::Absent; MAX_OPERANDS];
        for (operand, (spec, source)) in inputs.iter_mut().zip(sources) {
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
        let mut given = Given::of(targets, outputs);
        let mut places = [const { None }; MAX_OPERANDS];
        for (i, (place, output)) in places.iter_mut().zip(targets).enumerate() {
            if let Some((spec, target)) = output {
                let bytes = match target {
                    Target::Block(_) => writable.next(),
                    Target::Output(_) => given.take(i),
                    Target::OutputPart(_, part) => {
                        given.take(i).and_then(|all| all.get_mut(part.at..part.at + part.bytes))
                    }
                };
                *place = Some(BytesMut::new(*spec, bytes.unwrap_or_default())?);
            }
        }
        (step.of.op.run)(&mut Call {
            op: step.of.op,
            attributes: &step.of.attributes,
            kept: &step.kept,
            inputs: &inputs[..sources.len()],
            outputs: &mut places[..targets.len()],
            scratch: floats_mut(scratch.unwrap_or_default())?,
            band: operands.band,
            kernels: self.kernels,
            threads: self.threads,
        })
    }
}

/// Where a step reads and writes this time.
pub(super) struct Operands {
    pub inputs: [(Spec, Source); MAX_OPERANDS],
    pub outputs: [Option<(Spec, Target)>; MAX_OPERANDS],
    pub scratch: Range,
    pub band: Option<Band>,
}

impl Operands {
    /// Of a step that works at `scratch`; the rest is said afterwards.
    pub fn new(step: &Step, scratch: usize) -> Operands {
        Operands {
            inputs: [(Spec::new(Type::U8, Shape::SCALAR), Source::Absent); MAX_OPERANDS],
            outputs: [None; MAX_OPERANDS],
            scratch: Range { at: scratch, bytes: step.scratch.bytes },
            band: None,
        }
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
    fn of(targets: &[Option<(Spec, Target)>], outputs: &'a mut [BytesMut]) -> Given<'a> {
        let mut given = Given([const { None }; MAX_OPERANDS]);
        for (which, output) in outputs.iter_mut().enumerate() {
            let is_it = |o: &Option<(Spec, Target)>| matches!(o, Some((_, Target::Output(i) | Target::OutputPart(i, _))) if *i == which);
            if let Some(i) = targets.iter().position(is_it) {
                given.0[i] = Some(output.raw());
            }
        }
        given
    }

    fn take(&mut self, i: usize) -> Option<&'a mut [u8]> {
        self.0[i].take()
    }
}
