//! The kernels in scalar Rust: their meaning. Short and plain; speed is the C++ kernels' task.

pub mod adapt;
pub mod blur;
pub mod color;
pub mod hadamard;
pub mod lossless;
pub mod metric;
pub mod nn;
pub mod photo;
pub mod predict;
pub mod quantize;
pub mod rans;
pub mod residual;
pub mod screen;
pub mod symbols;
pub mod wavelet;
