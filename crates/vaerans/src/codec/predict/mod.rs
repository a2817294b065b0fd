//! Predictive coding of planes of integers (C, h, w) by a [`Predictor`](crate::learned::Predictor): a stream for each of its layers.
//!
//! Channel follows channel, row follows row. What an integer's mean and scale follow from lies in rows above or in earlier channels, so
//! that all columns of a row are worked on at once, and are dealt onto 1 to 32 rANS states. What a row means is said by
//! [`vaerans_kernels::reference::predict`].

#[cfg(feature = "encode")]
mod context;
#[cfg(feature = "decode")]
mod decode;
#[cfg(feature = "encode")]
mod encode;
mod planes;
#[cfg(test)]
mod tests;

#[cfg(feature = "encode")]
pub use context::contexts;
#[cfg(feature = "decode")]
pub use decode::decode;
#[cfg(feature = "encode")]
pub use encode::encode;
pub use planes::bytes;

/// The state with which encoding starts, and with which decoding has to end.
const START: u32 = vaerans_kernels::reference::rans::LOW;
