//! Classes of blocks: a level's bands are cut into 8 x 8 blocks, blocks of like magnitude share a
//! table, blocks of zeros cost nothing but their class. It is the plain way to follow the local
//! variance of a band (Jafarkhani, Farvardin & Lee 1997) with static tables.

use crate::codec::bands::Band;
use crate::codec::entropy::log2::{log2, ONE};
use std::ops::Range;

/// Edge of a block in coefficients.
pub const EDGE: usize = 8;
/// Classes of the finest division: the bit length of the sum of magnitudes.
const FINE: usize = 40;
/// Bins of a histogram that guides merging; larger values share the last one.
pub(super) const BINS: usize = 512;
/// Bits that one more table and its coder states cost, about.
pub(super) const TABLE_BITS: u64 = 220;

/// The planes a level's bands lie in.
#[derive(Debug, Clone, Copy)]
pub struct Planes<'a> {
    /// Coefficients (C, H, W).
    pub data: &'a [i32],
    /// Rows of a plane.
    pub height: usize,
    /// Columns of a plane.
    pub width: usize,
}

/// A row of blocks of one band.
#[derive(Debug, Clone, Copy)]
pub struct Strip {
    /// Its first block: blocks are counted band by band, row by row.
    pub block: usize,
    /// Its first coefficient in the planes.
    pub at: usize,
    /// Rows of coefficients, at most [`EDGE`].
    pub rows: usize,
    /// Columns of coefficients: the band's.
    pub columns: usize,
}

impl Strip {
    /// Its blocks.
    pub fn blocks(&self) -> Range<usize> {
        self.block..self.block + self.columns.div_ceil(EDGE)
    }

    /// Columns of the block whose first column is `x`.
    pub fn columns_from(&self, x: usize) -> usize {
        EDGE.min(self.columns - x)
    }
}

/// Calls `f` for the strips of `bands`.
pub fn for_each_strip(bands: &[Band], height: usize, width: usize, mut f: impl FnMut(Strip)) {
    let mut block = 0;
    for b in bands {
        for y in (0..b.height).step_by(EDGE) {
            let at = (b.channel * height + b.y + y) * width + b.x;
            let strip = Strip { block, at, rows: EDGE.min(b.height - y), columns: b.width };
            block = strip.blocks().end;
            f(strip);
        }
    }
}

/// Calls `f(block, offset, columns)` for every row of every block of `bands`; `offset` is the row's first coefficient in the planes.
pub fn for_each_row(bands: &[Band], height: usize, width: usize, mut f: impl FnMut(usize, usize, usize)) {
    for_each_strip(bands, height, width, |s| {
        for y in 0..s.rows {
            for (i, block) in s.blocks().enumerate() {
                f(block, s.at + y * width + i * EDGE, s.columns_from(i * EDGE));
            }
        }
    });
}

/// Number of blocks of `bands`.
pub fn count(bands: &[Band]) -> usize {
    bands.iter().map(|b| b.width.div_ceil(EDGE) * b.height.div_ceil(EDGE)).sum()
}

/// Coefficients in each class, given the class of every block.
pub fn class_sizes(bands: &[Band], map: &[u8], classes: usize) -> Vec<usize> {
    let mut sizes = vec![0; classes];
    for_each_strip(bands, 0, 0, |s| {
        for (i, &class) in map[s.blocks()].iter().enumerate() {
            sizes[usize::from(class)] += s.rows * s.columns_from(i * EDGE);
        }
    });
    sizes
}

/// The class of every block and the number of classes; class 0 holds the blocks of zeros.
pub fn classify(bands: &[Band], p: Planes) -> (Vec<u8>, usize) {
    let mut sums = vec![0u64; count(bands)];
    for_each_row(bands, p.height, p.width, |block, at, n| {
        sums[block] += p.data[at..at + n].iter().map(|v| u64::from(v.unsigned_abs())).sum::<u64>();
    });
    let fine: Vec<u8> = sums.iter().map(|s| (64 - s.leading_zeros()) as u8).collect();
    let mut histograms = vec![[0u32; BINS]; FINE];
    for_each_row(bands, p.height, p.width, |block, at, n| {
        let histogram = &mut histograms[usize::from(fine[block])];
        p.data[at..at + n].iter().for_each(|&v| histogram[folded(v)] += 1);
    });
    let (merged, classes) = merge(histograms);
    (fine.iter().map(|&c| merged[usize::from(c)]).collect(), classes)
}

/// Sign folded into the lowest bit, capped.
pub(super) fn folded(v: i32) -> usize {
    let folded = (v as u32) << 1 ^ (v >> 31) as u32;
    (folded as usize).min(BINS - 1)
}

/// Joins neighbouring classes as long as that saves more table than it costs in entropy. Gives the
/// merged class of every fine one, and their number.
fn merge(fine: Vec<[u32; BINS]>) -> ([u8; FINE], usize) {
    let mut groups: Vec<(usize, [u32; BINS], u64)> = Vec::new();
    for (c, h) in fine.into_iter().enumerate().skip(1).filter(|(_, h)| h.iter().any(|&n| n > 0)) {
        let bits = entropy(&h);
        groups.push((c, h, bits));
    }
    while let Some(i) = cheapest_pair(&groups) {
        let (_, h, _) = groups.remove(i + 1);
        let group = &mut groups[i];
        group.1 = sum(&group.1, &h);
        group.2 = entropy(&group.1);
    }
    let mut merged = [0u8; FINE];
    for (c, to) in merged.iter_mut().enumerate().skip(1) {
        *to = groups.iter().filter(|g| g.0 <= c).count().max(1) as u8;
    }
    (merged, groups.len() + 1)
}

fn sum(a: &[u32; BINS], b: &[u32; BINS]) -> [u32; BINS] {
    std::array::from_fn(|i| a[i] + b[i])
}

fn cheapest_pair(groups: &[(usize, [u32; BINS], u64)]) -> Option<usize> {
    let loss = |i: usize| entropy(&sum(&groups[i].1, &groups[i + 1].1)).saturating_sub(groups[i].2 + groups[i + 1].2);
    let best = (0..groups.len().saturating_sub(1)).map(|i| (loss(i), i)).min()?;
    (best.0 < TABLE_BITS).then_some(best.1)
}

/// Bits of a sequence with this histogram under its own order-0 model, in integers: every machine merges the same classes.
pub(super) fn entropy(histogram: &[u32; BINS]) -> u64 {
    let total: u64 = histogram.iter().map(|&n| u64::from(n)).sum();
    let bits = |n: u64| n * u64::from(log2(n.min(u64::from(u32::MAX)) as u32));
    let own: u64 = histogram.iter().filter(|&&n| n > 0).map(|&n| bits(u64::from(n))).sum();
    bits(total.max(1)).saturating_sub(own) / u64::from(ONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::bands;

    #[test]
    fn every_coefficient_lies_in_one_row_of_one_block() {
        let (h, w) = (19, 30);
        let bands = bands::of_level([2, h, w], 2, 2);
        let mut seen = vec![0u8; 2 * h * w];
        let mut last = 0;
        for_each_row(&bands, h, w, |block, at, n| {
            last = last.max(block);
            (at..at + n).for_each(|i| seen[i] += 1);
        });
        assert_eq!(last + 1, count(&bands));
        assert!(seen.iter().all(|&n| n <= 1));
        assert_eq!(seen.iter().filter(|&&n| n == 1).count(), bands.iter().map(|b| b.len()).sum::<usize>());
    }

    #[test]
    fn zeros_and_noise_fall_into_different_classes() {
        let (h, w) = (64, 64);
        let mut data = vec![0i32; h * w];
        // The detail bands of level 1: noise of two strengths on the right, zeros below.
        for y in 0..32 {
            for x in 32..64 {
                let noise = (x * 7919 + y * 104_729) as i32 % 97 - 48;
                data[y * w + x] = if y < 16 { noise } else { noise / 16 };
            }
        }
        let bands = bands::of_level([1, h, w], 1, 1);
        let (map, classes) = classify(&bands, Planes { data: &data, height: h, width: w });
        assert_eq!(classes, 3);
        assert!(map[..8].iter().all(|&c| c == 2) && map[8..16].iter().all(|&c| c == 1));
        assert!(map[16..].iter().all(|&c| c == 0));
    }
}
