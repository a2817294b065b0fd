//! Transforms as plain functions over slices; the systems that wrap them stand in the registry.

pub mod lifting;
pub mod pyramid;
pub(crate) mod wavelet;
