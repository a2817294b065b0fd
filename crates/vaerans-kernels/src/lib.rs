//! SIMD kernels of the vaerans codec.
//!
//! Each kernel exists twice: as a C++ range function compiled once per instruction set, and as a scalar Rust function in
//! [`reference`], which is its meaning. Both give the same bits, floats included; the tests hold every instruction set of the
//! machine to that. [`Kernels`] is the one entry: safe methods over slices that check lengths and dispatch.
//!
//! ```
//! use vaerans_kernels::Kernels;
//! let kernels = Kernels::active();
//! let (a, b) = (vec![1.0f32; 5], vec![3.0f32; 5]);
//! let (mut sum, mut difference) = (vec![0.0; 5], vec![0.0; 5]);
//! kernels.hadamard_forward(&[&a, &b], &mut [&mut sum, &mut difference]);
//! assert!((sum[0] - 8f32.sqrt()).abs() < 1e-6);
//! ```

mod error;
pub mod exact;
mod isa;
mod kernels;
mod native;
pub mod nn;
pub mod reference;
mod split;
#[doc(hidden)]
pub mod testing;

// One line per family: its safe methods on `Kernels`.
pub mod adapt;
mod blur;
mod color;
mod copy;
mod hadamard;
pub mod lossless;
mod matrix;
mod metric;
pub mod photo;
pub mod predict;
mod quantize;
mod rans;
mod residual;
pub mod screen;
mod symbols;
mod wavelet;

pub use blur::{blur_weights, BlurSample, BlurShape};
pub use color::{Sample, YcocgR};
pub use copy::Element;
pub use error::{Error, Result};
pub use isa::Isa;
pub use kernels::{Kernels, Streaming};
pub use matrix::{Matrix, MatrixPlane, MatrixSample};
pub use metric::{MetricSample, SsimConstants, GAUSSIAN_TAPS, UNIFORM_SIDE};
pub use quantize::{DeadZoneSymbol, Range, Rows, UniformSymbol};
pub use rans::{rans_interval, RANS_LANES, RANS_PAD};
pub use residual::ResidualSample;
pub use wavelet::{Bands, BandsMut, Filter, Plane, Spread, WaveletLevel, WaveletPlanes, WaveletSample, WaveletScratch};
