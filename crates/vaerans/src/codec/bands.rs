//! The bands of a packed pyramid (C, H, W) in the order a file holds them: level by level, coarsest
//! first; within a level channel by channel (luma first); within a channel HL, LH, HH.

use super::transform::pyramid::{band_rect, Orientation, MAX_LEVELS};
use crate::component::{Lineage, Value};
use crate::error::{Error, Result};
use crate::rect::Rect;
use Orientation::{HH, HL, LH, LL};

/// A rectangle of one plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// Plane it lies in.
    pub channel: usize,
    /// 0: the low band; k: the detail bands that the k-th refinement adds.
    pub level: usize,
    /// Which band of the level.
    pub orientation: Orientation,
    /// First column.
    pub x: usize,
    /// First row.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Band {
    /// Number of coefficients.
    pub fn len(&self) -> usize {
        self.width * self.height
    }

    /// Whether it has none (a side of 1 has no high half).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Most bands of one tensor. A file of a few bytes may claim a billion planes of one sample, and a description of each band
/// takes far more memory than its samples.
const MAX_BANDS: usize = 1 << 20;

/// Refuses a tensor (C, H, W) with more bands than anybody codes.
///
/// # Errors
/// `limit.symbols`.
pub fn check(shape: [usize; 3], levels: usize) -> Result<()> {
    let [channels, height, width] = shape;
    let splits = levels.min(height.max(width).checked_ilog2().map_or(0, |n| n as usize + 1));
    match channels.checked_mul(1 + 3 * splits) {
        Some(n) if n <= MAX_BANDS => Ok(()),
        _ => {
            let text = format!("{channels} planes of {} bands; at most {MAX_BANDS} bands in all", 1 + 3 * splits);
            Err(Error::new("limit.symbols", text))
        }
    }
}

/// The non-empty bands of resolution level `level` (0: the low bands) of `levels`.
pub fn of_level(shape: [usize; 3], levels: usize, level: usize) -> Vec<Band> {
    let [channels, height, width] = shape;
    let orientations: &[_] = if level == 0 { &[LL] } else { &[HL, LH, HH] };
    let rect = |&o: &_| band_rect(height, width, levels, level, o).map(|r| (o, r));
    let rects: Vec<_> = orientations.iter().filter_map(rect).filter(|(_, r)| r.width * r.height > 0).collect();
    if rects.is_empty() {
        return Vec::new();
    }
    let band = |channel, (orientation, r): (Orientation, Rect)| {
        let Rect { y, x, height, width } = r;
        Band { channel, level, orientation, x, y, width, height }
    };
    (0..channels).flat_map(|c| rects.iter().map(move |&r| band(c, r))).collect()
}

/// All non-empty bands in file order.
pub fn all(shape: [usize; 3], levels: usize) -> Vec<Band> {
    (0..=levels).flat_map(|l| of_level(shape, levels, l)).collect()
}

/// Splits of the newest step of a history that has a number of levels: 0 where there is none.
///
/// # Errors
/// `param.range` for a number no pyramid has.
pub fn levels_of(lineage: &Lineage) -> Result<usize> {
    let found = lineage.steps().iter().rev().find_map(|s| match s.params.get("levels") {
        Some(Value::Int(n)) => Some(*n),
        _ => None,
    });
    let levels = found.unwrap_or(0);
    match usize::try_from(levels) {
        Ok(n) if n <= MAX_LEVELS => Ok(n),
        _ => Err(Error::new("param.range", format!("levels={levels}; from 0 to {MAX_LEVELS}"))),
    }
}

/// `shape` as (C, H, W): missing axes in front have length 1, extra ones are joined to the first.
pub fn as_planes(shape: &[usize]) -> [usize; 3] {
    match *shape {
        [] => [1, 1, 1],
        [w] => [1, 1, w],
        [h, w] => [1, h, w],
        [ref front @ .., h, w] => [front.iter().product(), h, w],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_cover_every_coefficient_once() {
        for (shape, levels) in [([3, 512, 768], 6), ([1, 1, 1], 3), ([2, 5, 7], 2), ([1, 1, 9], 4), ([4, 3, 3], 0)] {
            let [c, h, w] = shape;
            let mut seen = vec![0u8; c * h * w];
            for b in all(shape, levels) {
                for y in b.y..b.y + b.height {
                    (b.x..b.x + b.width).for_each(|x| seen[(b.channel * h + y) * w + x] += 1);
                }
            }
            assert!(seen.iter().all(|&n| n == 1), "{shape:?} at {levels} levels");
        }
    }

    #[test]
    fn the_order_is_coarse_first_luma_first() {
        let keys: Vec<_> = all([3, 16, 16], 2).iter().map(|b| (b.level, b.channel, b.orientation as u8)).collect();
        assert!(keys.is_sorted());
        assert_eq!(keys.len(), 3 * 7);
    }
}
