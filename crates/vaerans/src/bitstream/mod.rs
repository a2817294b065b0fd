//! The `.vrn` container: docs/format.md describes it byte by byte.
//!
//! It knows registry numbers, parameters and side bytes as numbers and bytes, never what a step does.

mod file;
pub mod format;
mod header;
mod metadata;
mod step;
mod stream;
mod tile;

pub use file::{write, File, NewStream};
pub use header::{Colour, Content, Geometry, Header};
pub use metadata::Metadata;
pub use step::{Shape, StoredStep, FIRST_PRIVATE};
pub use stream::{Section, Stream};
pub use tile::{Grid, Rect};

#[cfg(test)]
mod tests;
