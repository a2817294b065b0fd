//! Pipes: the steps that JavaScript lines up, planned and run by the core.

use crate::pipe_world::{list, World};
use crate::{params, thrown};
use js_sys::Array;
use vaerans::codec::Progress;
use vaerans::ecs::{self, Plan, Step};
use vaerans::registry::{Direction, Entry};
use vaerans::{Error, Result, REGISTRY};
use wasm_bindgen::prelude::*;

/// The registry: [name, inverse name, whether it runs here] of every system.
#[wasm_bindgen]
pub fn registry() -> Array {
    let row = |e: &'static Entry| {
        let inverse = e.inverse_name.map_or(JsValue::NULL, JsValue::from_str);
        JsValue::from(list([e.name.into(), inverse, e.runs(Direction::Forward).into()]))
    };
    REGISTRY.iter().map(row).collect()
}

/// Steps for some entities of one world, which each call is given.
#[wasm_bindgen]
pub struct Pipe(ecs::Pipe);

impl Pipe {
    fn push(&mut self, world: &mut World, name: &str, given: &JsValue, out: Option<String>) -> Result<()> {
        let native = REGISTRY.step(name, &params::of(given)?)?;
        self.0.to(&mut world.0, Step::Native(native), out);
        Ok(())
    }

    fn run(&self, world: &mut World, key: Option<&str>) -> Result<()> {
        match self.0.advance_to(&mut world.0, key)? {
            Progress::Done => Ok(()),
            Progress::Foreign(_) => Err(Error::new("internal.bug", "a step that nobody here runs")),
        }
    }

    fn results(&self, world: &mut World, key: Option<String>) -> Result<Array> {
        let at_cursor = || {
            let key = self.0.cursor_key(&world.0)?;
            key.ok_or_else(|| Error::new("pipe.missing_input", "the pipe has no step; name a key"))
        };
        let key = key.map_or_else(at_cursor, Ok)?;
        self.run(world, Some(&key))?;
        world.trim_trace();
        let found = Array::of1(&key.as_str().into());
        for &entity in &self.0.entities {
            world.0.component(entity, &key, None)?;
            let step = self.0.step_of(&world.0, entity, &key)?;
            found.push(&step.map_or(-1.0, |s| s as f64).into());
        }
        Ok(found)
    }

    fn rows(&self, world: &World) -> Result<Array> {
        let plan = Plan::new(&self.0, &world.0)?;
        let Some(first) = plan.groups.first() else { return Ok(Array::new()) };
        let row = |(n, p): (&std::sync::Arc<ecs::Node>, &ecs::Planned)| {
            let inputs: Vec<&str> = p.input_types.iter().map(|ty| ty.key.as_str()).collect();
            JsValue::from(list([
                (n.id as f64).into(),
                format!("{}({})", n.step.name(), n.step.params()).into(),
                inputs.join(", ").into(),
                format!("{} ({})", p.output.key, p.output.kind.name()).into(),
                n.is_done().into(),
            ]))
        };
        Ok(self.0.nodes.iter().zip(&first.steps).map(row).collect())
    }
}

#[wasm_bindgen]
impl Pipe {
    /// Without steps.
    #[wasm_bindgen(constructor)]
    pub fn new(entities: &[f64]) -> Pipe {
        Pipe(ecs::Pipe::new(entities.iter().map(|&e| e as u64).collect()))
    }

    /// Appends the system called `name` with these parameters.
    pub fn to(
        &mut self,
        world: &mut World,
        name: &str,
        given: &JsValue,
        out: Option<String>,
    ) -> std::result::Result<(), JsValue> {
        self.push(world, name, given, out).map_err(thrown)
    }

    /// Moves the cursor to the newest component under `key`.
    pub fn select(&mut self, key: &str) {
        self.0.select(key);
    }

    /// The same steps, run once whoever runs them, and a cursor of its own.
    pub fn fork(&self) -> Pipe {
        Pipe(self.0.fork())
    }

    /// Runs what has not run: [key, for each entity the step that made it or -1] of `key`, or of what the cursor is on.
    pub fn out(&self, world: &mut World, key: Option<String>) -> std::result::Result<Array, JsValue> {
        self.results(world, key).map_err(thrown)
    }

    /// Runs what has not run.
    pub fn run_all(&self, world: &mut World) -> std::result::Result<(), JsValue> {
        let done = self.run(world, None);
        world.trim_trace();
        done.map_err(thrown)
    }

    /// The plan of the first entity: rows of [step, system with parameters, reads, makes, whether it ran].
    pub fn plan(&self, world: &World) -> std::result::Result<Array, JsValue> {
        self.rows(world).map_err(thrown)
    }
}
