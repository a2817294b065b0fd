//! What predictive coding of samples means.
//!
//! A sample's prediction is a weighted sum of 11 samples of its plane and 8 of each of two earlier planes, with the coefficients of the class
//! of its surroundings. What is coded is the distance from the prediction rounded, folded to a code: 0, then +1, -1, +2, -2 where the
//! prediction's fraction is positive, with the signs changed where it is not. A symbol says the code's magnitude above the low bits of its scale;
//! the rest are bits as they are. Its table, of a scale that follows from earlier distances and of the fraction's phase, adapts after each
//! symbol. Sums are modulo 2^32.

mod code;

pub use code::{code_of, decode, encode, moments, symbol_of};

use crate::lossless::{Line, Row, COEFFICIENTS, EDGE, PHASES, SCALES};

/// Largest distance, Q4.
pub const MOST_DISTANCE: i32 = (1 << 19) - 1;
/// Most low bits of a code that stand beside its symbol.
pub const MOST_SHIFT: i32 = 10;

/// Numbers around a place: `x` columns from it.
fn value(line: &Line, at: usize, x: isize) -> i32 {
    line.values[(EDGE + at).wrapping_add_signed(x)]
}

fn far(line: &Line, at: usize, x: isize) -> i32 {
    line.distances[(EDGE + at).wrapping_add_signed(x)]
}

/// Of differences of values: across, down. And the part of the scale that does not follow from the row itself.
pub fn context(row: &mut Row, columns: usize) {
    for x in 0..columns {
        let (n, nn) = (row.above[0], row.above[1]);
        let (g, gn) = (row.lead[0], row.lead[1]);
        let v = |line, dx| value(line, x, dx);
        let west = v(n, 0).abs_diff(v(n, -1)) as i32;
        let east = v(n, 0).abs_diff(v(n, 1)) as i32;
        row.scratch.across[x] = west + east + (v(g, 0).abs_diff(v(g, -1)) + v(g, 0).abs_diff(v(g, 1))) as i32;
        row.scratch.down[x] = (v(n, 0).abs_diff(v(nn, 0))
            + v(n, 1).abs_diff(v(nn, 1))
            + v(g, 0).abs_diff(v(gn, 0))
            + v(g, -1).abs_diff(v(gn, -1))) as i32;
        let d = |line, dx| far(line, x, dx);
        let mut parts = vec![
            (0, 16),
            (2, d(n, 0)),
            (3, d(n, -1)),
            (4, d(n, 1)),
            (6, d(nn, 0)),
            (7, d(n, -2) + d(n, 2)),
            (9, 16 * west),
            (10, 16 * east),
            (11, d(nn, -1) + d(nn, 1)),
        ];
        for (i, [a, b]) in [row.first, row.second].into_iter().enumerate().take(row.earlier) {
            let w = 12 + 3 * i;
            parts.extend([(w, d(a, 0)), (w + 1, d(a, -1) + d(a, 1) + d(b, 0)), (w + 2, d(b, -1) + d(b, 1))]);
        }
        row.scratch.energy[x] =
            parts.iter().fold(0i32, |sum, &(w, part)| sum.wrapping_add(row.weights[w].wrapping_mul(part)));
    }
}

/// A prediction.
#[derive(Debug, Clone, Copy)]
pub struct Guess {
    /// Q8, and within what a sample can be.
    pub exact: i32,
    /// Rounded.
    pub whole: i32,
    /// -1 if that is more than the prediction, else 1.
    pub sign: i32,
    /// The least that a value can be.
    pub least: i32,
    /// Number of the table.
    pub table: usize,
    /// Bits beside the symbol.
    pub shift: u32,
}

/// Class of a column's surroundings.
pub fn class(row: &Row, x: usize) -> usize {
    let at = |dx| value(row.line, x, dx);
    let across = row.scratch.across[x] + at(-1).abs_diff(at(-2)) as i32;
    let down = row.scratch.down[x] + at(-1).abs_diff(value(row.above[0], x, -1)) as i32;
    let limits = row.setting.limits;
    let level = limits[..3].iter().filter(|&&l| across + down >= l).count();
    let along = 1 + usize::from(down > 2 * across + limits[3]) - usize::from(across > 2 * down + limits[3]);
    level * 3 + along
}

/// The sum of coefficients times values, Q8. Coefficients 0 to 3 are of columns -2 to 1 of the row above, 4 to 7 of -1 to 2 of the one above
/// that, 8 to 10 of -1, -2, -3 of the row itself, 11 of column 2 of the row above. Of the plane before: 12 to 15 of columns -2 to 1 of the same
/// row, 16 to 19 of -1 to 2 of the row above; 20 to 27 the same of the plane before that.
pub fn predicted(row: &Row, class: usize, x: usize) -> i32 {
    let c = &row.coefficients[class * COEFFICIENTS..][..COEFFICIENTS];
    let mut sum = 0i32;
    let mut add = |line: &Line, dx: isize, c: i32| sum = sum.wrapping_add(value(line, x, dx).wrapping_mul(c));
    for i in 0..4 {
        add(row.above[0], i - 2, c[i as usize]);
        add(row.above[1], i - 1, c[4 + i as usize]);
        if i < 3 {
            add(row.line, -1 - i, c[8 + i as usize]);
        }
        for (k, [a, b]) in [row.first, row.second].into_iter().enumerate().take(row.earlier) {
            add(a, i - 2, c[12 + 8 * k + i as usize]);
            add(b, i - 1, c[16 + 8 * k + i as usize]);
        }
    }
    add(row.above[0], 2, c[11]);
    sum
}

/// Quarter octave of a scale in 1/64, from 1/16 on.
fn scale_class(scale: u32) -> i32 {
    let s = scale.max(4);
    let octave = s.ilog2();
    octave as i32 * 4 + (s >> (octave - 2)) as i32 - 12
}

/// The prediction of a column.
pub fn guess(row: &Row, x: usize) -> Guess {
    let least = -value(row.lead[0], x, 0);
    let inverse = 65536 / row.setting.step as u32;
    let exact = predicted(row, class(row, x), x).clamp(least * 256, (least + row.setting.most) * 256);
    let whole = (exact + 128) >> 8;
    let fraction = exact - whole * 256;
    let phase = ((fraction.unsigned_abs() * inverse) >> 21).min(PHASES as u32 - 1) as usize;
    let near = value(row.line, x, -1).abs_diff(value(row.above[0], x, -1)) as i32;
    let own = [(1, far(row.line, x, -1)), (5, far(row.line, x, -2)), (8, 16 * near)];
    let energy =
        own.iter().fold(row.scratch.energy[x], |sum, &(w, part)| sum.wrapping_add(row.weights[w].wrapping_mul(part)));
    let scale = scale_class(((u64::from(energy as u32) * u64::from(inverse)) >> 24) as u32);
    let last = SCALES as i32 - 1;
    let shift = ((scale - last + 3) >> 2).clamp(0, MOST_SHIFT);
    let kept = (scale - 4 * shift).min(last) as usize;
    let sign = if fraction < 0 { -1 } else { 1 };
    Guess { exact, whole, sign, least, table: kept * PHASES + phase, shift: shift as u32 }
}
