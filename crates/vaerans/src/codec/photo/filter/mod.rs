//! The adaptive filter behind the pyramid: what a picture's parameters are, and planes filtered by them.

mod apply;
mod bank;
#[cfg(feature = "encode")]
mod choose;
#[cfg(feature = "encode")]
mod normal;
mod params;
#[cfg(feature = "encode")]
mod solve;
mod steps;

pub use apply::{filtered, synthesis, Eighths};
pub use bank::{Bank, KNOTS};
#[cfg(feature = "encode")]
pub use choose::Search;
#[cfg(feature = "encode")]
pub use normal::Normal;
pub use params::{Correction, Filter};
pub use steps::BlockSteps;

use vaerans_kernels::adapt::{CHROMA, LUMA};

/// Pairs of the filter of a plane.
pub fn pairs_of(plane: usize) -> usize {
    if plane == 0 {
        LUMA
    } else {
        CHROMA
    }
}

/// Largest magnitude of a weight, in 1/128.
pub const MOST_WEIGHT: i32 = 512;
