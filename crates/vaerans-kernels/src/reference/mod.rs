//! The kernels in scalar Rust: their meaning. Short and plain; speed is the C++ kernels' task.

pub mod blur;
pub mod hadamard;
pub mod metric;
pub mod rans;
pub mod symbols;
pub mod wavelet;
