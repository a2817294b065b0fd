//! What an encoder sees of samples before it codes them.

use crate::native::photo::{Covariance, Luma, PhotoTable};
use crate::reference::photo as reference;
use crate::{Kernels, Sample};

/// Side of a cell.
pub const CELL: usize = 8;

/// A sample of which 8 bits are looked at.
pub trait Look: Sample {
    #[doc(hidden)]
    fn table(table: &PhotoTable) -> (Luma<Self>, Covariance<Self>);
    #[doc(hidden)]
    fn eight(self) -> i32;
}

impl Look for u8 {
    fn table(table: &PhotoTable) -> (Luma<u8>, Covariance<u8>) {
        (table.luma_u8, table.covariance_u8)
    }
    fn eight(self) -> i32 {
        i32::from(self)
    }
}

impl Look for u16 {
    fn table(table: &PhotoTable) -> (Luma<u16>, Covariance<u16>) {
        (table.luma_u16, table.covariance_u16)
    }
    fn eight(self) -> i32 {
        i32::from(self >> 8)
    }
}

impl Kernels {
    /// Four times the luma of pixels of `channels` samples, as 8 bits: 4 grey, or R + 2 G + B.
    ///
    /// # Panics
    /// If there are not as many pixels as `out` has room for, of 1 to 4 channels.
    pub fn photo_luma<S: Look>(&self, src: &[S], channels: usize, out: &mut [u16]) {
        assert!((1..=4).contains(&channels) && src.len() == out.len() * channels, "photo: pixels");
        let Some(f) = self.native.and_then(|t| S::table(t.photo).0) else {
            Kernels::by_reference();
            return reference::luma(src, channels, out);
        };
        // SAFETY: the kernel reads `channels` samples for each element that it writes (asserted).
        unsafe { f(src.as_ptr(), out.len(), channels, out.as_mut_ptr()) }
    }

    /// Of RGB as 8 bits, the sums of the products RR, RG, RB, GG, GB and BB of what twice a sample differs by from the one to its left and the
    /// one above.
    ///
    /// # Panics
    /// If these are no whole rows of `width` pixels of 3 or 4 channels.
    pub fn photo_covariance<S: Look>(&self, src: &[S], width: usize, channels: usize) -> [i64; 6] {
        let stride = width * channels;
        assert!((3..=4).contains(&channels) && width > 0 && src.len() % stride == 0, "photo: rows of pixels");
        let Some(f) = self.native.and_then(|t| S::table(t.photo).1) else {
            Kernels::by_reference();
            return reference::covariance(src, width, channels);
        };
        let mut sums = [0; 6];
        // SAFETY: the kernel reads the rows that are there, 3 samples of each pixel, and adds to six numbers.
        unsafe { f(src.as_ptr(), width, src.len() / stride, channels, sums.as_mut_ptr()) };
        sums
    }

    /// Sum and sum of squares of each [`CELL`] columns of `height` rows, at most as many.
    ///
    /// # Panics
    /// If rows or room for the sums are not there.
    pub fn photo_cells(
        &self,
        luma: &[u16],
        stride: usize,
        width: usize,
        height: usize,
        sums: &mut [u32],
        squares: &mut [u32],
    ) {
        let n = width.div_ceil(CELL);
        let is_there = height > 0 && width <= stride && luma.len() >= (height - 1) * stride + width;
        assert!(is_there && height <= CELL && sums.len() == n && squares.len() == n, "photo: cells");
        let Some(f) = self.native.and_then(|t| t.photo.cells) else {
            Kernels::by_reference();
            return reference::cells(luma, stride, width, height, sums, squares);
        };
        // SAFETY: rows and room for a sum each 8 columns are there (asserted).
        unsafe { f(luma.as_ptr(), stride, width, height, sums.as_mut_ptr(), squares.as_mut_ptr()) }
    }
}
