//! How far a picture is from another one, and how far a codec's curve is from another one's.
//!
//! docs/metrics.md holds the definitions. These numbers inform: no byte of a file is made of them, so `ln` and `pow` of the
//! system's library are allowed here. What they may do is choose between two files: the profile `vae` looks for a PSNR by them, and takes
//! the profile `photo` where that does better, so that another library could choose the other one where both are all but equal. The window
//! sums behind them are the same on every instruction set and for every number of threads.

mod bd_rate;
mod msssim;
mod pchip;
mod psnr;
mod ssim;

pub use bd_rate::{bd_rate, ms_ssim_db, RatePoint, MIN_POINTS, PSNR_WINDOW};
pub use msssim::{ms_ssim, MAX_SCALES};
pub use pchip::Pchip;
pub use psnr::{psnr, psnr_f32};
pub use ssim::ssim;

use crate::error::{Dims, Error, Result};
use crate::pool;
use std::ops::Range;
use vaerans_kernels::MetricSample;

/// A sample of a picture: `u8` or `u16`.
pub trait Sample: MetricSample + Send + Sync {
    /// Largest value of the type: the peak of PSNR and the range of SSIM unless another one is given.
    const PEAK: f64;
}

impl Sample for u8 {
    const PEAK: f64 = 255.0;
}

impl Sample for u16 {
    const PEAK: f64 = 65535.0;
}

/// Two pictures of one shape, interleaved samples (H, W, C).
#[derive(Debug, Clone, Copy)]
pub struct Pictures<'a, T> {
    a: &'a [T],
    b: &'a [T],
    height: usize,
    width: usize,
    channels: usize,
    peak: f64,
}

impl<'a, T: Sample> Pictures<'a, T> {
    /// Two pictures of shape `[height, width, channels]` whose samples run from 0 to `T::PEAK`.
    ///
    /// # Errors
    /// `data.empty` without samples, `param.shape` where the slices do not have this shape.
    pub fn new(a: &'a [T], b: &'a [T], shape: [usize; 3]) -> Result<Self> {
        let [height, width, channels] = shape;
        let samples = height.checked_mul(width).and_then(|n| n.checked_mul(channels));
        if samples == Some(0) {
            return Err(Error::new("data.empty", format!("pictures of shape {} have no samples", Dims(&shape))));
        }
        if samples != Some(a.len()) || a.len() != b.len() {
            let text = format!("pictures of {} and {} samples; shape {} expected", a.len(), b.len(), Dims(&shape));
            return Err(Error::new("param.shape", text));
        }
        Ok(Pictures { a, b, height, width, channels, peak: T::PEAK })
    }

    /// The same pictures, their samples running from 0 to `peak` (1023 for 10 bits in `u16`).
    ///
    /// # Errors
    /// `param.range` for a peak that is not positive and finite.
    pub fn with_peak(self, peak: f64) -> Result<Self> {
        check_peak(peak)?;
        Ok(Pictures { peak, ..self })
    }

    fn row(&self) -> usize {
        self.width * self.channels
    }

    /// Refuses pictures with a side under `side`.
    fn at_least(&self, side: usize, metric: &str, next: &str) -> Result<()> {
        if self.height.min(self.width) >= side {
            return Ok(());
        }
        let text = format!("{metric} needs sides of {side} pixels, the pictures are {} x {}", self.width, self.height);
        Err(Error::new("data.too_small", format!("{text}; {next}")))
    }
}

fn check_peak(peak: f64) -> Result<()> {
    if peak > 0.0 && peak.is_finite() {
        return Ok(());
    }
    Err(Error::new("param.range", format!("peak={peak}; a positive number expected")))
}

/// Rows that one thread works on at a time.
const BAND: usize = 64;

/// What `work` gives for bands of `rows` rows, one after the other in order, whoever worked on them.
fn by_bands<S: Send>(
    threads: usize,
    rows: usize,
    work: impl Fn(Range<usize>) -> Vec<S> + Sync + Send,
) -> Result<Vec<S>> {
    let bands = pool::map(threads, rows.div_ceil(BAND), |i| Ok(work(i * BAND..rows.min((i + 1) * BAND))))?;
    Ok(bands.into_iter().flatten().collect())
}
