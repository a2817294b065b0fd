//! Learned codecs in layers.

use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::Arc;
use vaerans::learned::{name_of, Head, LayerFiles, Layered, LayeredFiles, NetworkFiles};
use vaerans::wire::Limits;

/// A learned codec from its files.
#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct LayeredCodec(pub Arc<Layered>);

/// Plan and weights.
type Part<'py> = Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>;
type Arrays = Option<(Array, Array)>;

fn arrays(part: &Part<'_>) -> PyResult<Arrays> {
    part.as_ref().map(|(plan, weights)| Ok((Array::of(plan)?, Array::of(weights)?))).transpose()
}

fn files(part: &Arrays) -> Option<NetworkFiles<'_>> {
    part.as_ref().map(|(plan, weights)| NetworkFiles { plan: plan.bytes(), weights: weights.bytes() })
}

#[pymethods]
impl LayeredCodec {
    /// Of head, predictor, and for each layer the network that decodes and the one that encodes, each as plan and weights.
    #[new]
    fn new(
        py: Python<'_>,
        head: &Bound<'_, PyAny>,
        predictor: &Bound<'_, PyAny>,
        layers: Vec<(Part<'_>, Part<'_>)>,
    ) -> PyResult<LayeredCodec> {
        let (head, predictor) = (Array::of(head)?, Array::of(predictor)?);
        let both = |(a, b): &(Part<'_>, Part<'_>)| Ok((arrays(a)?, arrays(b)?));
        let layers = layers.iter().map(both).collect::<PyResult<Vec<_>>>()?;
        let kernels = errors::py(crate::world::kernels(None))?;
        let load = || {
            let layers: Vec<_> =
                layers.iter().map(|(a, b)| LayerFiles { synthesis: files(a), analysis: files(b) }).collect();
            let files = LayeredFiles { head: head.bytes(), predictor: predictor.bytes(), layers: &layers };
            Layered::load(files, kernels, &Limits::default())
        };
        Ok(LayeredCodec(Arc::new(errors::py(py.detach(load))?)))
    }

    /// The bytes of a head.
    #[staticmethod]
    fn head<'py>(
        py: Python<'py>,
        name: String,
        predictor: [u8; 32],
        plans: Vec<[u8; 32]>,
        downscale: usize,
        reach: [usize; 2],
        base_steps: usize,
        scales: Vec<f32>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let head = Head { name, predictor, plans, downscale, reach, base_steps, scales };
        Ok(PyBytes::new(py, &errors::py(head.to_bytes())?))
    }

    /// SHA-256 of its head.
    #[getter]
    fn sha256<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.sha256)
    }

    /// The bytes by which files name it.
    #[getter]
    fn name_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &name_of(&self.0.sha256))
    }

    /// What people call it.
    #[getter]
    fn name(&self) -> &str {
        &self.0.head.name
    }

    /// Number of qualities, and of those that the base alone codes.
    #[getter]
    fn steps(&self) -> (usize, usize) {
        (self.0.predictor.steps(), self.0.head.base_steps)
    }

    /// Whether it has the networks that encode.
    #[getter]
    fn encodes(&self) -> bool {
        self.0.encodes()
    }
}
