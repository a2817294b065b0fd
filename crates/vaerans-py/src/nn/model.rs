//! A network that runs.

use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use vaerans::kernels::nn::{Mode, NnKernels};
use vaerans::nn::memory::{Bytes, BytesMut};
use vaerans::nn::optimizer::Choice;
use vaerans::nn::plan::Extent;
use vaerans::nn::ty::{Shape, Spec, Type};
use vaerans::nn::{Model, Options, Session, StepTold, Watch};
use vaerans::{Error, Result};

/// A network from the two files of a compiled model.
#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct Network {
    model: Arc<Model>,
    session: Mutex<Session>,
}

/// An array as its type, its extents and its bytes.
pub(super) type Given<'py> = (String, Vec<usize>, Bound<'py, PyAny>);

/// A type and extents.
type Sort = (&'static str, Vec<usize>);

/// A step: operator, name, what it reads, what it makes, its first byte in the block (none in the caller's memory), bytes of scratch.
type Told = (&'static str, String, Vec<Option<Sort>>, Vec<Sort>, Option<usize>, usize);

#[pymethods]
impl Network {
    #[new]
    #[pyo3(signature = (plan, weights, threads, mode="fast", isa=None, choice=None))]
    fn new(
        py: Python<'_>,
        plan: &[u8],
        weights: &Bound<'_, PyAny>,
        threads: usize,
        mode: &str,
        isa: Option<&str>,
        choice: Option<&str>,
    ) -> PyResult<Network> {
        let weights = Array::of(weights)?;
        let kernels = errors::py(kernels(mode, isa))?;
        let options = Options { threads, ..Options::default() };
        let choice = choice.map_or_else(|| Ok(Choice::of(kernels.isa(), &options)), str::parse);
        let choice: Choice = errors::py(choice)?;
        let options = choice.options(&options);
        let loaded = py.detach(|| choice.load(plan, weights.bytes(), kernels.mode(), &options.limits));
        let model = Arc::new(errors::py(loaded)?);
        let session = Session::new(model.clone(), options);
        Ok(Network { model, session: Mutex::new(session) })
    }

    /// Name, type and extents of each input; an extent is a number or a symbol.
    fn inputs(&self) -> Vec<(String, &'static str, Vec<(bool, u64)>)> {
        let extent = |e: &Extent| match *e {
            Extent::Fixed(n) => (false, n),
            Extent::Symbol(s) => (true, s.into()),
        };
        let inputs = self.model.plan.inputs.iter();
        inputs.map(|i| (i.name.clone(), i.ty.name(), i.dims.iter().map(extent).collect())).collect()
    }

    /// Names of the extents that a caller chooses.
    fn symbols(&self) -> Vec<String> {
        self.model.plan.symbols.clone()
    }

    /// Names of the outputs.
    fn outputs(&self) -> Vec<String> {
        self.model.plan.outputs.iter().map(|o| o.name.clone()).collect()
    }

    /// Types and extents of the outputs for such inputs.
    fn prepare(&self, py: Python<'_>, inputs: Vec<Given<'_>>) -> PyResult<Vec<(&'static str, Vec<usize>)>> {
        let arrays = arrays(&inputs)?;
        let specs = py.detach(|| self.session()?.prepare(&bytes(&arrays)?));
        Ok(errors::py(specs)?.iter().map(|s| (s.ty.name(), s.shape.to_vec())).collect())
    }

    /// Runs the network into the bytes of `outputs`.
    fn run(&self, py: Python<'_>, inputs: Vec<Given<'_>>, outputs: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
        let arrays = arrays(&inputs)?;
        let mut into = outputs.iter().map(Array::of).collect::<PyResult<Vec<_>>>()?;
        errors::py(py.detach(|| {
            let inputs = bytes(&arrays)?;
            let mut session = self.session()?;
            let specs = session.prepare(&inputs)?;
            session.run(&inputs, &mut writable(&mut into, specs)?)
        }))
    }

    /// Runs the network into `outputs`, arrays of the types of the outputs (truth values as bytes) and their extents. Where they are not,
    /// nothing runs, and what they have to be is told.
    fn run_into(
        &self,
        py: Python<'_>,
        inputs: Vec<Given<'_>>,
        outputs: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<Option<Vec<Sort>>> {
        let arrays = arrays(&inputs)?;
        let mut into = outputs.iter().map(Array::of).collect::<PyResult<Vec<_>>>()?;
        errors::py(py.detach(|| {
            let inputs = bytes(&arrays)?;
            let mut session = self.session()?;
            let specs = session.prepare(&inputs)?;
            let fit = into.len() == specs.len() && into.iter().zip(&specs).all(|(array, spec)| fits(array, spec));
            if !fit {
                return Ok(Some(specs.into_iter().map(sort).collect()));
            }
            session.run(&inputs, &mut writable(&mut into, specs)?)?;
            Ok(None)
        }))
    }

    /// The steps for such inputs, and bytes of the block that they share: see [`Told`].
    fn steps(&self, py: Python<'_>, inputs: Vec<Given<'_>>) -> PyResult<(Vec<Told>, usize)> {
        let arrays = arrays(&inputs)?;
        errors::py(py.detach(|| {
            let mut session = self.session()?;
            session.prepare(&bytes(&arrays)?)?;
            Ok((session.steps().into_iter().map(told).collect(), session.block_bytes()))
        }))
    }

    /// Runs as `run` does, and gives the seconds of each of `steps`; none for a step that did not run.
    fn time(
        &self,
        py: Python<'_>,
        inputs: Vec<Given<'_>>,
        outputs: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Option<f64>>> {
        let arrays = arrays(&inputs)?;
        let mut into = outputs.iter().map(Array::of).collect::<PyResult<Vec<_>>>()?;
        errors::py(py.detach(|| {
            let mut session = self.session()?;
            let inputs = bytes(&arrays)?;
            let specs = session.prepare(&inputs)?;
            let mut times = vec![None; session.steps().len()];
            let mut last = Instant::now();
            let watch: Watch = &mut |step| {
                let now = Instant::now();
                *times[step].get_or_insert(0.0) += (now - last).as_secs_f64();
                last = now;
            };
            session.run_watched(&inputs, &mut writable(&mut into, specs)?, watch)?;
            Ok(times)
        }))
    }

    /// Type and extents of every value for such inputs (as the plan numbers them), and what stopped the search.
    fn shapes(&self, py: Python<'_>, inputs: Vec<Given<'_>>) -> PyResult<(Vec<Option<Sort>>, Option<String>)> {
        let arrays = arrays(&inputs)?;
        errors::py(py.detach(|| {
            let (specs, stopped) = self.model.shapes(&bytes(&arrays)?, &Options::default());
            Ok((specs.iter().map(|s| s.map(sort)).collect(), stopped.map(|e| e.to_string())))
        }))
    }

    /// Bytes of weights, and of activations with scratch.
    fn memory(&self) -> PyResult<(usize, usize)> {
        let block = errors::py(self.session())?.block_bytes();
        Ok((self.model.weight_bytes(), block))
    }
}

impl Network {
    fn session(&self) -> Result<std::sync::MutexGuard<'_, Session>> {
        self.session.lock().map_err(|_| Error::new("internal.bug", "a run of this network broke off"))
    }
}

/// The kernels of a mode on an instruction set; none given: the one that the environment says, or the fastest.
pub(super) fn kernels(mode: &str, isa: Option<&str>) -> Result<NnKernels> {
    let unknown = || Error::new("param.range", format!("mode {mode}; strict or fast"));
    Ok(NnKernels::of(crate::world::kernels(isa)?, Mode::from_name(mode).ok_or_else(unknown)?))
}

fn sort(spec: Spec) -> Sort {
    (spec.ty.name(), spec.shape.to_vec())
}

/// Whether an array has the type and the extents of an output; a scalar is one element.
fn fits(array: &Array, spec: &Spec) -> bool {
    let ty = if spec.ty == Type::Bool { Type::U8 } else { spec.ty };
    let dims = if spec.shape.rank() == 0 { &[1] } else { spec.shape.dims() };
    array.dtype().name() == ty.name() && array.shape() == dims
}

fn told(step: StepTold) -> Told {
    let inputs = step.inputs.iter().map(|s| s.map(sort)).collect();
    let outputs = step.outputs.iter().map(|s| sort(*s)).collect();
    (step.op, step.name, inputs, outputs, step.at, step.scratch)
}

fn writable(arrays: &mut [Array], specs: Vec<Spec>) -> Result<Vec<BytesMut<'_>>> {
    arrays.iter_mut().zip(specs).map(|(array, spec)| BytesMut::new(spec, array.bytes_mut()?)).collect()
}

pub(super) fn arrays(given: &[Given<'_>]) -> PyResult<Vec<(Spec, Array)>> {
    let one = |(ty, dims, array): &Given<'_>| {
        let ty = Type::from_name(ty).ok_or_else(|| Error::new("param.dtype", format!("an array of {ty}")));
        let spec = errors::py(ty.and_then(|ty| Ok(Spec::new(ty, Shape::of(dims)?))))?;
        Ok((spec, Array::of(array)?))
    };
    given.iter().map(one).collect()
}

pub(super) fn bytes(arrays: &[(Spec, Array)]) -> Result<Vec<Bytes<'_>>> {
    arrays.iter().map(|(spec, array)| Bytes::new(*spec, array.bytes())).collect()
}
