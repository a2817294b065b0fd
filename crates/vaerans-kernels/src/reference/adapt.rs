//! The adaptive filter of photos: a Wiener filter with weights for 25 classes of blocks of 4 x 4 samples.
//!
//! A block's class follows from second differences of the 8 x 8 samples around it along four directions: how active it is, against its
//! quantiser's step, and which direction is weakest by how much. A block's *turn* brings its edges to the same side: bit 0 swaps x and y, bit 1
//! then turns y. A filter adds to a sample, for each pair of samples on opposite sides, the sum of their differences from it times one weight,
//! and the sum of these differences clipped times another, in 1/128.

use crate::adapt::{Blocks, Plane, Sums, CHROMA, LIMITS, LUMA, MOST, STEPS};

/// One of each pair of the 7 x 7 diamond.
const OF_LUMA: [(isize, isize); LUMA] =
    [(0, -3), (-1, -2), (0, -2), (1, -2), (-2, -1), (-1, -1), (0, -1), (1, -1), (2, -1), (-3, 0), (-2, 0), (-1, 0)];
/// Of the 5 x 5 one.
const OF_CHROMA: [(isize, isize); CHROMA] = [(0, -2), (-1, -1), (0, -1), (1, -1), (-2, 0), (-1, 0)];

/// The pairs of a filter.
pub fn taps(pairs: usize) -> &'static [(isize, isize)] {
    if pairs == LUMA {
        &OF_LUMA
    } else {
        &OF_CHROMA
    }
}

/// Where a pair of a block stands that is turned.
pub fn turned((x, y): (isize, isize), turn: u8) -> (isize, isize) {
    let (x, y) = if turn & 1 == 1 { (y, x) } else { (x, y) };
    (x, if turn & 2 == 2 { -y } else { y })
}

/// Samples in eighths.
pub fn eighths(from: &[f32], to: &mut [i16]) {
    let most = f32::from(MOST);
    for (to, &v) in to.iter_mut().zip(from) {
        let v = v * 8.0;
        let v = if v > -most { v } else { -most };
        *to = (if v < most { v } else { most }).round_ties_even() as i16;
    }
}

fn sample(plane: &Plane, x: isize, y: isize) -> i32 {
    i32::from(plane.samples()[plane.at(y).wrapping_add_signed(x)])
}

/// Sorts of blocks.
pub fn classify(plane: &Plane, begin: usize, steps: &[u8], limits: &[[u32; LIMITS]; STEPS], sorts: &mut [u8]) {
    for (i, sort) in sorts.iter_mut().enumerate() {
        let (bx, by) = (i % plane.across(), begin + i / plane.across());
        let is_inside = 4 * bx < plane.width;
        *sort = if is_inside { sort_of(plane, bx, by, &limits[usize::from(steps[i])]) } else { 0 };
    }
}

fn sort_of(plane: &Plane, bx: usize, by: usize, limits: &[u32; LIMITS]) -> u8 {
    let sum = |(dx, dy): (isize, isize)| -> u64 {
        let mut sum = 0;
        for y in 4 * by as isize - 2..4 * by as isize + 6 {
            for x in 4 * bx as isize - 2..4 * bx as isize + 6 {
                let d = 2 * sample(plane, x, y) - sample(plane, x + dx, y + dy) - sample(plane, x - dx, y - dy);
                sum += u64::from(d.unsigned_abs().min(MOST as u32));
            }
        }
        sum
    };
    let [v, h, a, b] = [(0, 1), (1, 0), (1, 1), (1, -1)].map(sum);
    let activity = limits[..4].iter().filter(|&&l| v + h > u64::from(l)).count() as u8;
    let some = u64::from(limits[4]);
    let (hm, hn) = (v.max(h) + some, v.min(h) + some);
    let (dm, dn) = (a.max(b) + some, a.min(b) + some);
    let direction = match hm * dn > dm * hn {
        true if hm > 4 * hn => 2,
        true if 10 * hm > 17 * hn => 1,
        false if dm > 4 * dn => 4,
        false if 10 * dm > 17 * dn => 3,
        _ => 0,
    };
    (activity * 5 + direction) * 4 + u8::from(v < h) + 2 * u8::from(a < b)
}

/// The two terms of a pair.
fn terms(plane: &Plane, x: isize, y: isize, (dx, dy): (isize, isize), bound: i16) -> (i32, i32) {
    let (c, bound) = (sample(plane, x, y), i32::from(bound));
    let (u, v) = (sample(plane, x + dx, y + dy) - c, sample(plane, x - dx, y - dy) - c);
    (u + v, u.clamp(-bound, bound) + v.clamp(-bound, bound))
}

/// Rows of samples of some rows of blocks.
fn rows(plane: &Plane, blocks: &Blocks) -> std::ops::Range<usize> {
    let end = blocks.begin + blocks.steps.len() / plane.across();
    4 * blocks.begin..(4 * end).min(plane.height)
}

/// Samples, filtered. Weights are those of turned blocks already.
pub fn filter(plane: &Plane, pairs: usize, blocks: &Blocks, weights: &[i32], out: &mut [i16], out_stride: usize) {
    for (y, row) in rows(plane, blocks).zip(out.chunks_mut(out_stride)) {
        for (x, out) in row[..plane.width].iter_mut().enumerate() {
            let block = (y / 4 - blocks.begin) * plane.across() + x / 4;
            let weights = &weights[usize::from(blocks.sorts[block]) * (pairs + 1)..][..pairs];
            let bound = blocks.bounds[usize::from(blocks.steps[block])];
            let (sx, sy) = (x as isize, y as isize);
            // At most 24 * 512 * 4 * 8191 in magnitude.
            let sum: i32 = taps(pairs)
                .iter()
                .zip(weights)
                .map(|(&tap, &w)| {
                    let (linear, clipped) = terms(plane, sx, sy, tap, bound);
                    linear * i32::from(w as i16) + clipped * (w >> 16)
                })
                .sum();
            let cut = ((sum + 64) >> 7).clamp(i16::MIN.into(), i16::MAX.into()) as i16;
            *out = plane.row(y)[x].saturating_add(cut);
        }
    }
}

/// Largest magnitude of a term that is gathered.
const CUT: i32 = 2047;

/// Adds products.
pub fn gather(plane: &Plane, wanted: &Plane, blocks: &Blocks, sums: &mut Sums) {
    let (n, pairs) = (sums.terms, (sums.terms - 1) / 2);
    for y in rows(plane, blocks) {
        for x in 0..plane.width {
            let block = (y / 4 - blocks.begin) * plane.across() + x / 4;
            let (class, turn) = (usize::from(blocks.sorts[block] >> 2), blocks.sorts[block] & 3);
            let bound = blocks.bounds[usize::from(blocks.steps[block])];
            let (sx, sy) = (x as isize, y as isize);
            let mut all = vec![0; n];
            for (i, &tap) in taps(pairs).iter().enumerate() {
                (all[i], all[pairs + i]) = terms(plane, sx, sy, turned(tap, turn), bound);
            }
            all[2 * pairs] = sample(wanted, sx, sy) - sample(plane, sx, sy);
            let cut = |i: usize| i64::from(all[i].clamp(-CUT, CUT));
            (0..n).for_each(|i| (i..n).for_each(|j| sums.add(class, i, j, cut(i) * cut(j))));
        }
    }
}
