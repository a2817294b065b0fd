//! Separable Gaussian blur of interleaved samples.

use crate::exact::gaussian_weights;
use crate::native::{blur::BlurPlan, blur::Rows, Table};
use crate::{reference, Kernels};
use std::ops::Range;

/// Height, samples of a row (width times channels) and channels of a picture of interleaved samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlurShape {
    /// Rows.
    pub height: usize,
    /// Samples of a row.
    pub row: usize,
    /// Interleaved channels; divides `row`.
    pub channels: usize,
}

/// The half of a Gaussian window that the kernels take: centre first, then outwards; both halves sum to 1.
///
/// The radius is `truncate = 4` standard deviations, rounded, as in `scipy.ndimage.gaussian_filter`; the weights come from
/// plain arithmetic and are the same on every machine. A `sigma` under 0.125 has radius 0: nothing is blurred.
///
/// ```
/// let weights = vaerans_kernels::blur_weights(1.0);
/// assert_eq!(weights.len(), 5);
/// assert!((weights[0] - 0.398_943_5).abs() < 1e-6);
/// ```
///
/// # Panics
/// If `sigma` is not a number from 0 to 1024.
pub fn blur_weights(sigma: f64) -> Vec<f32> {
    assert!((0.0..=1024.0).contains(&sigma), "blur: sigma {sigma} is not in 0..=1024");
    let radius = (4.0 * sigma + 0.5) as usize;
    gaussian_weights(sigma, radius).into_iter().map(|w| w as f32).collect()
}

/// A sample type the blur reads and writes: `f32`, `u8` or `u16`.
pub trait BlurSample: reference::blur::Sample {
    #[doc(hidden)]
    fn rows(table: &Table) -> Rows<Self>;
}

impl BlurSample for f32 {
    fn rows(table: &Table) -> Rows<f32> {
        table.blur.rows_f32
    }
}

impl BlurSample for u8 {
    fn rows(table: &Table) -> Rows<u8> {
        table.blur.rows_u8
    }
}

impl BlurSample for u16 {
    fn rows(table: &Table) -> Rows<u16> {
        table.blur.rows_u16
    }
}

impl Kernels {
    /// Rows `range` of the blurred picture into `dst`, which holds exactly these rows. Beyond the border the picture is
    /// mirrored about its outer edges (`d c b a | a b c d | d c b a`). `weights` are [`blur_weights`]; arithmetic is `f32`,
    /// integers are rounded to nearest at the very end.
    ///
    /// # Panics
    /// If the lengths do not fit the shape, `channels` does not divide `row`, `range` leaves the picture or there is no
    /// weight.
    pub fn blur<T: BlurSample>(
        &self,
        shape: BlurShape,
        weights: &[f32],
        src: &[T],
        dst: &mut [T],
        range: Range<usize>,
    ) {
        let BlurShape { height, row, channels } = shape;
        assert_eq!(Some(src.len()), height.checked_mul(row), "blur: src is not {height} rows of {row}");
        assert!(channels > 0 && row % channels == 0, "blur: rows of {row} samples of {channels} channels");
        assert!(range.start <= range.end && range.end <= height, "blur: rows {range:?} of {height}");
        assert_eq!(dst.len(), range.len() * row, "blur: dst is not {} rows of {row}", range.len());
        assert!(!weights.is_empty(), "blur: no weights");
        if dst.is_empty() {
            return;
        }
        let Some((f, size)) = self.native.and_then(|t| Some((T::rows(t)?, t.blur.scratch?))) else {
            return reference::blur::rows(&shape, weights, src, dst, range);
        };
        let radius = weights.len() - 1;
        let plan = BlurPlan { height, row, channels, radius, weights: weights.as_ptr() };
        // SAFETY: the function reads the plan, not what it points to.
        let mut scratch = vec![0f32; unsafe { size(&plan) }];
        // SAFETY: `src` holds height * row samples, `dst` the rows of `range`, which lies in the picture; neither is empty;
        // the plan's weights are radius + 1; scratch is as long as the kernel says.
        unsafe { f(&plan, src.as_ptr(), dst.as_mut_ptr(), scratch.as_mut_ptr(), range.start, range.end) }
    }
}
