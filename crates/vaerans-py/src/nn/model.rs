//! A network that runs.

use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex};
use vaerans::kernels::nn::{Mode, NnKernels};
use vaerans::nn::memory::{Bytes, BytesMut};
use vaerans::nn::plan::Extent;
use vaerans::nn::ty::{Shape, Spec, Type};
use vaerans::nn::{Model, Options, Session};
use vaerans::wire::Limits;
use vaerans::{Error, Result};

/// A network from the two files of a compiled model.
#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct Network {
    model: Arc<Model>,
    session: Mutex<Session>,
}

/// An array as its type, its extents and its bytes.
type Given<'py> = (String, Vec<usize>, Bound<'py, PyAny>);

#[pymethods]
impl Network {
    #[new]
    #[pyo3(signature = (plan, weights, threads, mode="fast"))]
    fn new(py: Python<'_>, plan: &[u8], weights: &Bound<'_, PyAny>, threads: usize, mode: &str) -> PyResult<Network> {
        let weights = Array::of(weights)?;
        let unknown = || Error::new("param.range", format!("mode {mode}; strict or fast"));
        let mode = errors::py(Mode::from_name(mode).ok_or_else(unknown))?;
        let kernels = NnKernels::of(errors::py(crate::world::kernels(None))?, mode);
        let loaded = py.detach(|| Model::load(plan, weights.bytes(), kernels, &Limits::default()));
        let model = Arc::new(errors::py(loaded)?);
        let session = Session::new(model.clone(), Options { threads, ..Options::default() });
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
            let outputs = into.iter_mut().zip(specs).map(|(array, spec)| BytesMut::new(spec, array.slice_mut::<u8>()?));
            let mut outputs = outputs.collect::<Result<Vec<_>>>()?;
            session.run(&inputs, &mut outputs)
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

fn arrays(given: &[Given<'_>]) -> PyResult<Vec<(Spec, Array)>> {
    let one = |(ty, dims, array): &Given<'_>| {
        let ty = Type::from_name(ty).ok_or_else(|| Error::new("param.dtype", format!("an array of {ty}")));
        let spec = errors::py(ty.and_then(|ty| Ok(Spec::new(ty, Shape::of(dims)?))))?;
        Ok((spec, Array::of(array)?))
    };
    given.iter().map(one).collect()
}

fn bytes(arrays: &[(Spec, Array)]) -> Result<Vec<Bytes<'_>>> {
    arrays.iter().map(|(spec, array)| Bytes::new(*spec, array.bytes())).collect()
}
