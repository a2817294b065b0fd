//! The lossless predictive coder of photos: rows of samples to slices of bytes and back.
//!
//! A tile of 1 to 4 channels becomes planes: green (or grey), the differences of red and blue from it, alpha. Each plane has a stream of
//! its own in every slice of [`SLICE_ROWS`] rows. How a sample is predicted and coded is said by [`vaerans_kernels::reference::lossless`], the
//! bytes by docs/lossless-format.md.
//!
//! With a bound on the error above 0, distances from the predictions are quantised; the differences are taken from the green that a
//! decoder has, so that the bound holds for every sample that is stored.

mod bits;
#[cfg(feature = "decode")]
mod decode;
#[cfg(feature = "encode")]
mod encode;
#[cfg(feature = "encode")]
mod fit;
mod header;
mod model;
mod planes;
#[cfg(feature = "encode")]
mod solve;
#[cfg(feature = "encode")]
mod stream;
#[cfg(test)]
mod tests;
#[cfg(all(feature = "train", feature = "encode"))]
pub mod train;

#[cfg(feature = "decode")]
pub use decode::decode;
#[cfg(feature = "encode")]
pub use encode::{encode, Settings};

/// Rows of a slice.
pub const SLICE_ROWS: usize = 128;
/// The largest bound on the error.
pub const MOST_ERROR: u32 = 4095;

/// Extents of a tile, each at least 1. Channels: grey, grey and alpha, RGB, RGB and alpha.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Channels, 1 to 4.
    pub channels: usize,
}

impl Shape {
    /// Slices of the tile.
    pub fn slices(&self) -> usize {
        self.height.div_ceil(SLICE_ROWS)
    }

    /// Rows that the first `slices` slices hold.
    pub fn rows(&self, slices: usize) -> usize {
        self.height.min(slices.saturating_mul(SLICE_ROWS))
    }

    fn is_coloured(&self) -> bool {
        self.channels >= 3
    }

    /// What `plane` is like: 0 samples, 1 and 2 differences of red and of blue from green.
    fn kind(&self, plane: usize) -> usize {
        if self.is_coloured() && plane < 3 {
            plane
        } else {
            0
        }
    }

    /// The channel of a plane: green stands in the middle of three.
    fn channel(&self, plane: usize) -> usize {
        match (self.is_coloured(), plane) {
            (true, 0) => 1,
            (true, 1) => 0,
            _ => plane,
        }
    }
}

/// A type of samples.
pub trait Sample: Copy + Default + Into<i32> {
    /// The largest.
    const MOST: i32;
    /// What a number is as a sample.
    fn of(value: i32) -> Self;
}

impl Sample for u8 {
    const MOST: i32 = 255;
    fn of(value: i32) -> u8 {
        value as u8
    }
}

impl Sample for u16 {
    const MOST: i32 = 65535;
    fn of(value: i32) -> u16 {
        value as u16
    }
}
