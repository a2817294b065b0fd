//! The codec: transforms, quantisers, entropy coders, and the registry that numbers them.

pub mod registry;
