//! What of a picture is decoded: a region, at full size or at 1/2, 1/4, ... of it.
//!
//! Whatever the tiles, the smaller picture has sides of `ceil(n / 2^reduce)`, and a region of it is the cut of the whole. The
//! wavelets of the tiles leave out as many splits as cut every tile between whole pixels of the smaller picture; what is then
//! still too large is put together and averaged.

use super::place::Place;
use crate::bitstream::{Geometry, Grid};
use crate::error::{Error, Result};
use crate::rect::Rect;

/// Most times a picture is halved.
pub const MAX_REDUCE: u32 = 16;

/// A region of the picture at a scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    grid: Grid,
    /// Halvings by the tiles' wavelets.
    pub splits: u32,
    /// Halvings by averaging what was put together.
    pub averages: u32,
    /// What is put together, in pixels of the picture that the wavelets give.
    inner: Rect,
}

impl Window {
    /// `region` in pixels of the stored picture; none: all of it. `splits`: how many the wavelets could leave out.
    ///
    /// # Errors
    /// `param.range` for a region that is empty or not inside the picture, or for too small a scale.
    pub fn new(geometry: &Geometry, reduce: u32, splits: u32, region: Option<Rect>) -> Result<Window> {
        if reduce > MAX_REDUCE {
            return Err(Error::new("param.range", format!("a scale of 1/2^{reduce}; at most 1/2^{MAX_REDUCE}")));
        }
        let (width, height) = (geometry.width, geometry.height);
        let whole = region.unwrap_or(Rect::whole(width, height));
        check_inside(&whole, width, height)?;
        let grid = geometry.grid();
        // A tile must begin at a whole pixel of what the wavelets give.
        let aligned = if grid.len() > 1 { grid.edge().trailing_zeros() } else { u32::MAX };
        let splits = splits.min(reduce).min(aligned);
        let averages = reduce - splits;
        let region = shrunk(&whole, reduce);
        let inner = grown(&region, averages, width.div_ceil(1 << splits), height.div_ceil(1 << splits));
        Ok(Window { grid, splits, averages, inner })
    }

    /// What is put together, in pixels of the picture that the wavelets give.
    pub fn inner(&self) -> Rect {
        self.inner
    }

    /// Columns and rows of what is put together.
    pub fn size(&self) -> (usize, usize) {
        (self.inner.width, self.inner.height)
    }

    /// Tile `i` as it stands in the picture that the wavelets give.
    pub fn tile(&self, i: usize) -> Rect {
        let (r, k) = (self.grid.rect(i), self.splits);
        let n = |n: usize| n.div_ceil(1 << k);
        Rect { x: r.x >> k, y: r.y >> k, width: n(r.width), height: n(r.height) }
    }

    /// The tiles that the region touches.
    pub fn tiles(&self) -> Vec<usize> {
        (0..self.grid.len()).filter(|&i| self.cut(i).is_some()).collect()
    }

    /// The part of tile `i` in the region; none where it lies outside.
    pub fn cut(&self, i: usize) -> Option<Place> {
        let (tile, all) = (self.tile(i), self.inner);
        let part = tile.cut(&all)?;
        Some(Place { from: part.within(&tile), to: (part.x - all.x, part.y - all.y) })
    }
}

fn check_inside(r: &Rect, width: usize, height: usize) -> Result<()> {
    let inside = |at: usize, n: usize, of: usize| n > 0 && at.checked_add(n).is_some_and(|end| end <= of);
    if inside(r.x, r.width, width) && inside(r.y, r.height, height) {
        return Ok(());
    }
    let text = format!("region {} x {} at ({}, {}) of {width} x {height} pixels", r.width, r.height, r.x, r.y);
    Err(Error::new("param.range", text))
}

/// The pixels of the picture at 1/2^`times` that these become.
fn shrunk(r: &Rect, times: u32) -> Rect {
    let (x, y) = (r.x >> times, r.y >> times);
    let end = |at: usize, n: usize| ((at + n - 1) >> times) + 1;
    Rect { x, y, width: end(r.x, r.width) - x, height: end(r.y, r.height) - y }
}

/// The pixels of the picture, `width` x `height`, that become these when it is halved `times` times.
fn grown(r: &Rect, times: u32, width: usize, height: usize) -> Rect {
    let (x, y) = (r.x << times, r.y << times);
    let end = |at: usize, n: usize, of: usize| ((at + n) << times).min(of);
    Rect { x, y, width: end(r.x, r.width, width) - x, height: end(r.y, r.height, height) - y }
}
