//! A tile's coefficients to indices, searched band by band, coarsest first.

use super::{around, Level, Search, Tile};
use crate::codec::photo::geometry::Orientation;
use crate::codec::photo::low;
use crate::codec::photo::model::{group, set, Model};
use crate::codec::photo::params::Params;
use crate::codec::photo::steps::{of_band, Steps};
use crate::codec::photo::tile::Plane;
use vaerans_kernels::photo::{self, Model as BandModel, Scratch, TRELLIS, UNIFORM};
use vaerans_kernels::Kernels;

/// What a band became.
#[derive(Debug, Clone)]
pub struct Coded {
    /// Indices, signed.
    pub indices: Vec<i32>,
    /// Rows of the tables.
    pub rows: Vec<u8>,
    /// Values in half steps.
    pub values: Vec<f32>,
}

/// A tile whose indices are known.
pub struct TileEncoder<'a> {
    pub(super) kernels: Kernels,
    pub(super) model: &'a Model,
    pub(super) params: &'a Params,
    /// The tile.
    pub tile: Tile,
    pub(super) map: Option<Steps>,
    /// Integers of the low band of each plane.
    pub low: Vec<Vec<i32>>,
    /// Levels, coarsest first, and what each of their bands became.
    pub levels: Vec<(Level, Vec<Vec<Coded>>)>,
}

/// Packed planes of coefficients.
#[derive(Debug, Clone, Copy)]
pub struct Packed<'a> {
    /// Each of them.
    pub planes: &'a [Vec<f32>],
    /// Elements of a row.
    pub stride: usize,
}

impl<'a> Packed<'a> {
    fn row(&self, plane: usize, x: usize, y: usize, width: usize) -> &'a [f32] {
        &self.planes[plane][y * self.stride + x..][..width]
    }
}

impl<'a> TileEncoder<'a> {
    /// Finds the indices of a tile.
    pub fn new(
        kernels: Kernels,
        model: &'a Model,
        params: &'a Params,
        tile: Tile,
        map: Option<Steps>,
        from: Packed,
        search: &Search,
    ) -> TileEncoder<'a> {
        let mut new = TileEncoder { kernels, model, params, tile, map, low: Vec::new(), levels: Vec::new() };
        new.low = (0..tile.planes).map(|p| new.low_of(p, from)).collect();
        let mut scratch = Scratch::default();
        for level in (1..=tile.pyramid.levels).rev() {
            let (mut bands, mut coded) = (Level::new(&tile, level), Vec::new());
            for plane in 0..tile.planes {
                let mut of_plane = Vec::new();
                for o in Orientation::ALL {
                    of_plane.push(new.band(&mut bands, plane, o, from, search, &mut scratch));
                }
                coded.push(of_plane);
            }
            new.levels.push((bands, coded));
        }
        new
    }

    fn low_of(&self, plane: usize, from: Packed) -> Vec<i32> {
        let part = self.tile.pyramid.low_part(&self.tile.rect);
        let step = self.params.low_step(self.tile.pyramid.levels);
        let round = |c: &f32| (c / step).round_ties_even().clamp(-(low::MOST as f32), low::MOST as f32) as i32;
        (part.y..part.y + part.height).flat_map(|y| from.row(plane, part.x, y, part.width).iter().map(round)).collect()
    }

    pub(super) fn model_of(&self, plane: usize, o: Orientation, level: usize) -> BandModel<'a> {
        BandModel {
            tables: &self.model.tables[group(plane, level)],
            signs: self.model.signs_of(plane, o),
            weights: self.model.weights[set(plane, o, level)].own,
            next: if self.params.is_uniform { UNIFORM } else { TRELLIS },
        }
    }

    #[allow(clippy::too_many_arguments)] // what a band is, what it is made of
    fn band(
        &self,
        bands: &mut Level,
        plane: usize,
        o: Orientation,
        from: Packed,
        search: &Search,
        scratch: &mut Scratch,
    ) -> Coded {
        let level = bands.level;
        let Plane { rect, band, .. } = *bands.band(plane, o);
        let len = band.len();
        let mut coded = Coded { indices: vec![0; len], rows: vec![0; len], values: vec![0.0; len] };
        if bands.band(plane, o).is_empty() {
            return coded;
        }
        let weights = &self.model.weights[set(plane, o, level)];
        let mut energies = vec![0; band.energy_rows()];
        let coarser = self.levels.last().map(|l| &l.0);
        self.kernels.photo_energies(&around(bands, coarser, plane, o, weights), &mut energies, &mut []);
        let model = self.model_of(plane, o, level);
        let magnitudes = &mut bands.bands[plane][o as usize].magnitudes;
        let (cx, cy) = self.tile.pyramid.corner(level, o);
        let steps = of_band(self.map.as_ref(), level, self.params.half_step(plane, level, o));
        let mut scale = vec![0.0; rect.width];
        for y in 0..rect.height {
            self.kernels.photo_factors(&steps, y, true, &mut scale);
            let row = from.row(plane, cx + rect.x, cy + rect.y + y, rect.width);
            let (k, indices) = (self.kernels, &mut coded.indices);
            match search {
                Search::Zone(zone) => k.photo_round(&band, *zone, y, row, &scale, magnitudes, indices),
                Search::Trellis(costs, least) => {
                    let search = photo::Search { costs: &costs[group(plane, level)], least: *least };
                    let energies = &energies[band.energy_at(y)..];
                    k.photo_search(&band, &model, &search, y, energies, row, &scale, magnitudes, indices, scratch);
                }
            }
        }
        let Coded { indices, rows, values } = &mut coded;
        self.kernels.photo_describe(&band, &model, &energies, magnitudes, indices, rows, values);
        coded
    }
}
