//! Steps of the blocks of a picture, and what of the filter follows from them.

use super::Bank;
use crate::codec::photo::scale::step;
use crate::codec::photo::steps::{Steps, MOST};
use crate::rect::Rect;
use vaerans_kernels::adapt::{Plane, LIMITS, STEPS};
use vaerans_kernels::photo::POWERS;

/// The step of every block of 4 x 4 pixels of a window: as [`Steps`] has it, plus [`MOST`].
#[derive(Debug, Clone)]
pub struct BlockSteps {
    across: usize,
    /// Block by block.
    pub steps: Vec<u8>,
}

impl BlockSteps {
    /// Of a plane, all alike.
    pub fn new(width: usize, height: usize) -> BlockSteps {
        let like = (width.div_ceil(16) * 4, height.div_ceil(4));
        BlockSteps { across: like.0, steps: vec![MOST as u8; like.0 * like.1] }
    }

    /// Puts those of a tile, whose pixels are `tile`, into those of a window; both begin at whole blocks.
    pub fn put(&mut self, map: &Steps, tile: &Rect, window: &Rect) {
        let Some(part) = tile.cut(window) else { return };
        let (left, across) = (part.x / 4, (part.x + part.width).div_ceil(4) - part.x / 4);
        for y in (part.y / 4)..(part.y + part.height).div_ceil(4) {
            let begin = (y - window.y / 4) * self.across + left - window.x / 4;
            map.of_fours(4 * left - tile.x, 4 * y - tile.y, &mut self.steps[begin..begin + across]);
        }
    }

    /// Whether they are those of a plane.
    pub fn fit(&self, plane: &Plane) -> bool {
        self.across == plane.across() && self.steps.len() == plane.across() * plane.down()
    }
}

/// 256 times the step of blocks, rounded to even.
fn scaled(number: u16) -> [u64; STEPS] {
    std::array::from_fn(|k| (step(number) * POWERS[k] * 256.0).round_ties_even() as u64)
}

/// Limits of the activity of blocks of each step, and what is added to directions.
pub(super) fn limits(bank: &Bank, number: u16) -> [[u32; LIMITS]; STEPS] {
    scaled(number).map(|s| {
        let limit = |i: usize| ((u64::from(bank.limits[i]) * s) >> 9).min(u64::from(u32::MAX)) as u32;
        [limit(0), limit(1), limit(2), limit(3), (s >> 8).clamp(1, 1 << 24) as u32]
    })
}

/// What differences of blocks of each step are clipped to: 0.3 of it, in eighths.
pub(super) fn bounds(number: u16) -> [i16; STEPS] {
    scaled(number).map(|s| ((s * 77 + 4096) >> 13).clamp(1, 16383) as i16)
}
