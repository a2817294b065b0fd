//! References of the network engine's kernels.

pub mod depthwise;
pub mod elementwise;
pub mod epilogue;
pub mod gemm;
pub mod math;
pub mod norm;
pub mod pool;
pub mod recurrent;
pub mod trigonometry;
pub mod turn;
pub mod winograd;
