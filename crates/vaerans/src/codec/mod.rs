//! The codec: transforms, quantisers, entropy coders, the registry that numbers them, and the
//! pictures and files made of them.

pub mod bands;
pub mod chain;
#[cfg(feature = "extra")]
mod comparison;
pub mod entropy;
pub mod picture;
pub mod profile;
mod quantize;
pub mod registry;
mod scratch;
pub mod store;
mod symbols;
pub mod tile;
pub mod transform;

#[cfg(test)]
mod pipe_tests;
