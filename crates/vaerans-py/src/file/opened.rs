//! `Opened`: a file, parsed once and checked.

use super::{info, limits, Buffer};
use crate::arena::TensorRef;
use crate::array::Array;
use crate::layered::LayeredCodec;
use crate::learned::{Found, LearnedModel};
use crate::pipe::{foreign, ForeignSpec, Pipe};
use crate::world::{kernels, World};
use crate::{errors, params};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use vaerans::arena::{DType, External};
use vaerans::bitstream::FileReader;
use vaerans::codec::open::{self, DecodeOptions, Decoded};
use vaerans::codec::tile::SampleBuf;
use vaerans::rect::Rect;
use vaerans::wire::Source;
use vaerans::REGISTRY;

#[pyclass(frozen, module = "vaerans_ecs._core")]
struct Opened {
    opened: open::Opened<'static>,
    models: Arc<Found>,
    undoing: Mutex<Option<open::Undoing>>,
}

#[pymethods]
impl Opened {
    /// The first item of a file's bytes, or the one called `item`.
    #[new]
    #[pyo3(signature = (data, limits=None, item=None))]
    fn new(
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        limits: Option<&Bound<'_, PyDict>>,
        item: Option<&str>,
    ) -> PyResult<Opened> {
        let limits = self::limits(limits)?;
        let source: Arc<dyn Source + Send> = Arc::new(Buffer(Array::of(data)?));
        let opened = py.detach(|| match item {
            None => open::Opened::new(source, &REGISTRY, &limits),
            Some(key) => open::Opened::of(FileReader::new(source, &limits)?.item(key)?, &REGISTRY, &limits),
        });
        let models = Arc::new(Found::default());
        let opened = errors::py(opened)?.with_models(models.clone());
        Ok(Opened { opened, models, undoing: Mutex::new(None) })
    }

    /// The learned models that the core runs for it: SHA-256 of the plan, of what that was compiled from, name.
    fn models(&self) -> Vec<(Cow<'static, [u8]>, Option<Cow<'static, [u8]>>, String)> {
        let bytes = |digest: [u8; 32]| Cow::Owned(digest.to_vec());
        self.opened.models().iter().map(|n| (bytes(n.sha256), n.source.map(bytes), n.name.to_owned())).collect()
    }

    /// The learned codec that it needs: first bytes of the SHA-256 of its head, name.
    fn codec(&self) -> Option<(Cow<'static, [u8]>, String)> {
        self.opened.codec().map(|c| (Cow::Owned(c.name.to_vec()), c.label.to_owned()))
    }

    /// Steps that name the model of this SHA-256 run this one.
    fn give(&self, sha256: [u8; 32], model: &LearnedModel) {
        self.models.given.stand_in(sha256, model.0.clone());
    }

    /// Steps that name this codec run it.
    fn give_layered(&self, codec: &LayeredCodec) {
        self.models.given.add_layered(codec.0.clone());
    }

    /// What the file says of itself.
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        info::dict(py, &self.opened.info())
    }

    /// Holds every section against its checksum.
    fn verify(&self, py: Python<'_>) -> PyResult<()> {
        errors::py(py.detach(|| self.opened.item().verify()))
    }

    /// The steps that only Python can undo, in the order they will be due: (number, name, parameters).
    fn foreign<'py>(&self, py: Python<'py>) -> PyResult<Vec<(u16, String, Bound<'py, PyDict>)>> {
        let steps = self.opened.foreign();
        steps.into_iter().map(|s| Ok((s.number, s.name.clone(), params::to_dict(py, &s.params)?))).collect()
    }

    /// The samples, where every step is the library's own.
    #[pyo3(signature = (threads=None, allow_truncated=false, scale=1.0, region=None))]
    fn samples(
        &self,
        py: Python<'_>,
        threads: Option<usize>,
        allow_truncated: bool,
        scale: f64,
        region: Option<[i64; 4]>,
    ) -> PyResult<TensorRef> {
        let options = options(threads, allow_truncated, scale, region)?;
        let k = errors::py(kernels(None))?;
        samples(errors::py(py.detach(|| self.opened.decode(k, &options)))?)
    }

    /// Bytes of the arena of a world that undoing takes.
    fn world_bytes(&self) -> PyResult<u64> {
        errors::py(self.opened.world_bytes())
    }

    /// A pipe that undoes the file in a world; `steps` stand for those of `foreign()`.
    #[pyo3(signature = (world, steps, allow_truncated=false, scale=1.0, region=None))]
    fn undo(
        &self,
        py: Python<'_>,
        world: Py<World>,
        steps: Vec<ForeignSpec<'_>>,
        allow_truncated: bool,
        scale: f64,
        region: Option<[i64; 4]>,
    ) -> PyResult<Pipe> {
        let steps = steps.into_iter().map(foreign).collect::<PyResult<Vec<_>>>()?;
        let options = options(None, allow_truncated, scale, region)?;
        let undoing = world.get().with(py, |w| self.opened.undoing(w, steps, &options))?;
        let pipe = undoing.pipe.clone();
        *self.undoing.lock().unwrap_or_else(PoisonError::into_inner) = Some(undoing);
        Ok(Pipe::of(world, pipe))
    }

    /// The samples of what `undo`'s pipe gave, once it ran.
    fn collect(&self, py: Python<'_>, world: &World) -> PyResult<TensorRef> {
        let undoing = self.undoing.lock().unwrap_or_else(PoisonError::into_inner).take();
        let undoing = undoing
            .ok_or_else(|| errors::exception(&vaerans::Error::new("internal.bug", "collect() before undo()")))?;
        samples(world.with(py, |w| undoing.collect(w))?)
    }

    /// A new entity with the file's streams.
    fn spawn(&self, py: Python<'_>, world: &World) -> PyResult<u64> {
        world.with(py, |w| self.opened.spawn(w))
    }
}

fn options(
    threads: Option<usize>,
    allow_truncated: bool,
    scale: f64,
    region: Option<[i64; 4]>,
) -> PyResult<DecodeOptions> {
    let reduce = errors::py(open::halvings(scale))?;
    let region = region.map(rectangle).transpose()?;
    Ok(DecodeOptions { threads, reduce, region, allow_truncated, ..DecodeOptions::default() })
}

fn rectangle(sides: [i64; 4]) -> PyResult<Rect> {
    let negative = || format!("region {sides:?}: x, y, width, height, none of them negative");
    let side =
        |n: i64| usize::try_from(n).map_err(|_| errors::exception(&vaerans::Error::new("param.range", negative())));
    let [x, y, width, height] = sides;
    Ok(Rect { x: side(x)?, y: side(y)?, width: side(width)?, height: side(height)? })
}

fn samples(decoded: Decoded) -> PyResult<TensorRef> {
    let image = match decoded {
        Decoded::Tensor(_, data) => return Ok(TensorRef::owned(data)),
        Decoded::Picture(image) => image,
    };
    let shape = [image.height, image.width, image.channels];
    let (dtype, samples): (_, Box<dyn External>) = match image.samples {
        SampleBuf::U8(v) => (DType::U8, Box::new(v)),
        SampleBuf::U16(v) => (DType::U16, Box::new(v)),
    };
    // A lease needs an arena to belong to; it allocates nothing.
    let arena = errors::py(vaerans::arena::Arena::new(1))?;
    let tensor = errors::py(arena.lease(samples, dtype, &shape))?;
    Ok(TensorRef::owned(tensor))
}

/// Names of the items of a file, in the order of writing.
#[pyfunction]
#[pyo3(signature = (data, limits=None))]
fn item_names(py: Python<'_>, data: &Bound<'_, PyAny>, limits: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<String>> {
    let limits = self::limits(limits)?;
    let source: Arc<dyn Source + Send> = Arc::new(Buffer(Array::of(data)?));
    let reader = errors::py(py.detach(|| FileReader::new(source, &limits)))?;
    Ok(reader.entries().iter().map(|entry| entry.key.clone()).collect())
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Opened>()?;
    m.add_function(wrap_pyfunction!(item_names, m)?)
}
