//! The bands of a level of a tile, and what their energies see of each other.

use super::Tile;
use crate::codec::photo::geometry::Orientation;
use crate::codec::photo::model::Weights;
use crate::rect::Rect;
use vaerans_kernels::photo::{Around, Band, Source};

/// A band's part of a tile.
#[derive(Debug, Clone)]
pub struct Plane {
    /// Its place in the band.
    pub rect: Rect,
    /// Its sizes; 1 x 1 where it has no coefficient.
    pub band: Band,
    /// Magnitudes, in the layout of `band`.
    pub magnitudes: Vec<i16>,
}

impl Plane {
    /// Nothing but zeros.
    pub fn new(rect: Rect) -> Plane {
        let band = Band { width: rect.width.max(1), height: rect.height.max(1) };
        Plane { rect, band, magnitudes: vec![0; band.len()] }
    }

    /// Whether it has no coefficient.
    pub fn is_empty(&self) -> bool {
        self.rect.width == 0 || self.rect.height == 0
    }

    fn source(&self) -> Source<'_> {
        Source { magnitudes: &self.magnitudes, band: self.band }
    }
}

/// The bands of a level: of each plane HL, LH, HH.
#[derive(Debug, Clone)]
pub struct Level {
    /// Number of the level.
    pub level: usize,
    /// Planes of the picture, and bands of each.
    pub bands: Vec<[Plane; 3]>,
}

impl Level {
    /// Of a tile, nothing but zeros.
    pub fn new(tile: &Tile, level: usize) -> Level {
        let plane = |o| Plane::new(tile.pyramid.band(level, o, &tile.rect));
        Level { level, bands: (0..tile.planes).map(|_| Orientation::ALL.map(plane)).collect() }
    }

    /// A band.
    pub fn band(&self, plane: usize, orientation: Orientation) -> &Plane {
        &self.bands[plane][orientation as usize]
    }
}

/// What a band sees: the next coarser level, and of its own level what comes before it.
pub fn around<'a>(
    level: &'a Level,
    coarser: Option<&'a Level>,
    plane: usize,
    orientation: Orientation,
    weights: &Weights,
) -> Around<'a> {
    let [one, two] = match orientation {
        Orientation::HL => [Orientation::LH, Orientation::HH],
        Orientation::LH => [Orientation::HL, Orientation::HH],
        Orientation::HH => [Orientation::HL, Orientation::LH],
    };
    let own = |o: Orientation| level.band(plane, o).source();
    let of = |p: usize| level.band(p, orientation).source();
    Around {
        band: level.band(plane, orientation).band,
        parents: coarser.map(|c| [orientation, one, two].map(|o| c.band(plane, o).source())),
        beside: [
            (orientation != Orientation::HL).then(|| own(Orientation::HL)),
            (orientation == Orientation::HH).then(|| own(Orientation::LH)),
            (plane > 0).then(|| of(0)),
            (plane > 1).then(|| of(1)),
        ],
        bias: weights.bias,
        weights: weights.other,
    }
}
