//! Gives every value its place: a weight, something known, the caller's memory, or a part of the block.

use super::bands::{grouped, makers, Bands, Group, Port};
use super::model::Model;
use super::prepare::{Task, Values, Work};
use super::session::Options;
use crate::error::Result;
use crate::nn::memory::{Block, Frozen, Layout, Lifetime, Range, ALIGN};
use crate::nn::op::Op;
use crate::nn::plan::{Attribute, Id};
use crate::nn::ty::{Shape, Spec, Type};

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
    pub op: &'static Op,
    pub attributes: Vec<Attribute>,
    pub kept: Vec<i64>,
    pub name: String,
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
    let tasks = resolver.tasks(&values.tasks, &mut scratches);
    Ok(Prepared { tasks, constants, bytes: layout.bytes, outputs })
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

/// When values live, and which share a place.
struct Placer<'a> {
    specs: &'a [Option<Spec>],
    /// First and last step of each value that the block holds.
    lives: Vec<Option<(usize, usize)>>,
    /// How many steps make it, and how many read it.
    made: Vec<u32>,
    read: Vec<u32>,
    /// Outputs of the network that are written where the caller wants them.
    direct: Vec<Option<usize>>,
    slot: Vec<Option<usize>>,
    slots: Vec<Lifetime>,
    scratches: Vec<Option<usize>>,
    results: Vec<Id>,
}

impl<'a> Placer<'a> {
    fn new(model: &Model, values: &'a Values) -> Placer<'a> {
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

    fn note(&mut self, tasks: &[Task], clock: &mut usize) {
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
    fn keep_results(&mut self, end: usize) {
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

    fn assign(&mut self, tasks: &[Task], clock: &mut usize) {
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

struct Resolver<'a> {
    model: &'a Model,
    values: &'a Values,
    placer: &'a Placer<'a>,
    layout: &'a Layout,
    constants: &'a [Option<Range>],
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

    fn tasks(&self, tasks: &[Task], scratches: &mut impl Iterator<Item = Option<usize>>) -> Vec<Placed> {
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
            op: work.op,
            attributes: work.attributes.clone(),
            kept: work.kept.clone(),
            name: work.name.clone(),
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
            op: work.op,
            attributes: work.attributes.clone(),
            kept: work.kept.clone(),
            name: work.name.clone(),
            inputs: inputs.collect(),
            scratch: scratch.map_or(Range { at: 0, bytes: 0 }, |slot| self.range(slot, 4 * work.scratch)),
            outputs,
        }
    }

    fn result(&self, i: usize, id: Id) -> Result<(Spec, Option<Source>)> {
        let is_direct = self.placer.direct[id as usize] == Some(i);
        Ok((self.spec(id), (!is_direct).then(|| self.source(id))))
    }
}
