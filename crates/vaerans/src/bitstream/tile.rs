//! Tiles: the independent parts of a picture, coded on any thread in any order.

use crate::rect::Rect;

/// A picture cut into square tiles, row by row; those at the right and bottom may be smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    width: usize,
    height: usize,
    edge: usize,
}

impl Grid {
    /// Tiles of `edge` pixels a side; 0 means one tile for all.
    pub fn new(width: usize, height: usize, edge: usize) -> Grid {
        Grid { width, height, edge: if edge == 0 { width.max(height).max(1) } else { edge } }
    }

    /// Edge of a tile that is not cut by the picture's border, in pixels.
    pub fn edge(&self) -> usize {
        self.edge
    }

    /// Tiles in a row.
    pub fn columns(&self) -> usize {
        self.width.div_ceil(self.edge)
    }

    /// Number of tiles.
    pub fn len(&self) -> usize {
        self.columns() * self.height.div_ceil(self.edge)
    }

    /// Whether there is no tile.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tile number `i`.
    pub fn rect(&self, i: usize) -> Rect {
        let (x, y) = (i % self.columns() * self.edge, i / self.columns() * self.edge);
        Rect { x, y, width: self.edge.min(self.width - x), height: self.edge.min(self.height - y) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_pixel_once() {
        for (w, h, edge) in [(1, 1, 0), (7, 5, 2), (512, 768, 768), (1000, 3, 512)] {
            let grid = Grid::new(w, h, edge);
            let mut seen = vec![0u8; w * h];
            for r in (0..grid.len()).map(|i| grid.rect(i)) {
                (r.y..r.y + r.height).for_each(|y| (r.x..r.x + r.width).for_each(|x| seen[y * w + x] += 1));
            }
            assert!(seen.iter().all(|&n| n == 1), "{w} x {h} in tiles of {edge}");
        }
    }
}
