//! The `.vrn` container: docs/format.md describes it byte by byte.
//!
//! It knows registry numbers, parameters and side bytes as numbers and bytes, never what a step does.

mod budget;
mod file;
pub mod format;
mod header;
mod index;
mod item;
mod metadata;
mod step;
mod stream;
mod tile;
mod write;

pub use header::{Colour, Content, Geometry, Header};
pub use index::{FileReader, IndexEntry};
pub use item::Item;
pub use metadata::Metadata;
pub use step::{Shape, Side, StoredStep};
pub use stream::{Section, Stream};
pub use tile::Grid;
pub use write::{to_vec, FileWriter, NewItem, NewStream, TileBytes};

#[cfg(test)]
mod many_tests;
#[cfg(test)]
mod tests;
