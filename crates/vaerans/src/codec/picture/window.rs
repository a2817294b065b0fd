//! What of a picture is decoded: a region, at full size or at 1/2, 1/4, ... of it.
//!
//! Every tile is made smaller by itself: of a tile `n` pixels wide `ceil(n / 2^reduce)` are left. Where the edge of the tiles is
//! a multiple of `2^reduce`, as it is unless somebody asked for odd tiles, that is the picture made smaller.

use crate::bitstream::{Geometry, Grid, Rect};
use crate::error::{Error, Result};

/// Most times a picture is halved.
pub const MAX_REDUCE: u32 = 16;

/// A region of the picture at a scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    grid: Grid,
    reduce: u32,
    /// In pixels of the smaller picture.
    region: Rect,
}

/// The part of a tile that lies in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// In the pixels of the tile.
    pub from: Rect,
    /// Where it lies in the result: column and row.
    pub to: (usize, usize),
}

impl Window {
    /// `region` in pixels of the stored picture; none: all of it.
    ///
    /// # Errors
    /// `param.range` for a region that is empty or not inside the picture, or for too small a scale.
    pub fn new(geometry: &Geometry, reduce: u32, region: Option<Rect>) -> Result<Window> {
        if reduce > MAX_REDUCE {
            return Err(Error::new("param.range", format!("a scale of 1/2^{reduce}; at most 1/2^{MAX_REDUCE}")));
        }
        let (width, height) = (geometry.width, geometry.height);
        let r = region.unwrap_or(Rect { x: 0, y: 0, width, height });
        let inside = |at: usize, n: usize, of: usize| n > 0 && at.checked_add(n).is_some_and(|end| end <= of);
        if !inside(r.x, r.width, width) || !inside(r.y, r.height, height) {
            let text = format!("region {} x {} at ({}, {}) of {width} x {height} pixels", r.width, r.height, r.x, r.y);
            return Err(Error::new("param.range", text));
        }
        let grid = geometry.grid();
        let (x, y) = (small(r.x, grid.edge(), reduce), small(r.y, grid.edge(), reduce));
        let end = |last: usize| small(last, grid.edge(), reduce) + 1;
        let (right, bottom) = (end(r.x + r.width - 1), end(r.y + r.height - 1));
        Ok(Window { grid, reduce, region: Rect { x, y, width: right - x, height: bottom - y } })
    }

    /// Columns and rows of the result.
    pub fn size(&self) -> (usize, usize) {
        (self.region.width, self.region.height)
    }

    /// Tile `i` as it stands in the smaller picture.
    pub fn tile(&self, i: usize) -> Rect {
        let (r, edge) = (self.grid.rect(i), self.grid.edge());
        let n = |n: usize| n.div_ceil(1 << self.reduce);
        Rect {
            x: small(r.x, edge, self.reduce),
            y: small(r.y, edge, self.reduce),
            width: n(r.width),
            height: n(r.height),
        }
    }

    /// The tiles that the region touches.
    pub fn tiles(&self) -> Vec<usize> {
        (0..self.grid.len()).filter(|&i| self.cut(i).is_some()).collect()
    }

    /// The part of tile `i` in the region; none where it lies outside.
    pub fn cut(&self, i: usize) -> Option<Cut> {
        let (t, r) = (self.tile(i), self.region);
        let (x, y) = (t.x.max(r.x), t.y.max(r.y));
        let (right, bottom) = ((t.x + t.width).min(r.x + r.width), (t.y + t.height).min(r.y + r.height));
        let from = Rect { x: x - t.x, y: y - t.y, width: right.checked_sub(x)?, height: bottom.checked_sub(y)? };
        (from.width * from.height > 0).then_some(Cut { from, to: (x - r.x, y - r.y) })
    }
}

/// Pixel `at` of the picture in the smaller one.
fn small(at: usize, edge: usize, reduce: u32) -> usize {
    at / edge * edge.div_ceil(1 << reduce) + ((at % edge) >> reduce)
}
