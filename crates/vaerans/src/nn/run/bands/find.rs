//! Finds chains of local steps among the tasks of a network.

use super::super::model::Model;
use super::super::prepare::{Task, Values, Work};
use super::rounds::{Plan, Rounds};
use crate::nn::op::{reaches, Local, Reach};
use crate::nn::plan::Id;
use crate::nn::ty::Spec;

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
    let mut readers = vec![0; values.specs.len()];
    count(&tasks, &mut readers);
    for output in &model.plan.outputs {
        readers[output.value as usize] += 1;
    }
    let spec = |id: Id| model.weight(id).map(|loaded| loaded.spec).or(values.specs[id as usize]);
    let (mut out, mut chain) = (Vec::new(), Chain::new(values.specs.len()));
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
fn count(tasks: &[Task], readers: &mut [usize]) {
    for task in tasks {
        match task {
            Task::Run(work) => work.inputs.iter().flatten().for_each(|id| readers[*id as usize] += 1),
            Task::Branch(condition, branches) => {
                readers[*condition as usize] += 1;
                branches.iter().for_each(|tasks| count(tasks, readers));
            }
            Task::Bands(group) => group.inputs.iter().for_each(|id| readers[*id as usize] += 1),
        }
    }
}

/// What a chain has of a value.
#[derive(Clone, Copy, Default)]
struct Known {
    /// Whether it makes it; and of planes, which nobody may read before they are whole.
    made: bool,
    planes: bool,
    /// How often it reads it.
    read: usize,
}

/// Steps behind one another that can be run some rows at a time.
struct Chain {
    works: Vec<Work>,
    reaches: Vec<Vec<Reach>>,
    /// By value.
    known: Vec<Known>,
}

impl Chain {
    fn new(values: usize) -> Chain {
        Chain { works: Vec::new(), reaches: Vec::new(), known: vec![Known::default(); values] }
    }

    /// How far the inputs of a step reach, if it may be the next.
    fn takes(&self, work: &Work, spec: &impl Fn(Id) -> Option<Spec>) -> Option<Vec<Reach>> {
        let (1, [Some(_)]) = (work.specs.len(), work.outputs.as_slice()) else { return None };
        let inputs: Vec<_> = work.inputs.iter().map(|id| id.and_then(spec)).collect();
        let found = reaches(work.op.local, &work.attributes, &inputs, work.specs[0])?;
        for (id, reach) in work.inputs.iter().zip(&found) {
            let Some(known) = id.map(|id| self.known[id as usize]).filter(|known| known.made) else { continue };
            if known.planes || *reach == Reach::Whole {
                return None;
            }
        }
        Some(found)
    }

    fn push(&mut self, work: Work, reach: Vec<Reach>) {
        for id in work.outputs.iter().flatten() {
            let known = &mut self.known[*id as usize];
            (known.made, known.planes) = (true, work.op.local == Local::Planes);
        }
        work.inputs.iter().flatten().for_each(|id| self.known[*id as usize].read += 1);
        self.works.push(work);
        self.reaches.push(reach);
    }

    /// Puts what there is behind `out`: as a chain where that saves enough memory, else step by step.
    fn end(&mut self, out: &mut Vec<Task>, readers: &[usize], spec: &impl Fn(Id) -> Option<Spec>, worth: usize) {
        let (works, reaches) = (std::mem::take(&mut self.works), std::mem::take(&mut self.reaches));
        let is_inside = |id: &Id| self.known[*id as usize].read == readers[*id as usize];
        let ids: Vec<Id> = works.iter().filter_map(|w| w.outputs[0]).collect();
        let saved: usize = ids.iter().filter(|id| is_inside(id)).map(|id| spec(*id).map_or(0, |s| s.bytes())).sum();
        let pays = saved >= worth && works.len() >= 2;
        let outputs: Vec<Id> = ids.iter().copied().filter(|id| !is_inside(id)).collect();
        let mut inputs = Vec::new();
        for id in works.iter().flat_map(|w| w.inputs.iter().chain(&w.outputs).flatten()) {
            // Each once: what was seen is forgotten.
            let known = std::mem::take(&mut self.known[*id as usize]);
            if known.read > 0 && !known.made {
                inputs.push(*id);
            }
        }
        if !pays {
            out.extend(works.into_iter().map(Task::Run));
            return;
        }
        let rounds = Plan::of(&works, &reaches, &outputs, self.known.len(), spec);
        out.push(Task::Bands(Group { works, reaches, inputs, outputs, rounds }));
    }
}
