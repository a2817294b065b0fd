//! Streams from integers.

use super::planes::Contexts;
use super::START;
use crate::codec::entropy::log2::{log2, ONE};
use crate::error::Result;
use crate::learned::{Predictor, Weights};
use vaerans_kernels::predict::{BITS, LANES, PHASES, SYMBOLS};
use vaerans_kernels::reference::predict::{low_bits, residual, rounded, MOST};
use vaerans_kernels::Kernels;

/// Bytes that pay for one more state: it costs about three.
const BYTES_PER_LANE: u64 = 4000;

/// Codes planes (C, h, w) of integers of at most [`MAX_VALUE`](vaerans_kernels::reference::predict::MAX_VALUE); gives a stream for each
/// layer.
///
/// # Errors
/// `limit.memory`.
pub fn encode(
    kernels: Kernels,
    predictor: &Predictor,
    weights: &Weights,
    (height, width): (usize, usize),
    planes: &[i16],
) -> Result<Vec<Vec<u8>>> {
    let mut contexts = Contexts::new(kernels, predictor, weights, height, width)?;
    let layers = predictor.layers_of(weights.channels.len()).unwrap_or(0);
    let one = |layer: usize| {
        let mut symbols = Symbols { tables: &predictor.tables[layer][..], all: Vec::new(), bits: 0 };
        contexts.layer(layer, |means, classes, (channel, y), values, residuals| {
            values.copy_from_slice(&planes[(channel * height + y) * width..][..width]);
            for (x, (&q, r)) in values.iter().zip(residuals).enumerate() {
                *r = residual(q.into(), means[x]);
                symbols.push(q.into(), means[x], classes[x], x);
            }
            Ok(())
        })?;
        Ok(symbols.stream())
    };
    (0..layers).map(one).collect()
}

/// What is coded for an integer.
struct Symbol {
    /// Its entry of the table.
    entry: u32,
    /// Distance from the mean, its low bits, and their number.
    high: i32,
    low: u16,
    bits: u8,
    /// The column, as far as it decides the state.
    lane: u8,
}

/// The symbols of a layer, in the order of decoding.
struct Symbols<'a> {
    tables: &'a [u32],
    all: Vec<Symbol>,
    /// Bits that they take, but for escapes, in 1 / [`ONE`].
    bits: u64,
}

impl Symbols<'_> {
    fn push(&mut self, value: i32, mean: i32, class: u8, column: usize) {
        let (base, sign, phase) = rounded(mean);
        let (distance, bits) = (sign * (value - base), low_bits(class));
        let high = distance >> bits;
        let index = if high.abs() > MOST { SYMBOLS - 1 } else { (high + MOST) as usize };
        let entry = self.tables[(usize::from(class) * PHASES + phase) * SYMBOLS + index];
        self.bits += u64::from((BITS + bits) * ONE - log2(entry & 0xffff));
        let low = (distance & ((1 << bits) - 1)) as u16;
        self.all.push(Symbol { entry, high, low, bits: bits as u8, lane: (column % LANES) as u8 });
    }

    /// Their stream: the number of states as a power of two, the states, the words.
    fn stream(&self) -> Vec<u8> {
        let wanted = (self.bits / u64::from(8 * ONE) / BYTES_PER_LANE).clamp(1, LANES as u64);
        let lanes = 1usize << wanted.ilog2();
        let mut coder = Coder { states: vec![START; lanes], words: Vec::new() };
        self.all.iter().rev().for_each(|s| coder.put(s));
        let mut out = vec![lanes.ilog2() as u8];
        coder.states.iter().for_each(|x| out.extend(x.to_le_bytes()));
        out.extend(coder.words.iter().rev().flat_map(|w| w.to_le_bytes()));
        out
    }
}

/// rANS, from the last symbol to the first.
struct Coder {
    states: Vec<u32>,
    words: Vec<u16>,
}

impl Coder {
    fn put(&mut self, s: &Symbol) {
        let lane = usize::from(s.lane) % self.states.len();
        self.raw(lane, s.low.into(), s.bits.into());
        if s.high.abs() > MOST {
            self.escaped(lane, s.high);
        }
        let (start, frequency) = (s.entry >> 16, s.entry & 0xffff);
        let x = self.room(lane, u64::from(frequency) << (32 - BITS));
        self.states[lane] = ((x / frequency) << BITS) + x % frequency + start;
    }

    /// The state, below `end`: a word goes out where it is not.
    fn room(&mut self, lane: usize, end: u64) -> u32 {
        let x = &mut self.states[lane];
        if u64::from(*x) >= end {
            self.words.push(*x as u16);
            *x >>= 16;
        }
        *x
    }

    fn raw(&mut self, lane: usize, value: u32, bits: u32) {
        let x = self.room(lane, 1 << (32 - bits));
        self.states[lane] = x << bits | value;
    }

    /// A sign, then Elias gamma; the decoder takes it in that order.
    fn escaped(&mut self, lane: usize, high: i32) {
        let v = high.unsigned_abs() - MOST as u32;
        let length = v.ilog2();
        (0..length).for_each(|i| self.raw(lane, v >> i & 1, 1));
        self.raw(lane, 0, 1);
        (0..length).for_each(|_| self.raw(lane, 1, 1));
        self.raw(lane, u32::from(high < 0), 1);
    }
}
