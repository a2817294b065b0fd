//! The plan: what every step of a pipe will read and make, found and checked before anything runs.

use super::pipe::{InputRef, Node, Pipe};
use super::step::{Checked, Record, Step};
use super::system::System;
use super::ty::{Need, TensorType, Ty};
use super::world::{EntityId, StepId, Version, World};
use crate::component::{Component, Kind, Lineage};
use crate::error::{Error, Result};
use crate::registry::{keys, Registry};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::Arc;

/// What one step reads and makes. Slots are numbers: first the components an entity has, then the results of the steps.
#[derive(Clone)]
pub struct Planned {
    /// Its place among the planned steps.
    pub index: usize,
    /// Class name.
    pub name: String,
    /// Slots of its inputs, in the order of its needs.
    pub inputs: Vec<usize>,
    /// Types of the inputs.
    pub input_types: Vec<Arc<Ty>>,
    /// Slot of its result.
    pub slot: usize,
    /// Type of its result; `output.key` is the key it is stored under.
    pub output: Arc<Ty>,
    /// What runs; none for a foreign step.
    pub work: Option<Arc<dyn System>>,
    /// How it is remembered.
    pub record: Record,
}

impl Planned {
    /// What was found out about a step, whose result goes under `out` where that is given; its place and its inputs are still to
    /// be set.
    pub(crate) fn of(name: &str, checked: Checked, out: Option<&str>) -> Planned {
        let Checked { mut output, work, record } = checked;
        if let Some(key) = out {
            output.key = key.to_string();
        }
        let (inputs, input_types) = (Vec::new(), Vec::new());
        Planned {
            index: 0,
            name: name.to_string(),
            inputs,
            input_types,
            slot: 0,
            output: Arc::new(output),
            work,
            record,
        }
    }
}

/// Where a step's cursor input comes from.
#[derive(Debug, Clone, Copy)]
pub enum Cursor<'a> {
    /// The newest component the entity has: an image, else the last one.
    Start,
    /// A slot.
    Slot(usize),
    /// The newest component under a key.
    Key(&'a str),
}

/// A small module plans the steps of the profile alone; hints are for people who write pipes.
const IS_SMALL: bool = !cfg!(feature = "extra");

/// Plans steps one after another, given the types of the components an entity has.
pub struct Planner {
    registry: Option<&'static Registry>,
    /// Slots and their types, oldest first.
    known: Vec<(usize, Arc<Ty>)>,
    next: usize,
    /// What was planned.
    pub steps: Vec<Planned>,
}

impl Planner {
    /// With components of these types in the first slots.
    pub fn new(registry: Option<&'static Registry>, stored: Vec<Ty>) -> Planner {
        let next = stored.len();
        Planner { registry, known: stored.into_iter().map(Arc::new).enumerate().collect(), next, steps: Vec::new() }
    }

    /// Plans a step; gives the slot of its result.
    ///
    /// # Errors
    /// `pipe.*` with the name of the system that is missing, `param.*`.
    pub fn add(&mut self, step: &Step, cursor: Cursor, out: Option<&str>) -> Result<usize> {
        let planned = self.check(step, cursor, out).map_err(|e| e.at(step.name()))?;
        let slot = planned.slot;
        self.known.push((slot, planned.output.clone()));
        self.next += 1;
        self.steps.push(planned);
        Ok(slot)
    }

    /// The type of a slot.
    pub fn ty(&self, slot: usize) -> Option<&Ty> {
        self.known.iter().rev().find(|(s, _)| *s == slot).map(|(_, ty)| &**ty)
    }

    fn check(&self, step: &Step, cursor: Cursor, out: Option<&str>) -> Result<Planned> {
        let found: Vec<_> = step.needs().iter().map(|need| self.find(need, cursor)).collect::<Result<_>>()?;
        let (inputs, input_types): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let checked = step.check(&input_types)?;
        let planned = Planned::of(step.name(), checked, out);
        Ok(Planned { index: self.steps.len(), slot: self.next, inputs, input_types, ..planned })
    }

    fn find(&self, need: &Need, cursor: Cursor) -> Result<(usize, Arc<Ty>)> {
        let found = match (&need.from, cursor) {
            (Some(key), _) => self.newest(key).ok_or_else(|| self.missing(key, need))?,
            (None, Cursor::Key(key)) => self.newest(key).ok_or_else(|| self.missing(key, need))?,
            (None, Cursor::Slot(slot)) => self.at(slot)?,
            (None, Cursor::Start) => self.start(need)?,
        };
        if need.takes(&found.1) {
            return Ok(found);
        }
        // A cursor of another kind: a foreign system may still name its input by key.
        let by_key = need.keys.iter().filter(|_| need.from.is_none()).find_map(|k| self.newest(k));
        by_key.ok_or_else(|| self.wrong_kind(need, &found.1))
    }

    fn newest(&self, key: &str) -> Option<(usize, Arc<Ty>)> {
        self.known.iter().rev().find(|(_, ty)| ty.key == key).cloned()
    }

    fn at(&self, slot: usize) -> Result<(usize, Arc<Ty>)> {
        self.known.iter().rev().find(|(s, _)| *s == slot).cloned().ok_or_else(|| {
            let text =
                "the result that this step reads was dropped, because nothing read it; ask for it, or keep all results";
            Error::new("pipe.missing_component", text)
        })
    }

    fn start(&self, need: &Need) -> Result<(usize, Arc<Ty>)> {
        let image = self.newest(keys::IMAGE).filter(|(_, ty)| need.takes(ty));
        let newest = || self.known.iter().rev().find(|(_, ty)| need.takes(ty)).or(self.known.last()).cloned();
        image.or_else(newest).ok_or_else(|| {
            let text = "the entity has no component yet; spawn it with spawn_image, or attach one";
            Error::new("pipe.missing_input", text)
        })
    }

    fn missing(&self, key: &str, need: &Need) -> Error {
        if IS_SMALL {
            return Error::new("pipe.missing_input", "a step without its input");
        }
        let makers = self.registry.map_or(Vec::new(), |r| r.makers_of_key(key));
        let hint = if makers.is_empty() { String::new() } else { format!("; {} produces it", makers.join(" or ")) };
        Error::new("pipe.missing_input", format!("{} needs {key}, which no earlier step produces{hint}", need.arg))
    }

    fn wrong_kind(&self, need: &Need, found: &Ty) -> Error {
        if IS_SMALL {
            return Error::new("pipe.wrong_kind", "a step on a component of another kind");
        }
        let wanted: Vec<_> = need.kinds.iter().map(|k| k.name()).chain(need.keys.iter().map(String::as_str)).collect();
        let makers = self.registry.map_or(Vec::new(), |r| r.makers(&need.kinds, found.kind));
        let hint = if makers.is_empty() { String::new() } else { format!("; put {} in between", makers.join(" or ")) };
        let text = format!("takes {}, but {} is {}{hint}", wanted.join(" or "), found.key, found.kind.name());
        Error::new("pipe.wrong_kind", text)
    }
}

/// The plan of the entities whose components have the same types.
#[derive(Clone)]
pub struct GroupPlan {
    /// The entities, in the pipe's order, each once.
    pub entities: Vec<EntityId>,
    /// Number of versions that each of them has: the first slots.
    pub stored: usize,
    /// One entry per node of the pipe.
    pub steps: Vec<Planned>,
}

/// Plans of all entities of a pipe.
#[derive(Clone, Default)]
pub struct Plan {
    /// Groups in the order of their first entity.
    pub groups: Vec<GroupPlan>,
}

impl Plan {
    /// Checks `pipe` against `world`. Runs nothing.
    ///
    /// # Errors
    /// `pipe.*` with the name of the system that is missing, `param.*`; `data.type` where the fault lies in what a foreign
    /// step made.
    pub fn new(pipe: &Pipe, world: &World) -> Result<Plan> {
        let mut plan = Plan::default();
        let mut seen = BTreeSet::new();
        for &id in pipe.entities.iter().filter(|&&id| seen.insert(id)) {
            let versions = world.versions(id)?;
            match plan.group_like(world, versions)? {
                Some(group) => group.entities.push(id),
                None => plan.groups.push(plan_group(pipe, world, id, versions)?),
            }
        }
        pipe.planned.fetch_max(pipe.nodes.len(), Ordering::Relaxed);
        Ok(plan)
    }

    fn group_like(&mut self, world: &World, versions: &[Version]) -> Result<Option<&mut GroupPlan>> {
        for i in 0..self.groups.len() {
            let other = world.versions(self.groups[i].entities[0])?;
            if other.len() == versions.len() && other.iter().zip(versions).all(|(a, b)| is_like(a, b)) {
                return Ok(Some(&mut self.groups[i]));
            }
        }
        Ok(None)
    }
}

/// Whether two versions look the same to a plan. Steps of their own (spawning, attaching by hand) differ.
fn is_like(a: &Version, b: &Version) -> bool {
    let (x, y): (&Component, &Component) = (&a.component, &b.component);
    a.key == b.key
        && x.kind == y.kind
        && x.data.dtype() == y.data.dtype()
        && x.data.shape() == y.data.shape()
        && same_steps(&x.lineage, &y.lineage)
}

fn same_steps(a: &Lineage, b: &Lineage) -> bool {
    let (a, b) = (a.steps(), b.steps());
    let same = |(x, y): (&Arc<_>, &Arc<crate::component::StepRecord>)| {
        let x: &Arc<crate::component::StepRecord> = x;
        Arc::ptr_eq(x, y) || (x.number == y.number && x.params == y.params && x.origin == y.origin)
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}

fn plan_group(pipe: &Pipe, world: &World, id: EntityId, versions: &[Version]) -> Result<GroupPlan> {
    let of_node = |step: StepId| pipe.nodes.iter().any(|n| n.id == step);
    let mut planner = Planner::new(world.options.registry, Vec::new());
    planner.next = versions.len();
    let ty = |(slot, v): (usize, &Version)| (slot, Arc::new(Ty::of(&v.key, &v.component)));
    planner.known = versions.iter().enumerate().filter(|(_, v)| !of_node(v.step)).map(ty).collect();
    for (i, node) in pipe.nodes.iter().enumerate() {
        plan_node(pipe, &mut planner, node, versions).map_err(|e| blame(pipe, i, e))?;
    }
    Ok(GroupPlan { entities: vec![id], stored: versions.len(), steps: planner.steps })
}

/// What was good when it was planned and is not any more: a foreign step made something unexpected.
fn blame(pipe: &Pipe, node: usize, error: Error) -> Error {
    let ran = pipe.nodes[..node].iter().any(|n| n.is_done() && matches!(n.step, Step::Foreign(_)));
    match ran && node < pipe.planned.load(Ordering::Relaxed) {
        true => Error::new("data.type", format!("{} [{}]", error.message(), error.code())),
        false => error,
    }
}

fn plan_node(pipe: &Pipe, planner: &mut Planner, node: &Node, versions: &[Version]) -> Result<()> {
    let slot_of = |step: StepId| {
        let at = pipe.nodes.iter().position(|n| n.id == step);
        at.and_then(|i| planner.steps.get(i)).map(|p| p.slot)
    };
    let cursor = match &node.cursor {
        InputRef::Start => Cursor::Start,
        InputRef::Key(key) => Cursor::Key(key),
        InputRef::Made(step) => Cursor::Slot(slot_of(*step).ok_or_else(|| {
            Error::new("internal.bug", format!("step {step} is not in this pipe of {}", pipe.nodes.len()))
        })?),
    };
    if !node.is_done() {
        return planner.add(&node.step, cursor, node.out.as_deref()).map(drop);
    }
    plan_done(planner, node, cursor, versions);
    Ok(())
}

/// A node that ran: what it made is known exactly, side products of foreign steps included. It, or what it read, may have been
/// dropped since: then nothing can be said of it but what is there.
fn plan_done(planner: &mut Planner, node: &Node, cursor: Cursor, versions: &[Version]) {
    let made = || versions.iter().enumerate().filter(|(_, v)| v.step == node.id);
    let checked = planner.check(&node.step, cursor, node.out.as_deref()).ok();
    let key = match (&checked, made().last()) {
        (Some(planned), _) => planned.output.key.clone(),
        (None, Some((_, v))) => v.key.clone(),
        (None, None) => String::new(),
    };
    let mut planned = checked.unwrap_or_else(|| Planned {
        index: planner.steps.len(),
        name: node.step.name().to_string(),
        inputs: Vec::new(),
        input_types: Vec::new(),
        slot: planner.next,
        output: Arc::new(Ty::fresh(&key, Kind::Foreign, TensorType::default())),
        work: None,
        record: Record::Fresh,
    });
    planner.next += 1;
    for (slot, v) in made().filter(|(_, v)| v.key != key) {
        planner.known.push((slot, Arc::new(Ty::of(&v.key, &v.component))));
    }
    if let Some((slot, v)) = made().find(|(_, v)| v.key == key) {
        planned.slot = slot;
        planned.output = Arc::new(Ty::of(&v.key, &v.component));
        planner.known.push((slot, planned.output.clone()));
    }
    planner.steps.push(planned);
}
