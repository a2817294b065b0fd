//! `Pipe`: steps for some entities. Foreign steps come back to Python, which runs them.

use crate::layered::LayeredCodec;
use crate::learned::LearnedModel;
use crate::world::World;
use crate::{errors, params};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::{Arc, Mutex, MutexGuard};
use vaerans::arena::DType;
use vaerans::codec::{ForeignCall, Progress};
use vaerans::component::Kind;
use vaerans::ecs::{Foreign, Need, Plan, Step, TensorType, Ty};
use vaerans::registry::keys;
use vaerans::{Error, Result, REGISTRY};

/// (argument, kinds, keys, key it reads or None for the cursor)
type NeedSpec = (String, Vec<String>, Vec<String>, Option<String>);

/// A step that Python runs: (handle, name, number, parameters, needs, keys it produces, is it an inverse, is it recorded, what tells
/// the type of its result or None)
pub type ForeignSpec<'py> =
    (u64, String, u16, Bound<'py, PyDict>, Vec<NeedSpec>, Vec<String>, bool, bool, Option<Py<PyAny>>);

/// (element type, shape), each None where it is not known
type TypeSpec = (Option<String>, Option<Vec<usize>>);

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

    /// A pipe of the core's.
    pub fn of(world: Py<World>, pipe: vaerans::ecs::Pipe) -> Pipe {
        Pipe { world, pipe: Mutex::new(pipe), call: Mutex::new(None) }
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

    /// The pipe's world has this codec.
    fn give_layered(&self, codec: &LayeredCodec) {
        self.world.get().give_layered(codec);
    }

    /// The pipe's world has this model.
    fn give(&self, model: &LearnedModel) {
        self.world.get().give(model.0.sha256, model);
    }

    /// Appends a system of the registry.
    #[pyo3(signature = (name, params, out=None))]
    fn to_native(&self, py: Python<'_>, name: &str, params: &Bound<'_, PyDict>, out: Option<String>) -> PyResult<u64> {
        let system = errors::py(REGISTRY.step(name, &params::from_dict(params)?))?;
        self.push(py, Step::Native(system), out)
    }

    /// Appends a system that Python runs.
    #[pyo3(signature = (spec, out=None))]
    fn to_foreign(&self, py: Python<'_>, spec: ForeignSpec<'_>, out: Option<String>) -> PyResult<u64> {
        self.push(py, Step::Foreign(Arc::new(foreign(spec)?)), out)
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

    /// Runs up to the next step of Python's; None when everything ran. `key`: what will be asked for.
    #[pyo3(signature = (key=None))]
    fn advance(&self, py: Python<'_>, key: Option<&str>) -> PyResult<Option<Call>> {
        let progress = self.world.get().with(py, |w| {
            let pipe = self.lock().clone();
            pipe.advance_to(w, key)
        })?;
        let Progress::Foreign(call) = progress else { return Ok(None) };
        let slot = |s: &vaerans::codec::Slot| (s.key.clone(), s.step);
        let bound = call.bound.iter().map(|(id, b)| (*id, b.inputs.iter().map(slot).collect(), b.output.key.clone()));
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
            let Some(first) = plan.groups.first() else { return Ok(Vec::new()) };
            let row = |(n, p): (&Arc<vaerans::ecs::Node>, &vaerans::ecs::Planned)| {
                let inputs = p.input_types.iter().map(|ty| ty.key.clone()).collect();
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
            Ok(pipe.nodes.iter().zip(&first.steps).map(row).collect())
        })
    }

    /// Key the cursor stands on once the pipe has run, of the first entity; None at its start.
    fn cursor_key(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.world.get().with(py, |w| self.lock().clone().cursor_key(w))
    }

    /// The step whose result `key` names at the end of this pipe; None: the store's newest.
    fn step_of(&self, py: Python<'_>, entity: u64, key: &str) -> PyResult<Option<u64>> {
        self.world.get().with(py, |w| self.lock().clone().step_of(w, entity, key))
    }
}

/// A step of Python's as the core plans it.
pub fn foreign(spec: ForeignSpec<'_>) -> PyResult<Foreign> {
    let (handle, name, number, params, needs, produces, is_inverse, is_recorded, infer) = spec;
    let need = |(arg, kinds, keys, from): NeedSpec| {
        let kinds = kinds.iter().filter_map(|k| Kind::parse(k)).collect();
        Need { arg, kinds, keys, from }
    };
    let needs = needs.into_iter().map(need).collect();
    let params = params::from_dict(&params)?;
    let produces = produces.into_iter().map(|key| (key.clone(), keys::kind_of(&key))).collect();
    let infer = infer.map(|f| {
        let ask = move |inputs: &[Arc<Ty>]| Python::attach(|py| ask(py, f.bind(py), inputs));
        Arc::new(ask) as vaerans::ecs::step::ForeignInfer
    });
    Ok(Foreign { handle, name, number, params, needs, produces, infer, is_inverse, is_recorded })
}

/// Asks a system of Python's what it will make of inputs of these types.
fn ask(py: Python<'_>, infer: &Bound<'_, PyAny>, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let spec = |t: &TensorType| -> TypeSpec { (t.dtype.map(|d| d.name().to_string()), t.shape.clone()) };
    let inputs: Vec<TypeSpec> = inputs.iter().map(|ty| spec(&ty.tensor)).collect();
    let answer = infer.call1((inputs,)).and_then(|a| a.extract::<Option<TypeSpec>>());
    let Some((dtype, shape)) = answer.map_err(|e| of_python(py, &e))? else { return Ok(TensorType::default()) };
    Ok(TensorType { dtype: dtype.map(|d| DType::parse(&d)).transpose()?, shape })
}

/// An exception with a code as an error of the core; any other is a mistake in the system.
pub fn of_python(py: Python<'_>, error: &PyErr) -> Error {
    let text = |name: &str| error.value(py).getattr(name).and_then(|v| v.extract::<String>()).ok();
    let known = text("code").and_then(|code| vaerans::error::CODES.iter().find(|c| c.code == code));
    match (known, text("message")) {
        (Some(row), Some(message)) => Error::new(row.code, message),
        _ => Error::new("param.type", error.to_string()),
    }
}
