//! Bands of a pyramid, and the parts of them that belong to a tile.

use super::MAX_LEVELS;
use crate::rect::Rect;

/// Which of the detail bands of a level; the first letter is along the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orientation {
    /// Details along the row.
    HL,
    /// Details along the column.
    LH,
    /// Both.
    HH,
}

impl Orientation {
    /// In the order of a file.
    pub const ALL: [Orientation; 3] = [Orientation::HL, Orientation::LH, Orientation::HH];

    fn is_high(self) -> [bool; 2] {
        [self != Orientation::LH, self != Orientation::HL]
    }
}

/// A picture and how often it is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pyramid {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Splits; level 1 is the finest.
    pub levels: usize,
}

/// The samples of a low band of `n` samples split `level` times.
fn low(n: usize, level: usize) -> usize {
    n.div_ceil(1 << level)
}

/// Of a side: where the tile's part of a band begins, and where it ends.
fn part(n: usize, at: usize, len: usize, level: usize, is_high: bool) -> (usize, usize) {
    let size = if is_high { low(n, level - 1) / 2 } else { low(n, level) };
    let begin = (at >> level).min(size);
    let end = if at + len >= n { size } else { ((at + len) >> level).min(size) };
    (begin, end)
}

impl Pyramid {
    /// Of a picture: split as long as every band has a coefficient, and the low one more than a few.
    pub fn new(width: usize, height: usize) -> Pyramid {
        let side = width.min(height);
        let levels = (1..=MAX_LEVELS).take_while(|&l| side >> l >= 4).count();
        Pyramid { width, height, levels }
    }

    /// Columns and rows of the low band behind `level` splits.
    pub fn low(&self, level: usize) -> (usize, usize) {
        (low(self.width, level), low(self.height, level))
    }

    /// Of a band of a level, the part that belongs to a tile of the picture, whose corner is a multiple of 2^levels.
    pub fn band(&self, level: usize, orientation: Orientation, tile: &Rect) -> Rect {
        let [high_x, high_y] = orientation.is_high();
        let (x, right) = part(self.width, tile.x, tile.width, level, high_x);
        let (y, bottom) = part(self.height, tile.y, tile.height, level, high_y);
        Rect { x, y, width: right - x, height: bottom - y }
    }

    /// Of the low band, the part that belongs to a tile.
    pub fn low_part(&self, tile: &Rect) -> Rect {
        let (x, right) = part(self.width, tile.x, tile.width, self.levels, false);
        let (y, bottom) = part(self.height, tile.y, tile.height, self.levels, false);
        Rect { x, y, width: right - x, height: bottom - y }
    }

    /// Where a band begins in a packed plane (each level's low band is split in its top left corner).
    pub fn corner(&self, level: usize, orientation: Orientation) -> (usize, usize) {
        let [high_x, high_y] = orientation.is_high();
        let (w, h) = self.low(level);
        (if high_x { w } else { 0 }, if high_y { h } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_hold_every_coefficient_once() {
        for (width, height) in [(1, 1), (64, 64), (65, 200), (130, 127), (192, 321), (4, 700)] {
            let pyramid = Pyramid::new(width, height);
            let mut seen = vec![0; width * height];
            for y in (0..height).step_by(64) {
                for x in (0..width).step_by(64) {
                    let tile = Rect { x, y, width: 64.min(width - x), height: 64.min(height - y) };
                    let mut mark = |part: Rect, (cx, cy): (usize, usize)| {
                        for y in part.y..part.y + part.height {
                            (part.x..part.x + part.width).for_each(|x| seen[(cy + y) * width + cx + x] += 1);
                        }
                    };
                    mark(pyramid.low_part(&tile), (0, 0));
                    for level in 1..=pyramid.levels {
                        for o in Orientation::ALL {
                            mark(pyramid.band(level, o, &tile), pyramid.corner(level, o));
                        }
                    }
                }
            }
            assert!(seen.iter().all(|&n| n == 1), "{width} x {height}");
        }
    }
}
