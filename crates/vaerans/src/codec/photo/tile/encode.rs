//! A tile's coefficients on their way into words: searched band by band, coarsest first, then encoded from the last to the first.

use super::{around, Level, Tile};
use crate::codec::entropy::bits::BitEncoder;
use crate::codec::entropy::log2::log2;
use crate::codec::photo::geometry::Orientation;
use crate::codec::photo::low::{self, Symbol};
use crate::codec::photo::model::{group, set, Model, GROUPS};
use crate::codec::photo::params::Params;
use crate::codec::photo::steps::{of_band, Steps};
use crate::codec::photo::tile::Plane;
use crate::codec::photo::transform::Planes;
use crate::error::Result;
use crate::wire::Writer;
use vaerans_kernels::photo::{
    self, Band, Model as BandModel, Part, Scratch, LANES, ROW, ROWS, TOKENS, TRELLIS, UNIFORM, WORDS,
};
use vaerans_kernels::reference::photo::{raw_bits, ESCAPE};
use vaerans_kernels::Kernels;

/// How indices are found.
#[derive(Debug, Clone)]
pub enum Search {
    /// By a dead zone: magnitude k from k - 1 + this on, in full steps.
    Zone(f32),
    /// By a trellis: what tokens cost, by group; below this many half steps a coefficient is 0.
    Trellis(Vec<Vec<f32>>, f32),
}

impl Search {
    /// A trellis search that pays `lambda` squares of half a step for a bit.
    pub fn trellis(model: &Model, lambda: f32, least: f32) -> Search {
        Search::Trellis((0..GROUPS).map(|g| costs(model, g, lambda)).collect(), least)
    }
}

/// Bits of a frequency.
fn bits(frequency: u16) -> f32 {
    (15 * 65536 - log2(u32::from(frequency)) as i32) as f32 / 65536.0
}

/// What each token of a group costs with its raw bits and its sign.
fn costs(model: &Model, group: usize, lambda: f32) -> Vec<f32> {
    let mut out = vec![0.0; ROWS * ROW];
    for row in 0..ROWS {
        let counts = model.tables[group].counts(row);
        if counts[0] == 0 {
            continue;
        }
        let escape = bits(counts[ESCAPE]) + 25.0;
        for (token, &n) in counts.iter().enumerate() {
            let raw = raw_bits(token) as f32 + f32::from(u8::from(token > 0));
            out[row * ROW + token] = lambda * if n == 0 || token == ESCAPE { escape } else { bits(n) + raw };
        }
        debug_assert_eq!(counts.len(), TOKENS);
    }
    out
}

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
    kernels: Kernels,
    model: &'a Model,
    params: &'a Params,
    /// The tile.
    pub tile: Tile,
    map: Option<Steps>,
    /// Integers of the low band of each plane.
    pub low: Vec<Vec<i32>>,
    /// Levels, coarsest first, and what each of their bands became.
    pub levels: Vec<(Level, Vec<Vec<Coded>>)>,
}

/// Packed planes of coefficients.
#[derive(Debug, Clone, Copy)]
pub struct Packed<'a> {
    /// One plane behind the other.
    pub planes: &'a [f32],
    /// Elements of a row.
    pub stride: usize,
    /// Elements of a plane.
    pub plane: usize,
}

impl<'a> Packed<'a> {
    fn row(&self, plane: usize, x: usize, y: usize, width: usize) -> &'a [f32] {
        &self.planes[plane * self.plane + y * self.stride + x..][..width]
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

    fn model_of(&self, plane: usize, o: Orientation, level: usize) -> BandModel<'a> {
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

    /// The coefficients that a decoder will have, in place of those that were coded.
    pub fn put(&self, made: &mut Planes) {
        let (stride, plane_len) = (made.pyramid.width, made.plane());
        let planes = &mut made.values;
        let pyramid = self.tile.pyramid;
        let part = pyramid.low_part(&self.tile.rect);
        let step = self.params.low_step(pyramid.levels);
        for (plane, q) in self.low.iter().enumerate() {
            for (y, row) in q.chunks_exact(part.width).enumerate() {
                let at = plane * plane_len + (part.y + y) * stride + part.x;
                planes[at..at + part.width].iter_mut().zip(row).for_each(|(to, &q)| *to = q as f32 * step);
            }
        }
        let mut factors = Vec::new();
        for (level, coded) in &self.levels {
            for (plane, of_plane) in coded.iter().enumerate() {
                for (o, coded) in Orientation::ALL.into_iter().zip(of_plane) {
                    let Plane { rect, band, .. } = *level.band(plane, o);
                    let (cx, cy) = pyramid.corner(level.level, o);
                    let half = self.params.half_step(plane, level.level, o);
                    let steps = of_band(self.map.as_ref(), level.level, half);
                    let whole = Part { x: 0, y: 0, width: rect.width, height: rect.height };
                    let at = plane * plane_len + (cy + rect.y) * stride + cx + rect.x;
                    let to = planes.get_mut(at..).unwrap_or_default();
                    self.kernels.photo_place(&band, &steps, &whole, &coded.values, to, stride, &mut factors);
                }
            }
        }
    }

    /// The tile's sections.
    ///
    /// # Errors
    /// `internal.bug`.
    pub fn sections(&self) -> Result<Vec<Vec<u8>>> {
        let mut states = [1u32 << 16; LANES];
        let mut words: Vec<Vec<u16>> = Vec::new();
        let mut buffer = Vec::new();
        // From the last to the first; each list holds words as they are read.
        for (level, coded) in self.levels.iter().rev() {
            let mut of_level: Vec<Vec<u16>> = Vec::new();
            for (plane, of_plane) in coded.iter().enumerate().rev() {
                for (o, coded) in Orientation::ALL.into_iter().zip(of_plane).rev() {
                    if level.band(plane, o).is_empty() {
                        continue;
                    }
                    let band: Band = level.band(plane, o).band;
                    let room = WORDS * band.width * band.height;
                    if buffer.len() < room {
                        buffer.resize(room, 0);
                    }
                    let model = self.model_of(plane, o, level.level);
                    let Coded { indices, rows, values } = coded;
                    let (k, to) = (self.kernels, &mut buffer[..room]);
                    let n = k.photo_encode(&band, &model, rows, indices, values, &mut states, to);
                    of_level.push(buffer[room - n..room].to_vec());
                }
            }
            of_level.reverse();
            words.push(of_level.concat());
        }
        let mut of_low = Vec::new();
        let width = self.tile.pyramid.low_part(&self.tile.rect).width;
        for q in self.low.iter().rev() {
            let symbols: Vec<Symbol> = low::symbols(q, width);
            states[0] = low::encode(self.model, &symbols, states[0], &mut |w| of_low.push(w));
        }
        of_low.reverse();
        words.reverse();
        let mut first = Writer::new();
        if let Some(map) = &self.map {
            let mut coder = BitEncoder::default();
            map.encode(&mut coder)?;
            let bytes = coder.finish();
            first.varint(bytes.len() as u64);
            first.bytes(&bytes);
        }
        states[..self.tile.lanes()].iter().for_each(|&x| first.u32(x));
        of_low.iter().for_each(|&w| first.u16(w));
        let mut sections = vec![first.finish()?];
        for (i, words) in words.iter().enumerate() {
            let bytes = words.iter().flat_map(|w| w.to_le_bytes());
            match i {
                0 => sections[0].extend(bytes),
                _ => sections.push(bytes.collect()),
            }
        }
        Ok(sections)
    }
}
