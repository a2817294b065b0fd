//! What a plan comes to for inputs of certain shapes: every value, and every step with its places.

use super::bands::Bands;
use super::place::{Placed, Source, Step, Target};
use super::prepare::{values, Search, Values};
use super::{Model, Options, Session};
use crate::error::Error;
use crate::nn::memory::Bytes;
use crate::nn::plan::Id;
use crate::nn::ty::Spec;

/// A step of a prepared network.
#[derive(Debug, Clone, PartialEq)]
pub struct StepTold {
    /// Its operator.
    pub op: &'static str,
    /// What the model called the node.
    pub name: String,
    /// The value of the plan that it reads as its second input: a product's right factor, a convolution's weights.
    pub factor: Option<Id>,
    /// Types and shapes of what it reads; `None` is not there.
    pub inputs: Vec<Option<Spec>>,
    /// Types and shapes of what it makes.
    pub outputs: Vec<Spec>,
    /// First byte of the first output in the block; none where that is the caller's memory.
    pub at: Option<usize>,
    /// Bytes that it needs for itself.
    pub scratch: usize,
}

impl StepTold {
    pub(super) fn of(step: &Step) -> StepTold {
        let there = |source: &Source| !matches!(source, Source::Absent);
        let at = match step.outputs.first() {
            Some(Some((_, Target::Block(range)))) => Some(range.at),
            _ => None,
        };
        StepTold {
            op: step.of.op.name,
            name: step.of.name.clone(),
            factor: step.of.inputs.get(1).copied().flatten(),
            inputs: step.inputs.iter().map(|(spec, source)| there(source).then_some(*spec)).collect(),
            outputs: step.outputs.iter().flatten().map(|(spec, _)| *spec).collect(),
            at,
            scratch: step.scratch.bytes,
        }
    }
}

impl StepTold {
    /// Of a chain that runs some rows at a time: what it makes is never there as a whole, unless others read it.
    fn in_rows(bands: &Bands, i: usize) -> StepTold {
        StepTold { inputs: bands.reads(i), at: None, ..StepTold::of(&bands.steps[i]) }
    }
}

impl Model {
    /// Type and shape of every value for such inputs, as far as they are found, and what stopped the search. Of an `If` that
    /// is not decided both branches are looked at; one may fail.
    pub fn shapes(&self, inputs: &[Bytes], options: &Options) -> (Vec<Option<Spec>>, Option<Error>) {
        let search = Search { lenient: true, ..Search::default() };
        let found = match values(self, inputs, search, options) {
            (_, Some(e)) if e.code() == "model.unknown_values" => {
                values(self, inputs, Search { by_value: true, ..search }, options)
            }
            other => other,
        };
        let (Values { mut specs, .. }, stopped) = found;
        for (id, spec) in specs.iter_mut().enumerate() {
            *spec = self.weight(id as u32).map(|loaded| loaded.spec).or(*spec);
        }
        (specs, stopped)
    }
}

impl Session {
    /// The steps in the order in which they run, both branches of every `If` that is left; none before [`Session::prepare`].
    pub fn steps(&self) -> Vec<StepTold> {
        let mut told = Vec::new();
        if let Some(tasks) = self.tasks() {
            tell(tasks, &mut told);
        }
        told
    }
}

fn tell(tasks: &[Placed], told: &mut Vec<StepTold>) {
    for task in tasks {
        match task {
            Placed::Step(step) => told.push(StepTold::of(step)),
            Placed::Bands(bands) => told.extend((0..bands.steps.len()).map(|i| StepTold::in_rows(bands, i))),
            Placed::Branch(_, branches) => branches.iter().for_each(|tasks| tell(tasks, told)),
        }
    }
}
