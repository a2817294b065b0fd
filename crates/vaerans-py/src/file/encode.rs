//! Pictures to files.

use super::{limits as limits_of, metadata};
use crate::array::Array;
use crate::layered::LayeredCodec;
use crate::pipe::{foreign, ForeignSpec, Pipe};
use crate::world::{kernels, World};
use crate::{errors, params};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use std::sync::{Arc, Mutex, MutexGuard};
use vaerans::arena::DType;
use vaerans::bitstream::Metadata;
use vaerans::codec::profile::{self, vae};
use vaerans::codec::tile::{ImageView, Samples};
use vaerans::codec::write::{self, Options};
use vaerans::ecs::Step;
use vaerans::kernels::Kernels;
use vaerans::{Error, Result, REGISTRY};

/// An array (H, W, C) as a picture.
fn view(array: &Array) -> Result<ImageView<'_>> {
    let &[height, width, channels] = array.shape() else {
        let text = format!("an image of shape {:?}; (H, W, C) expected", array.shape());
        return Err(Error::new("param.shape", text));
    };
    let samples = match array.dtype() {
        DType::U8 => Samples::U8(array.slice()?),
        DType::U16 => Samples::U16(array.slice()?),
        other => return Err(Error::new("param.dtype", format!("an image of {other}; uint8 or uint16 expected"))),
    };
    Ok(ImageView { width, height, channels, samples })
}

/// Options of a profile, checked and completed.
#[pyfunction]
fn profile_options<'py>(py: Python<'py>, profile: &str, options: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let profile = errors::py(profile::find(profile))?;
    let complete = errors::py(profile.complete(&params::from_dict(options)?))?;
    params::to_dict(py, &complete)
}

/// Refuses a picture that the limits do not allow, before a sample of it is touched.
#[pyfunction]
fn check_picture(height: u64, width: u64, limits: &Bound<'_, PyDict>) -> PyResult<()> {
    errors::py(limits_of(Some(limits))?.check_picture(width, height).map(drop))
}

/// A whole file of an array (H, W, C), as one of the profiles makes it.
fn compress<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    options: &Bound<'py, PyDict>,
    threads: Option<usize>,
    metadata: Option<&Bound<'py, PyDict>>,
    limits: Option<&Bound<'py, PyDict>>,
    profile: impl FnOnce(Kernels, ImageView<'_>, &Options) -> Result<Vec<u8>> + Send,
) -> PyResult<Bound<'py, PyBytes>> {
    let array = Array::of(image)?;
    let (metadata, limits) = (self::metadata(metadata)?, limits_of(limits)?);
    let options = Options { profile: params::from_dict(options)?, threads, metadata, limits };
    let k = errors::py(kernels(None))?;
    let file = py.detach(|| profile(k, view(&array)?, &options));
    Ok(PyBytes::new(py, &errors::py(file)?))
}

/// The profile `photo`: a whole file of an array (H, W, C).
#[pyfunction]
#[pyo3(signature = (image, options, threads=None, metadata=None, limits=None))]
fn compress_photo<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    options: &Bound<'py, PyDict>,
    threads: Option<usize>,
    metadata: Option<&Bound<'py, PyDict>>,
    limits: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyBytes>> {
    compress(py, image, options, threads, metadata, limits, write::compress)
}

/// The profile `vae` with a learned codec in layers: a whole file of an array (H, W, C).
#[pyfunction]
#[pyo3(signature = (image, options, codec, threads=None, metadata=None, limits=None))]
fn compress_layered<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    options: &Bound<'py, PyDict>,
    codec: &LayeredCodec,
    threads: Option<usize>,
    metadata: Option<&Bound<'py, PyDict>>,
    limits: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let layered = |k, image: ImageView<'_>, options: &Options| vae::layered::compress(k, &image, options, &codec.0);
    compress(py, image, options, threads, metadata, limits, layered)
}

/// The profile `vae` with any other model: pipes that the caller runs, one after another, then the file.
#[pyclass(frozen, module = "vaerans_ecs._core")]
struct Encoding {
    world: Py<World>,
    encoding: Mutex<vae::Encoding>,
    metadata: Metadata,
}

/// What makes the latent: a step of the registry (name, parameters), or one that Python runs.
#[derive(FromPyObject)]
enum EncoderSpec<'py> {
    Native((String, Bound<'py, PyDict>)),
    Foreign(ForeignSpec<'py>),
}

impl EncoderSpec<'_> {
    fn step(self) -> PyResult<Step> {
        match self {
            EncoderSpec::Native((name, given)) => {
                errors::py(REGISTRY.step(&name, &params::from_dict(&given)?)).map(Step::Native)
            }
            EncoderSpec::Foreign(spec) => foreign(spec).map(|f| Step::Foreign(Arc::new(f))),
        }
    }
}

impl Encoding {
    fn lock(&self) -> MutexGuard<'_, vae::Encoding> {
        self.encoding.lock().unwrap_or_else(|p| p.into_inner())
    }
}

#[pymethods]
impl Encoding {
    #[new]
    #[pyo3(signature = (world, image, options, encoder, decoder=None, metadata=None, limits=None))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        world: Py<World>,
        image: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
        encoder: EncoderSpec<'_>,
        decoder: Option<ForeignSpec<'_>>,
        metadata: Option<&Bound<'_, PyDict>>,
        limits: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Encoding> {
        let array = Array::of(image)?;
        let limits = super::limits(limits)?;
        errors::py(view(&array).and_then(|v| limits.check_picture(v.width as u64, v.height as u64)))?;
        // What cannot be stored is told before the network runs.
        let metadata = errors::py(self::metadata(metadata)?.settled(array.shape().get(2).copied().unwrap_or(0)))?;
        let options = errors::py(vae::PROFILE.complete(&params::from_dict(options)?))?;
        let (encoder, decoder) = (encoder.step()?, decoder.map(foreign).transpose()?.map(Arc::new));
        let make = |w: &mut vaerans::ecs::World| vae::Encoding::new(w, &view(&array)?, &options, encoder, decoder);
        let encoding = Mutex::new(world.get().with(py, make)?);
        Ok(Encoding { world, encoding, metadata })
    }

    /// The next pipe to run; None: everything is coded.
    fn next(&self, py: Python<'_>) -> PyResult<Option<Pipe>> {
        let pipe = self.world.get().with(py, |w| self.lock().next(w))?;
        Ok(pipe.map(|p| Pipe::of(self.world.clone_ref(py), p)))
    }

    /// The file.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let file = self.world.get().with(py, |w| self.lock().finish(w, &REGISTRY, self.metadata.clone()))?;
        Ok(PyBytes::new(py, &file))
    }
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Encoding>()?;
    m.add_function(wrap_pyfunction!(profile_options, m)?)?;
    m.add_function(wrap_pyfunction!(check_picture, m)?)?;
    m.add_function(wrap_pyfunction!(compress_photo, m)?)?;
    m.add_function(wrap_pyfunction!(compress_layered, m)?)
}
