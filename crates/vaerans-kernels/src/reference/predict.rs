//! Predictive coding of planes of integers.
//!
//! Every integer has a mean (Q12) and a class, a quarter octave of the scale of its distance from the mean; both follow from elements that
//! were decoded before, in rows above or in earlier planes. What is coded is the distance e from the mean rounded, with the sign by which
//! the mean's fraction is positive: a symbol of a table of its class and of the fraction's phase, an escape for large ones, and for wide
//! classes low bits as they are.
//!
//! rANS has 32-bit states of at least 2^16 and 16-bit words. Column x belongs to lane x % lanes; all lanes share one row of words, in the
//! order in which a decoder of value after value wants them.

use super::rans::LOW;
use crate::predict::{Row, Taps, BITS, PHASES, SYMBOLS};

/// Largest magnitude that is a symbol of its own.
pub const MOST: i32 = SYMBOLS as i32 / 2 - 1;
/// Scales lie in this range, Q12.
pub const SCALES: (i64, i64) = (16, (1 << 19) - 1);
/// Largest residual, Q4: what is further away counts as much.
pub const MAX_RESIDUAL: u32 = 4095;
/// Longest run of ones in front of an escaped magnitude.
pub const MAX_ESCAPE: u32 = 20;
/// Largest magnitude of an integer.
pub const MAX_VALUE: i32 = 32767;

/// Why a row cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There are too few words.
    Short,
    /// A value does not fit 16 bits.
    Range,
}

/// Means and classes of a row.
pub fn context(row: &Row, means: &mut [i32], classes: &mut [u8]) {
    for (x, (mean, class)) in means.iter_mut().zip(classes).enumerate() {
        *mean = sum(row.values, row.at + x, row.mean);
        let first = sum(row.residuals, row.at + x, row.scale).wrapping_add(128) >> 8;
        let energy =
            row.energy_taps.iter().map(|(o, w)| i64::from(w) * i64::from(row.energy[place(row.energy_at + x, o)]));
        let energy = (energy.sum::<i64>() + 2048) >> 12;
        *class = class_of(i64::from(row.bias) + i64::from(first) + energy);
    }
}

fn place(at: usize, offset: isize) -> usize {
    at.wrapping_add_signed(offset)
}

fn sum<T: Copy + Into<i32>>(from: &[T], at: usize, taps: &Taps) -> i32 {
    taps.iter()
        .fold(0i32, |sum, (offset, weight)| sum.wrapping_add(from[place(at, offset)].into().wrapping_mul(weight)))
}

/// Quarter octave of a scale.
pub fn class_of(scale: i64) -> u8 {
    let s = scale.clamp(SCALES.0, SCALES.1) as u32;
    let octave = s.ilog2();
    (4 * octave + (s >> (octave - 2) & 3) - 16) as u8
}

/// Low bits of a class that are stored as they are.
pub fn low_bits(class: u8) -> u32 {
    ((u32::from(class) + 16) / 4).saturating_sub(13)
}

/// The integer nearest to a mean, the sign that makes what is left positive, and its phase.
pub fn rounded(mean: i32) -> (i32, i32, usize) {
    let base = mean.wrapping_add(2048) >> 12;
    let fraction = mean.wrapping_sub(base << 12);
    let sign = if fraction < 0 { -1 } else { 1 };
    (base, sign, (((fraction * sign) >> 9) as usize).min(PHASES - 1))
}

/// Distance of an integer from its mean, Q4.
pub fn residual(value: i32, mean: i32) -> u16 {
    let distance = (value << 12).wrapping_sub(mean).unsigned_abs();
    (distance.wrapping_add(128) >> 8).min(MAX_RESIDUAL) as u16
}

/// Words on their way into a state.
struct Words<'a> {
    rest: std::slice::ChunksExact<'a, u8>,
}

impl Words<'_> {
    fn refill(&mut self, x: u32) -> Result<u32, Fault> {
        if x >= LOW {
            return Ok(x);
        }
        let word = self.rest.next().ok_or(Fault::Short)?;
        Ok(x << 16 | u32::from(u16::from_le_bytes([word[0], word[1]])))
    }

    fn raw(&mut self, x: &mut u32, bits: u32) -> Result<u32, Fault> {
        let value = *x & ((1 << bits) - 1);
        *x = self.refill(*x >> bits)?;
        Ok(value)
    }

    fn escaped(&mut self, x: &mut u32) -> Result<i32, Fault> {
        let negative = self.raw(x, 1)? == 1;
        let mut length = 0;
        while self.raw(x, 1)? == 1 {
            length += 1;
            if length > MAX_ESCAPE {
                return Err(Fault::Range);
            }
        }
        let mut v = 1;
        for _ in 0..length {
            v = v << 1 | self.raw(x, 1)? as i32;
        }
        Ok(if negative { -(v + MOST) } else { v + MOST })
    }
}

/// Decodes a row; gives the words used.
#[allow(clippy::too_many_arguments)] // as the kernel
pub fn decode(
    tables: &[u32],
    states: &mut [u32],
    words: &[u8],
    means: &[i32],
    classes: &[u8],
    values: &mut [i16],
    residuals: &mut [u16],
) -> Result<usize, Fault> {
    let mut from = Words { rest: words.chunks_exact(2) };
    let lanes = states.len();
    let mut is_range = false;
    for (i, (value, residue)) in values.iter_mut().zip(residuals).enumerate() {
        let (base, sign, phase) = rounded(means[i]);
        let table = &tables[(usize::from(classes[i]) * PHASES + phase) * SYMBOLS..][..SYMBOLS];
        let x = &mut states[i % lanes];
        let slot = *x & ((1 << BITS) - 1);
        let k = table.iter().rposition(|e| e >> 16 <= slot).unwrap_or(0);
        let (frequency, start) = (table[k] & 0xffff, table[k] >> 16);
        *x = from.refill(frequency.wrapping_mul(*x >> BITS).wrapping_add(slot).wrapping_sub(start))?;
        let high = if k == SYMBOLS - 1 { from.escaped(x)? } else { k as i32 - MOST };
        let bits = low_bits(classes[i]);
        let e = (high << bits) + from.raw(x, bits)? as i32;
        let q = base + sign * e;
        is_range |= q.abs() > MAX_VALUE;
        *value = q as i16;
        *residue = residual(q, means[i]);
    }
    match is_range {
        true => Err(Fault::Range),
        false => Ok(words.len() / 2 - from.rest.len()),
    }
}
