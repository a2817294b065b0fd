//! Geometry of a packed wavelet pyramid (Mallat layout): where each band of a plane lies.
//!
//! A split cuts a side of n samples into `ceil(n / 2)` averages and `floor(n / 2)` details; the next split works on the
//! averages, which lie top left:
//!
//! ```text
//! LL HL | HL      LL HL LH HH, level 1: the coarsest split
//! LH HH |         HL LH HH,    level 2: what refines it
//! ------+----
//! LH    | HH
//! ```

use crate::rect::Rect;

/// Most splits of a pyramid.
pub const MAX_LEVELS: usize = 30;

/// Which band of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Orientation {
    /// Averages of both dimensions.
    LL,
    /// Details along x.
    HL,
    /// Details along y.
    LH,
    /// Details of both dimensions.
    HH,
}

/// Length of the averages of a side of `n` samples after `splits` splits.
pub fn low(n: usize, splits: usize) -> usize {
    (0..splits).fold(n, |n, _| n.div_ceil(2))
}

/// Rectangle of a band in a plane of `height * width` that was split `levels` times.
///
/// `level` 0 has LL alone; level k of 1 to `levels` has HL, LH and HH of the k-th refinement, coarsest first. `None` if there is no
/// such band. A side of one sample has no details: such bands are there and empty.
///
/// ```
/// use vaerans::codec::transform::pyramid::{band_rect, Orientation};
/// use vaerans::rect::Rect;
/// let rect = band_rect(5, 8, 2, 2, Orientation::HL);
/// assert_eq!(rect, Some(Rect { y: 0, x: 4, height: 3, width: 4 }));
/// ```
pub fn band_rect(height: usize, width: usize, levels: usize, level: usize, band: Orientation) -> Option<Rect> {
    if level > levels || (level == 0) != (band == Orientation::LL) {
        return None;
    }
    let split = |n| (low(n, levels - level), low(n, levels - level + usize::from(level > 0)));
    let ((h, low_h), (w, low_w)) = (split(height), split(width));
    Some(match band {
        Orientation::LL => Rect { y: 0, x: 0, height: h, width: w },
        Orientation::HL => Rect { y: 0, x: low_w, height: low_h, width: w - low_w },
        Orientation::LH => Rect { y: low_h, x: 0, height: h - low_h, width: low_w },
        Orientation::HH => Rect { y: low_h, x: low_w, height: h - low_h, width: w - low_w },
    })
}

/// All bands, coarsest first: LL, then HL, LH, HH of each level.
pub fn bands(height: usize, width: usize, levels: usize) -> impl Iterator<Item = (usize, Orientation, Rect)> {
    use Orientation::{HH, HL, LH, LL};
    let all = std::iter::once((0, LL)).chain((1..=levels).flat_map(|l| [(l, HL), (l, LH), (l, HH)]));
    all.filter_map(move |(l, o)| band_rect(height, width, levels, l, o).map(|r| (l, o, r)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_tile_the_plane() {
        for (h, w, levels) in [(1, 1, 3), (1, 9, 2), (5, 7, 2), (64, 96, 4), (33, 31, 5), (8, 8, 0)] {
            let mut seen = vec![0; h * w];
            for (_, _, r) in bands(h, w, levels) {
                for y in r.y..r.y + r.height {
                    seen[y * w + r.x..][..r.width].iter_mut().for_each(|n| *n += 1);
                }
            }
            assert!(seen.iter().all(|n| *n == 1), "{h}x{w} {levels}");
        }
    }

    #[test]
    fn bands_that_are_not_there() {
        assert_eq!(band_rect(8, 8, 2, 3, Orientation::HH), None);
        assert_eq!(band_rect(8, 8, 2, 0, Orientation::HH), None);
        assert_eq!(band_rect(8, 8, 2, 1, Orientation::LL), None);
    }
}
