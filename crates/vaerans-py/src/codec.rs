//! Whole files: `compress`, `decompress`, `info`, and bitstreams of a world's entities.

use crate::arena::TensorRef;
use crate::array::Array;
use crate::world::{kernels, World};
use crate::{errors, params};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use vaerans::arena::{DType, External};
use vaerans::bitstream::{Content, Metadata, Rect};
use vaerans::codec::picture::{self, DecodeOptions, Options, StepInfo};
use vaerans::codec::store;
use vaerans::codec::tile::{ImageView, SampleBuf, Samples};
use vaerans::wire::Limits;
use vaerans::Error;

fn metadata(icc: Option<Vec<u8>>, exif: Option<Vec<u8>>, orientation: Option<u8>) -> PyResult<Metadata> {
    let metadata = Metadata { icc, exif, orientation, json: None };
    errors::py(metadata.check())?;
    Ok(metadata)
}

/// Limits with the bounds a caller raised or lowered.
fn limits(max_pixels: Option<u64>) -> Limits {
    let default = Limits::default();
    match max_pixels {
        None => default,
        Some(n) => Limits {
            max_pixels: n,
            max_elements: n.saturating_mul(4).max(default.max_elements),
            // Four channels of 16 bits, and as much again as one tile of them all takes.
            max_bytes: n.saturating_mul(4 * 26).max(default.max_bytes),
            ..default
        },
    }
}

/// The `photo` profile: a whole file of an array (H, W, C).
#[pyfunction]
#[pyo3(signature = (image, quality, lossless, threads=None, tile=None, icc=None, exif=None, orientation=None, max_pixels=None))]
fn compress_photo<'py>(
    py: Python<'py>,
    image: &Bound<'py, PyAny>,
    quality: u8,
    lossless: bool,
    threads: Option<usize>,
    tile: Option<usize>,
    icc: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
    orientation: Option<u8>,
    max_pixels: Option<u64>,
) -> PyResult<Bound<'py, PyBytes>> {
    let array = Array::of(image)?;
    let &[height, width, channels] = array.shape() else {
        let text = format!("an image of shape {:?}; (H, W, C) expected", array.shape());
        return Err(errors::exception(&Error::new("param.shape", text)));
    };
    let metadata = metadata(icc, exif, orientation)?;
    let options = Options { quality, lossless, threads, tile, metadata, limits: limits(max_pixels) };
    let k = errors::py(kernels(None))?;
    let file = py.detach(|| {
        let samples = match array.dtype() {
            DType::U8 => Samples::U8(array.slice()?),
            DType::U16 => Samples::U16(array.slice()?),
            other => return Err(Error::new("param.dtype", format!("an image of {other}; uint8 or uint16 expected"))),
        };
        picture::compress(k, ImageView { width, height, channels, samples }, &options)
    });
    Ok(PyBytes::new(py, &errors::py(file)?))
}

/// The picture of a file: (samples as a tensor, metadata).
#[pyfunction]
#[pyo3(signature = (data, threads=None, levels=None, allow_truncated=false, max_pixels=None, reduce=0, region=None))]
#[allow(clippy::too_many_arguments)]
fn decompress_photo<'py>(
    py: Python<'py>,
    data: &Bound<'py, PyAny>,
    threads: Option<usize>,
    levels: Option<usize>,
    allow_truncated: bool,
    max_pixels: Option<u64>,
    reduce: u32,
    region: Option<[usize; 4]>,
) -> PyResult<(TensorRef, Bound<'py, PyDict>)> {
    let bytes = Array::of(data)?;
    let region = region.map(|[x, y, width, height]| Rect { x, y, width, height });
    let options = DecodeOptions { limits: limits(max_pixels), threads, levels, reduce, region, allow_truncated };
    let k = errors::py(kernels(None))?;
    let image = errors::py(py.detach(|| picture::decompress(k, bytes.bytes(), &options)))?;
    let meta = metadata_dict(py, &image.metadata)?;
    let shape = [image.height, image.width, image.channels];
    let (dtype, samples): (_, Box<dyn External>) = match image.samples {
        SampleBuf::U8(v) => (DType::U8, Box::new(v)),
        SampleBuf::U16(v) => (DType::U16, Box::new(v)),
    };
    // A lease needs an arena to belong to; it allocates nothing.
    let arena = errors::py(vaerans::arena::Arena::new(1))?;
    let tensor = errors::py(arena.lease(samples, dtype, &shape))?;
    Ok((TensorRef::owned(tensor), meta))
}

/// What a file says of itself.
#[pyfunction]
#[pyo3(signature = (data, max_pixels=None))]
fn file_info<'py>(py: Python<'py>, data: &Bound<'py, PyAny>, max_pixels: Option<u64>) -> PyResult<Bound<'py, PyDict>> {
    let bytes = Array::of(data)?;
    let info = errors::py(py.detach(|| picture::info(bytes.bytes(), &limits(max_pixels))))?;
    let dict = PyDict::new(py);
    dict.set_item("format_version", info.version)?;
    match &info.content {
        Content::Picture(g) => {
            dict.set_item("kind", "Image")?;
            dict.set_item("shape", (g.height, g.width, g.colour.channels()))?;
            dict.set_item("dtype", if g.depth == 8 { "uint8" } else { "uint16" })?;
            dict.set_item("tile", g.tile)?;
        }
        Content::Tensor { kind, dtype, shape } => {
            dict.set_item("kind", kind.name())?;
            dict.set_item("shape", pyo3::types::PyTuple::new(py, shape)?)?;
            dict.set_item("dtype", dtype.name())?;
            dict.set_item("tile", 0)?;
        }
    }
    let step = |s: &StepInfo| Ok::<_, PyErr>((s.number, s.name.clone(), params::to_dict(py, &s.params)?));
    dict.set_item("steps", info.steps.iter().map(step).collect::<PyResult<Vec<_>>>()?)?;
    dict.set_item("tiles", info.tiles)?;
    dict.set_item("streams", info.streams)?;
    dict.set_item("level_bytes", &info.level_bytes)?;
    dict.set_item("header_bytes", info.header_bytes)?;
    dict.set_item("file_bytes", info.file_bytes)?;
    dict.set_item("is_complete", info.is_complete)?;
    dict.set_item("is_lossless", info.is_lossless)?;
    dict.set_item("metadata", metadata_dict(py, &info.metadata)?)?;
    Ok(dict)
}

fn metadata_dict<'py>(py: Python<'py>, m: &Metadata) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    let bytes = |b: &Option<Vec<u8>>| b.as_ref().map(|b| PyBytes::new(py, b));
    dict.set_item("icc", bytes(&m.icc))?;
    dict.set_item("exif", bytes(&m.exif))?;
    dict.set_item("orientation", m.orientation)?;
    dict.set_item("json", &m.json)?;
    Ok(dict)
}

/// An entity's bitstreams, given as (key, step), as a whole file.
#[pyfunction]
#[pyo3(signature = (world, entity, streams, icc=None, exif=None, orientation=None))]
fn file_bytes<'py>(
    py: Python<'py>,
    world: &World,
    entity: u64,
    streams: Vec<(String, Option<u64>)>,
    icc: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
    orientation: Option<u8>,
) -> PyResult<Bound<'py, PyBytes>> {
    let metadata = metadata(icc, exif, orientation)?;
    let file = world.with(py, |w| {
        let one = |(key, step): &(String, Option<u64>)| w.component(entity, key, *step).cloned();
        let components = streams.iter().map(one).collect::<vaerans::Result<Vec<_>>>()?;
        let named: Vec<_> = streams.iter().zip(&components).map(|((key, _), c)| (key.as_str(), c)).collect();
        store::save_streams(&named, metadata)
    })?;
    Ok(PyBytes::new(py, &file))
}

/// A new entity that holds the streams of the file: (entity, metadata).
#[pyfunction]
fn open_file<'py>(py: Python<'py>, world: &World, data: &Bound<'py, PyAny>) -> PyResult<(u64, Bound<'py, PyDict>)> {
    let bytes = Array::of(data)?;
    let (id, meta) = world.with(py, |w| {
        let (streams, metadata) = store::open_streams(w.arena(), bytes.bytes(), &Limits::default())?;
        let id = w.new_entity();
        for keyed in streams {
            w.attach(id, &keyed.key, keyed.component, None)?;
        }
        Ok((id, metadata))
    })?;
    Ok((id, metadata_dict(py, &meta)?))
}

/// Adds the functions to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(compress_photo, m)?)?;
    m.add_function(wrap_pyfunction!(decompress_photo, m)?)?;
    m.add_function(wrap_pyfunction!(file_info, m)?)?;
    m.add_function(wrap_pyfunction!(file_bytes, m)?)?;
    m.add_function(wrap_pyfunction!(open_file, m)?)
}
