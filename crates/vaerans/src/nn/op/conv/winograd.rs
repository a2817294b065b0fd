//! A convolution of 3 by 3 taps by Winograd's F(4x4, 3x3).

use super::axis::Axis;
use super::describe::Conv;
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::kernels::reference::nn::gemm::ZEROS;
use crate::kernels::reference::nn::winograd::{self as kernel, Block, Results};
use crate::nn::memory::{in_parts, PerThread};

/// Most tiles of a block.
const MOST_TILES: usize = 48;
/// Tiles that a kernel multiplies at once, whole groups of every instruction set but one.
const GROUP: usize = 12;
/// Transformed numbers of a block that stay in the second level of the cache.
const NEAR: usize = 3 << 15;

/// Rows of tiles of a picture, and tiles of each.
fn tiles(c: &Conv) -> (usize, usize) {
    c.size().map_or((1, 1), |(height, width)| (height.div_ceil(4).max(1), width.div_ceil(4).max(1)))
}

/// Most tiles that a block may have.
fn most(c: &Conv, panel: usize) -> usize {
    (NEAR / (36 * c.channels[0].next_multiple_of(panel)).max(1)).clamp(GROUP, MOST_TILES)
}

/// Sides of a block in tiles: rows, and tiles of each, so that as few as can be are in groups that are not full.
fn sides(c: &Conv, panel: usize) -> (usize, usize) {
    let (all, (height, width)) = (most(c, panel), tiles(c));
    let shapes = (1..=height.min(all)).flat_map(|rows| (1..=width.min(all / rows)).map(move |wide| (rows, wide)));
    let worked = |(rows, wide): (usize, usize)| {
        let blocks = |rows: usize| {
            width / wide * (rows * wide).next_multiple_of(GROUP) + (rows * (width % wide)).next_multiple_of(GROUP)
        };
        // Of two that take as many the larger.
        (height / rows * blocks(rows) + blocks(height % rows), all - rows * wide)
    };
    shapes.min_by_key(|&shape| worked(shape)).unwrap_or((1, 1))
}

/// Floats that it needs for itself, whatever the rows that are worked out at a time.
pub(super) fn scratch(c: &Conv, panel: usize, threads: usize) -> usize {
    let (height, width) = tiles(c);
    let tiles = most(c, panel).min(height.saturating_mul(width));
    kernel::scratch(tiles, c.channels[0], panel).next_multiple_of(16).saturating_mul(threads.max(1))
}

/// A convolution with what it reads.
pub(super) struct Winograd<'a> {
    pub c: Conv,
    pub x: &'a [f32],
    /// Transformed weights.
    pub data: &'a [f32],
    pub panel: usize,
    pub epilogue: Epilogue<'a>,
}

impl Winograd<'_> {
    /// All results.
    pub fn run(&self, kernels: &NnKernels, threads: usize, scratch: &mut [f32], out: &mut [f32]) -> Result<()> {
        let (height, width) = self.c.size().unwrap_or((0, 0));
        let (rows, tiles) = sides(&self.c, self.panel);
        let (n, blocks) = (self.c.channels[1], height.div_ceil(4 * rows));
        let spaces = PerThread::new(scratch, threads);
        for batch in 0..self.c.batch {
            let picture = &mut out[batch * height * width * n..][..height * width * n];
            in_parts(threads, blocks, 4 * rows * width * n, picture, |block, part| {
                let mut space = spaces.take()?;
                let y = 4 * rows * block;
                for x in (0..width).step_by(4 * tiles) {
                    self.block(kernels, batch, (y, x), (rows, tiles), &mut space, &mut part[x * n..]);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The block at (y, x).
    fn block(
        &self,
        kernels: &NnKernels,
        batch: usize,
        (y, x): (usize, usize),
        (tile_rows, tiles): (usize, usize),
        scratch: &mut [f32],
        out: &mut [f32],
    ) {
        let (height, width) = self.c.size().unwrap_or((0, 0));
        let [c, n] = self.c.channels;
        let tile_rows = tile_rows.min((height - y).div_ceil(4));
        let tiles = tiles.min((width - x).div_ceil(4));
        let mut rows = [ZEROS; 6 * MOST_TILES];
        let mut columns = [ZEROS; 4 * MOST_TILES + 2];
        let line = self.c.x.stored() * c;
        for (i, row) in rows[..6 * tile_rows].iter_mut().enumerate() {
            let at = read(&self.c.y, y + i / 6 * 4 + i % 6);
            *row = at.map_or(ZEROS, |at| (batch * self.c.y.stored() + at) * line);
        }
        for (i, column) in columns[..4 * tiles + 2].iter_mut().enumerate() {
            *column = read(&self.c.x, x + i).map_or(ZEROS, |at| at * c);
        }
        let block = Block {
            from: self.x,
            rows: &rows[..6 * tile_rows],
            columns: &columns[..4 * tiles + 2],
            tile_rows,
            tiles,
            c,
            panels: self.data,
            panel: self.panel,
            n,
        };
        let at = ((batch * height + y) * width + x) * n;
        let epilogue = Epilogue { residual: self.epilogue.residual.map(|r| &r[at..]), ..self.epilogue };
        let mut results = Results {
            data: out,
            height: (height - y).min(4 * tile_rows),
            width: (width - x).min(4 * tiles),
            row_stride: width * n,
            column_stride: n,
        };
        kernels.winograd(&block, &mut results, scratch, &epilogue);
    }
}

/// Where the first tap of an output reads, if the output were there.
fn read(axis: &Axis, at: usize) -> Option<usize> {
    axis.read(at, 0)
}
