//! Steps of blocks, and values of a band on their way into a plane.

use super::{Band, MARGIN};
use crate::native::photo as native;
use crate::reference::photo as reference;
use crate::Kernels;

/// `2^(k / 4)`, k from 0 to 3.
const QUARTERS: [f32; 4] = [1.0, 1.189_207_1, std::f32::consts::SQRT_2, 1.681_792_9];

/// `2^(k / 4)` for k from -8 to 8; what stands behind them is of no meaning.
pub const POWERS: [f32; 32] = {
    let mut powers = [0.0; 32];
    let mut i = 0;
    while i <= 16 {
        powers[i] = QUARTERS[i % 4] * [0.25, 0.5, 1.0, 2.0, 4.0][i / 4];
        i += 1;
    }
    powers
};

/// Steps of the blocks of a tile, seen from a band of one of its levels.
#[derive(Debug, Clone, Copy)]
pub struct BlockSteps<'a> {
    /// Rows of blocks: a coefficient of a block has 2^(k / 4) times `scale`, k from -8 to 8. Empty: every coefficient has `scale`.
    pub k: &'a [i8],
    /// Blocks of a row.
    pub across: usize,
    /// Of the side of a block in pixels.
    pub log2: u32,
    /// Of the distance of two coefficients in pixels.
    pub level: u32,
    /// Of a block whose step is not changed.
    pub scale: f32,
}

impl BlockSteps<'_> {
    fn check(&self) {
        let is_whole = self.k.is_empty() || (self.across > 0 && self.k.len() % self.across == 0);
        assert!(is_whole && self.log2 < 16 && self.level < 16, "photo: steps of blocks");
    }

    fn native(&self) -> native::Steps {
        self.check();
        let is_none = self.k.is_empty();
        native::Steps {
            k: if is_none { std::ptr::null() } else { self.k.as_ptr() },
            across: self.across,
            down: if is_none { 0 } else { self.k.len() / self.across },
            log2: self.log2,
            level: self.level,
            powers: POWERS.as_ptr(),
            scale: self.scale,
        }
    }
}

/// Columns and rows of a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// First column.
    pub x: usize,
    /// First row.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Kernels {
    /// Values of a part of a band, in its layout, times their factors, to rows of `stride` elements.
    ///
    /// # Panics
    /// If a length is another than [`Band`] says, or the part leaves the band or what it is put into.
    #[allow(clippy::too_many_arguments)] // as the kernel
    pub fn photo_place(
        &self,
        band: &Band,
        steps: &BlockSteps,
        part: &Part,
        values: &[f32],
        to: &mut [f32],
        stride: usize,
        scratch: &mut Vec<f32>,
    ) {
        band.check(values);
        let Part { x, y, width, height } = *part;
        if width == 0 || height == 0 {
            return;
        }
        assert!(x + width <= band.width && y + height <= band.height, "photo: {part:?} of {band:?}");
        assert!(width <= stride && to.len() >= (height - 1) * stride + width, "photo: no room for {part:?}");
        if scratch.len() < x + width {
            scratch.resize(x + width, 0.0);
        }
        let Some(f) = self.native.and_then(|t| t.photo.place) else {
            Kernels::by_reference();
            steps.check();
            return reference::place(band, steps, part, values, to, stride);
        };
        let part = native::Part { x, y, width, height };
        let (values, scratch) = (values[MARGIN..].as_ptr(), scratch.as_mut_ptr());
        // SAFETY: the part is in the band, whose values are all there, and in `to`; the scratch has the columns up to its end; steps are
        // whole rows of blocks (all asserted).
        unsafe { f(&band.native(), &steps.native(), &part, values, to.as_mut_ptr(), stride, scratch) }
    }

    /// Factors of row `y` of a band, or one divided by each.
    #[cfg(feature = "encode")]
    pub fn photo_factors(&self, steps: &BlockSteps, y: usize, is_reciprocal: bool, out: &mut [f32]) {
        let Some(f) = self.native.and_then(|t| t.photo.factors) else {
            Kernels::by_reference();
            steps.check();
            return reference::factors(steps, y, is_reciprocal, out);
        };
        // SAFETY: steps are whole rows of blocks (asserted); the kernel writes all of `out` and no more.
        unsafe { f(&steps.native(), y, out.len(), i32::from(is_reciprocal), out.as_mut_ptr()) }
    }
}
