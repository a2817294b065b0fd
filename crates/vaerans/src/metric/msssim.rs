//! Multi-scale structural similarity.
//!
//! Wang, Simoncelli and Bovik, "Multiscale structural similarity for image quality assessment", 2003, in the details of
//! the package pytorch-msssim, whose numbers are the ones papers on learned compression report.

use super::{by_bands, Pictures, Sample};
use crate::arena::zeros;
use crate::error::{Error, Result};
use vaerans_kernels::{Kernels, SsimConstants, GAUSSIAN_TAPS};

/// Weights of the scales, the finest first (Wang 2003, section 3.2); they sum to 1.0001, as published.
const WEIGHTS: [f64; MAX_SCALES] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/// Scales of the published metric.
pub const MAX_SCALES: usize = 5;

/// Multi-scale structural similarity, mean over the channels: of each channel the product over the scales of the mean
/// contrast-structure term (at the coarsest: of SSIM) to the scale's weight. Windows are 11x11 Gaussians of sigma 1.5
/// inside the picture; negative means count as 0; a scale is the one before averaged over 2x2 samples.
///
/// With fewer than five scales the first weights are used, divided by their sum.
///
/// # Errors
/// `param.range` for `scales` outside 1 to 5, `data.too_small` for a side under `10 * 2^(scales - 1) + 1` (161 for five),
/// `limit.memory` where threads, or planes of 8 bytes a pixel, cannot be had.
pub fn ms_ssim<T: Sample>(kernels: Kernels, threads: usize, pictures: &Pictures<T>, scales: usize) -> Result<f64> {
    let weights = weights(scales)?;
    let side = smallest_side(scales);
    let fit = (1..scales).rev().find(|&s| pictures.height.min(pictures.width) >= smallest_side(s));
    let next = fit.map_or("use PSNR, or larger pictures".into(), |s| format!("ask for scales={s}, or larger pictures"));
    pictures.at_least(side, &format!("MS-SSIM with {scales} scales"), &next)?;
    let channel = |c| channel(kernels, threads, pictures, c, &weights);
    let values: Vec<f64> = (0..pictures.channels).map(channel).collect::<Result<_>>()?;
    Ok(values.iter().sum::<f64>() / pictures.channels as f64)
}

/// A side must stay over 10 samples at the coarsest scale.
fn smallest_side(scales: usize) -> usize {
    ((2 * (GAUSSIAN_TAPS - 1)) << (scales - 1)) + 1
}

fn weights(scales: usize) -> Result<Vec<f64>> {
    match scales {
        MAX_SCALES => Ok(WEIGHTS.to_vec()),
        1..MAX_SCALES => {
            let sum: f64 = WEIGHTS[..scales].iter().sum();
            Ok(WEIGHTS[..scales].iter().map(|w| w / sum).collect())
        }
        _ => Err(Error::new("param.range", format!("scales={scales}; from 1 to {MAX_SCALES}"))),
    }
}

/// One channel of both pictures at one scale. `f32` holds the samples exactly: an average over 2x2 samples adds two bits,
/// so 16 bits become 24 at the fifth scale.
struct Planes {
    a: Vec<f32>,
    b: Vec<f32>,
    height: usize,
    width: usize,
}

impl Planes {
    fn of<T: Sample>(pictures: &Pictures<T>, channel: usize) -> Result<Planes> {
        let (height, width) = (pictures.height, pictures.width);
        let plane = |samples: &[T]| {
            let mut to = zeros::<f32>(height * width)?;
            let from = samples.iter().skip(channel).step_by(pictures.channels);
            to.iter_mut().zip(from).for_each(|(to, &s)| *to = Into::<f64>::into(s) as f32);
            Ok::<_, Error>(to)
        };
        Ok(Planes { a: plane(pictures.a)?, b: plane(pictures.b)?, height, width })
    }

    fn halved(&self, kernels: Kernels) -> Result<Planes> {
        let (height, width) = (self.height.div_ceil(2), self.width.div_ceil(2));
        let half = |plane: &[f32]| {
            let mut to = zeros(height * width)?;
            kernels.halve(plane, self.height, self.width, &mut to, 0..height);
            Ok::<_, Error>(to)
        };
        Ok(Planes { a: half(&self.a)?, b: half(&self.b)?, height, width })
    }

    /// Mean SSIM and mean contrast-structure over the windows.
    fn means(&self, kernels: Kernels, threads: usize, constants: SsimConstants) -> Result<[f64; 2]> {
        let border = 2 * (GAUSSIAN_TAPS - 1);
        let (rows, columns) = (self.height - border, self.width - border);
        let sums = by_bands(threads, rows, |range| {
            kernels.gaussian_ssim_rows(&self.a, &self.b, self.width, constants, range)
        })?;
        let [ssim, structure] = sums.iter().fold([0.0; 2], |[s, c], [row_s, row_c]| [s + row_s, c + row_c]);
        let windows = (rows * columns) as f64;
        Ok([ssim / windows, structure / windows])
    }
}

fn channel<T: Sample>(
    kernels: Kernels,
    threads: usize,
    pictures: &Pictures<T>,
    channel: usize,
    weights: &[f64],
) -> Result<f64> {
    let constants = SsimConstants::of(pictures.peak);
    let mut planes = Planes::of(pictures, channel)?;
    let mut product = 1.0;
    for (scale, &weight) in weights.iter().enumerate() {
        if scale > 0 {
            planes = planes.halved(kernels)?;
        }
        let [ssim, structure] = planes.means(kernels, threads, constants)?;
        let mean = if scale + 1 == weights.len() { ssim } else { structure };
        product *= mean.max(0.0).powf(weight);
    }
    Ok(product)
}
