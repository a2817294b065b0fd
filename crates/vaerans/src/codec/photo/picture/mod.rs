//! Pictures: samples to sections of tiles, and back.

#[cfg(feature = "encode")]
mod analysis;
#[cfg(feature = "encode")]
mod code;
#[cfg(feature = "decode")]
mod decode;
#[cfg(any(feature = "encode", feature = "decode"))]
mod finish;
#[cfg(feature = "encode")]
mod request;
#[cfg(feature = "decode")]
mod window;

#[cfg(feature = "encode")]
pub use analysis::Analysis;
#[cfg(feature = "encode")]
pub use code::Coded;
#[cfg(feature = "decode")]
pub use decode::{render, Source};
#[cfg(feature = "encode")]
pub use request::{Effort, Request, Tune, Tuned, MOST_THRIFT};

#[cfg(test)]
mod tests;

/// Planes of colour of a picture of so many channels.
pub fn planes_of(channels: usize) -> usize {
    if channels < 3 {
        1
    } else {
        3
    }
}

/// What samples of a depth are divided by to be those of 8 bits.
fn unit(depth: u8) -> f32 {
    if depth == 16 {
        257.0
    } else {
        1.0
    }
}
