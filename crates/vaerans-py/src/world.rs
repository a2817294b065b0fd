//! `World`: entities and components behind one lock; every call releases the GIL while it waits.

use crate::arena::{stats_dict, Arena, TensorRef};
use crate::array::Array;
use crate::layered::LayeredCodec;
use crate::learned::{Found, LearnedModel};
use crate::predictor::Predictor;
use crate::{errors, params};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use vaerans::arena::DType;
use vaerans::component::{Chunk, Component, Lineage, Meta, Origin, Params, QuantParams, StepRecord};
use vaerans::ecs::{Clock, TraceRow, WorldOptions};
use vaerans::kernels::Kernels;
use vaerans::pool::Process;
use vaerans::registry::keys;
use vaerans::wire::Limits;
use vaerans::{Error, Result, REGISTRY};

/// Time since the clock was made.
struct Monotonic(Instant);

impl Clock for Monotonic {
    fn nanos(&self) -> u64 {
        self.0.elapsed().as_nanos() as u64
    }
}

/// The kernels of an instruction set's name, or those `VAERANS_ISA` or the CPU decide.
///
/// Asking the CPU takes longer than transforming a small latent (in a virtual machine CPUID traps), so the answer is kept
/// for as long as the variable stays the same.
pub fn kernels(isa: Option<&str>) -> Result<Kernels> {
    // One for each thread: a lock could be held by a thread that a forked child does not have.
    thread_local!(static LAST: RefCell<Option<(Option<String>, Kernels)>> = const { RefCell::new(None) });
    let lost = |e: vaerans::kernels::Error| Error::new("unavailable.isa", e.message);
    if let Some(name) = isa {
        return Kernels::from_name(name).map_err(lost);
    }
    let wanted = std::env::var("VAERANS_ISA").ok();
    LAST.with_borrow_mut(|last| match last {
        Some((known, kernels)) if *known == wanted => Ok(*kernels),
        _ => {
            let kernels = Kernels::from_env().map_err(lost)?;
            *last = Some((wanted, kernels));
            Ok(kernels)
        }
    })
}

#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct World {
    pub world: Arc<Mutex<vaerans::ecs::World>>,
    arena: vaerans::arena::Arena,
    models: Arc<Found>,
    process: Process,
}

impl World {
    /// Runs `work` with the lock held and the GIL released.
    pub fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut vaerans::ecs::World) -> Result<T> + Send,
    ) -> PyResult<T> {
        errors::py(self.process.check("the world"))?;
        let result = py.detach(|| work(&mut self.world.lock().unwrap_or_else(|p| p.into_inner())));
        errors::py(result)
    }
}

#[pymethods]
impl World {
    #[new]
    #[pyo3(signature = (arena_bytes, threads=None, isa=None, trace=true, seed=0, keep_all=true, batch=1))]
    fn new(
        arena_bytes: usize,
        threads: Option<usize>,
        isa: Option<&str>,
        trace: bool,
        seed: u64,
        keep_all: bool,
        batch: usize,
    ) -> PyResult<World> {
        let kernels = errors::py(kernels(isa))?;
        let clock: Option<Arc<dyn Clock>> = Some(Arc::new(Monotonic(Instant::now())));
        let models = Arc::new(Found::default());
        let options = WorldOptions {
            models: models.clone(),
            arena_bytes,
            threads,
            clock,
            trace,
            seed,
            keep_all,
            batch,
            registry: Some(&REGISTRY),
            // A caller of Python's sizes the arena, and gives limits where a file or a picture comes in.
            limits: Limits { settable: 0, ..Limits::default() },
            ..WorldOptions::new(kernels)
        };
        let world = errors::py(vaerans::ecs::World::new(options))?;
        let arena = world.arena().clone();
        Ok(World { world: Arc::new(Mutex::new(world)), arena, models, process: Process::this() })
    }

    /// Steps that name the model of this SHA-256 run this one.
    pub fn give(&self, sha256: [u8; 32], model: &LearnedModel) {
        self.models.given.stand_in(sha256, model.0.clone());
    }

    /// Steps that name this codec run it.
    pub fn give_layered(&self, codec: &LayeredCodec) {
        self.models.given.add_layered(codec.0.clone());
    }

    /// Steps that name this predictor use it.
    pub fn give_predictor(&self, predictor: &Predictor) {
        self.models.given.add_predictor(predictor.0.clone());
    }

    #[getter]
    fn arena(&self) -> Arena {
        Arena { arena: self.arena.clone() }
    }

    #[getter]
    fn isa(&self, py: Python<'_>) -> PyResult<&'static str> {
        self.with(py, |w| Ok(w.kernels().isa().name()))
    }

    #[getter]
    fn threads(&self, py: Python<'_>) -> PyResult<usize> {
        self.with(py, |w| Ok(w.threads()))
    }

    fn new_entity(&self, py: Python<'_>) -> PyResult<u64> {
        self.with(py, |w| Ok(w.new_entity()))
    }

    /// An entity over the array's own memory.
    fn lease_image(&self, py: Python<'_>, image: &Bound<'_, PyAny>) -> PyResult<u64> {
        let array = Array::of(image)?;
        let (dtype, shape) = (array.dtype(), array.shape().to_vec());
        self.with(py, |w| w.lease_image(Box::new(array), dtype, &shape))
    }

    /// Entities over one buffer, into which the arrays (all of one shape) are copied.
    fn copy_images(&self, py: Python<'_>, images: Vec<Bound<'_, PyAny>>) -> PyResult<Vec<u64>> {
        let arrays: Vec<Array> = images.iter().map(Array::of).collect::<PyResult<_>>()?;
        let Some(first) = arrays.first() else { return Ok(Vec::new()) };
        let same = |a: &Array| a.shape() == first.shape() && a.dtype() == first.dtype();
        if !arrays.iter().all(same) {
            let text = "a batch needs images of one shape and dtype";
            return Err(errors::exception(&Error::new("param.shape", text)));
        }
        let shape: Vec<usize> = std::iter::once(arrays.len()).chain(first.shape().iter().copied()).collect();
        self.with(py, |w| {
            w.copy_images(first.dtype(), &shape, |to| {
                let each = to.len() / arrays.len();
                if each > 0 {
                    arrays.iter().zip(to.chunks_exact_mut(each)).for_each(|(a, to)| to.copy_from_slice(a.bytes()));
                }
            })
        })
    }

    fn new_step(&self, py: Python<'_>) -> PyResult<u64> {
        self.with(py, |w| Ok(w.new_step()))
    }

    /// Puts a tensor under `key`.
    #[pyo3(signature = (entity, key, tensor, meta=None, step=None, side=None))]
    fn attach(
        &self,
        py: Python<'_>,
        entity: u64,
        key: &str,
        tensor: &TensorRef,
        meta: Option<&Bound<'_, PyDict>>,
        step: Option<u64>,
        side: Option<Vec<u8>>,
    ) -> PyResult<()> {
        let meta = meta.map_or(Ok(Meta::None), |m| meta_from(m).map_err(of_another_type))?;
        let mut component = Component::new(keys::kind_of(key), tensor.tensor.clone()).with_meta(meta);
        if let Some(side) = side {
            component.lineage = side_record(key, &component, side);
        }
        self.with(py, |w| w.attach(entity, key, component, step))
    }

    /// (step, kind, tensor, meta, lineage) of the newest component under `key`, or of `step`'s.
    #[pyo3(signature = (entity, key, step=None))]
    fn component<'py>(
        &self,
        py: Python<'py>,
        entity: u64,
        key: &str,
        step: Option<u64>,
    ) -> PyResult<(u64, &'static str, TensorRef, Bound<'py, PyDict>, Vec<Bound<'py, PyDict>>)> {
        let (step, c) = self.with(py, |w| w.version(entity, key, step).map(|(step, c)| (step, c.clone())))?;
        let lineage = c.lineage.steps().iter().map(|s| record_dict(py, s.as_ref())).collect::<PyResult<_>>()?;
        Ok((step, c.kind.name(), TensorRef::frozen(c.data), meta_dict(py, &c.meta)?, lineage))
    }

    fn keys(&self, py: Python<'_>, entity: u64) -> PyResult<Vec<(String, u64)>> {
        self.with(py, |w| w.keys(entity))
    }

    fn detach(&self, py: Python<'_>, entity: u64, key: &str) -> PyResult<()> {
        self.with(py, |w| w.detach(entity, key))
    }

    fn despawn(&self, py: Python<'_>, entity: u64) -> PyResult<()> {
        self.with(py, |w| w.despawn(entity))
    }

    fn entities(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        self.with(py, |w| Ok(w.entities()))
    }

    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |w| w.reset())
    }

    fn scratch(&self, py: Python<'_>, name: &str, shape: Vec<usize>, dtype: &str) -> PyResult<TensorRef> {
        let tensor = self.with(py, |w| w.scratch(name, DType::parse(dtype)?, &shape))?;
        Ok(TensorRef { tensor, writable: true })
    }

    #[getter]
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let s = self.with(py, |w| Ok(w.stats()))?;
        let dict = PyDict::new(py);
        dict.set_item("entities", s.entities)?;
        dict.set_item("leases", s.leases)?;
        dict.set_item("copies", s.copies)?;
        dict.set_item("copied_bytes", s.copied_bytes)?;
        dict.set_item("arena", stats_dict(py, s.arena)?)?;
        Ok(dict)
    }

    /// Rows of the trace as dictionaries.
    fn trace<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let rows = self.with(py, |w| Ok(w.trace().to_vec()))?;
        rows.iter().map(|r| trace_dict(py, r)).collect()
    }

    fn clear_trace(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, |w| {
            w.clear_trace();
            Ok(())
        })
    }

    /// Adds a row for a foreign step that ran on `entities` and read and made these components.
    fn add_trace(
        &self,
        py: Python<'_>,
        step: u64,
        system: String,
        text: String,
        entities: Vec<u64>,
        input: (String, u64),
        output: String,
        nanos: u64,
    ) -> PyResult<()> {
        self.with(py, |w| {
            let Some(&first) = entities.first() else { return Ok(()) };
            let of = |c: &Component| (c.data.shape().to_vec(), c.data.dtype());
            let made = w.component(first, &output, Some(step))?;
            let row = TraceRow {
                step,
                system,
                params: text,
                entities: entities.len(),
                input: of(w.component(first, &input.0, Some(input.1))?),
                output: of(made),
                bytes: (made.data.byte_len() * entities.len()) as u64,
                entropy: vaerans::ecs::trace::entropy(&made.data),
                nanos,
                isa: "python".into(),
                seed: w.seed(),
            };
            w.add_trace(row);
            Ok(())
        })
    }
}

/// A history of one record that carries a foreign step's side information until the step ends.
fn side_record(key: &str, component: &Component, side: Vec<u8>) -> Lineage {
    let origin = Origin::of(key, component);
    Lineage::of(vec![StepRecord { number: 0, name: "".into(), params: Params::new(), side, origin }])
}

fn trace_dict<'py>(py: Python<'py>, r: &TraceRow) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("step", r.step)?;
    dict.set_item("system", &r.system)?;
    dict.set_item("params", &r.params)?;
    dict.set_item("entities", r.entities)?;
    dict.set_item("input_shape", &r.input.0)?;
    dict.set_item("input_dtype", r.input.1.name())?;
    dict.set_item("output_shape", &r.output.0)?;
    dict.set_item("output_dtype", r.output.1.name())?;
    dict.set_item("bytes", r.bytes)?;
    dict.set_item("entropy_bits", r.entropy)?;
    dict.set_item("nanos", r.nanos)?;
    dict.set_item("isa", &r.isa)?;
    dict.set_item("seed", r.seed)?;
    Ok(dict)
}

fn record_dict<'py>(py: Python<'py>, s: &StepRecord) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("number", s.number)?;
    dict.set_item("name", s.name.as_ref())?;
    dict.set_item("params", params::to_dict(py, &s.params)?)?;
    dict.set_item("side", pyo3::types::PyBytes::new(py, &s.side))?;
    dict.set_item("key", &s.origin.key)?;
    dict.set_item("shape", &s.origin.shape)?;
    dict.set_item("dtype", s.origin.dtype.name())?;
    Ok(dict)
}

fn meta_dict<'py>(py: Python<'py>, meta: &Meta) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    match meta {
        Meta::None | Meta::Partial { .. } => {}
        Meta::Image { colourspace } => dict.set_item("colourspace", colourspace)?,
        Meta::Wavelet { wavelet, levels } => {
            dict.set_item("wavelet", wavelet)?;
            dict.set_item("levels", levels)?;
        }
        Meta::Quant(q) => {
            dict.set_item("scale", &q.scale)?;
            dict.set_item("zero", &q.zero)?;
        }
        Meta::Bitstream { n_symbols, chunks } => {
            dict.set_item("n_symbols", n_symbols)?;
            let chunks: Vec<(u32, usize)> = chunks.iter().map(|c: &Chunk| (c.level, c.bytes)).collect();
            dict.set_item("chunks", chunks)?;
        }
        Meta::Scalar(v) => dict.set_item("value", v)?,
    }
    Ok(dict)
}

/// What stands beside a tensor and is not of the type that its class says.
fn of_another_type(error: PyErr) -> PyErr {
    errors::exception(&Error::new("param.type", format!("a field of the component: {error}")))
}

fn meta_from(dict: &Bound<'_, PyDict>) -> PyResult<Meta> {
    if let Some(c) = dict.get_item("colourspace")? {
        return Ok(Meta::Image { colourspace: c.extract()? });
    }
    if let (Some(w), Some(l)) = (dict.get_item("wavelet")?, dict.get_item("levels")?) {
        return Ok(Meta::Wavelet { wavelet: w.extract()?, levels: l.extract()? });
    }
    if let (Some(s), Some(z)) = (dict.get_item("scale")?, dict.get_item("zero")?) {
        return Ok(Meta::Quant(QuantParams { scale: s.extract()?, zero: z.extract()? }));
    }
    match dict.get_item("value")? {
        Some(v) => Ok(Meta::Scalar(v.extract()?)),
        None => Ok(Meta::None),
    }
}

/// The number of threads that an argument, the environment and the machine add up to.
#[pyfunction]
pub fn resolve_threads(threads: Option<usize>) -> PyResult<usize> {
    errors::py(vaerans::pool::resolve(threads))
}
