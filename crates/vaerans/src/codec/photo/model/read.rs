//! The bytes of a model. docs/format.md describes them.

use super::{Model, Weights, GROUPS, SETS};
use vaerans_kernels::photo::{Tables, BITS, CLASSES, OTHER, OWN, SIZES, TOKENS};

/// Bytes of a set of weights.
const SET: usize = 2 * (1 + OWN + OTHER);
/// Bytes of a model of so many quantizers.
pub const fn bytes_of(quantizers: usize) -> usize {
    SETS * SET + 6 * 9 * 2 + GROUPS * quantizers * CLASSES * (TOKENS + SIZES - 1)
}

/// What shifts are in, of half a step.
const SHIFT: f32 = 1.0 / 64.0;

/// A sixteenth of an octave up: `round(65536 * 2^(i / 16))`.
const OCTAVE: [u32; 16] = [
    65536, 68438, 71468, 74632, 77936, 81386, 84990, 88752, 92682, 96785, 101070, 105545, 110218, 115098, 120194,
    125515,
];

/// Weight of a token whose byte is `b`: about 2^((b - 1) / 16), 4 bits behind the point; 0 for 0.
fn weight(b: u8) -> u64 {
    match b {
        0 => 0,
        _ => u64::from(OCTAVE[usize::from(b - 1) % 16]) << ((b - 1) / 16) >> 12,
    }
}

/// Frequencies of a row of bytes: 1 for each token that has a byte, and of the rest a share by weight. None where nothing has weight.
pub fn expand(bytes: &[u8]) -> Option<[u16; TOKENS]> {
    let all: u64 = bytes.iter().map(|&b| weight(b)).sum();
    let rest = (1u64 << BITS) - bytes.iter().filter(|&&b| b > 0).count() as u64;
    let (mut counts, mut sum, mut before) = ([0; TOKENS], 0, 0);
    for (count, &b) in counts.iter_mut().zip(bytes) {
        sum += weight(b);
        let behind = (sum * rest).checked_div(all)?;
        *count = (behind - before + u64::from(b > 0)) as u16;
        before = behind;
    }
    Some(counts)
}

/// Rows of tokens as the bytes of a model hold them: of the classes of a quantizer token by token, each byte less that of the class before. A
/// module of wasm that holds them is smaller for it, once it is compressed.
pub fn packed(rows: &[u8]) -> Vec<u8> {
    let at = |rows: &[u8], token: usize, class: usize| rows[class * TOKENS + token];
    let mut out = Vec::with_capacity(rows.len());
    for rows in rows.chunks_exact(CLASSES * TOKENS) {
        for token in 0..TOKENS {
            out.push(at(rows, token, 0));
            out.extend((1..CLASSES).map(|class| at(rows, token, class).wrapping_sub(at(rows, token, class - 1))));
        }
    }
    out
}

/// The inverse of [`packed`].
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut rows = vec![0; bytes.len()];
    for (rows, bytes) in rows.chunks_exact_mut(CLASSES * TOKENS).zip(bytes.chunks_exact(CLASSES * TOKENS)) {
        for (token, bytes) in bytes.chunks_exact(CLASSES).enumerate() {
            let mut last = 0u8;
            for (class, b) in bytes.iter().enumerate() {
                last = last.wrapping_add(*b);
                rows[class * TOKENS + token] = last;
            }
        }
    }
    rows
}

/// A model of its bytes; none where they are no model. Where they tell one quantizer, the other is as it is.
pub fn parse(bytes: &[u8]) -> Option<Model> {
    let quantizers = (1..=2).find(|&n| bytes.len() == bytes_of(n))?;
    let count = quantizers * CLASSES;
    let (sets, bytes) = bytes.split_at(SETS * SET);
    let (signs, bytes) = bytes.split_at(6 * 9 * 2);
    let (rows, shifts) = bytes.split_at(GROUPS * count * TOKENS);
    let rows = unpacked(rows);
    let tables = rows.chunks_exact(count * TOKENS).zip(shifts.chunks_exact(count * (SIZES - 1)));
    let mut words = signs.chunks_exact(2).map(|w| u16::from_le_bytes([w[0], w[1]]));
    let mut next = || words.next().unwrap_or(0);
    let signs: [[u16; 9]; 6] = std::array::from_fn(|_| std::array::from_fn(|_| next()));
    let is_sound = signs.iter().flatten().all(|&n| (1..1 << BITS).contains(&n));
    let tables = tables.map(|(rows, shifts)| group(rows, shifts)).collect::<Option<Vec<_>>>()?;
    // Energies saturate at one end alone; what has one quantizer comes back whole.
    let sets: Vec<Weights> = sets.chunks_exact(SET).map(weights).collect();
    let is_sound = is_sound && sets.iter().all(Weights::is_sound) && (quantizers > 1 || shifts.iter().all(|&s| s == 0));
    is_sound.then_some(Model { weights: sets, tables, signs })
}

fn weights(bytes: &[u8]) -> Weights {
    let at = |i: usize| i16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]]);
    Weights { bias: at(0), own: std::array::from_fn(|i| at(1 + i)), other: std::array::from_fn(|i| at(1 + OWN + i)) }
}

fn group(rows: &[u8], shifts: &[u8]) -> Option<Tables> {
    let mut counts: Vec<u16> = rows.chunks_exact(TOKENS).map(expand).collect::<Option<Vec<_>>>()?.concat();
    let shifts = shifts.chunks_exact(SIZES - 1).flat_map(|s| {
        let shift = |i: usize| f32::from(s[i] as i8) * SHIFT;
        [0.0, shift(0), shift(1), shift(2)]
    });
    let mut shifts: Vec<f32> = shifts.collect();
    if counts.len() == CLASSES * TOKENS {
        counts.extend_from_within(..);
        shifts.extend_from_within(..);
    }
    Tables::new(&counts, &shifts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_rows_come_back() {
        let rows: Vec<u8> = (0..2 * CLASSES * TOKENS).map(|i| (i * i % 251) as u8).collect();
        assert!(packed(&rows) != rows && unpacked(&packed(&rows)) == rows);
    }
}
