//! Distances between two pictures: squared error, SSIM windows, the scales of MS-SSIM.

use crate::exact::gaussian_weights;
use crate::native::{metric::Sse, metric::Ssim, Table};
use crate::{reference, Kernels};
use std::ops::Range;

/// Side of a window of equal weights: scikit-image's default.
pub const UNIFORM_SIDE: usize = 7;
/// Weights of half an 11-tap Gaussian window, the centre included.
pub const GAUSSIAN_TAPS: usize = 6;

/// The two constants of the SSIM fraction: `(0.01 L)^2` and `(0.03 L)^2`, L being the range of the samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SsimConstants {
    /// Steadies the luminance term.
    pub c1: f64,
    /// Steadies the contrast-structure term.
    pub c2: f64,
}

impl SsimConstants {
    /// The constants for samples from 0 to `peak`.
    pub fn of(peak: f64) -> Self {
        SsimConstants { c1: (0.01 * peak) * (0.01 * peak), c2: (0.03 * peak) * (0.03 * peak) }
    }
}

/// A sample type of a picture: `u8` or `u16`.
pub trait MetricSample: Copy + Into<i64> + Into<f64> {
    #[doc(hidden)]
    fn sse(table: &Table) -> Sse<Self>;
    #[doc(hidden)]
    fn ssim(table: &Table) -> Ssim<Self>;
}

impl MetricSample for u8 {
    fn sse(table: &Table) -> Sse<u8> {
        table.metric.sse_u8
    }
    fn ssim(table: &Table) -> Ssim<u8> {
        table.metric.ssim_u8
    }
}

impl MetricSample for u16 {
    fn sse(table: &Table) -> Sse<u16> {
        table.metric.sse_u16
    }
    fn ssim(table: &Table) -> Ssim<u16> {
        table.metric.ssim_u16
    }
}

impl Kernels {
    /// Sum of squared differences of integers, exact.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn squared_error<T: MetricSample>(&self, a: &[T], b: &[T]) -> u64 {
        assert_eq!(a.len(), b.len(), "squared_error: lengths differ");
        match self.native.and_then(T::sse) {
            // SAFETY: both slices hold a.len() samples.
            Some(f) => unsafe { f(a.as_ptr(), b.as_ptr(), a.len()) },
            None => reference::metric::sse(a, b),
        }
    }

    /// Sum of squared differences of floats, taken in `f64`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn squared_error_f32(&self, a: &[f32], b: &[f32]) -> f64 {
        assert_eq!(a.len(), b.len(), "squared_error: lengths differ");
        match self.native.and_then(|t| t.metric.sse_f32) {
            // SAFETY: both slices hold a.len() samples.
            Some(f) => unsafe { f(a.as_ptr(), b.as_ptr(), a.len()) },
            None => reference::metric::sse_f32(a, b),
        }
    }

    /// Sums of SSIM over the 7x7 windows of equal weight of each window row of `range` (row `y` covers picture rows
    /// `y..y + 7`) of interleaved samples, `row` to a picture row: each sum is of `row - 6 * channels` windows.
    ///
    /// # Panics
    /// If the lengths differ or are no whole rows, a row holds less than seven pixels, or `range` leaves the picture.
    pub fn ssim_rows<T: MetricSample>(
        &self,
        a: &[T],
        b: &[T],
        row: usize,
        channels: usize,
        constants: SsimConstants,
        range: Range<usize>,
    ) -> Vec<f64> {
        assert_eq!(a.len(), b.len(), "ssim: lengths differ");
        assert!(channels > 0 && row / channels >= UNIFORM_SIDE, "ssim: rows of {row} samples of {channels} channels");
        assert!(row % channels == 0 && a.len() % row == 0, "ssim: {} samples are no rows of {row}", a.len());
        let height = a.len() / row;
        assert!(
            range.start <= range.end && range.end + UNIFORM_SIDE - 1 <= height,
            "ssim: window rows {range:?} of {height}"
        );
        // Mean = S / n, covariance = (n Sxy - Sx Sy) / (n (n - 1)); the kernels work on the numerators.
        let n = (UNIFORM_SIDE * UNIFORM_SIDE) as f64;
        let scaled = SsimConstants { c1: constants.c1 * (n * n), c2: constants.c2 * (n * (n - 1.0)) };
        let mut sums = vec![0f64; range.len()];
        let Some((f, size)) = self.native.and_then(|t| Some((T::ssim(t)?, t.metric.scratch?))) else {
            reference::metric::ssim(a, b, (row, channels), scaled, range.start, &mut sums);
            return sums;
        };
        // SAFETY: the function takes any number.
        let mut scratch = vec![0f64; unsafe { size(row) }];
        let SsimConstants { c1, c2 } = scaled;
        let (out, work) = (sums.as_mut_ptr(), scratch.as_mut_ptr());
        // SAFETY: both slices hold whole rows, seven at least from the last window row on; a row holds seven pixels at least;
        // scratch is as long as the kernel says, sums one double for each row of the range.
        unsafe {
            f(a.as_ptr(), b.as_ptr(), row, channels, c1, c2, work, range.start, range.end, out);
        }
        sums
    }

    /// Sums of SSIM and of its contrast-structure part over the 11x11 Gaussian windows (sigma 1.5) of each window row of
    /// `range` (row `y` covers rows `y..y + 11`) of one plane: each sum is of `width - 10` windows.
    ///
    /// # Panics
    /// If the lengths differ or are no whole rows, a row holds less than eleven samples, or `range` leaves the plane.
    pub fn gaussian_ssim_rows(
        &self,
        a: &[f32],
        b: &[f32],
        width: usize,
        constants: SsimConstants,
        range: Range<usize>,
    ) -> Vec<[f64; 2]> {
        let window = 2 * GAUSSIAN_TAPS - 1;
        assert_eq!(a.len(), b.len(), "gaussian_ssim: lengths differ");
        assert!(width >= window && a.len() % width == 0, "gaussian_ssim: {} samples, rows of {width}", a.len());
        let height = a.len() / width;
        assert!(
            range.start <= range.end && range.end + window - 1 <= height,
            "gaussian_ssim: window rows {range:?} of {height}"
        );
        let mut weights = [0f64; GAUSSIAN_TAPS];
        weights.copy_from_slice(&gaussian_weights(1.5, GAUSSIAN_TAPS - 1));
        let mut sums = vec![[0f64; 2]; range.len()];
        let Some((f, size)) = self.native.and_then(|t| Some((t.metric.gaussian_ssim_f32?, t.metric.scratch?))) else {
            reference::metric::gaussian_ssim(a, b, width, &weights, constants, range.start, &mut sums);
            return sums;
        };
        // SAFETY: the function takes any number.
        let mut scratch = vec![0f64; unsafe { size(width) }];
        let SsimConstants { c1, c2 } = constants;
        let (w, out, work) = (weights.as_ptr(), sums.as_mut_ptr(), scratch.as_mut_ptr());
        // SAFETY: both slices hold whole rows, eleven at least from the last window row on; a row holds eleven samples at least;
        // there are six weights, as much scratch as the kernel says and two sums for each row of the range.
        unsafe { f(a.as_ptr(), b.as_ptr(), width, w, c1, c2, work, range.start, range.end, out) }
        sums
    }

    /// Rows `range` of the plane of half the size (`div_ceil`) into `dst`: means of 2x2 samples. An odd side has one line of
    /// zeros in front of it that counts in the mean, which is what `avg_pool2d(x, 2, padding=side % 2)` gives.
    ///
    /// # Panics
    /// If the lengths do not fit or `range` leaves the result.
    pub fn halve(&self, src: &[f32], height: usize, width: usize, dst: &mut [f32], range: Range<usize>) {
        assert_eq!(Some(src.len()), height.checked_mul(width), "halve: src is not {height} rows of {width}");
        assert!(range.start <= range.end && range.end <= height.div_ceil(2), "halve: rows {range:?} of half {height}");
        assert_eq!(dst.len(), range.len() * width.div_ceil(2), "halve: dst is not {} rows", range.len());
        if dst.is_empty() {
            return;
        }
        match self.native.and_then(|t| t.metric.halve_f32) {
            // SAFETY: src is height * width samples, dst the rows of `range`; neither is empty.
            Some(f) => unsafe {
                f(src.as_ptr(), height, width, dst.as_mut_ptr(), range.start, range.end);
            },
            None => reference::metric::halve(src, (height, width), dst, range.start),
        }
    }
}
