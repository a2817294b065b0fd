//! Gives every value its place: a weight, something known, the caller's memory, or a part of the block.

use super::bands::{grouped, Bands};
use super::lives::Placer;
use super::model::Model;
use super::prepare::Values;
use super::resolve::Resolver;
use super::session::Options;
use crate::error::{Error, Result};
use crate::nn::memory::{Block, Frozen, Layout, Range, ALIGN};
use crate::nn::plan::{self, Form, Id};
use crate::nn::ty::Spec;
use std::sync::Arc;

/// Where a step reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    Absent,
    Weight(Id),
    Constant(Range),
    Block(Range),
    Input(usize),
    /// Some bytes of it.
    InputPart(usize, Range),
    WeightPart(Id, Range),
    /// Where the first output goes.
    InPlace,
}

impl Source {
    /// Some bytes of what stands there.
    pub fn part(self, part: Range) -> Source {
        let within = |range: Range| Range { at: range.at + part.at, bytes: part.bytes };
        match self {
            Source::Constant(range) => Source::Constant(within(range)),
            Source::Block(range) => Source::Block(within(range)),
            Source::Input(i) => Source::InputPart(i, part),
            Source::Weight(id) => Source::WeightPart(id, part),
            other => other,
        }
    }
}

/// Where a step writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    Block(Range),
    Output(usize),
    /// Some bytes of it.
    OutputPart(usize, Range),
}

/// What is done at each run, with places.
#[derive(Debug)]
pub(super) enum Placed {
    Step(Step),
    Bands(Bands),
    Branch(Source, [Vec<Placed>; 2]),
}

/// A step with its places.
#[derive(Debug)]
pub(super) struct Step {
    /// Which of all it is.
    pub place: usize,
    /// What the plan says of it.
    pub of: Arc<plan::Step>,
    /// What its shape rule worked out.
    pub kept: Arc<[i64]>,
    pub inputs: Vec<(Spec, Source)>,
    pub outputs: Vec<Option<(Spec, Target)>>,
    pub scratch: Range,
}

/// A network that is ready to run for inputs of certain shapes.
#[derive(Debug)]
pub(super) struct Prepared {
    pub tasks: Vec<Placed>,
    pub constants: Frozen,
    /// Bytes of the block.
    pub bytes: usize,
    /// Types and shapes of the outputs, and where what is to be copied into them stands.
    pub outputs: Vec<(Spec, Option<Source>)>,
}

/// Lays out what `values` found.
pub(super) fn place(model: &Model, mut values: Values, options: &Options) -> Result<Prepared> {
    let limits = &options.limits;
    let packed = |id| model.weight(id).is_some_and(|weight| weight.form != Form::Plain);
    if model.plan.outputs.iter().any(|output| packed(output.value)) {
        return Err(Error::new("model.plan", "an output that is a weight in another form"));
    }
    grouped(model, &mut values, options.band_bytes);
    let mut placer = Placer::new(model, &values);
    let mut clock = 0;
    placer.note(&values.tasks, &mut clock);
    placer.keep_results(clock);
    placer.assign(&values.tasks, &mut 0);
    let layout = Layout::of(&placer.slots);
    limits.check_bytes(layout.bytes as u64, "bytes of activations")?;
    let (constants, ranges) = constants(&values)?;
    let resolver = Resolver { model, values: &values, placer: &placer, layout: &layout, constants: &ranges };
    let outputs =
        model.plan.outputs.iter().enumerate().map(|(i, o)| resolver.result(i, o.value)).collect::<Result<_>>()?;
    let mut scratches = placer.scratches.iter().copied();
    let mut tasks = resolver.tasks(&values.tasks, &mut scratches);
    count(&mut tasks, &mut 0);
    Ok(Prepared { tasks, constants, bytes: layout.bytes, outputs })
}

/// Gives every step its place among all, in the order in which they are told.
fn count(tasks: &mut [Placed], so_far: &mut usize) {
    let next = |step: &mut Step, so_far: &mut usize| {
        step.place = *so_far;
        *so_far += 1;
    };
    for task in tasks {
        match task {
            Placed::Step(step) => next(step, so_far),
            Placed::Bands(bands) => bands.steps.iter_mut().for_each(|step| next(step, so_far)),
            Placed::Branch(_, branches) => branches.iter_mut().for_each(|tasks| count(tasks, so_far)),
        }
    }
}

/// What is known, in one block.
fn constants(values: &Values) -> Result<(Frozen, Vec<Option<Range>>)> {
    let mut end = 0;
    let ranges: Vec<_> = (values.constants.iter())
        .map(|constant| {
            let bytes = constant.as_ref()?.spec.bytes();
            let range = Range { at: end, bytes };
            end += bytes.next_multiple_of(ALIGN);
            Some(range)
        })
        .collect();
    let mut block = Block::new(end)?;
    for (constant, range) in values.constants.iter().zip(&ranges) {
        if let (Some(constant), Some(range)) = (constant, range) {
            block.all()[range.at..range.at + range.bytes].copy_from_slice(constant.raw());
        }
    }
    Ok((block.freeze()?, ranges))
}
