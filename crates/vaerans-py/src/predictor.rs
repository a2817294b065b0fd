//! Predictors: models of integers that code one another.

use crate::array::Array;
use crate::errors;
use crate::world::kernels;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::Arc;
use vaerans::codec::predict;
use vaerans::learned::{Parts, Predictor as Core, TapRow};
use vaerans::wire::Limits;
use vaerans::{Error, Result};

/// A predictor.
#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct Predictor(pub Arc<Core>);

/// Extents of planes: rows and columns.
fn size(array: &Array, channels: usize) -> Result<(usize, usize)> {
    match *array.shape() {
        [c, h, w] if c == channels && h > 0 && w > 0 => Ok((h, w)),
        _ => {
            let text = format!("integers of shape {:?}; ({channels}, h, w) expected", array.shape());
            Err(Error::new("param.shape", text))
        }
    }
}

impl Predictor {
    /// Number of channels of planes of its first layers.
    fn channels(&self, array: &Array) -> Result<usize> {
        let given = array.shape().first().copied().unwrap_or(0);
        match self.0.layers_of(given) {
            Some(_) => Ok(given),
            None => {
                let text = format!("integers of {given} channels; one of {:?} expected", self.0.layers);
                Err(Error::new("param.shape", text))
            }
        }
    }
}

#[pymethods]
impl Predictor {
    /// Of its file.
    #[new]
    fn new(file: &Bound<'_, PyAny>) -> PyResult<Predictor> {
        let file = Array::of(file)?;
        Ok(Predictor(Arc::new(errors::py(Core::read(file.bytes(), &Limits::default()))?)))
    }

    /// The file of a predictor made of these parts: ends of the layers; steps between anchors; gain, gain of means, gain of scales and
    /// bias, anchor after anchor; taps (channels back, rows down, columns right, weight) of each channel's mean and scale; weights of the
    /// nine sums around; edges; gains of the sums; frequencies of all tables.
    #[staticmethod]
    fn pack<'py>(
        py: Python<'py>,
        layers: Vec<usize>,
        between: usize,
        anchors: [Vec<i64>; 4],
        mean: Vec<Vec<TapRow>>,
        scale: Vec<Vec<TapRow>>,
        energy: Vec<[i32; 9]>,
        edge: Vec<u32>,
        energy_gain: Vec<u32>,
        frequencies: Vec<u32>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let parts = Parts { layers, between, anchors, mean, scale, energy, edge, energy_gain, frequencies };
        let bytes = Core::of_parts(parts).and_then(|p| p.to_bytes());
        Ok(PyBytes::new(py, &errors::py(bytes)?))
    }

    /// SHA-256 of its file.
    #[getter]
    fn sha256<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.sha256)
    }

    /// Number of the channel behind each layer.
    #[getter]
    fn layers(&self) -> Vec<usize> {
        self.0.layers.clone()
    }

    /// Means (int32, Q12) and classes (uint8) of planes of int16.
    fn contexts(
        &self,
        py: Python<'_>,
        planes: &Bound<'_, PyAny>,
        step: usize,
        means: &Bound<'_, PyAny>,
        classes: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (planes, mut means, mut classes) = (Array::of(planes)?, Array::of(means)?, Array::of(classes)?);
        let k = errors::py(kernels(None))?;
        let run = || {
            let channels = self.channels(&planes)?;
            let size = size(&planes, channels)?;
            let weights = self.0.weights(step, channels)?;
            let (means, classes) = (means.slice_mut::<i32>()?, classes.slice_mut::<u8>()?);
            predict::contexts(k, &self.0, &weights, size, planes.slice::<i16>()?, means, classes)
        };
        errors::py(py.detach(run))
    }

    /// Codes planes of int16; a stream for each layer.
    fn encode<'py>(
        &self,
        py: Python<'py>,
        planes: &Bound<'py, PyAny>,
        step: usize,
    ) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let planes = Array::of(planes)?;
        let k = errors::py(kernels(None))?;
        let run = || {
            let channels = self.channels(&planes)?;
            let size = size(&planes, channels)?;
            predict::encode(k, &self.0, &self.0.weights(step, channels)?, size, planes.slice::<i16>()?)
        };
        Ok(errors::py(py.detach(run))?.iter().map(|l| PyBytes::new(py, l)).collect())
    }

    /// Decodes streams of the first layers into planes of int16.
    fn decode(
        &self,
        py: Python<'_>,
        layers: Vec<Bound<'_, PyAny>>,
        step: usize,
        planes: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let layers = layers.iter().map(Array::of).collect::<PyResult<Vec<_>>>()?;
        let mut planes = Array::of(planes)?;
        let k = errors::py(kernels(None))?;
        let run = || {
            let channels = self.channels(&planes)?;
            let size = size(&planes, channels)?;
            let layers: Vec<&[u8]> = layers.iter().map(Array::bytes).collect();
            if self.0.layers_of(channels) != Some(layers.len()) {
                return Err(Error::new("param.shape", format!("{} streams for {channels} channels", layers.len())));
            }
            let weights = self.0.weights(step, channels)?;
            predict::decode(k, &self.0, &weights, size, &layers, planes.slice_mut::<i16>()?)
        };
        errors::py(py.detach(run))
    }
}
