//! The photo coder: a colour transform of the picture's own, a CDF 9/7 (or, reversible, 5/3) pyramid over the whole picture, and for each tile the
//! coefficients of its bands, quantised by a trellis and coded with an energy of their neighbours as context. See docs/format.md.

#[cfg(feature = "encode")]
pub mod activity;
pub mod colour;
pub mod filter;
pub mod geometry;
pub mod low;
pub mod model;
pub mod params;
pub mod picture;
pub mod scale;
pub mod steps;
pub mod system;
pub mod tile;
pub mod transform;

use crate::registry::Entry;

/// The entries of this family.
pub static ENTRIES: &[&Entry] = &[&system::ENTRY];

/// Planes of a picture, at most.
pub const PLANES: usize = 3;
/// Splits of a pyramid, at most.
pub const MAX_LEVELS: usize = 6;
