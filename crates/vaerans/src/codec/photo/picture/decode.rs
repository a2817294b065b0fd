//! Sections of tiles to samples.

use super::finish::Finish;
use super::planes_of;
use super::window::Window;
use crate::bitstream::Geometry;
use crate::codec::photo::filter::BlockSteps;
use crate::codec::photo::geometry::{Orientation, Pyramid};
use crate::codec::photo::model::Model;
use crate::codec::photo::params::Params;
use crate::codec::photo::steps::Steps;
use crate::codec::photo::tile::{Decoder, Fill, Put, Tile};
use crate::codec::photo::transform::{Kind, Planes};
use crate::codec::tile::SampleBuf;
use crate::error::Result;
use crate::pool;
use crate::rect::Rect;
use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use vaerans_kernels::photo::Part;
use vaerans_kernels::Kernels;

/// Where sections come from.
pub trait Source: Sync {
    /// The first sections of a tile, at most `most` of them and as many as are wanted.
    ///
    /// # Errors
    /// `stream.*`.
    fn sections(&self, tile: usize, most: usize) -> Result<Vec<Vec<u8>>>;
}

/// Samples of a window of a picture, of `channels` a pixel; `asked` in pixels of the picture at 1/2^`reduce`, which is at most the splits of
/// its pyramid.
///
/// # Errors
/// `stream.*`, `limit.memory`.
#[allow(clippy::too_many_arguments)] // what is decoded, and how
pub fn render(
    kernels: Kernels,
    geometry: &Geometry,
    params: &Params,
    reduce: usize,
    asked: Rect,
    source: &dyn Source,
    threads: usize,
    channels: usize,
) -> Result<SampleBuf> {
    let pyramid = Pyramid::new(geometry.width, geometry.height);
    let window = Window::new(pyramid, reduce, asked);
    let (planes, steps) = coefficients(kernels, geometry, params, &window, source, threads)?;
    let planes = Cow::Owned(planes);
    let asked = asked.within(&window.outer);
    let steps = (reduce == 0).then_some(steps);
    Finish { kernels, planes, params, steps, asked, channels, threads }.samples(geometry.dtype())
}

/// The coefficients that a window needs; elsewhere zeros.
fn coefficients(
    kernels: Kernels,
    geometry: &Geometry,
    params: &Params,
    window: &Window,
    source: &dyn Source,
    threads: usize,
) -> Result<(Planes, BlockSteps)> {
    let pyramid = Pyramid::new(geometry.width, geometry.height);
    let planes = planes_of(geometry.colour.channels());
    let all = Mutex::new(Planes::new(window.pyramid(), planes)?);
    let steps = Mutex::new(BlockSteps::new(window.outer.width, window.outer.height));
    let grid = geometry.grid();
    let kind = Kind::of(params);
    let model = if kind == Kind::Reversible { Model::reversible() } else { Model::shipped() };
    let wanted: Vec<(usize, usize)> =
        (0..grid.len()).filter_map(|i| Some((i, window.finest(&grid.rect(i))?))).collect();
    pool::map(threads, wanted.len(), |n| {
        let (i, finest) = wanted[n];
        let tile = Tile { pyramid, rect: grid.rect(i), planes };
        // The low band comes with the coarsest level.
        let most = (pyramid.levels + 1).saturating_sub(finest).clamp(1, tile.sections());
        let sections = source.sections(i, most)?;
        let sections: Vec<&[u8]> = sections.iter().map(Vec::as_slice).collect();
        let mut into = Into { window, tile: tile.rect, all: &all, steps: &steps };
        Decoder::new(kernels, model).tile(&tile, params, &sections, &mut into)
    })?;
    let settled = |steps: Mutex<BlockSteps>| steps.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((all.into_inner().unwrap_or_else(PoisonError::into_inner), settled(steps)))
}

/// Puts rows of bands into the planes of a window.
struct Into<'a> {
    window: &'a Window,
    tile: Rect,
    all: &'a Mutex<Planes>,
    steps: &'a Mutex<BlockSteps>,
}

impl Put for Into<'_> {
    fn steps(&mut self, map: &Steps) {
        if self.window.reduce == 0 {
            let mut all = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
            all.put(map, &self.tile, &self.window.outer);
        }
    }

    fn band(&mut self, plane: usize, band: Option<(usize, Orientation)>, rect: &Rect, fill: &mut Fill) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let pyramid = all.pyramid;
        let level = band.map_or(self.window.reduce + self.window.levels, |(level, _)| level);
        if level <= self.window.reduce && band.is_some() {
            return;
        }
        let own = level - self.window.reduce;
        let ((cx, cy), right, bottom) = match band {
            None => ((0, 0), pyramid.low(own).0, pyramid.low(own).1),
            Some((_, o)) => {
                let whole = pyramid.band(own, o, &Rect::whole(pyramid.width, pyramid.height));
                (pyramid.corner(own, o), whole.width, whole.height)
            }
        };
        let (bx, by) = self.window.begin(level);
        // Of a side: where the wanted part begins in the tile's, where it goes, how long it is.
        let side = |at: usize, n: usize, begin: usize, room: usize| {
            let (from, to) = (begin.saturating_sub(at), at.saturating_sub(begin));
            (from, to, n.saturating_sub(from).min(room.saturating_sub(to)))
        };
        let (x, to_x, width) = side(rect.x, rect.width, bx, right);
        let (y, to_y, height) = side(rect.y, rect.height, by, bottom);
        if width > 0 && height > 0 {
            let at = (cy + to_y) * pyramid.width + cx + to_x;
            fill(&Part { x, y, width, height }, &mut all.values[plane][at..], pyramid.width);
        }
    }
}
