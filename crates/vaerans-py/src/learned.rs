//! Learned models that the core runs: given by Python, or asked of it when a step needs one.

use crate::array::Array;
use crate::errors;
use crate::layered::LayeredCodec;
use crate::pipe::of_python;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::Arc;
use vaerans::codec::network::{Files, Learned, Networks};
use vaerans::ecs::Models;
use vaerans::learned::{Layered, Predictor, NAME};
use vaerans::nn::Model;
use vaerans::registry::Direction;
use vaerans::wire::Limits;
use vaerans::Result;

/// A learned model from the plans and weights of its two networks.
#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct LearnedModel(pub Arc<Learned>);

/// Plan and weights.
type Part<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

fn arrays(part: &Part<'_>) -> PyResult<(Array, Array)> {
    Ok((Array::of(&part.0)?, Array::of(&part.1)?))
}

fn files((plan, weights): &(Array, Array)) -> Files<'_> {
    Files { plan: plan.bytes(), weights: weights.bytes() }
}

#[pymethods]
impl LearnedModel {
    #[new]
    #[pyo3(signature = (decoder, encoder=None))]
    fn new(py: Python<'_>, decoder: Part<'_>, encoder: Option<Part<'_>>) -> PyResult<LearnedModel> {
        let (decoder, encoder) = (arrays(&decoder)?, encoder.as_ref().map(arrays).transpose()?);
        let kernels = errors::py(crate::world::kernels(None))?;
        let load = || Learned::load(files(&decoder), encoder.as_ref().map(files), kernels, &Limits::default());
        Ok(LearnedModel(Arc::new(errors::py(py.detach(load))?)))
    }

    /// SHA-256 of the decoder's plan.
    #[getter]
    fn sha256<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.sha256)
    }

    /// Channels of its latents.
    #[getter]
    fn channels(&self) -> usize {
        self.0.channels
    }

    /// Pixels of a sample of a latent along each axis.
    #[getter]
    fn downscale(&self) -> usize {
        self.0.downscale
    }

    /// Whether it has an encoder.
    #[getter]
    fn encodes(&self) -> bool {
        self.0.encodes()
    }
}

/// Models that were given; any other is asked of `vaerans_ecs.models.native`.
#[derive(Default)]
pub struct Found {
    pub given: Networks,
}

impl Models for Found {
    fn network(&self, sha256: &[u8; 32], direction: Direction) -> Result<Arc<Model>> {
        if let found @ Ok(_) = self.given.network(sha256, direction) {
            return found;
        }
        let asked = ask("resolve", sha256, |model| Ok(model.cast_into::<LearnedModel>()?.get().0.clone()));
        self.given.stand_in(*sha256, asked?);
        self.given.network(sha256, direction)
    }
    fn predictor(&self, name: &[u8; NAME]) -> Result<Arc<Predictor>> {
        match self.given.predictor(name) {
            Ok(found) => Ok(found),
            Err(_) => Ok(self.layered(name)?.predictor.clone()),
        }
    }

    fn layered(&self, name: &[u8; NAME]) -> Result<Arc<Layered>> {
        if let found @ Ok(_) = self.given.layered(name) {
            return found;
        }
        let codec = ask("resolve_layered", name, |codec| Ok(codec.cast_into::<LayeredCodec>()?.get().0.clone()))?;
        self.given.add_layered(codec.clone());
        Ok(codec)
    }
}

/// What a function of `vaerans_ecs.models.native` finds for a hash.
fn ask<T>(function: &str, hash: &[u8], found: impl Fn(Bound<'_, PyAny>) -> PyResult<T>) -> Result<T> {
    Python::attach(|py| {
        let ask = || {
            let module = py.import("vaerans_ecs.models.native")?;
            found(module.call_method1(function, (PyBytes::new(py, hash),))?)
        };
        ask().map_err(|e| of_python(py, &e))
    })
}
