//! The codec: transforms, quantisers, entropy coders, and the registry that numbers them.

mod comparison;
pub mod entropy;
pub mod registry;
pub mod transform;
