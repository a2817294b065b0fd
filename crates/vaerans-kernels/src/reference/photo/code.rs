//! Bands decoded, described, encoded.

use super::energy::{class_at, place};
use super::{magnitude, raw_bits, reconstruction, token_of, ESCAPE};
use crate::photo::{Band, Model, Short, BITS, LANES};
use crate::reference::rans::LOW;

const SLOTS: u32 = 1 << BITS;

/// Words on their way into states.
struct Words<'a> {
    rest: std::slice::ChunksExact<'a, u8>,
}

impl Words<'_> {
    fn refill(&mut self, x: u32) -> Result<u32, Short> {
        if x >= LOW {
            return Ok(x);
        }
        let word = self.rest.next().ok_or(Short)?;
        Ok(x << 16 | u32::from(u16::from_le_bytes([word[0], word[1]])))
    }

    fn raw(&mut self, x: &mut u32, bits: u32) -> Result<u32, Short> {
        let value = *x & ((1 << bits) - 1);
        *x = self.refill(*x >> bits)?;
        Ok(value)
    }

    /// The index of a token that is not 0.
    fn index(&mut self, x: &mut u32, token: usize) -> Result<u32, Short> {
        match token {
            ESCAPE => Ok((self.raw(x, 12)? << 12 | self.raw(x, 12)?) + 1),
            0..8 => Ok(token as u32),
            _ => {
                let bits = raw_bits(token);
                Ok((2 + (token as u32 & 1)) << bits | self.raw(x, bits)?)
            }
        }
    }
}

/// Context of a sign: those of W and N.
fn sign_context(band: &Band, values: &[f32], x: usize, y: usize) -> usize {
    let sign = |v: f32| i32::from(v > 0.0) - i32::from(v < 0.0);
    let (w, n) = (values[band.at(y as isize) + x - 1], values[band.at(y as isize - 1) + x]);
    (3 * sign(w) + sign(n) + 4) as usize
}

/// The value of an index of a row of the tables, without its sign.
fn value_of(model: &Model, row: usize, k: u32) -> f32 {
    reconstruction(k, row as u32 >> 6) as f32 - model.tables.shifts(row)[k.min(3) as usize]
}

/// Decodes a band; gives the words used.
pub fn decode(
    band: &Band,
    model: &Model,
    steps: &[i16],
    states: &mut [u32; LANES],
    words: &[u8],
    magnitudes: &mut [i16],
    values: &mut [f32],
) -> Result<usize, Short> {
    let mut from = Words { rest: words.chunks_exact(2) };
    let mut quantizer = [0u8; LANES];
    for (t, energies) in steps[..band.steps() * LANES].chunks_exact(LANES).enumerate() {
        let mut zeros = Vec::new();
        for l in 0..LANES {
            let Some((x, y)) = place(band, t, l) else {
                quantizer[l] = 0;
                continue;
            };
            let class = class_at(band, &model.weights, energies[l], magnitudes, x, y);
            let row = class | usize::from(quantizer[l] & 1) << 6;
            let state = &mut states[l];
            let slot = *state & (SLOTS - 1);
            let token = model.tables.ends(row).iter().position(|&e| e as u32 >= slot).unwrap_or(ESCAPE);
            let end = |token: usize| model.tables.ends(row)[token] as u32 + 1;
            let start = if token == 0 { 0 } else { end(token - 1) };
            *state = (end(token) - start) * (*state >> BITS) + slot - start;
            let mut k = 0;
            if token == 0 {
                zeros.push(l);
            } else {
                *state = from.refill(*state)?;
                k = from.index(state, token)?;
                let plus = u32::from(model.signs[sign_context(band, values, x, y)]);
                let slot = *state & (SLOTS - 1);
                let is_negative = slot >= plus;
                let (start, frequency) = if is_negative { (plus, SLOTS - plus) } else { (0, plus) };
                *state = from.refill(frequency * (*state >> BITS) + slot - start)?;
                let at = band.at(y as isize) + x;
                let value = value_of(model, row, k);
                values[at] = if is_negative { -value } else { value };
                magnitudes[at] = magnitude(reconstruction(k, row as u32 >> 6));
            }
            quantizer[l] = model.next[2 * usize::from(quantizer[l]) + (k & 1) as usize];
        }
        for l in zeros {
            states[l] = from.refill(states[l])?;
        }
    }
    Ok(words.len() / 2 - from.rest.len())
}

/// Rows of the tables and values of a band whose indices are known.
pub fn describe(
    band: &Band,
    model: &Model,
    energies: &[i16],
    magnitudes: &[i16],
    indices: &[i32],
    rows: &mut [u8],
    values: &mut [f32],
) {
    for y in 0..band.height {
        let mut state = 0;
        for x in 0..band.width {
            let at = band.at(y as isize) + x;
            let class = class_at(band, &model.weights, energies[band.energy_at(y) + x], magnitudes, x, y);
            let row = class | usize::from(state & 1) << 6;
            let k = indices[at].unsigned_abs();
            rows[at] = row as u8;
            if k > 0 {
                let value = value_of(model, row, k);
                values[at] = if indices[at] < 0 { -value } else { value };
            }
            state = model.next[2 * usize::from(state) + (k & 1) as usize];
        }
    }
}

/// Words from the last one on.
struct Backwards<'a> {
    words: &'a mut [u16],
    at: usize,
}

impl Backwards<'_> {
    fn put(&mut self, x: u32) -> u32 {
        self.at -= 1;
        self.words[self.at] = x as u16;
        x >> 16
    }

    fn symbol(&mut self, mut x: u32, start: u32, frequency: u32) -> u32 {
        if u64::from(x) >= u64::from(frequency) << 17 {
            x = self.put(x);
        }
        ((x / frequency) << BITS) + x % frequency + start
    }

    fn raw(&mut self, mut x: u32, value: u32, bits: u32) -> u32 {
        if u64::from(x) >= 1 << (32 - bits) {
            x = self.put(x);
        }
        x << bits | value
    }

    fn index(&mut self, mut x: u32, counts: &[u16], k: u32) -> u32 {
        let token = token_of(k);
        let token = if counts[token] == 0 { ESCAPE } else { token };
        if token == ESCAPE {
            x = self.raw(x, (k - 1) & 4095, 12);
            x = self.raw(x, (k - 1) >> 12, 12);
        } else if raw_bits(token) > 0 {
            x = self.raw(x, k & ((1 << raw_bits(token)) - 1), raw_bits(token));
        }
        let start = counts[..token].iter().map(|&n| u32::from(n)).sum();
        self.symbol(x, start, u32::from(counts[token]))
    }
}

/// Encodes a band that was described; gives the number of words, which stand at the end of `words`.
#[allow(clippy::too_many_arguments)] // as the kernel
pub fn encode(
    band: &Band,
    model: &Model,
    rows: &[u8],
    indices: &[i32],
    values: &[f32],
    states: &mut [u32; LANES],
    words: &mut [u16],
) -> usize {
    let all = words.len();
    let mut out = Backwards { words, at: all };
    for t in (0..band.steps()).rev() {
        let there =
            || (0..LANES).rev().filter_map(|l| place(band, t, l).map(|(x, y)| (l, x, y, band.at(y as isize) + x)));
        for (l, _, _, at) in there().filter(|&(_, _, _, at)| indices[at] == 0) {
            let zero = model.tables.counts(usize::from(rows[at]))[0];
            states[l] = out.symbol(states[l], 0, u32::from(zero));
        }
        for (l, x, y, at) in there().filter(|&(_, _, _, at)| indices[at] != 0) {
            let plus = u32::from(model.signs[sign_context(band, values, x, y)]);
            let (start, frequency) = if indices[at] < 0 { (plus, SLOTS - plus) } else { (0, plus) };
            states[l] = out.symbol(states[l], start, frequency);
            let counts = model.tables.counts(usize::from(rows[at]));
            states[l] = out.index(states[l], counts, indices[at].unsigned_abs());
        }
    }
    all - out.at
}
