//! Picture files: JPEG, PNG, WebP and TIFF to NumPy arrays and back.

use std::ops::ControlFlow;
use std::path::PathBuf;

use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict, PyList};
use vaerans_io::{DecodeOptions, FileError, Format, Outcome, Picture, Progress, ReadOptions, Samples, WriteOptions};

use crate::array::Array;
use crate::errors;
use crate::file;

type Block<'py> = Option<Bound<'py, PyBytes>>;
/// Samples (H, W) or (H, W, C), ICC profile, EXIF block, orientation, pictures in the file, what is damaged, what is left out.
type Decoded<'py> = (Bound<'py, PyAny>, Block<'py>, Block<'py>, u8, u32, Option<String>, Option<String>);

/// The exception of a file that was not read; it names the file as Python's own do.
fn exception(py: Python<'_>, error: FileError) -> PyErr {
    let (path, cause) = match error {
        FileError::Refused(error) => return errors::exception(&error),
        FileError::Unreadable { path, cause } => (path, cause),
    };
    let cause = match cause.raw_os_error() {
        Some(number) => PyOSError::new_err((number, cause.to_string().replace(&format!(" (os error {number})"), ""))),
        None => PyErr::from(cause),
    };
    let made = py.import("vaerans_ecs._files").and_then(|m| m.getattr("file_error"));
    match made.and_then(|f| f.call1((cause.value(py), path, "read the file"))) {
        Ok(value) => PyErr::from_value(value),
        Err(broken) => broken,
    }
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
    Ok((pixels, icc, exif, picture.orientation, picture.frames, picture.damage.clone(), picture.dropped.clone()))
}

/// Whether a file that begins with these bytes says that it is a `.vrn` file.
#[pyfunction]
pub fn is_container(prefix: PyBackedBytes) -> bool {
    prefix.starts_with(&vaerans::bitstream::format::MAGIC)
}

/// Decodes the bytes of a picture file; the GIL is released.
#[pyfunction]
pub fn decode_image<'py>(
    py: Python<'py>,
    data: PyBackedBytes,
    limits: &Bound<'py, PyDict>,
    allow_damaged: bool,
) -> PyResult<Decoded<'py>> {
    let options = DecodeOptions { limits: file::limits(Some(limits))?, allow_damaged };
    let picture = py.detach(|| vaerans_io::decode_with(&data, &options));
    decoded(py, &errors::py(picture)?)
}

/// Reads picture files on several threads, the GIL released: for each path, in order, what `decode_image` gives, or the
/// exception. `progress(done, total)` is called after every file; what it raises, and Ctrl-C, stops the reading.
#[pyfunction]
pub fn read_images<'py>(
    py: Python<'py>,
    paths: Vec<PathBuf>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
    limits: &Bound<'py, PyDict>,
    allow_damaged: bool,
) -> PyResult<Bound<'py, PyList>> {
    let options = ReadOptions { threads, decode: DecodeOptions { limits: file::limits(Some(limits))?, allow_damaged } };
    let mut found: Vec<Option<Py<PyAny>>> = paths.iter().map(|_| None).collect();
    let mut stopped: Option<PyErr> = None;
    let sink = |at: Progress, picture: Outcome| {
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

fn outcome(py: Python<'_>, picture: Outcome) -> PyResult<Py<PyAny>> {
    match picture {
        Ok(picture) => Ok(decoded(py, &picture)?.into_pyobject(py)?.into_any().unbind()),
        Err(error) => Ok(exception(py, error).into_value(py).into_any()),
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
    let format = errors::py(Format::of_name(&PathBuf::from(format!("x.{format}"))))?;
    let mut picture = picture_of(pixels)?;
    (picture.icc, picture.exif, picture.orientation) = (icc, exif, orientation);
    let file = py.detach(|| vaerans_io::encode(&picture, format, &WriteOptions { quality }));
    Ok(PyBytes::new(py, &errors::py(file)?))
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
    errors::py(Picture::new(samples, width, height, channels))
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

/// An EXIF block of what the first directory of a TIFF file tells of the picture, which may be given as an EXIF block itself.
#[pyfunction]
pub fn exif_of_tiff(py: Python<'_>, file: PyBackedBytes) -> Option<Bound<'_, PyBytes>> {
    vaerans_io::exif_of_tiff(&file).map(|block| PyBytes::new(py, &block))
}

/// Adds the functions of this file to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(decode_image, m)?)?;
    m.add_function(wrap_pyfunction!(encode_image, m)?)?;
    m.add_function(wrap_pyfunction!(read_images, m)?)?;
    m.add_function(wrap_pyfunction!(is_container, m)?)?;
    m.add_function(wrap_pyfunction!(exif_of_tiff, m)?)?;
    m.add_function(wrap_pyfunction!(exif_orientation, m)?)?;
    m.add_function(wrap_pyfunction!(reset_exif_orientation, m)?)
}
