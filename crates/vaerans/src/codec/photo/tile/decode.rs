//! A tile's words decoded, band by band.

use super::stream::{truncated, Stream};
use super::{around, Level, Tile};
use crate::arena::clear;
use crate::codec::entropy::bits::BitDecoder;
use crate::codec::photo::geometry::Orientation;
use crate::codec::photo::low::{self, Words};
use crate::codec::photo::model::{group, set, Model};
use crate::codec::photo::params::Params;
use crate::codec::photo::steps::{of_band, Steps};
use crate::error::{Error, Result};
use crate::rect::Rect;
use crate::wire::Reader;
use vaerans_kernels::photo::{Model as BandModel, Part, LANES, PAD, TRELLIS, UNIFORM};
use vaerans_kernels::Kernels;

/// Writes coefficients of a part of a tile's band to rows that are so many elements apart.
pub type Fill<'a> = dyn FnMut(&Part, &mut [f32], usize) + 'a;

/// Where the coefficients of bands go.
pub trait Put {
    /// Has the wanted part of a band of a plane (of a level; the low band: of none) filled; the tile has `rect` of it, and the part is counted from there.
    fn band(&mut self, plane: usize, band: Option<(usize, Orientation)>, rect: &Rect, fill: &mut Fill);

    /// Is told the steps of the tile's blocks.
    fn steps(&mut self, _map: &Steps) {}
}

/// What decodes tiles: buffers that are used again.
pub struct Decoder<'a> {
    kernels: Kernels,
    model: &'a Model,
    rows: Vec<i16>,
    steps: Vec<i16>,
    history: Vec<i16>,
    values: Vec<f32>,
    factors: Vec<f32>,
}

impl<'a> Decoder<'a> {
    /// With these kernels and this model.
    pub fn new(kernels: Kernels, model: &'a Model) -> Decoder<'a> {
        let buffer = Vec::new;
        let (rows, steps, history) = (buffer(), buffer(), buffer());
        Decoder { kernels, model, rows, steps, history, values: Vec::new(), factors: Vec::new() }
    }

    /// Decodes the sections of a tile that are there, the first ones.
    ///
    /// # Errors
    /// `stream.*`.
    pub fn tile(&mut self, tile: &Tile, params: &Params, sections: &[&[u8]], put: &mut dyn Put) -> Result<()> {
        let mut first = Reader::new(sections.first().copied().unwrap_or(&[]), "section");
        let map = read_map(&mut first, tile, params)?;
        if let Some(map) = &map {
            put.steps(map);
        }
        let mut stream = Stream::read(first, &sections[1.min(sections.len())..], tile)?;
        self.low(tile, params, &mut stream, put)?;
        let levels = tile.pyramid.levels;
        let mut coarser: Option<Level> = None;
        for (level, &end) in (1..=levels).rev().zip(&stream.ends.clone()) {
            let mut bands = Level::new(tile, level);
            for plane in 0..tile.planes {
                for orientation in Orientation::ALL {
                    self.band(
                        &mut bands,
                        coarser.as_ref(),
                        plane,
                        orientation,
                        params,
                        map.as_ref(),
                        &mut stream,
                        put,
                    )?;
                }
            }
            stream.check(end)?;
            coarser = Some(bands);
        }
        if levels == 0 {
            stream.check(stream.ends[0])?;
        }
        match sections.len() == tile.sections() && stream.states != [1 << 16; LANES] {
            true => Err(Error::new("stream.invalid", "rANS states that do not end where they began")),
            false => Ok(()),
        }
    }

    fn low(&mut self, tile: &Tile, params: &Params, stream: &mut Stream, put: &mut dyn Put) -> Result<()> {
        let part = tile.pyramid.low_part(&tile.rect);
        let step = params.low_step(tile.pyramid.levels);
        let words = &stream.words[2 * stream.at..stream.words.len() - PAD];
        let mut left = Words { rest: words };
        let mut q = vec![0; part.width * part.height];
        for plane in 0..tile.planes {
            low::decode(self.model, part.width, &mut q, &mut stream.states[0], &mut left)?;
            put.band(plane, None, &part, &mut |wanted, to, stride| {
                let rows = q.chunks_exact(part.width).skip(wanted.y).take(wanted.height);
                for (row, to) in rows.zip(to.chunks_mut(stride)) {
                    to.iter_mut().zip(&row[wanted.x..][..wanted.width]).for_each(|(to, &q)| *to = q as f32 * step);
                }
            });
        }
        stream.at += (words.len() - left.rest.len()) / 2;
        Ok(())
    }

    #[allow(clippy::too_many_arguments)] // what a band is, what it sees, where it goes
    fn band(
        &mut self,
        level: &mut Level,
        coarser: Option<&Level>,
        plane: usize,
        orientation: Orientation,
        params: &Params,
        map: Option<&Steps>,
        stream: &mut Stream,
        put: &mut dyn Put,
    ) -> Result<()> {
        let number = level.level;
        let target = level.band(plane, orientation);
        if target.is_empty() {
            return Ok(());
        }
        let (band, rect) = (target.band, target.rect);
        let weights = &self.model.weights[set(plane, orientation, number)];
        let steps = band.steps() * LANES;
        resize(&mut self.rows, band.energy_rows());
        resize(&mut self.steps, steps);
        resize(&mut self.history, steps + 2 * LANES);
        zeroed(&mut self.values, band.len());
        let seen = around(level, coarser, plane, orientation, weights);
        self.kernels.photo_energies(&seen, &mut self.rows, &mut self.steps);
        let model = BandModel {
            tables: &self.model.tables[group(plane, number)],
            signs: self.model.signs_of(plane, orientation),
            weights: weights.own,
            next: if params.is_uniform { UNIFORM } else { TRELLIS },
        };
        let magnitudes = &mut level.bands[plane][orientation as usize].magnitudes;
        let words = &stream.words[2 * stream.at..];
        let (states, values) = (&mut stream.states, &mut self.values[..band.len()]);
        let used =
            self.kernels.photo_decode(&band, &model, &self.steps, states, words, magnitudes, values, &mut self.history);
        stream.at += used.map_err(|_| truncated())?;
        let steps = of_band(map, number, params.half_step(plane, number, orientation));
        let (k, values, factors) = (self.kernels, &self.values[..band.len()], &mut self.factors);
        put.band(plane, Some((number, orientation)), &rect, &mut |part, to, stride| {
            k.photo_place(&band, &steps, part, values, to, stride, factors);
        });
        Ok(())
    }
}

/// Room for so many elements, whatever they are.
fn resize(buffer: &mut Vec<i16>, len: usize) {
    if buffer.len() < len {
        *buffer = vec![0; len];
    }
}

/// So many zeros, and what is behind them.
fn zeroed(buffer: &mut Vec<f32>, len: usize) {
    match buffer.get_mut(..len) {
        Some(used) => clear(used),
        None => *buffer = vec![0.0; len],
    }
}

fn read_map(r: &mut Reader, tile: &Tile, params: &Params) -> Result<Option<Steps>> {
    let Some(log2) = params.blocks else { return Ok(None) };
    let mut steps = Steps::new(tile.rect.width, tile.rect.height, log2);
    let len = usize::try_from(r.varint()?).ok().filter(|&n| n <= r.remaining()).ok_or_else(truncated)?;
    steps.decode(&mut BitDecoder::new(r.bytes(len)?))?;
    Ok(Some(steps))
}
