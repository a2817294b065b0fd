//! Codes, symbols and states of the lossless coder.

use super::{guess, Guess, MOST_DISTANCE};
use crate::lossless::{Lane, Record, Row, BATCH, BITS, EDGE, FEATURES, PAD, SYMBOLS};
use crate::reference::rans::LOW;

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
        if x < LOW {
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
