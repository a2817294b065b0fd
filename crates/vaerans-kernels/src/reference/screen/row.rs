//! A row of blocks, and its bytes.

use super::coder::{Coder, Decoder, Encoder};
use super::mixer::{mixed, At};
use super::pixel::pixel;
use super::{chances, sets};
use crate::screen::{State, BLOCK, MARGIN};

/// Decodes the row whose place is `rows[0]`.
pub fn decode(state: &mut State, bytes: &[u8], out: &mut [u8]) {
    let mut coder = Decoder { code: state.low, range: state.range, bytes, at: state.at };
    row(state, &mut coder);
    for (pixel, colour) in out.chunks_exact_mut(state.channels).zip(&state.rows[0][MARGIN..]) {
        pixel.copy_from_slice(&colour.to_le_bytes()[..state.channels]);
    }
    (state.low, state.range, state.at) = (coder.code, coder.range, coder.at);
}

/// Codes a row of pixels, which becomes `rows[0]`.
pub fn encode(state: &mut State, bytes: &mut [u8], pixels: &[u8]) {
    for (pixel, colour) in pixels.chunks_exact(state.channels).zip(&mut state.rows[0][MARGIN..]) {
        let mut all = [0; 4];
        all[..pixel.len()].copy_from_slice(pixel);
        *colour = u32::from_le_bytes(all);
    }
    let mut coder = Encoder { low: state.low, range: state.range, bytes, at: state.at };
    row(state, &mut coder);
    (state.low, state.range, state.at) = (coder.low, coder.range, coder.at);
}

fn row<C: Coder>(state: &mut State, coder: &mut C) {
    let width = state.width;
    let above = state.rows[1][MARGIN];
    state.rows[0][..MARGIN].fill(above);
    for x in (0..width).step_by(BLOCK) {
        let end = width.min(x + BLOCK);
        if block(state, coder, x, end - x) {
            continue;
        }
        for x in x..end {
            let actual = if C::DECODES { 0 } else { state.rows[0][MARGIN + x] };
            state.rows[0][MARGIN + x] = pixel(state, coder, x, actual);
        }
    }
    let last = state.rows[0][MARGIN + width - 1];
    state.rows[0][MARGIN + width..].fill(last);
}

/// Whether a block of n pixels equals the row above.
fn block<C: Coder>(state: &mut State, coder: &mut C, x: usize, n: usize) -> bool {
    let at = MARGIN + x;
    let [row, above, _] = &mut state.rows;
    let same = !C::DECODES && row[at..at + n] == above[at..at + n];
    let (w, first, middle, last) = (row[at - 1], above[at], above[at + n / 2], above[at + n - 1]);
    let even = usize::from(n > 1 && first == last) | usize::from(first == w) << 1 | usize::from(middle == first) << 2;
    let [now, before, second] = &state.skipped;
    let b = x / BLOCK;
    let left = if b > 0 { now[b - 1] } else { 1 };
    let flags = [left, before[b], before[b + 1], second[b]];
    let context = flags.iter().rev().fold(0, |bits, &flag| bits << 1 | usize::from(flag));
    let hash = [last, middle, w.wrapping_add(0x5555)].into_iter().fold(first, mixed);
    let hashed = state.group(hash, 8) + 1;
    let placed = state.group(mixed(mixed(b as u32, context as u32), 0x6666), 8) + 1;
    let direct = chances::BLOCK + context * 8 + even;
    let same =
        state.decide(coder, [At::Direct(direct), At::Hashed(hashed), At::Hashed(placed)], sets::BLOCK + context, same);
    state.skipped[0][b] = same.into();
    if same {
        let [row, above, _] = &mut state.rows;
        row[at..at + n].copy_from_slice(&above[at..at + n]);
    }
    same
}
