//! The adaptive filter of photos: behind the inverse wavelet and before colour, every block of 4 x 4 samples is filtered by weights of its
//! class. Weights stand in a bank that every decoder has; a file may correct them. docs/adapt-format.md says all of it in one page.

pub mod bank;
#[cfg(feature = "encode")]
pub mod fit;
pub mod params;
pub mod ready;
mod steps;

#[cfg(test)]
mod tests;

pub use params::{Correction, Filter};
pub use ready::Ready;
pub use steps::{bound, step};

use vaerans_kernels::adapt::{CHROMA, LUMA};

/// Planes of a picture, at most.
pub const PLANES: usize = 3;
/// Weights of a class, at most.
pub const MOST_WEIGHTS: usize = 2 * LUMA;
/// Largest magnitude of a weight, in 1/128.
pub const MOST_WEIGHT: i32 = 512;

/// Pairs of neighbours that the filter of a plane sees.
pub fn pairs(plane: usize) -> usize {
    if plane == 0 {
        LUMA
    } else {
        CHROMA
    }
}
