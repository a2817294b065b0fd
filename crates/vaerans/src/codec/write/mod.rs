//! Pictures to files.

mod join;
mod picture;

pub use join::Joiner;
pub use picture::{compress, compress_part, Options, Whole};
