//! What predictive coding of samples means.
//!
//! A sample's prediction is a weighted sum of 11 samples of its plane and 8 of each of two earlier planes, with the coefficients of the class
//! of its surroundings. What is coded is the distance from the prediction rounded, folded to a code: 0, then +1, -1, +2, -2 where the
//! prediction's fraction is positive, with the signs changed where it is not. A symbol says the code's magnitude above the low bits of its scale;
//! the rest are bits as they are. Its table, of a scale that follows from earlier distances and of the fraction's phase, adapts after each
//! symbol. Sums are modulo 2^32.

use crate::lossless::{
    Lane, Line, Record, Row, BATCH, BITS, COEFFICIENTS, EDGE, FEATURES, PAD, PHASES, SCALES, SYMBOLS,
};

/// Largest distance, Q4.
pub const MOST_DISTANCE: i32 = (1 << 19) - 1;
/// Most low bits of a code that stand beside its symbol.
pub const MOST_SHIFT: i32 = 10;
/// Larger codes are cut to this.
pub const MOST_CODE: u64 = 1 << 18;
/// Bits of an escaped magnitude behind its first, at least.
const ESCAPE_BITS: u32 = 7;
/// The least magnitude of each symbol, and how many bits follow.
const SYMBOL: [(u32, u32); SYMBOLS] = {
    let large = [(8, 2), (12, 2), (16, 3), (24, 3), (32, 4), (48, 4), (64, 6), (128, 0)];
    let mut all = [(0, 0); SYMBOLS];
    let mut i = 0;
    while i < 8 {
        all[i].0 = i as u32;
        all[8 + i] = large[i];
        i += 1;
    }
    all
};

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

/// Puts the value that a code stands for into the row.
fn place(row: &mut Row, g: &Guess, code: u32, x: usize) {
    let half = (code as i32 + 1) >> 1;
    let residual = if code % 2 == 1 { half } else { -half } * g.sign;
    let value = (g.whole + residual * row.setting.step).clamp(g.least, g.least + row.setting.most);
    row.line.values[EDGE + x] = value;
    row.line.distances[EDGE + x] = ((value * 16).abs_diff(g.exact >> 4) as i32).min(MOST_DISTANCE);
}

/// Moves a table towards a symbol that came.
fn adapt(table: &mut [u16], symbol: usize, rate: u32) {
    for (i, t) in table.iter_mut().enumerate() {
        let goal = if i > symbol { (1 << BITS) - SYMBOLS + i } else { i };
        *t = (i32::from(*t) + ((goal as i32 - i32::from(*t)) >> rate)) as u16;
    }
}

/// Begin and length of a symbol's interval.
fn interval(table: &[u16], symbol: usize) -> (u32, u32) {
    let begin = u32::from(table[symbol]);
    let end = table.get(symbol + 1).map_or(1 << BITS, |&t| u32::from(t));
    (begin, end - begin)
}

fn table<'a>(row: &'a mut Row, g: &Guess) -> &'a mut [u16] {
    &mut row.tables[g.table * SYMBOLS..][..SYMBOLS]
}

impl Lane<'_> {
    fn refill(&mut self, x: u32) {
        self.state = x;
        if x < super::rans::LOW {
            self.state = x << 16 | u32::from(u16::from_le_bytes([self.words[self.at], self.words[self.at + 1]]));
            self.at += 2;
        }
    }

    fn raw(&mut self, bits: u32) -> u32 {
        let value = self.state & ((1 << bits) - 1);
        self.refill(self.state >> bits);
        value
    }

    fn escaped(&mut self, shift: u32) -> u32 {
        let more = self.raw(4);
        let high = self.raw(ESCAPE_BITS);
        let low = self.raw(more);
        let magnitude = u64::from(1 << ESCAPE_BITS | high) << more | u64::from(low);
        (magnitude << shift | u64::from(self.raw(shift))).min(MOST_CODE) as u32
    }
}

/// Decodes a row; false if words ran out.
pub fn decode(row: &mut Row, lane: &mut Lane, n: usize) -> bool {
    let rate = row.setting.rate;
    for x in 0..n {
        let g = guess(row, x);
        let slot = lane.state & ((1 << BITS) - 1);
        let table = table(row, &g);
        let symbol = table.iter().rposition(|&t| u32::from(t) <= slot).unwrap_or(0);
        let (begin, frequency) = interval(table, symbol);
        lane.refill(frequency * (lane.state >> BITS) + slot - begin);
        adapt(table, symbol, rate);
        let code = match SYMBOL[symbol] {
            _ if symbol == SYMBOLS - 1 => lane.escaped(g.shift),
            (least, extra) => (least << g.shift) + lane.raw(extra + g.shift),
        };
        place(row, &g, code, x);
        if lane.at + PAD > lane.words.len() {
            return false;
        }
    }
    true
}

/// The code of a value.
pub fn code_of(g: &Guess, value: i32, step: i32) -> u32 {
    let residual = (value - g.whole) * g.sign;
    let size = ((residual.abs() + step / 2) / step) as u32;
    if residual > 0 && size > 0 {
        2 * size - 1
    } else {
        2 * size
    }
}

/// The symbol of a code without its low bits.
pub fn symbol_of(high: u32) -> usize {
    SYMBOL.iter().rposition(|s| s.0 <= high).unwrap_or(0)
}

/// Codes the values of a row.
pub fn encode(row: &mut Row, values: &[i32], records: &mut Vec<Record>) {
    let (step, rate) = (row.setting.step, row.setting.rate);
    for (x, &value) in values.iter().enumerate() {
        let g = guess(row, x);
        let code = code_of(&g, value, step);
        let high = code >> g.shift;
        let symbol = symbol_of(high);
        let table = table(row, &g);
        let (begin, frequency) = interval(table, symbol);
        adapt(table, symbol, rate);
        let mut record = |interval, count: u32, bits: u32| {
            records.push(Record { interval, raw: count << 16 | (bits & ((1 << count) - 1)) });
        };
        let interval = begin << 16 | frequency;
        if symbol < SYMBOLS - 1 {
            let (least, extra) = SYMBOL[symbol];
            record(interval, extra + g.shift, code - (least << g.shift));
        } else {
            let more = high.ilog2() - ESCAPE_BITS;
            record(interval, 4, more);
            record(0, ESCAPE_BITS, high >> more);
            record(0, more, high);
            record(0, g.shift, code);
        }
        place(row, &g, code, x);
    }
}

/// Adds weighted products of features, sample after sample.
pub fn moments(features: &[[f32; FEATURES]; BATCH], weights: &[f32; BATCH], sums: &mut [[f32; FEATURES]]) {
    for (f, weight) in features.iter().zip(weights) {
        for (i, row) in sums.iter_mut().enumerate() {
            row[..=i].iter_mut().zip(f).for_each(|(sum, v)| *sum += (weight * f[i]) * v);
        }
    }
}
