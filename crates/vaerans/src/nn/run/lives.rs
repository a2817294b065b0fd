//! When values live, and which share a place.

use super::model::Model;
use super::prepare::{Task, Values, Work};
use crate::nn::memory::Lifetime;
use crate::nn::plan::Id;
use crate::nn::ty::Spec;

/// When values live, and which share a place.
pub(super) struct Placer<'a> {
    specs: &'a [Option<Spec>],
    /// First and last step of each value that the block holds.
    lives: Vec<Option<(usize, usize)>>,
    /// How many steps make it, and how many read it.
    made: Vec<u32>,
    read: Vec<u32>,
    /// Outputs of the network that are written where the caller wants them.
    pub direct: Vec<Option<usize>>,
    pub slot: Vec<Option<usize>>,
    pub slots: Vec<Lifetime>,
    pub scratches: Vec<Option<usize>>,
    results: Vec<Id>,
}

impl<'a> Placer<'a> {
    pub fn new(model: &Model, values: &'a Values) -> Placer<'a> {
        let n = values.specs.len();
        Placer {
            specs: &values.specs,
            lives: vec![None; n],
            made: vec![0; n],
            read: vec![0; n],
            direct: vec![None; n],
            slot: vec![None; n],
            slots: Vec::new(),
            scratches: Vec::new(),
            results: model.plan.outputs.iter().map(|o| o.value).collect(),
        }
    }

    pub fn note(&mut self, tasks: &[Task], clock: &mut usize) {
        for task in tasks {
            match task {
                Task::Run(work) => {
                    self.touch(&work.inputs, *clock, false);
                    self.touch(&work.outputs, *clock, true);
                    *clock += 1;
                }
                Task::Bands(group) => {
                    let listed = |ids: &[Id]| ids.iter().map(|id| Some(*id)).collect::<Vec<_>>();
                    self.touch(&listed(&group.inputs), *clock, false);
                    self.touch(&listed(&group.outputs), *clock, true);
                    self.touch(&listed(&group.read_outputs()), *clock, false);
                    *clock += 1;
                }
                Task::Branch(condition, branches) => {
                    self.touch(&[Some(*condition)], *clock, false);
                    *clock += 1;
                    branches.iter().for_each(|tasks| self.note(tasks, clock));
                }
            }
        }
    }

    fn touch(&mut self, ids: &[Option<Id>], now: usize, makes: bool) {
        for id in ids.iter().flatten().map(|id| *id as usize) {
            let counts = if makes { &mut self.made } else { &mut self.read };
            counts[id] += 1;
            if makes {
                self.lives[id].get_or_insert((now, now));
            }
            if let Some((_, last)) = &mut self.lives[id] {
                *last = now;
            }
        }
    }

    /// What the network gives is written where the caller wants it, or lives to the end.
    pub fn keep_results(&mut self, end: usize) {
        for (i, &id) in self.results.iter().enumerate() {
            let (id, times) = (id as usize, self.results.iter().filter(|r| **r == id).count());
            if let Some((_, last)) = &mut self.lives[id] {
                if self.made[id] == 1 && self.read[id] == 0 && times == 1 {
                    self.direct[id] = Some(i);
                } else {
                    *last = end;
                }
            }
        }
    }

    pub fn assign(&mut self, tasks: &[Task], clock: &mut usize) {
        for task in tasks {
            match task {
                Task::Run(work) => {
                    self.assign_outputs(work, *clock);
                    self.assign_scratch(work, *clock);
                    *clock += 1;
                }
                Task::Bands(group) => {
                    group.outputs.iter().for_each(|id| self.assign_new(*id as usize));
                    self.scratches.push(Some(self.slots.len()));
                    self.slots.push(Lifetime { first: *clock, last: *clock, bytes: group.rounds.bytes });
                    *clock += 1;
                }
                Task::Branch(_, branches) => {
                    *clock += 1;
                    branches.iter().for_each(|tasks| self.assign(tasks, clock));
                }
            }
        }
    }

    fn assign_outputs(&mut self, work: &Work, now: usize) {
        for (i, id) in work.outputs.iter().enumerate() {
            let Some(id) = id.map(|id| id as usize) else { continue };
            let Some((_, last)) = self.lives[id] else { continue };
            if self.direct[id].is_some() || self.slot[id].is_some() {
                continue;
            }
            let shared = if i == 0 { self.reusable(work, now) } else { None };
            match shared {
                Some(slot) => {
                    self.slots[slot].last = self.slots[slot].last.max(last);
                    self.slot[id] = Some(slot);
                }
                None => self.assign_new(id),
            }
        }
    }

    /// A place of its own, unless it has one.
    fn assign_new(&mut self, id: usize) {
        let Some((first, last)) = self.lives[id] else { return };
        if self.direct[id].is_none() && self.slot[id].is_none() {
            let bytes = self.specs[id].map_or(0, |s| s.bytes());
            self.slot[id] = Some(self.slots.len());
            self.slots.push(Lifetime { first, last, bytes });
        }
    }

    /// The place of the first input, if the step may work there and nobody needs it afterwards.
    fn reusable(&self, work: &Work, now: usize) -> Option<usize> {
        let id = work.inputs.first().copied().flatten()?;
        let once = work.inputs.iter().flatten().filter(|i| **i == id).count() == 1;
        let (_, last) = self.lives[id as usize]?;
        let out = work.outputs.first().copied().flatten()?;
        let fits = self.specs[id as usize]
            .zip(work.specs.first().copied())
            .is_some_and(|(a, b)| a.ty == b.ty && a.bytes() == b.bytes());
        let allowed = work.op.in_place
            && once
            && last == now
            && fits
            && self.made[out as usize] == 1
            && self.made[id as usize] == 1;
        if allowed {
            self.slot[id as usize]
        } else {
            None
        }
    }

    fn assign_scratch(&mut self, work: &Work, now: usize) {
        self.scratches.push((work.scratch > 0).then_some(self.slots.len()));
        if work.scratch > 0 {
            self.slots.push(Lifetime { first: now, last: now, bytes: 4 * work.scratch });
        }
    }
}
