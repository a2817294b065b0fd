//! Learned models of the codec, as data: what predicts integers ([`Predictor`]), and what makes integers of pictures.

#[cfg(feature = "network")]
mod layered;
mod predictor;
#[doc(hidden)]
pub mod testing;

#[cfg(feature = "network")]
pub use layered::{Head, Layer, LayerFiles, Layered, LayeredFiles, NetworkFiles};
pub use predictor::{Parts, Predictor, Tap, TapRow, Weights};

/// Bytes of a SHA-256 by which files name a model. Whoever loads a model checks all of it.
pub const NAME: usize = 8;

/// The first bytes of a SHA-256.
pub fn name_of(sha256: &[u8; 32]) -> [u8; NAME] {
    std::array::from_fn(|i| sha256[i])
}
