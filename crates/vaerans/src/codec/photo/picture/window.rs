//! Which coefficients a window of a picture needs.

use crate::codec::photo::geometry::Pyramid;
use crate::rect::Rect;

/// Coefficients beyond a window that reach into it, along each axis and at each level.
const REACH: usize = 5;

/// Pixels around a window that its filter sees.
const SEEN: usize = 8;

/// What is decoded for a window of a picture: the pyramid of a larger window, whose corner and sides are those of whole coefficients.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Pixels that are asked for, of the picture at its scale.
    pub asked: Rect,
    /// Pixels that are decoded.
    pub outer: Rect,
    /// Splits that are undone.
    pub levels: usize,
    /// Splits that are left out.
    pub reduce: usize,
}

fn grown(at: usize, n: usize, of: usize, levels: usize) -> (usize, usize) {
    // Blocks of the filter are whole, and what it sees is there.
    let unit = 1 << levels.max(3);
    let far = (REACH << levels).max(16);
    let begin = at.saturating_sub(far) / unit * unit;
    let end = (at + n + far).next_multiple_of(unit).min(of);
    (begin, end - begin)
}

impl Window {
    /// Of a picture that was split; `asked` in pixels of the picture at 1/2^reduce.
    pub fn new(pyramid: Pyramid, reduce: usize, asked: Rect) -> Window {
        let levels = pyramid.levels - reduce;
        let (width, height) = pyramid.low(reduce);
        let (x, w) = grown(asked.x, asked.width, width, levels);
        let (y, h) = grown(asked.y, asked.height, height, levels);
        Window { asked, outer: Rect { x, y, width: w, height: h }, levels, reduce }
    }

    /// Its pyramid.
    pub fn pyramid(&self) -> Pyramid {
        Pyramid { width: self.outer.width, height: self.outer.height, levels: self.levels }
    }

    /// Where a band of a level of the whole picture (numbered as there; 0: the low band) begins in the window.
    pub fn begin(&self, level: usize) -> (usize, usize) {
        (self.outer.x >> (level - self.reduce), self.outer.y >> (level - self.reduce))
    }

    /// The finest level of the whole picture at which the window needs something of a tile, in pixels of the whole picture; none: nothing.
    pub fn finest(&self, tile: &Rect) -> Option<usize> {
        let touches = |level: usize| {
            // Coefficients that samples of the window are made of, level after level.
            // The filter sees some around them.
            let seen = |at: usize, n: usize| (at.saturating_sub(SEEN), at + n + SEEN);
            let (mut x, mut y) = (seen(self.asked.x, self.asked.width), seen(self.asked.y, self.asked.height));
            for _ in self.reduce..level {
                let wider = |(a, b): (usize, usize)| (a.saturating_sub(REACH) >> 1, (b + REACH).div_ceil(2));
                (x, y) = (wider(x), wider(y));
            }
            let part = |at: usize, n: usize| (at >> level, (at + n).div_ceil(1 << level));
            let meets = |(a, b): (usize, usize), (c, d): (usize, usize)| a < d && c < b;
            meets(part(tile.x, tile.width), x) && meets(part(tile.y, tile.height), y)
        };
        (self.reduce.max(1)..=(self.reduce + self.levels).max(1)).find(|&l| touches(l))
    }
}
