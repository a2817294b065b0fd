//! A tile: parts of the bands of every level, coarsest first, in one stream of words.

mod bands;
#[cfg(feature = "decode")]
mod decode;
#[cfg(feature = "encode")]
mod encode;
#[cfg(feature = "encode")]
mod made;
#[cfg(feature = "encode")]
mod search;
#[cfg(feature = "decode")]
mod stream;
#[cfg(feature = "encode")]
mod words;

pub use bands::{around, Level, Plane};
#[cfg(feature = "decode")]
pub use decode::{Decoder, Fill, Put};
#[cfg(feature = "encode")]
pub use encode::{Coded, Packed, TileEncoder};
#[cfg(feature = "encode")]
pub use search::Search;

use super::geometry::Pyramid;
use crate::rect::Rect;

/// A tile of a picture.
#[derive(Debug, Clone, Copy)]
pub struct Tile {
    /// The picture.
    pub pyramid: Pyramid,
    /// The tile's pixels.
    pub rect: Rect,
    /// Planes.
    pub planes: usize,
}

impl Tile {
    /// Sections: the low band with the coarsest level, then a level each.
    pub fn sections(&self) -> usize {
        self.pyramid.levels.max(1)
    }

    /// Lanes whose states a file holds: as many as the highest band has rows.
    pub fn lanes(&self) -> usize {
        use super::geometry::Orientation::HL;
        let rows = match self.pyramid.levels {
            0 => 1,
            _ => self.pyramid.band(1, HL, &self.rect).height,
        };
        rows.clamp(1, vaerans_kernels::photo::LANES)
    }
}
