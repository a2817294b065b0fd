//! `Pipe`: steps for some entities. Foreign steps come back to Python, which runs them.

use crate::world::World;
use crate::{errors, params};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::{Arc, Mutex, MutexGuard};
use vaerans::codec::registry;
use vaerans::component::Kind;
use vaerans::ecs::{Foreign, ForeignCall, Need, Plan, Progress, Step};

/// (argument, kinds, keys, key it reads or None for the cursor)
type NeedSpec = (String, Vec<String>, Vec<String>, Option<String>);

/// (step, handle, groups of entities, per entity: inputs as (key, step), key of the result)
type Call = (u64, u64, Vec<Vec<u64>>, Vec<(u64, Vec<(String, u64)>, String)>);

#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct Pipe {
    world: Py<World>,
    pipe: Mutex<vaerans::ecs::Pipe>,
    call: Mutex<Option<ForeignCall>>,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, vaerans::ecs::Pipe> {
        self.pipe.lock().unwrap_or_else(|p| p.into_inner())
    }

    fn push(&self, py: Python<'_>, step: Step, out: Option<String>) -> PyResult<u64> {
        self.world.get().with(py, |w| Ok(self.lock().to(w, step, out)))
    }
}

#[pymethods]
impl Pipe {
    #[new]
    fn new(world: Py<World>, entities: Vec<u64>) -> Pipe {
        Pipe { world, pipe: Mutex::new(vaerans::ecs::Pipe::new(entities)), call: Mutex::new(None) }
    }

    /// Appends a system of the registry.
    #[pyo3(signature = (name, params, out=None))]
    fn to_native(&self, py: Python<'_>, name: &str, params: &Bound<'_, PyDict>, out: Option<String>) -> PyResult<u64> {
        let system = errors::py(registry::build(name, &params::from_dict(params)?))?;
        self.push(py, Step::Native(system), out)
    }

    /// Appends a system that Python runs.
    #[pyo3(signature = (handle, name, number, params, needs, produces, is_inverse, is_recorded, out=None))]
    fn to_foreign(
        &self,
        py: Python<'_>,
        handle: u64,
        name: String,
        number: u16,
        params: &Bound<'_, PyDict>,
        needs: Vec<NeedSpec>,
        produces: Vec<String>,
        is_inverse: bool,
        is_recorded: bool,
        out: Option<String>,
    ) -> PyResult<u64> {
        let need = |(arg, kinds, keys, from): NeedSpec| {
            let kinds = kinds.iter().filter_map(|k| Kind::parse(k)).collect();
            Need { arg, kinds, keys, from }
        };
        let needs = needs.into_iter().map(need).collect();
        let params = params::from_dict(params)?;
        let foreign = Foreign { handle, name, number, params, needs, produces, is_inverse, is_recorded };
        self.push(py, Step::Foreign(Arc::new(foreign)), out)
    }

    fn select(&self, key: &str) {
        self.lock().select(key);
    }

    fn fork(&self, py: Python<'_>) -> Pipe {
        let pipe = Mutex::new(self.lock().fork());
        Pipe { world: self.world.clone_ref(py), pipe, call: Mutex::new(None) }
    }

    /// The same steps, none of them run, for other entities.
    fn again(&self, py: Python<'_>, entities: Vec<u64>) -> PyResult<Pipe> {
        let pipe = self.world.get().with(py, |w| Ok(self.lock().again(w, entities)))?;
        Ok(Pipe { world: self.world.clone_ref(py), pipe: Mutex::new(pipe), call: Mutex::new(None) })
    }

    /// Runs up to the next step of Python's; None when everything ran.
    fn advance(&self, py: Python<'_>) -> PyResult<Option<Call>> {
        let progress = self.world.get().with(py, |w| {
            let pipe = self.lock().clone();
            pipe.advance(w)
        })?;
        let Progress::Foreign(call) = progress else { return Ok(None) };
        let slot = |s: &vaerans::ecs::plan::Slot| (s.key.clone(), s.step);
        let bound = call.bound.iter().map(|(id, (inputs, key))| (*id, inputs.iter().map(slot).collect(), key.clone()));
        let answer = (call.step, call.system.handle, call.groups.clone(), bound.collect());
        *self.call.lock().unwrap_or_else(|p| p.into_inner()) = Some(call);
        Ok(Some(answer))
    }

    /// Ends the foreign step that `advance` handed out.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        let call = self.call.lock().unwrap_or_else(|p| p.into_inner()).take();
        let Some(call) = call else { return Ok(()) };
        self.world.get().with(py, |w| {
            let pipe = self.lock().clone();
            pipe.finish_foreign(w, &call)
        })
    }

    /// The plan of the first entity: (step, name, params, is_done, inputs, output key, output kind).
    fn plan(&self, py: Python<'_>) -> PyResult<Vec<(u64, String, String, bool, Vec<String>, String, &'static str)>> {
        self.world.get().with(py, |w| {
            let pipe = self.lock().clone();
            let plan = Plan::new(&pipe, w)?;
            let Some((_, first)) = plan.entities.first() else { return Ok(Vec::new()) };
            let row = |(n, p): (&Arc<vaerans::ecs::Node>, &vaerans::ecs::plan::Planned)| {
                let inputs = p.inputs.iter().map(|s| s.key.clone()).collect();
                let params = n.step.params().to_string();
                (
                    n.id,
                    n.step.name().to_string(),
                    params,
                    n.is_done(),
                    inputs,
                    p.output.key.clone(),
                    p.output.kind.name(),
                )
            };
            Ok(pipe.nodes.iter().zip(&first.0).map(row).collect())
        })
    }

    /// Key the cursor stands on once the pipe has run, of the first entity; None at its start.
    fn cursor_key(&self, py: Python<'_>) -> PyResult<Option<String>> {
        let cursor = self.lock().cursor.clone();
        match cursor {
            vaerans::ecs::InputRef::Start => Ok(None),
            vaerans::ecs::InputRef::Key(key) => Ok(Some(key)),
            vaerans::ecs::InputRef::Made(step) => {
                Ok(self.plan(py)?.into_iter().find(|row| row.0 == step).map(|row| row.5))
            }
        }
    }

    /// The step whose result `key` names at the end of this pipe; None: the store's newest.
    fn step_of(&self, py: Python<'_>, entity: u64, key: &str) -> PyResult<Option<u64>> {
        self.world.get().with(py, |w| {
            let pipe = self.lock().clone();
            let keys = w.keys(entity)?;
            let made = |id: u64| keys.iter().any(|(k, s)| k == key && *s == id);
            Ok(pipe.nodes.iter().rev().map(|n| n.id).find(|&id| made(id)))
        })
    }
}
