//! Peak signal-to-noise ratio.

use super::{check_peak, Pictures, Sample};
use crate::error::{Error, Result};
use vaerans_kernels::Kernels;

/// Peak signal-to-noise ratio over all samples in dB: `10 log10(peak^2 / mean squared error)`; infinite for equal
/// pictures.
///
/// ```
/// use vaerans::{kernels::Kernels, metric::{psnr, Pictures}};
/// let (a, b) = ([0u8; 12], [255u8; 12]);
/// let pictures = Pictures::new(&a, &b, [2, 2, 3])?;
/// assert_eq!(psnr(Kernels::active(), &pictures), 0.0);
/// # Ok::<(), vaerans::Error>(())
/// ```
pub fn psnr<T: Sample>(kernels: Kernels, pictures: &Pictures<T>) -> f64 {
    decibels(kernels.squared_error(pictures.a, pictures.b) as f64, pictures.a.len(), pictures.peak)
}

/// [`psnr`] of floats of a known peak.
///
/// # Errors
/// `data.empty`, `param.shape` where the lengths differ, `param.range` for the peak, `data.not_finite`.
pub fn psnr_f32(kernels: Kernels, a: &[f32], b: &[f32], peak: f64) -> Result<f64> {
    check_peak(peak)?;
    if a.len() != b.len() {
        return Err(Error::new("param.shape", format!("tensors of {} and {} samples", a.len(), b.len())));
    }
    if a.is_empty() {
        return Err(Error::new("data.empty", "tensors without samples"));
    }
    let error = kernels.squared_error_f32(a, b);
    if !error.is_finite() {
        return Err(Error::new("data.not_finite", "the samples hold NaN or infinity"));
    }
    Ok(decibels(error, a.len(), peak))
}

fn decibels(squared_error: f64, samples: usize, peak: f64) -> f64 {
    10.0 * (peak * peak * samples as f64 / squared_error).log10()
}
