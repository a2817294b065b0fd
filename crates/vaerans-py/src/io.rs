//! Picture files: JPEG, PNG, WebP and TIFF to NumPy arrays and back.

use std::ops::ControlFlow;
use std::path::PathBuf;

use pyo3::buffer::{Element, PyBuffer};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict, PyList};
use vaerans_io::{DecodeOptions, Format, Picture, Progress, ReadOptions, Samples, WriteOptions};

use crate::array::Array;
use crate::errors;

/// Samples (H, W) or (H, W, C), ICC profile, EXIF block, orientation, pictures in the file, what is damaged.
type Decoded<'py> =
    (Bound<'py, PyAny>, Option<Bound<'py, PyBytes>>, Option<Bound<'py, PyBytes>>, u8, u32, Option<String>);

fn exception(error: &vaerans_io::Error) -> PyErr {
    errors::from_code(error.code, &error.message)
}

fn array<'py, T: Element>(py: Python<'py>, shape: &[usize], dtype: &str, samples: &[T]) -> PyResult<Bound<'py, PyAny>> {
    let out = py.import("numpy")?.call_method1("empty", (shape.to_vec(), dtype))?;
    PyBuffer::<T>::get(&out)?.copy_from_slice(py, samples)?;
    Ok(out)
}

fn decoded<'py>(py: Python<'py>, picture: &Picture) -> PyResult<Decoded<'py>> {
    let mut shape = vec![picture.height as usize, picture.width as usize];
    if picture.channels > 1 {
        shape.push(picture.channels.into());
    }
    let pixels = match &picture.samples {
        Samples::U8(samples) => array(py, &shape, "uint8", samples)?,
        Samples::U16(samples) => array(py, &shape, "uint16", samples)?,
    };
    let bytes = |block: &Option<Vec<u8>>| block.as_ref().map(|b| PyBytes::new(py, b));
    let (icc, exif) = (bytes(&picture.icc), bytes(&picture.exif));
    Ok((pixels, icc, exif, picture.orientation, picture.frames, picture.damage.clone()))
}

/// Whether a file that begins with these bytes says that it is a `.vrn` file.
#[pyfunction]
pub fn is_container(prefix: PyBackedBytes) -> bool {
    prefix.starts_with(&vaerans::bitstream::format::MAGIC)
}

/// Limits by name, and whether damaged files give what can be saved.
fn decode_options(limits: &Bound<'_, PyDict>, allow_damaged: bool) -> PyResult<DecodeOptions> {
    let mut options = DecodeOptions { allow_damaged, ..DecodeOptions::default() };
    let of = &mut options.limits;
    for (name, value) in limits {
        match name.extract::<&str>()? {
            "max_side" => of.max_side = value.extract()?,
            "max_pixels" => of.max_pixels = value.extract()?,
            "max_bytes" => of.max_bytes = value.extract()?,
            "max_file_bytes" => of.max_file_bytes = value.extract()?,
            "max_metadata_bytes" => of.max_metadata_bytes = value.extract()?,
            other => {
                return Err(errors::from_code("param.unknown", &format!("no limit of picture files is named {other}")))
            }
        }
    }
    Ok(options)
}

/// Decodes the bytes of a picture file; the GIL is released.
#[pyfunction]
pub fn decode_image<'py>(
    py: Python<'py>,
    data: PyBackedBytes,
    limits: &Bound<'py, PyDict>,
    allow_damaged: bool,
) -> PyResult<Decoded<'py>> {
    let options = decode_options(limits, allow_damaged)?;
    let picture = py.detach(|| vaerans_io::decode_with(&data, &options));
    decoded(py, &picture.map_err(|e| exception(&e))?)
}

/// Reads picture files on several threads, the GIL released: for each path, in order, what `decode_image` gives, or the
/// exception. `progress(done, total)` is called after every file; what it raises, and Ctrl-C, stops the reading.
#[pyfunction]
#[pyo3(signature = (paths, threads=None, progress=None))]
pub fn read_images<'py>(
    py: Python<'py>,
    paths: Vec<PathBuf>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyList>> {
    let options = ReadOptions { threads, ..ReadOptions::default() };
    let mut found: Vec<Option<Py<PyAny>>> = paths.iter().map(|_| None).collect();
    let mut stopped: Option<PyErr> = None;
    let sink = |at: Progress, picture: vaerans_io::Result<Picture>| {
        let done = Python::attach(|py| -> PyResult<()> {
            py.check_signals()?;
            found[at.index] = Some(outcome(py, picture)?);
            if let Some(call) = &progress {
                call.call1(py, (at.done, at.total))?;
            }
            Ok(())
        });
        match done {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                stopped = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    py.detach(|| vaerans_io::read_each(&paths, &options, sink));
    match stopped {
        Some(error) => Err(error),
        None => PyList::new(py, found),
    }
}

fn outcome(py: Python<'_>, picture: vaerans_io::Result<Picture>) -> PyResult<Py<PyAny>> {
    match picture {
        Ok(picture) => Ok(decoded(py, &picture)?.into_pyobject(py)?.into_any().unbind()),
        Err(error) => Ok(exception(&error).into_value(py).into_any()),
    }
}

/// Encodes an array (H, W) or (H, W, C) as "png", "tiff", "webp" or "jpeg"; the GIL is released.
#[pyfunction]
#[pyo3(signature = (pixels, format, quality=90, icc=None, exif=None, orientation=1))]
pub fn encode_image<'py>(
    py: Python<'py>,
    pixels: &Bound<'py, PyAny>,
    format: &str,
    quality: u8,
    icc: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
    orientation: u8,
) -> PyResult<Bound<'py, PyBytes>> {
    let format = Format::of_name(&PathBuf::from(format!("x.{format}"))).map_err(|e| exception(&e))?;
    let mut picture = picture_of(pixels)?;
    (picture.icc, picture.exif, picture.orientation) = (icc, exif, orientation);
    let file = py.detach(|| vaerans_io::encode(&picture, format, &WriteOptions { quality }));
    Ok(PyBytes::new(py, &file.map_err(|e| exception(&e))?))
}

fn picture_of(pixels: &Bound<'_, PyAny>) -> PyResult<Picture> {
    let array = Array::of(pixels)?;
    let side = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (height, width, channels) = match *array.shape() {
        [h, w] => (side(h), side(w), 1),
        [h, w, c] => (side(h), side(w), u8::try_from(c).unwrap_or(u8::MAX)),
        _ => {
            let text = format!("a picture of shape {:?}: expected (H, W) or (H, W, C)", array.shape());
            return Err(errors::from_code("param.shape", &text));
        }
    };
    let samples = match array.slice::<u16>() {
        Ok(samples) => Samples::U16(samples.to_vec()),
        Err(_) => Samples::U8(errors::py(array.slice::<u8>())?.to_vec()),
    };
    Picture::new(samples, width, height, channels).map_err(|e| exception(&e))
}

/// An EXIF block whose orientation is 1, so that a picture turned already is not turned again.
#[pyfunction]
pub fn reset_exif_orientation(py: Python<'_>, mut exif: Vec<u8>) -> Bound<'_, PyBytes> {
    vaerans_io::reset_exif_orientation(&mut exif);
    PyBytes::new(py, &exif)
}

/// The orientation an EXIF block states, 1 to 8; 1 where it states none.
#[pyfunction]
pub fn exif_orientation(exif: PyBackedBytes) -> u8 {
    vaerans_io::exif_orientation(&exif)
}

/// Adds the functions of this file to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(decode_image, m)?)?;
    m.add_function(wrap_pyfunction!(encode_image, m)?)?;
    m.add_function(wrap_pyfunction!(read_images, m)?)?;
    m.add_function(wrap_pyfunction!(is_container, m)?)?;
    m.add_function(wrap_pyfunction!(exif_orientation, m)?)?;
    m.add_function(wrap_pyfunction!(reset_exif_orientation, m)?)
}
