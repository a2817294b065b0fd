//! A pipe: the steps a user lines up, a cursor, and the entities they are for.

use super::plan::Plan;
use super::step::Step;
use super::world::{EntityId, StepId, World};
use crate::component::Component;
use crate::error::Result;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Arc;

/// Where a step's cursor input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputRef {
    /// The newest component the entity has when the pipe starts: an image, else the last one.
    Start,
    /// What an earlier step of this pipe made.
    Made(StepId),
    /// The newest component under a key.
    Key(String),
}

/// One step at its place: shared by a pipe and its forks, run once.
pub struct Node {
    /// Number of the step in its world.
    pub id: StepId,
    /// What runs.
    pub step: Step,
    /// The cursor it was appended at.
    pub cursor: InputRef,
    /// The key its result is stored under, if not the default one.
    pub out: Option<String>,
    done: AtomicBool,
}

impl Node {
    /// Whether it has run.
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    pub(crate) fn set_done(&self) {
        self.done.store(true, Ordering::Release);
    }
}

/// Steps for some entities; lazy: [`super::Plan`] checks them, `Pipe::advance` runs what has not run.
#[derive(Clone)]
pub struct Pipe {
    /// The entities it is for.
    pub entities: Vec<EntityId>,
    /// The steps, in order.
    pub nodes: Vec<Arc<Node>>,
    /// Where the next step reads.
    pub cursor: InputRef,
    /// Nodes that a plan found good: what is wrong with them later is the fault of what foreign steps made.
    pub(crate) planned: Arc<AtomicUsize>,
    /// Whether the steps come from a file: what is wrong with them is the file's fault.
    pub(crate) of_file: bool,
}

impl Pipe {
    /// A pipe without steps.
    pub fn new(entities: Vec<EntityId>) -> Pipe {
        Pipe { entities, nodes: Vec::new(), cursor: InputRef::Start, planned: Arc::default(), of_file: false }
    }

    /// A pipe for the steps of a file.
    pub fn of_file(entities: Vec<EntityId>) -> Pipe {
        Pipe { of_file: true, ..Pipe::new(entities) }
    }

    /// Appends a step at the cursor and moves the cursor to its result.
    pub fn to(&mut self, world: &mut World, step: Step, out: Option<String>) -> StepId {
        let id = world.new_step();
        let cursor = std::mem::replace(&mut self.cursor, InputRef::Made(id));
        self.nodes.push(Arc::new(Node { id, step, cursor, out, done: AtomicBool::new(false) }));
        id
    }

    /// Moves the cursor to the newest component under `key`.
    pub fn select(&mut self, key: &str) {
        self.cursor = InputRef::Key(key.to_string());
    }

    /// A pipe with the same steps (run once, whoever runs them) and a cursor of its own.
    pub fn fork(&self) -> Pipe {
        let planned = Arc::new(AtomicUsize::new(self.planned.load(Ordering::Relaxed)));
        Pipe { planned, ..self.clone() }
    }

    /// The same steps, none of them run, for other entities.
    pub fn again(&self, world: &mut World, entities: Vec<EntityId>) -> Pipe {
        let ids: Vec<StepId> = self.nodes.iter().map(|_| world.new_step()).collect();
        let moved = |cursor: &InputRef| match cursor {
            InputRef::Made(old) => {
                let at = self.nodes.iter().position(|n| n.id == *old);
                at.map_or_else(|| cursor.clone(), |i| InputRef::Made(ids[i]))
            }
            other => other.clone(),
        };
        let fresh = |(node, &id): (&Arc<Node>, &StepId)| {
            let (step, cursor, out) = (node.step.clone(), moved(&node.cursor), node.out.clone());
            Arc::new(Node { id, step, cursor, out, done: AtomicBool::new(false) })
        };
        let nodes = self.nodes.iter().zip(&ids).map(fresh).collect();
        Pipe { entities, nodes, cursor: moved(&self.cursor), planned: Arc::default(), of_file: self.of_file }
    }

    /// The newest step of this pipe that made something under `key`; none: what the entity has there is not of this pipe.
    ///
    /// # Errors
    /// `pipe.unknown_entity`.
    pub fn step_of(&self, world: &World, id: EntityId, key: &str) -> Result<Option<StepId>> {
        let versions = world.versions(id)?;
        let made = |n: &&Arc<Node>| versions.iter().any(|v| v.key == key && v.step == n.id);
        Ok(self.nodes.iter().rev().find(made).map(|n| n.id))
    }

    /// The component that `key` names at the end of this pipe; run the pipe first.
    ///
    /// # Errors
    /// `pipe.missing_component` where nothing made it.
    pub fn result<'w>(&self, world: &'w World, id: EntityId, key: &str) -> Result<&'w Component> {
        world.component(id, key, self.step_of(world, id, key)?)
    }

    /// The key that the cursor stands on once the pipe has run, for the first entity; none at its start.
    ///
    /// # Errors
    /// Those of the plan.
    pub fn cursor_key(&self, world: &World) -> Result<Option<String>> {
        let step = match &self.cursor {
            InputRef::Start => return Ok(None),
            InputRef::Key(key) => return Ok(Some(key.clone())),
            InputRef::Made(step) => *step,
        };
        let plan = Plan::new(self, world)?;
        let at = self.nodes.iter().position(|n| n.id == step);
        let planned = plan.groups.first().zip(at).and_then(|(group, at)| group.steps.get(at));
        Ok(planned.map(|p| p.output.key.clone()))
    }
}
