//! How busy the blocks of a picture are, and the steps that follow: a busy block hides more.

use super::steps::{Steps, MOST};
use crate::codec::entropy::log2::log2;
use crate::rect::Rect;
use vaerans_kernels::photo::CELL;
use vaerans_kernels::Kernels;

/// Added to a variance, in 1/16.
const FLOOR: u64 = 16 * 100;
/// Variance, with what is added to it, of a block whose step is the picture's; in 1/16.
const USUAL: u32 = 16 * 400;

/// Four times the luma of each pixel.
pub struct Luma {
    /// Columns.
    pub width: usize,
    /// Row by row, 0 to 1020.
    pub values: Vec<u16>,
}

impl Luma {
    /// log2 of 16 times the variance of each cell of a tile, with 16 bits behind the point; row by row.
    fn cells(&self, kernels: Kernels, tile: &Rect) -> Vec<i64> {
        let across = tile.width.div_ceil(CELL);
        let mut logs = Vec::with_capacity(across * tile.height.div_ceil(CELL));
        let (mut sums, mut squares) = (vec![0; across], vec![0; across]);
        for y in (0..tile.height).step_by(CELL) {
            let height = CELL.min(tile.height - y);
            let luma = &self.values[(tile.y + y) * self.width + tile.x..];
            kernels.photo_cells(luma, self.width, tile.width, height, &mut sums, &mut squares);
            logs.extend(sums.iter().zip(&squares).enumerate().map(|(i, (&sum, &squares))| {
                let n = (height * CELL.min(tile.width - i * CELL)) as u64;
                let variance = (n * u64::from(squares) - u64::from(sum) * u64::from(sum)) / (n * n);
                i64::from(log2((variance + FLOOR) as u32))
            }));
        }
        logs
    }

    /// Steps of the blocks of a tile: 2^(strength / 64) times coarser for a block of twice the usual deviation.
    pub fn steps(&self, kernels: Kernels, tile: &Rect, log2_side: u32, strength: i64) -> Steps {
        let mut steps = Steps::new(tile.width, tile.height, log2_side);
        let cells = self.cells(kernels, tile);
        // A block is whole cells.
        let (side, across) = ((1 << log2_side) / CELL, tile.width.div_ceil(CELL));
        let blocks = steps.across();
        for (i, k) in steps.k.iter_mut().enumerate() {
            let (x, y) = (i % blocks * side, i / blocks * side);
            let (mut sum, mut n) = (0, 0);
            for row in cells.chunks_exact(across).skip(y).take(side) {
                let of_block = &row[x..(x + side).min(across)];
                sum += of_block.iter().sum::<i64>();
                n += of_block.len() as i64;
            }
            // Quarters of an octave.
            let quarters = 2 * strength * (sum / n - i64::from(log2(USUAL)));
            *k = ((quarters + (1 << 21)) >> 22).clamp(i64::from(-MOST), i64::from(MOST)) as i8;
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_blocks_have_coarser_steps() {
        let values = (0..64 * 64).map(|i| if i % 64 < 32 { 500 } else { (i * 7919 % 1021) as u16 }).collect();
        let luma = Luma { width: 64, values };
        let steps = luma.steps(Kernels::active(), &Rect { x: 0, y: 0, width: 64, height: 64 }, 4, 32);
        assert_eq!(steps.k, [-2, -2, 4, 4].repeat(4));
    }
}
