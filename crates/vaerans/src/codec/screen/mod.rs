//! Lossless coding of screens, line art and pictures with few colours: 1 to 4 channels of 8 bits.
//!
//! A picture is cut into slices of 128 rows. A slice needs those before it, and has bytes of its own, so that a file that is still arriving
//! shows the rows that are there. What a row means is said by [`vaerans_kernels::reference::screen`], and docs/screen-format.md says it all.
//!
//! Memory, in either direction: at most 5 MiB and 18 bytes for each pixel of the width; an encoder has the bytes besides, and from effort
//! 7 on the memory of three.

#[cfg(feature = "decode")]
mod decode;
#[cfg(feature = "encode")]
mod encode;
#[cfg(feature = "encode")]
mod suits;
#[cfg(all(test, feature = "encode", feature = "decode"))]
mod tests;

#[cfg(feature = "decode")]
pub use decode::{decode, Decoder};
#[cfg(feature = "encode")]
pub use encode::encode;
#[cfg(feature = "encode")]
pub use suits::{repeats, suits, Repeats};

use crate::error::{Dims, Error, Result};

/// Rows of a slice; the last may have fewer.
pub const SLICE_ROWS: usize = 128;

/// The size of a picture: rows of pixels of 1 to 4 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Bytes of a pixel.
    pub channels: usize,
}

impl Shape {
    /// How many slices the picture has.
    pub fn slices(&self) -> usize {
        self.height.div_ceil(SLICE_ROWS)
    }

    /// Rows of slice `index`.
    pub fn rows(&self, index: usize) -> usize {
        self.height.saturating_sub(index.saturating_mul(SLICE_ROWS)).min(SLICE_ROWS)
    }

    /// Bytes of a row. Error `param.shape` where the picture has no pixels, more channels than 4, or not `len` bytes.
    fn row_bytes(&self, len: usize) -> Result<usize> {
        let is_picture = self.width > 0 && self.height > 0 && (1..=4).contains(&self.channels);
        let row = self.width.checked_mul(self.channels);
        let whole = row.and_then(|row| row.checked_mul(self.height));
        match (is_picture, row) {
            (true, Some(row)) if whole == Some(len) => Ok(row),
            _ => {
                let shape = [self.height, self.width, self.channels];
                Err(Error::new("param.shape", format!("{} does not describe {len} bytes of pixels", Dims(&shape))))
            }
        }
    }
}
