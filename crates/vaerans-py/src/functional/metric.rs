//! Quality metrics and BD-rate.

use super::{axes, setting, unsupported};
use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use vaerans::arena::DType;
use vaerans::kernels::Kernels;
use vaerans::metric::{self, Pictures, Sample};
use vaerans::Result;

/// What to measure.
enum Measure {
    Psnr,
    Ssim,
    MsSsim(usize),
}

impl Measure {
    fn of<T: Sample>(&self, k: Kernels, threads: usize, pictures: &Pictures<T>) -> Result<f64> {
        match self {
            Measure::Psnr => Ok(metric::psnr(k, pictures)),
            Measure::Ssim => metric::ssim(k, threads, pictures),
            Measure::MsSsim(scales) => metric::ms_ssim(k, threads, pictures, *scales),
        }
    }
}

fn typed<T: Sample + vaerans::arena::Element>(
    py: Python<'_>,
    measure: &Measure,
    (a, b): (&Array, &Array),
    peak: Option<f64>,
    (k, threads): (Kernels, usize),
) -> PyResult<f64> {
    let shape = axes::<3>(a.shape(), "a picture")?;
    let work = || {
        let pictures = Pictures::new(a.slice::<T>()?, b.slice::<T>()?, shape)?;
        let pictures = peak.map_or(Ok(pictures), |p| pictures.with_peak(p))?;
        measure.of(k, threads, &pictures)
    };
    errors::py(py.detach(work))
}

fn compare(
    py: Python<'_>,
    measure: Measure,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    peak: Option<f64>,
    threads: Option<usize>,
) -> PyResult<f64> {
    let (a, b) = (Array::of(a)?, Array::of(b)?);
    if a.shape() != b.shape() || a.dtype() != b.dtype() {
        let text = format!("{:?} {} against {:?} {}", a.shape(), a.dtype(), b.shape(), b.dtype());
        return Err(errors::exception(&vaerans::Error::new("param.shape", text)));
    }
    let setting = setting(threads)?;
    match (a.dtype(), &measure) {
        (DType::U8, _) => typed::<u8>(py, &measure, (&a, &b), peak, setting),
        (DType::U16, _) => typed::<u16>(py, &measure, (&a, &b), peak, setting),
        (DType::F32, Measure::Psnr) => {
            let work = || metric::psnr_f32(setting.0, a.slice()?, b.slice()?, peak.unwrap_or(1.0));
            errors::py(py.detach(work))
        }
        (other, _) => Err(unsupported(other, "uint8 or uint16")),
    }
}

/// PSNR in dB over all samples.
#[pyfunction]
#[pyo3(signature = (a, b, peak=None))]
fn psnr(py: Python<'_>, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>, peak: Option<f64>) -> PyResult<f64> {
    compare(py, Measure::Psnr, a, b, peak, Some(1))
}

/// Mean SSIM, 7 x 7 uniform window.
#[pyfunction]
#[pyo3(signature = (a, b, peak=None, threads=None))]
fn ssim(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    peak: Option<f64>,
    threads: Option<usize>,
) -> PyResult<f64> {
    compare(py, Measure::Ssim, a, b, peak, threads)
}

/// MS-SSIM of `scales` scales.
#[pyfunction]
#[pyo3(signature = (a, b, scales=5, peak=None, threads=None))]
fn ms_ssim(
    py: Python<'_>,
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    scales: usize,
    peak: Option<f64>,
    threads: Option<usize>,
) -> PyResult<f64> {
    compare(py, Measure::MsSsim(scales), a, b, peak, threads)
}

/// BD-rate in percent of curves given as (rate, quality) pairs.
#[pyfunction]
#[pyo3(signature = (anchor, test, window=None))]
fn bd_rate(anchor: Vec<(f64, f64)>, test: Vec<(f64, f64)>, window: Option<(f64, f64)>) -> PyResult<f64> {
    let points =
        |c: Vec<(f64, f64)>| c.into_iter().map(|(rate, quality)| metric::RatePoint { rate, quality }).collect();
    let (anchor, test): (Vec<_>, Vec<_>) = (points(anchor), points(test));
    errors::py(metric::bd_rate(&anchor, &test, window))
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(psnr, m)?)?;
    m.add_function(wrap_pyfunction!(ssim, m)?)?;
    m.add_function(wrap_pyfunction!(ms_ssim, m)?)?;
    m.add_function(wrap_pyfunction!(bd_rate, m)?)
}
