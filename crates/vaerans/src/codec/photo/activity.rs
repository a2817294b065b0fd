//! How busy the blocks of a picture are, and the steps that follow: a busy block hides more.

use super::steps::{Steps, MOST};
use crate::codec::entropy::log2::log2;
use crate::rect::Rect;

/// Side of a cell, whose variance counts.
const CELL: usize = 8;
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
    /// log2 of 16 times the variance of a cell of a tile, with 16 bits behind the point.
    fn cell(&self, tile: &Rect, x: usize, y: usize) -> i64 {
        let (right, bottom) = ((x + CELL).min(tile.x + tile.width), (y + CELL).min(tile.y + tile.height));
        let (mut sum, mut squares) = (0u64, 0u64);
        for row in y..bottom {
            for &v in &self.values[row * self.width + x..row * self.width + right] {
                sum += u64::from(v);
                squares += u64::from(v) * u64::from(v);
            }
        }
        let n = ((right - x) * (bottom - y)) as u64;
        let variance = (n * squares - sum * sum) / (n * n);
        i64::from(log2((variance + FLOOR) as u32))
    }

    /// Steps of the blocks of a tile: 2^(strength / 64) times coarser for a block of twice the usual deviation.
    pub fn steps(&self, tile: &Rect, log2_side: u32, strength: i64) -> Steps {
        let mut steps = Steps::new(tile.width, tile.height, log2_side);
        let (side, across) = (1 << log2_side, steps.across());
        for (i, k) in steps.k.iter_mut().enumerate() {
            let (bx, by) = (tile.x + i % across * side, tile.y + i / across * side);
            let (mut sum, mut n) = (0, 0);
            for y in (by..(by + side).min(tile.y + tile.height)).step_by(CELL) {
                for x in (bx..(bx + side).min(tile.x + tile.width)).step_by(CELL) {
                    sum += self.cell(tile, x, y);
                    n += 1;
                }
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
        let steps = luma.steps(&Rect { x: 0, y: 0, width: 64, height: 64 }, 4, 32);
        assert_eq!(steps.k, [-2, -2, 4, 4].repeat(4));
    }
}
