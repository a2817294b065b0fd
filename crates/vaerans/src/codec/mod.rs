//! The codec: transforms, quantisers, entropy coders, the executor, the opener, and the profiles made of them.

pub mod advance;
pub mod bands;
pub mod coded;
pub mod color;
pub mod entropy;
pub mod exact;
pub mod filter;
pub mod lossless;
#[cfg(feature = "extra")]
pub mod metric;
pub mod network;
#[cfg(feature = "decode")]
pub mod open;
mod packed;
pub mod photo;
#[cfg(feature = "predict")]
pub mod predict;
pub mod profile;
pub mod quantize;
#[cfg(feature = "decode")]
mod rgba;
pub mod run;
mod scratch;
pub mod screen;
mod symbols;
pub mod tile;
pub mod transform;
#[cfg(feature = "encode")]
pub mod write;

pub use advance::{Bound, ForeignCall, Progress, Slot};

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod picture_tests;
#[cfg(test)]
mod pipe_tests;
#[cfg(test)]
mod run_tests;
#[cfg(test)]
pub(crate) mod test_kit;
