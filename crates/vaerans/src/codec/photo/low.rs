//! The low band of a tile: integers of the picture's step, predicted from their neighbours, in the state of lane 0.

use super::model::{Model, LOW};
use crate::error::{Error, Result};
use vaerans_kernels::photo::{BITS, TOKENS};
use vaerans_kernels::reference::photo::{class_of, raw_bits, token_of, ESCAPE};

const SLOTS: u32 = 1 << BITS;
/// Bias and weights of an energy, as those of the bands: W and N, NW and NE.
const BIAS: i32 = 6;
const NEAR: i32 = 11469;
const FAR: i32 = 4915;
/// Largest integer of a low band.
pub const MOST: i32 = 1 << 23;

fn short() -> Error {
    Error::new("stream.truncated", "the words of a low band end early")
}

/// Words of a tile.
pub struct Words<'a> {
    /// Bytes of those that are left.
    pub rest: &'a [u8],
}

impl Words<'_> {
    fn refill(&mut self, x: u32) -> Result<u32> {
        if x >= 1 << 16 {
            return Ok(x);
        }
        let (&word, rest) = self.rest.split_first_chunk::<2>().ok_or_else(short)?;
        self.rest = rest;
        Ok(x << 16 | u32::from(u16::from_le_bytes(word)))
    }

    fn raw(&mut self, x: &mut u32, bits: u32) -> Result<u32> {
        let value = *x & ((1 << bits) - 1);
        *x = self.refill(*x >> bits)?;
        Ok(value)
    }
}

/// The guess of an integer: the median of W, N and W + N - NW.
fn guess(q: &[i32], width: usize, x: usize, y: usize) -> i32 {
    let at = |dx: usize, dy: usize| q[(y - dy) * width + x - dx];
    match (x, y) {
        (0, 0) => 0,
        (_, 0) => at(1, 0),
        (0, _) => at(0, 1),
        _ => {
            let (w, n, nw) = (at(1, 0), at(0, 1), at(1, 1));
            (w + n - nw).clamp(w.min(n), w.max(n))
        }
    }
}

/// The class of a distance, from those decoded before.
fn class(distances: &[i32], width: usize, x: usize, y: usize) -> usize {
    let at = |dx: isize, dy: isize| {
        let (x, y) = (x as isize + dx, y as isize + dy);
        let is_there = (0..width as isize).contains(&x) && y >= 0;
        if is_there {
            distances[y as usize * width + x as usize].min(255) << 7
        } else {
            0
        }
    };
    let product = |a: i32, weight: i32| (a * weight + 0x4000) >> 15;
    let energy = BIAS + product(at(-1, 0), NEAR) + product(at(0, -1), NEAR) + product(at(-1, -1), FAR);
    class_of((energy + product(at(1, -1), FAR)).min(32767))
}

/// A distance and its class, in the order of a decoder.
#[derive(Debug, Clone, Copy)]
pub struct Symbol {
    /// Row of the tables.
    pub class: usize,
    /// The distance.
    pub value: i32,
}

/// What the integers of a plane become.
pub fn symbols(q: &[i32], width: usize) -> Vec<Symbol> {
    let mut distances = vec![0; q.len()];
    let mut out = Vec::with_capacity(q.len());
    for i in 0..q.len() {
        let (x, y) = (i % width, i / width);
        let value = q[i] - guess(q, width, x, y);
        out.push(Symbol { class: class(&distances, width, x, y), value });
        distances[i] = value.abs();
    }
    out
}

/// Encodes symbols, the last one first; words are handed over as they come.
pub fn encode(model: &Model, symbols: &[Symbol], mut x: u32, put: &mut impl FnMut(u16)) -> u32 {
    let mut room = |x: &mut u32, is_full: bool| {
        if is_full {
            put(*x as u16);
            *x >>= 16;
        }
    };
    for s in symbols.iter().rev() {
        let counts = model.tables[LOW].counts(s.class);
        let k = s.value.unsigned_abs();
        let token = token_of(k);
        let token = if counts[token] == 0 { ESCAPE } else { token };
        let mut raws: Vec<(u32, u32)> = Vec::with_capacity(3);
        if k > 0 {
            raws.push((u32::from(s.value < 0), 1));
        }
        match token {
            ESCAPE => raws.extend([((k - 1) & 4095, 12), ((k - 1) >> 12, 12)]),
            _ if raw_bits(token) > 0 => raws.push((k & ((1 << raw_bits(token)) - 1), raw_bits(token))),
            _ => (),
        }
        for (value, bits) in raws {
            let is_full = x >> (32 - bits) > 0;
            room(&mut x, is_full);
            x = x << bits | value;
        }
        let start: u32 = counts[..token].iter().map(|&n| u32::from(n)).sum();
        let frequency = u32::from(counts[token]);
        let is_full = u64::from(x) >= u64::from(frequency) << 17;
        room(&mut x, is_full);
        x = ((x / frequency) << BITS) + x % frequency + start;
    }
    x
}

/// Decodes the integers of a plane.
///
/// # Errors
/// `stream.truncated`, `stream.invalid`.
pub fn decode(model: &Model, width: usize, q: &mut [i32], x: &mut u32, words: &mut Words) -> Result<()> {
    let mut distances = vec![0; q.len()];
    for i in 0..q.len() {
        let (at, row) = (i % width, i / width);
        let counts = model.tables[LOW].counts(class(&distances, width, at, row));
        let slot = *x & (SLOTS - 1);
        let (mut token, mut start) = (0, 0);
        while token + 1 < TOKENS && slot >= start + u32::from(counts[token]) {
            start += u32::from(counts[token]);
            token += 1;
        }
        *x = words.refill(u32::from(counts[token]) * (*x >> BITS) + slot - start)?;
        let k = match token {
            ESCAPE => (words.raw(x, 12)? << 12 | words.raw(x, 12)?) + 1,
            0..8 => token as u32,
            _ => (2 + (token as u32 & 1)) << raw_bits(token) | words.raw(x, raw_bits(token))?,
        };
        let is_negative = k > 0 && words.raw(x, 1)? == 1;
        let value = guess(q, width, at, row) + if is_negative { -(k as i32) } else { k as i32 };
        if value.abs() > MOST {
            return Err(Error::new("stream.invalid", "an integer of a low band is out of range"));
        }
        q[i] = value;
        distances[i] = k as i32;
    }
    Ok(())
}
