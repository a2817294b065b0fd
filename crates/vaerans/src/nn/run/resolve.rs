//! Where every step reads and writes, once it is known where values lie.

use super::bands::{makers, Bands, Group, Port};
use super::lives::Placer;
use super::model::Model;
use super::place::{Placed, Source, Step, Target};
use super::prepare::{Task, Values, Work};
use crate::error::Result;
use crate::nn::memory::{Layout, Range};
use crate::nn::plan::Id;
use crate::nn::ty::{Shape, Spec, Type};

/// Says of every step where it reads and writes.
pub(super) struct Resolver<'a> {
    pub model: &'a Model,
    pub values: &'a Values,
    pub placer: &'a Placer<'a>,
    pub layout: &'a Layout,
    pub constants: &'a [Option<Range>],
}

impl Resolver<'_> {
    fn range(&self, slot: usize, bytes: usize) -> Range {
        Range { at: self.layout.offsets[slot], bytes }
    }

    fn spec(&self, id: Id) -> Spec {
        let weight = self.model.weight(id).map(|loaded| loaded.spec);
        weight.or(self.values.specs[id as usize]).expect("shapes were worked out")
    }

    fn source(&self, id: Id) -> Source {
        if let Some(range) = self.constants[id as usize] {
            return Source::Constant(range);
        }
        if self.model.weight(id).is_some() {
            return Source::Weight(id);
        }
        match self.placer.slot[id as usize] {
            Some(slot) => Source::Block(self.range(slot, self.spec(id).bytes())),
            None => match self.model.plan.inputs.iter().position(|input| input.value == id) {
                Some(i) => Source::Input(i),
                None => Source::Absent,
            },
        }
    }

    pub fn tasks(&self, tasks: &[Task], scratches: &mut impl Iterator<Item = Option<usize>>) -> Vec<Placed> {
        let mut placed = Vec::with_capacity(tasks.len());
        for task in tasks {
            placed.push(match task {
                Task::Run(work) => Placed::Step(self.step(work, scratches.next().flatten())),
                Task::Bands(group) => Placed::Bands(self.bands(group, scratches.next().flatten())),
                Task::Branch(condition, [yes, no]) => {
                    let branches = [self.tasks(yes, &mut *scratches), self.tasks(no, &mut *scratches)];
                    Placed::Branch(self.source(*condition), branches)
                }
            });
        }
        placed
    }

    fn bands(&self, group: &Group, scratch: Option<usize>) -> Bands {
        let nothing = Range { at: 0, bytes: 0 };
        let made = makers(&group.works, self.values.specs.len());
        let port = |id: &Option<Id>| match id {
            None => Port::There(Spec::new(Type::U8, Shape::SCALAR), Source::Absent),
            Some(id) => match made[*id as usize] {
                Some(j) => Port::Made(j),
                None => Port::There(self.spec(*id), self.source(*id)),
            },
        };
        let step = |work: &Work| Step {
            place: 0,
            of: work.step.clone(),
            kept: work.kept.clone(),
            inputs: work.inputs.iter().map(|_| (work.specs[0], Source::Absent)).collect(),
            outputs: vec![Some((work.specs[0], Target::Block(nothing)))],
            scratch: Range { at: 0, bytes: 4 * work.scratch },
        };
        let target = |work: &Work| {
            let id = work.outputs[0].filter(|id| group.outputs.contains(id))? as usize;
            self.target(id, work.specs[0].bytes())
        };
        Bands {
            steps: group.works.iter().map(step).collect(),
            ports: group.works.iter().map(|work| work.inputs.iter().map(port).collect()).collect(),
            reaches: group.reaches.clone(),
            targets: group.works.iter().map(target).collect(),
            rounds: group.rounds.clone(),
            memory: scratch.map_or(nothing, |slot| self.range(slot, group.rounds.bytes)),
        }
    }

    /// Where a value that a step makes goes.
    fn target(&self, id: usize, bytes: usize) -> Option<Target> {
        match self.placer.direct[id] {
            Some(i) => Some(Target::Output(i)),
            None => Some(Target::Block(self.range(self.placer.slot[id]?, bytes))),
        }
    }

    fn step(&self, work: &Work, scratch: Option<usize>) -> Step {
        let outputs: Vec<_> = (work.outputs.iter().zip(&work.specs))
            .map(|(id, spec)| Some((*spec, self.target((*id)? as usize, spec.bytes())?)))
            .collect();
        let inputs = work.inputs.iter().map(|id| match id {
            None => (Spec::new(Type::U8, Shape::SCALAR), Source::Absent),
            Some(id) => {
                let source = self.source(*id);
                let shares = matches!((source, outputs.first()), (Source::Block(a), Some(Some((_, Target::Block(b))))) if a == *b && a.bytes > 0);
                (self.spec(*id), if shares { Source::InPlace } else { source })
            }
        });
        Step {
            place: 0,
            of: work.step.clone(),
            kept: work.kept.clone(),
            inputs: inputs.collect(),
            scratch: scratch.map_or(Range { at: 0, bytes: 0 }, |slot| self.range(slot, 4 * work.scratch)),
            outputs,
        }
    }

    pub fn result(&self, i: usize, id: Id) -> Result<(Spec, Option<Source>)> {
        let is_direct = self.placer.direct[id as usize] == Some(i);
        Ok((self.spec(id), (!is_direct).then(|| self.source(id))))
    }
}
