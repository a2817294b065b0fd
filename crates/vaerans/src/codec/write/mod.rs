//! Pictures to files.

mod exact;
mod lossy;
mod picture;
mod targets;

#[cfg(all(feature = "network", feature = "predict"))]
pub(in crate::codec) use exact::ALPHA;
pub use picture::{compress, Options};
