//! References of the network engine's kernels.

pub mod gemm;
pub mod math;
