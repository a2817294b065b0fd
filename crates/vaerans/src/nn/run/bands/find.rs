//! Finds chains of local steps among the tasks of a network.

use super::super::model::Model;
use super::super::prepare::{Task, Values, Work};
use super::rounds::{Plan, Rounds};
use crate::nn::op::{reaches, Reach};
use crate::nn::plan::Id;
use crate::nn::ty::Spec;
use std::collections::HashMap;

/// A chain that is run some rows at a time.
#[derive(Debug)]
pub(in crate::nn::run) struct Group {
    pub works: Vec<Work>,
    /// How far each input of each step reaches.
    pub reaches: Vec<Vec<Reach>>,
    /// What it reads from outside.
    pub inputs: Vec<Id>,
    /// What others read of it: these are there as a whole.
    pub outputs: Vec<Id>,
    pub rounds: Rounds,
}

impl Group {
    /// Outputs that its own steps read too.
    pub fn read_outputs(&self) -> Vec<Id> {
        let is_read = |id: &&Id| self.works.iter().any(|w| w.inputs.contains(&Some(**id)));
        self.outputs.iter().filter(is_read).copied().collect()
    }
}

/// The tasks with chains in place of steps: those with at least `worth` bytes between their steps.
pub(in crate::nn::run) fn grouped(model: &Model, values: &mut Values, worth: usize) {
    let tasks = std::mem::take(&mut values.tasks);
    let mut readers = HashMap::new();
    count(&tasks, &mut readers);
    for output in &model.plan.outputs {
        *readers.entry(output.value).or_insert(0) += 1;
    }
    let spec = |id: Id| model.weight(id).map(|loaded| loaded.spec).or(values.specs[id as usize]);
    let (mut out, mut chain) = (Vec::new(), Chain::default());
    for task in tasks {
        match task {
            Task::Run(work) => match chain.takes(&work, &spec) {
                Some(reach) => chain.push(work, reach),
                None => {
                    chain.end(&mut out, &readers, &spec, worth);
                    match chain.takes(&work, &spec) {
                        Some(reach) => chain.push(work, reach),
                        None => out.push(Task::Run(work)),
                    }
                }
            },
            other => {
                chain.end(&mut out, &readers, &spec, worth);
                out.push(other);
            }
        }
    }
    chain.end(&mut out, &readers, &spec, worth);
    values.tasks = out;
}

/// How often each value is read.
fn count(tasks: &[Task], readers: &mut HashMap<Id, usize>) {
    for task in tasks {
        match task {
            Task::Run(work) => work.inputs.iter().flatten().for_each(|id| *readers.entry(*id).or_insert(0) += 1),
            Task::Branch(condition, branches) => {
                *readers.entry(*condition).or_insert(0) += 1;
                branches.iter().for_each(|tasks| count(tasks, readers));
            }
            Task::Bands(group) => group.inputs.iter().for_each(|id| *readers.entry(*id).or_insert(0) += 1),
        }
    }
}

/// Steps behind one another that can be run some rows at a time.
#[derive(Default)]
struct Chain {
    works: Vec<Work>,
    reaches: Vec<Vec<Reach>>,
    /// Values that it makes; whether one is of planes, which nobody may read before it is whole.
    made: HashMap<Id, bool>,
}

impl Chain {
    /// How far the inputs of a step reach, if it may be the next.
    fn takes(&self, work: &Work, spec: &impl Fn(Id) -> Option<Spec>) -> Option<Vec<Reach>> {
        let (1, [Some(_)]) = (work.specs.len(), work.outputs.as_slice()) else { return None };
        let inputs: Vec<_> = work.inputs.iter().map(|id| id.and_then(spec)).collect();
        let found = reaches(work.op.local, &work.attributes, &inputs, work.specs[0])?;
        for (id, reach) in work.inputs.iter().zip(&found) {
            let Some(planes) = id.and_then(|id| self.made.get(&id)) else { continue };
            if *planes || *reach == Reach::Whole {
                return None;
            }
        }
        Some(found)
    }

    fn push(&mut self, work: Work, reach: Vec<Reach>) {
        let planes = work.op.local == crate::nn::op::Local::Planes;
        self.made.extend(work.outputs.iter().flatten().map(|id| (*id, planes)));
        self.works.push(work);
        self.reaches.push(reach);
    }

    /// Puts what there is behind `out`: as a chain where that saves enough memory, else step by step.
    fn end(
        &mut self,
        out: &mut Vec<Task>,
        readers: &HashMap<Id, usize>,
        spec: &impl Fn(Id) -> Option<Spec>,
        worth: usize,
    ) {
        let Chain { works, reaches, made } = std::mem::take(self);
        let mut own: HashMap<Id, usize> = HashMap::new();
        works.iter().flat_map(|w| w.inputs.iter().flatten()).for_each(|id| *own.entry(*id).or_insert(0) += 1);
        let is_inside = |id: &Id| own.get(id).copied().unwrap_or(0) == readers.get(id).copied().unwrap_or(0);
        let size = |id: &Id| spec(*id).map_or(0, |s| s.bytes());
        let ids: Vec<Id> = works.iter().filter_map(|w| w.outputs[0]).collect();
        let saved: usize = ids.iter().filter(|id| is_inside(id)).map(size).sum();
        if saved < worth || works.len() < 2 {
            out.extend(works.into_iter().map(Task::Run));
            return;
        }
        let outputs: Vec<Id> = ids.iter().copied().filter(|id| !is_inside(id)).collect();
        let mut inputs: Vec<Id> = own.keys().copied().filter(|id| !made.contains_key(id)).collect();
        inputs.sort_unstable();
        let rounds = Plan::of(&works, &reaches, &outputs, spec);
        out.push(Task::Bands(Group { works, reaches, inputs, outputs, rounds }));
    }
}
