//! Runs a planned pipe: runs of native steps on the pool, entity by entity, and foreign steps by
//! handing groups of entities of one shape back to the home.

use super::pipe::{Node, Pipe, Step};
use super::plan::{EntityPlan, Plan, Planned, Slot};
use super::pool;
use super::system::{Ctx, Foreign, Input};
use super::trace::{entropy, TraceRow};
use super::world::{EntityId, StepId, World};
use crate::arena::DType;
use crate::component::{Component, Origin, StepRecord};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A foreign step that is due.
#[derive(Debug, Clone)]
pub struct ForeignCall {
    /// The step.
    pub step: StepId,
    /// What to run.
    pub system: Arc<Foreign>,
    /// Entities whose inputs have the same shape and dtype run as one batch.
    pub groups: Vec<Vec<EntityId>>,
    /// Every entity's inputs and the key its result is expected under.
    pub bound: BTreeMap<EntityId, (Vec<Slot>, String)>,
}

/// Where a pipe stands after [`Pipe::advance`].
#[derive(Debug, Clone)]
pub enum Progress {
    /// Everything ran.
    Done,
    /// The home must run this step, then call [`Pipe::finish_foreign`] and `advance` again.
    Foreign(ForeignCall),
}

/// What one step made for one entity.
struct Made {
    step: StepId,
    key: String,
    component: Component,
    input: (Vec<usize>, DType),
    nanos: u64,
}

impl Pipe {
    /// Checks the plan, then runs native steps up to the next foreign one.
    ///
    /// # Errors
    /// The plan's `pipe.*` and `param.*` before anything runs; afterwards only `data.*`, `stream.*`
    /// and `limit.*`.
    pub fn advance(&self, world: &mut World) -> Result<Progress> {
        let plan = Plan::new(self, world)?;
        let mut at = 0;
        while at < self.nodes.len() {
            if self.nodes[at].is_done() {
                at += 1;
                continue;
            }
            if let Step::Foreign(system) = &self.nodes[at].step {
                return Ok(Progress::Foreign(foreign_call(world, &plan, at, &self.nodes[at], system)?));
            }
            let native = |n: &Arc<Node>| !n.is_done() && matches!(n.step, Step::Native(_));
            let end = at + self.nodes[at..].iter().take_while(|n| native(n)).count();
            run_native(world, &plan, &self.nodes, at..end)?;
            self.nodes[at..end].iter().for_each(|n| n.set_done());
            at = end;
        }
        Ok(Progress::Done)
    }

    /// Checks what a foreign step left and gives it its history.
    ///
    /// # Errors
    /// `pipe.missing_component` where the step did not produce what it declared.
    pub fn finish_foreign(&self, world: &mut World, call: &ForeignCall) -> Result<()> {
        for (&id, (inputs, key)) in &call.bound {
            let system = &call.system;
            let made = world.component(id, key, Some(call.step)).map_err(|e| e.at(&system.name))?.clone();
            let Some(slot) = inputs.first() else { continue };
            let input = world.component(id, &slot.key, Some(slot.step))?;
            let side = made.lineage.last().map(|s| s.side.clone()).unwrap_or_default();
            let lineage = match (system.is_inverse, system.is_recorded) {
                (true, _) => input.lineage.popped(),
                (false, true) => input.lineage.pushed(StepRecord {
                    number: system.number,
                    name: system.name.clone(),
                    params: system.params.clone(),
                    side,
                    origin: Origin::of(&slot.key, input),
                }),
                (false, false) => Default::default(),
            };
            world.attach(id, key, made.with_lineage(lineage), Some(call.step))?;
        }
        self.nodes.iter().filter(|n| n.id == call.step).for_each(|n| n.set_done());
        Ok(())
    }
}

/// Shapes and dtypes of a step's inputs: entities with equal ones run as one batch.
type Signature = Vec<(Vec<usize>, DType)>;

fn foreign_call(world: &World, plan: &Plan, at: usize, node: &Node, system: &Arc<Foreign>) -> Result<ForeignCall> {
    let mut bound = BTreeMap::new();
    let mut groups: Vec<(Signature, Vec<EntityId>)> = Vec::new();
    for (id, entity) in &plan.entities {
        let planned = &entity.0[at];
        let signature = |s: &Slot| {
            let data = &world.component(*id, &s.key, Some(s.step))?.data;
            Ok((data.shape().to_vec(), data.dtype()))
        };
        let signature: Signature = planned.inputs.iter().map(signature).collect::<Result<_>>()?;
        match groups.iter_mut().find(|(s, _)| *s == signature) {
            Some((_, ids)) if !ids.contains(id) => ids.push(*id),
            Some(_) => {}
            None => groups.push((signature, vec![*id])),
        }
        bound.insert(*id, (planned.inputs.clone(), planned.output.key.clone()));
    }
    let groups = groups.into_iter().map(|(_, ids)| ids).collect();
    Ok(ForeignCall { step: node.id, system: system.clone(), groups, bound })
}

fn run_native(world: &mut World, plan: &Plan, nodes: &[Arc<Node>], range: std::ops::Range<usize>) -> Result<()> {
    let mut jobs: Vec<&(EntityId, EntityPlan)> = plan.entities.iter().collect();
    jobs.sort_by_key(|(id, _)| *id);
    jobs.dedup_by_key(|(id, _)| *id);
    let inside = (world.threads / jobs.len().max(1)).max(1);
    let this: &World = world;
    let made = pool::map(world.threads, jobs.len(), |i| {
        let (id, entity) = jobs[i];
        run_entity(this, *id, entity, nodes, range.clone(), inside)
    })?;
    trace(world, nodes, &jobs, &made);
    for ((id, _), made) in jobs.iter().zip(made) {
        for m in made {
            world.attach(*id, &m.key, m.component, Some(m.step))?;
        }
    }
    Ok(())
}

fn run_entity(
    world: &World,
    id: EntityId,
    plan: &EntityPlan,
    nodes: &[Arc<Node>],
    range: std::ops::Range<usize>,
    threads: usize,
) -> Result<Vec<Made>> {
    let kernels = world.kernels.with_threads(threads);
    let ctx = Ctx { kernels, arena: &world.arena, threads, limits: &world.limits };
    let mut made: Vec<Made> = Vec::with_capacity(range.len());
    for at in range.clone() {
        let Step::Native(system) = &nodes[at].step else {
            return Err(Error::new("internal.bug", "a foreign step among native ones"));
        };
        let planned = &plan.0[at];
        let next = {
            let inputs: Vec<Input> = planned.inputs.iter().map(|s| find(world, id, &made, s)).collect::<Result<_>>()?;
            let start = world.clock.as_ref().map_or(0, |c| c.nanos());
            let component = system.run(&ctx, &inputs).map_err(|e| e.at(system.name()))?;
            let nanos = world.clock.as_ref().map_or(0, |c| c.nanos()).saturating_sub(start);
            let input = inputs.first().map(|i| &i.component.data);
            let input = input.map_or((Vec::new(), DType::U8), |d| (d.shape().to_vec(), d.dtype()));
            Made { step: planned.step, key: planned.output.key.clone(), component, input, nanos }
        };
        made.push(next);
        if !world.options.keep_all {
            drop_unread(&mut made, &plan.0[at + 1..]);
        }
    }
    Ok(made)
}

/// Drops what no later step reads, except the newest result.
fn drop_unread(made: &mut Vec<Made>, later: &[Planned]) {
    let newest = made.last().map(|m| m.step);
    let read = |m: &Made| later.iter().any(|p| p.inputs.iter().any(|s| s.step == m.step));
    made.retain(|m| Some(m.step) == newest || read(m));
}

fn find<'a>(world: &'a World, id: EntityId, made: &'a [Made], slot: &'a Slot) -> Result<Input<'a>> {
    let component = match made.iter().find(|m| m.step == slot.step && m.key == slot.key) {
        Some(m) => &m.component,
        None => world.component(id, &slot.key, Some(slot.step))?,
    };
    Ok(Input { key: &slot.key, component })
}

fn trace(world: &mut World, nodes: &[Arc<Node>], jobs: &[&(EntityId, EntityPlan)], made: &[Vec<Made>]) {
    if !world.options.trace || jobs.is_empty() {
        return;
    }
    let mut rows: Vec<TraceRow> = Vec::new();
    for m in made.iter().flatten() {
        let data = &m.component.data;
        let output = (data.shape().to_vec(), data.dtype());
        let same = |r: &&mut TraceRow| r.step == m.step && r.input == m.input && r.output == output;
        if let Some(row) = rows.iter_mut().find(same) {
            row.entities += 1;
            row.bytes += data.byte_len() as u64;
            row.nanos += m.nanos;
            continue;
        }
        let Some(node) = nodes.iter().find(|n| n.id == m.step) else { continue };
        rows.push(TraceRow {
            step: m.step,
            system: node.step.name().to_string(),
            params: node.step.params().to_string(),
            entities: 1,
            input: m.input.clone(),
            output,
            bytes: data.byte_len() as u64,
            entropy: entropy(data),
            nanos: m.nanos,
            isa: world.kernels.isa().name().to_string(),
            seed: world.options.seed,
        });
    }
    rows.sort_by_key(|r| r.step);
    world.trace.append(&mut rows);
}
