//! The plan: what every step of a pipe will read and make, found and checked before anything runs.

use super::pipe::{InputRef, Node, Pipe};
use super::system::{Need, Ty};
use super::world::{EntityId, StepId, World};
use crate::component::Kind;
use crate::error::{Error, Result};

/// Who could make what is missing; the codec's registry is one. It only feeds messages.
pub trait Catalog: Send + Sync {
    /// Names of the systems that turn something into `key`.
    fn makers_of_key(&self, key: &str) -> Vec<&'static str>;
    /// Names of the systems that turn `from` into one of `kinds`.
    fn makers(&self, kinds: &[Kind], from: Kind) -> Vec<&'static str>;
}

/// One version of a component: its key and the step that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Store key.
    pub key: String,
    /// The step that makes (or made) it.
    pub step: StepId,
}

/// What one step of the pipe reads and makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The step.
    pub step: StepId,
    /// Its inputs, in the order of its needs.
    pub inputs: Vec<Slot>,
    /// Types of the inputs.
    pub input_types: Vec<Ty>,
    /// Type of its result; `output.key` is the key it is stored under.
    pub output: Ty,
}

/// The plan of one entity, one entry per step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntityPlan(pub Vec<Planned>);

/// Plans of all entities of a pipe.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The entities, in the pipe's order.
    pub entities: Vec<(EntityId, EntityPlan)>,
}

impl Plan {
    /// Checks `pipe` against `world`. Runs nothing.
    ///
    /// # Errors
    /// `pipe.*` with the name of the system that is missing, `param.*`.
    pub fn new(pipe: &Pipe, world: &World) -> Result<Plan> {
        let one = |&id: &EntityId| Ok((id, plan_entity(pipe, world, id)?));
        Ok(Plan { entities: pipe.entities.iter().map(one).collect::<Result<_>>()? })
    }
}

/// Everything a step could read: versions in the store and results of earlier steps.
struct Known<'a> {
    pipe: &'a Pipe,
    catalog: Option<&'static dyn Catalog>,
    slots: Vec<(StepId, Ty)>,
}

fn plan_entity(pipe: &Pipe, world: &World, id: EntityId) -> Result<EntityPlan> {
    let mine = |step: StepId| pipe.nodes.iter().any(|n| n.id == step);
    let versions = world.versions(id)?;
    let stored = versions.iter().filter(|v| !mine(v.step));
    let slots = stored.map(|v| (v.step, Ty::of(&v.key, &v.component))).collect();
    let mut known = Known { pipe, catalog: world.options.catalog, slots };
    let mut plan = EntityPlan::default();
    for node in &pipe.nodes {
        let planned = plan_node(&known, node).map_err(|e| e.at(node.step.name()))?;
        // What exists already is known exactly, side products of foreign steps included.
        for v in versions.iter().filter(|v| v.step == node.id && v.key != planned.output.key) {
            known.slots.push((v.step, Ty::of(&v.key, &v.component)));
        }
        known.slots.push((node.id, planned.output.clone()));
        plan.0.push(planned);
    }
    Ok(plan)
}

fn plan_node(known: &Known, node: &Node) -> Result<Planned> {
    let needs = node.step.needs();
    let found: Vec<(StepId, Ty)> = needs.iter().map(|need| known.find(need, node)).collect::<Result<_>>()?;
    let input_types: Vec<Ty> = found.iter().map(|(_, ty)| ty.clone()).collect();
    let mut output = node.step.infer(&input_types)?;
    if let Some(key) = &node.out {
        output.key = key.clone();
    }
    let inputs = found.into_iter().map(|(step, ty)| Slot { key: ty.key, step }).collect();
    Ok(Planned { step: node.id, inputs, input_types, output })
}

impl Known<'_> {
    fn find(&self, need: &Need, node: &Node) -> Result<(StepId, Ty)> {
        let found = match (&need.from, &node.cursor) {
            (Some(key), _) => self.newest(key).ok_or_else(|| self.missing(key, need))?,
            (None, InputRef::Key(key)) => self.newest(key).ok_or_else(|| self.missing(key, need))?,
            (None, InputRef::Made(step)) => self.made(*step)?,
            (None, InputRef::Start) => self.start(need)?,
        };
        if need.takes(&found.1) {
            return Ok(found);
        }
        // A cursor of another kind: a foreign system may still name its input by key.
        let by_key = need.keys.iter().filter(|_| need.from.is_none()).find_map(|k| self.newest(k));
        by_key.ok_or_else(|| self.wrong_kind(need, &found.1))
    }

    fn newest(&self, key: &str) -> Option<(StepId, Ty)> {
        self.slots.iter().rev().find(|(_, ty)| ty.key == key).cloned()
    }

    fn made(&self, step: StepId) -> Result<(StepId, Ty)> {
        let found = self.slots.iter().rev().find(|(s, _)| *s == step).cloned();
        found.ok_or_else(|| {
            Error::new("internal.bug", format!("step {step} is not in this pipe of {}", self.pipe.nodes.len()))
        })
    }

    fn start(&self, need: &Need) -> Result<(StepId, Ty)> {
        let rgb = self.newest("RGB").filter(|(_, ty)| need.takes(ty));
        let newest = || self.slots.iter().rev().find(|(_, ty)| need.takes(ty)).or(self.slots.last()).cloned();
        rgb.or_else(newest).ok_or_else(|| {
            let text = "the entity has no component yet; spawn it with spawn_image, or attach one";
            Error::new("pipe.missing_input", text)
        })
    }

    fn missing(&self, key: &str, need: &Need) -> Error {
        let makers = self.catalog.map_or(Vec::new(), |c| c.makers_of_key(key));
        let hint = if makers.is_empty() { String::new() } else { format!("; {} produces it", makers.join(" or ")) };
        Error::new("pipe.missing_input", format!("{} needs {key}, which no earlier step produces{hint}", need.arg))
    }

    fn wrong_kind(&self, need: &Need, found: &Ty) -> Error {
        let wanted: Vec<_> = need.kinds.iter().map(|k| k.name()).chain(need.keys.iter().map(String::as_str)).collect();
        let makers = self.catalog.map_or(Vec::new(), |c| c.makers(&need.kinds, found.kind));
        let hint = if makers.is_empty() { String::new() } else { format!("; put {} in between", makers.join(" or ")) };
        let text = format!("takes {}, but {} is {}{hint}", wanted.join(" or "), found.key, found.kind.name());
        Error::new("pipe.wrong_kind", text)
    }
}
