//! Pictures to files.

mod alpha;
mod lossy;
mod picture;
mod targets;

pub use picture::{compress, Options};
