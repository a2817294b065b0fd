//! Pipes of a world, run by the executor: native steps on the pool, foreign steps handed to the caller in groups of entities of
//! one shape.

use super::coded::blame_file;
use super::run::{lineage_of, Observer, Run, Slots};
use crate::arena::{DType, TensorRef};
use crate::component::Component;
use crate::ecs::trace::entropy;
use crate::ecs::{
    Ctx, EntityId, Foreign, GroupPlan, Input, Node, Pipe, Plan, Planned, Record, Step, StepId, TensorType, TraceRow,
    Ty, World, WorldOptions,
};
use crate::error::{Error, Result};
use crate::pool;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// One version of a component: its key and the step that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Store key.
    pub key: String,
    /// The step that made it.
    pub step: StepId,
}

/// A foreign step that is due.
#[derive(Debug, Clone)]
pub struct ForeignCall {
    /// The step.
    pub step: StepId,
    /// What to run.
    pub system: Arc<Foreign>,
    /// Entities whose inputs have the same shape and dtype run as one batch.
    pub groups: Vec<Vec<EntityId>>,
    /// What every entity brings along.
    pub bound: BTreeMap<EntityId, Bound>,
}

/// An entity's part of a foreign step.
#[derive(Debug, Clone)]
pub struct Bound {
    /// Its inputs.
    pub inputs: Vec<Slot>,
    /// What the result is expected to be, and under which key.
    pub output: Arc<Ty>,
    /// How the step is remembered.
    pub record: Record,
}

/// Where a pipe stands after [`Pipe::advance`].
#[derive(Debug, Clone)]
pub enum Progress {
    /// Everything ran.
    Done,
    /// The caller must run this step, then call [`Pipe::finish_foreign`] and `advance` again.
    Foreign(ForeignCall),
}

impl Pipe {
    /// Checks the plan, then runs native steps up to the next foreign one.
    ///
    /// # Errors
    /// The plan's `pipe.*` and `param.*` before anything runs; afterwards only `data.*`, `stream.*` and `limit.*`.
    pub fn advance(&self, world: &mut World) -> Result<Progress> {
        self.advance_to(world, None)
    }

    /// As [`Pipe::advance`]; in a world that does not keep all results, that under `key` stays.
    ///
    /// # Errors
    /// As there.
    pub fn advance_to(&self, world: &mut World, key: Option<&str>) -> Result<Progress> {
        self.run_to(world, key).map_err(|e| self.blamed(e))
    }

    /// What goes wrong with the steps of a file is the file's fault.
    fn blamed(&self, error: Error) -> Error {
        if self.of_file {
            return blame_file(error);
        }
        error
    }

    fn run_to(&self, world: &mut World, key: Option<&str>) -> Result<Progress> {
        let plan = Plan::new(self, world)?;
        let mut at = 0;
        while at < self.nodes.len() {
            if self.nodes[at].is_done() {
                at += 1;
                continue;
            }
            if let Step::Foreign(system) = &self.nodes[at].step {
                return Ok(Progress::Foreign(foreign_call(world, &plan, at, &self.nodes, system)?));
            }
            let native = |n: &Arc<Node>| !n.is_done() && matches!(n.step, Step::Native(_));
            let end = at + self.nodes[at..].iter().take_while(|n| native(n)).count();
            run_native(world, &plan, &self.nodes, at..end, key)?;
            self.nodes[at..end].iter().for_each(|n| n.set_done());
            at = end;
        }
        drop_unread(world, &plan, &self.nodes, key)?;
        Ok(Progress::Done)
    }

    /// Checks what a foreign step left and gives it its history.
    ///
    /// # Errors
    /// `pipe.missing_component` where the step did not produce what it declared, `data.type` where it made something else.
    pub fn finish_foreign(&self, world: &mut World, call: &ForeignCall) -> Result<()> {
        for (&id, bound) in &call.bound {
            finish_entity(world, call, id, bound).map_err(|e| self.blamed(e))?;
        }
        self.nodes.iter().filter(|n| n.id == call.step).for_each(|n| n.set_done());
        Ok(())
    }
}

fn finish_entity(world: &mut World, call: &ForeignCall, id: EntityId, bound: &Bound) -> Result<()> {
    let (system, Bound { inputs, output, record }) = (&call.system, bound);
    let made = world.component(id, &output.key, Some(call.step)).map_err(|e| e.at(&system.name))?.clone();
    let came = TensorType::of(&made.data);
    if !output.tensor.fits(&came) {
        let text = format!("{} must make {}, it made {came}", system.name, output.tensor);
        return Err(Error::new("data.type", text));
    }
    let Some(slot) = inputs.first() else { return Ok(()) };
    let component = world.component(id, &slot.key, Some(slot.step))?;
    let side = made.lineage.last().map(|s| s.side.clone()).unwrap_or_default();
    let lineage = lineage_of(*record, output, Some(&Input { key: &slot.key, component }), side);
    let kind = if *record == Record::Pop { output.kind } else { made.kind };
    world.attach(id, &output.key, Component { kind, ..made }.with_lineage(lineage), Some(call.step))
}

/// The version of an entity that a slot of its group's plan stands for.
fn version(world: &World, group: &GroupPlan, nodes: &[Arc<Node>], id: EntityId, slot: usize) -> Result<Slot> {
    if let Some(v) = world.versions(id)?.get(slot).filter(|_| slot < group.stored) {
        return Ok(Slot { key: v.key.clone(), step: v.step });
    }
    let made = group.steps.iter().find(|p| p.slot == slot);
    let planned = made.ok_or_else(|| Error::new("internal.bug", format!("no slot {slot}")))?;
    Ok(Slot { key: planned.output.key.clone(), step: nodes[planned.index].id })
}

/// Shapes and dtypes of a step's inputs: entities with equal ones run as one batch.
type Signature = Vec<(Vec<usize>, DType)>;

fn foreign_call(
    world: &World,
    plan: &Plan,
    at: usize,
    nodes: &[Arc<Node>],
    system: &Arc<Foreign>,
) -> Result<ForeignCall> {
    let mut bound = BTreeMap::new();
    let mut groups: Vec<(Signature, Vec<EntityId>)> = Vec::new();
    for group in &plan.groups {
        let planned = &group.steps[at];
        for &id in &group.entities {
            let slots =
                planned.inputs.iter().map(|&s| version(world, group, nodes, id, s)).collect::<Result<Vec<_>>>()?;
            let signature = signature(world, id, &slots)?;
            match groups.iter_mut().find(|(s, _)| *s == signature) {
                Some((_, ids)) => ids.push(id),
                None => groups.push((signature, vec![id])),
            }
            bound.insert(id, Bound { inputs: slots, output: planned.output.clone(), record: planned.record });
        }
    }
    let groups = groups.into_iter().map(|(_, ids)| ids).collect();
    Ok(ForeignCall { step: nodes[at].id, system: system.clone(), groups, bound })
}

fn signature(world: &World, id: EntityId, slots: &[Slot]) -> Result<Signature> {
    let one = |s: &Slot| {
        let data = &world.component(id, &s.key, Some(s.step))?.data;
        Ok((data.shape().to_vec(), data.dtype()))
    };
    slots.iter().map(one).collect()
}

/// Some entities of a group that a thread runs together.
struct Job<'a> {
    group: &'a GroupPlan,
    entities: &'a [EntityId],
}

fn run_native(
    world: &mut World,
    plan: &Plan,
    nodes: &[Arc<Node>],
    range: Range<usize>,
    key: Option<&str>,
) -> Result<()> {
    let mut jobs = Vec::new();
    for group in &plan.groups {
        let wanted = group.steps[range.clone()].iter().filter_map(|p| p.work.as_ref()).map(|w| w.batch()).max();
        let together = wanted.unwrap_or(1).max(world.options.batch).max(1);
        jobs.extend(group.entities.chunks(together).map(|entities| Job { group, entities }));
    }
    let inside = (world.threads / jobs.len().max(1)).max(1);
    let traced = Traced::new(world);
    let this: &World = world;
    let made =
        pool::map(world.threads, jobs.len(), |i| run_job(this, &jobs[i], nodes, range.clone(), inside, key, &traced))?;
    let rows = traced.rows(nodes);
    rows.into_iter().for_each(|row| world.add_trace(row));
    for (id, step, key, component) in made.into_iter().flatten() {
        world.attach(id, &key, component, Some(step))?;
    }
    Ok(())
}

/// What a job leaves in the world.
type Attached = (EntityId, StepId, String, Component);

fn run_job(
    world: &World,
    job: &Job,
    nodes: &[Arc<Node>],
    range: Range<usize>,
    threads: usize,
    key: Option<&str>,
    traced: &Traced,
) -> Result<Vec<Attached>> {
    let kernels = world.kernels().with_threads(threads);
    let WorldOptions { limits, models, .. } = &world.options;
    let ctx = Ctx { kernels, arena: &world.arena, threads, limits, models: models.as_ref() };
    let steps = &job.group.steps[range.clone()];
    let load = |&id: &EntityId| load(world, job.group, nodes, id, steps);
    let mut batch: Vec<Slots> = job.entities.iter().map(load).collect::<Result<_>>()?;
    let wanted = |p: &&Planned| is_wanted(job.group, range.end, p, key);
    let wanted: Vec<usize> = steps.iter().filter(wanted).map(|p| p.slot).collect();
    let keep = (!world.options.keep_all).then_some(&wanted[..]);
    let observer = world.options.trace.then_some(traced as &dyn Observer);
    Run { steps, keep, observer }.on(&ctx, &mut batch)?;
    let mut attached = Vec::new();
    for (slots, &id) in batch.iter_mut().zip(job.entities) {
        for planned in steps {
            if let Some(component) = slots[planned.slot].take() {
                attached.push((id, nodes[planned.index].id, planned.output.key.clone(), component));
            }
        }
    }
    Ok(attached)
}

/// Whether something reads the result of `planned` from step `from` on, nothing reads it at all, or it was asked for.
fn is_wanted(group: &GroupPlan, from: usize, planned: &Planned, key: Option<&str>) -> bool {
    let reads = |p: &Planned| p.inputs.contains(&planned.slot);
    let newest = |key: &str| group.steps.iter().rev().find(|p| p.output.key == key).map(|p| p.slot);
    let asked = key.and_then(newest) == Some(planned.slot);
    asked || group.steps[from..].iter().any(reads) || !group.steps.iter().any(reads)
}

/// In a world that does not keep all results: what stayed because a later part of the pipe read it.
fn drop_unread(world: &mut World, plan: &Plan, nodes: &[Arc<Node>], key: Option<&str>) -> Result<()> {
    if world.options.keep_all {
        return Ok(());
    }
    for group in &plan.groups {
        let gone = |(p, _): &(&Planned, &Arc<Node>)| !is_wanted(group, group.steps.len(), p, key);
        let steps: Vec<StepId> = group.steps.iter().zip(nodes).filter(gone).map(|(_, n)| n.id).collect();
        group.entities.iter().try_for_each(|&id| world.drop_steps(id, &steps))?;
    }
    Ok(())
}

/// The components of an entity that these steps read.
fn load(world: &World, group: &GroupPlan, nodes: &[Arc<Node>], id: EntityId, steps: &[Planned]) -> Result<Slots> {
    let versions = world.versions(id)?;
    let mut slots = vec![None; group.stored + group.steps.len()];
    let own = |slot: usize| steps.iter().any(|p| p.slot == slot);
    for &slot in steps.iter().flat_map(|p| &p.inputs).filter(|&&s| !own(s)) {
        slots[slot] = match versions.get(slot).filter(|_| slot < group.stored) {
            Some(v) => Some(v.component.clone()),
            None => {
                let at = version(world, group, nodes, id, slot)?;
                Some(world.component(id, &at.key, Some(at.step))?.clone())
            }
        };
    }
    Ok(slots)
}

/// Rows of the trace as they come from the threads.
struct Traced {
    clock: Option<Arc<dyn crate::ecs::Clock>>,
    isa: &'static str,
    seed: u64,
    /// Place of the step in the pipe with its row.
    rows: Mutex<Vec<(usize, TraceRow)>>,
}

impl Traced {
    fn new(world: &World) -> Traced {
        let (clock, isa, seed) = (world.options.clock.clone(), world.kernels().isa().name(), world.seed());
        Traced { clock, isa, seed, rows: Mutex::default() }
    }

    fn rows(self, nodes: &[Arc<Node>]) -> Vec<TraceRow> {
        let rows = self.rows.into_inner().unwrap_or_else(PoisonError::into_inner);
        let named = |(at, row): (usize, TraceRow)| {
            let node = &nodes[at];
            TraceRow { step: node.id, params: node.step.params().to_string(), ..row }
        };
        let mut rows: Vec<TraceRow> = rows.into_iter().map(named).collect();
        rows.sort_by(|a, b| (a.step, &a.input.0, &a.output.0).cmp(&(b.step, &b.input.0, &b.output.0)));
        rows
    }

    /// Adds one entity to the row it belongs to, if there is one.
    fn joins(&self, new: &(usize, TraceRow)) -> bool {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let same =
            |(at, r): &&mut (usize, TraceRow)| *at == new.0 && r.input == new.1.input && r.output == new.1.output;
        let Some((_, row)) = rows.iter_mut().find(same) else { return false };
        row.entities += 1;
        row.bytes += new.1.bytes;
        row.nanos += new.1.nanos;
        true
    }
}

impl Observer for Traced {
    fn now(&self) -> u64 {
        self.clock.as_ref().map_or(0, |c| c.nanos())
    }

    fn ran(&self, step: &Planned, input: &TensorRef, output: &TensorRef, nanos: u64) {
        let of = |t: &TensorRef| (t.shape().to_vec(), t.dtype());
        let row = TraceRow {
            step: 0,
            system: step.name.clone(),
            params: String::new(),
            entities: 1,
            input: of(input),
            output: of(output),
            bytes: output.byte_len() as u64,
            entropy: None,
            nanos,
            isa: self.isa.to_string(),
            seed: self.seed,
        };
        let mut new = (step.index, row);
        if self.joins(&new) {
            return;
        }
        new.1.entropy = entropy(output);
        if !self.joins(&new) {
            self.rows.lock().unwrap_or_else(PoisonError::into_inner).push(new);
        }
    }
}
