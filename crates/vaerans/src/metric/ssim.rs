//! Structural similarity, as scikit-image defines it.

use super::{by_bands, Pictures, Sample};
use crate::error::Result;
use vaerans_kernels::{Kernels, SsimConstants, UNIFORM_SIDE};

/// Mean structural similarity over 7x7 windows of equal weight with sample covariance, over all windows inside the
/// picture and all channels: `skimage.metrics.structural_similarity(a, b, channel_axis=-1, data_range=peak)`.
///
/// Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004.
///
/// # Errors
/// `data.too_small` for a side under 7, `limit.memory` where threads cannot be had.
pub fn ssim<T: Sample>(kernels: Kernels, threads: usize, pictures: &Pictures<T>) -> Result<f64> {
    pictures.at_least(UNIFORM_SIDE, "SSIM", "use PSNR, or larger pictures")?;
    let constants = SsimConstants::of(pictures.peak);
    let (row, channels) = (pictures.row(), pictures.channels);
    let rows = pictures.height - (UNIFORM_SIDE - 1);
    let sums =
        by_bands(threads, rows, |range| kernels.ssim_rows(pictures.a, pictures.b, row, channels, constants, range))?;
    let windows = rows * (row - (UNIFORM_SIDE - 1) * channels);
    Ok(sums.iter().sum::<f64>() / windows as f64)
}
