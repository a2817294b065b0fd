//! A pixel: guesses and neighbours first, then what no neighbour has.

use super::around::Around;
use super::coder::Coder;
use super::mixer::{length, mixed, At};
use super::palette::literal;
use super::{chances, sets};
use crate::screen::{State, MARGIN};

/// A guess at a colour: what followed the same surroundings before.
struct Guess {
    place: usize,
    check: u64,
    colour: u32,
    count: u64,
}

impl Guess {
    fn of(cells: &[u64], hash: u32, bits: u32) -> Guess {
        let (place, check) = ((hash >> (32 - bits)) as usize, u64::from(hash & 0xffff));
        let cell = cells[place];
        let count = if cell >> 32 & 0xffff == check { cell >> 48 } else { 0 };
        Guess { place, check, colour: cell as u32, count }
    }

    /// How sure it is, 0 to 3; 0 is no guess.
    fn sureness(&self) -> usize {
        match self.count {
            0 => 0,
            n => (1 + length(n as u32) as usize / 2).min(3),
        }
    }

    /// What the cell holds after a colour was seen.
    fn after(&self, colour: u32) -> u64 {
        let (kept, count) = match self.count {
            0 => (colour, 1),
            n if self.colour == colour => (colour, (n + 1).min(255)),
            n if n > 3 => (self.colour, n / 4),
            _ => (colour, 1),
        };
        u64::from(kept) | self.check << 32 | count << 48
    }
}

/// The hash of 7 pixels more than the close surroundings.
fn wide_hash(state: &State, x: usize, close: u32) -> u32 {
    let at = MARGIN + x;
    let [row, above, second] = &state.rows;
    let more =
        [row[at - 3], above[at - 2], above[at + 2], second[at - 1], second[at + 1], above[at + 3], second[at + 2]];
    more.into_iter().fold(close, mixed)
}

/// Codes the pixel of column x.
pub fn pixel<C: Coder>(state: &mut State, coder: &mut C, x: usize, actual: u32) -> u32 {
    let a = Around::of(state, x);
    let h3 = [a.n, a.ne, u32::from(a.nw == a.n)].into_iter().fold(a.w, mixed);
    let h6 = [a.nw, a.ww, a.nn].into_iter().fold(h3, mixed);
    let h13 = wide_hash(state, x, h6);
    let cell_bits = state.hash_bits - 3;
    let wide = Guess::of(&state.wide, h13, cell_bits);
    let close = Guess::of(&state.close, h6, cell_bits);
    let groups = [h3, h6.wrapping_mul(0x85EB_CA6B)].map(|h| state.group(h, 8));
    let colour = match guessed(state, coder, (&a, &wide, &close), groups, actual) {
        Some(colour) => {
            state.literals = state.literals.saturating_sub(1);
            colour
        }
        None => {
            let colour = literal(state, coder, a, groups, actual);
            state.literals = (state.literals + 1).min(7);
            colour
        }
    };
    state.wide[wide.place] = wide.after(colour);
    state.close[close.place] = close.after(colour);
    colour
}

/// The colour, if a guess or a neighbour has it.
fn guessed<C: Coder>(
    state: &mut State,
    coder: &mut C,
    (a, wide, close): (&Around, &Guess, &Guess),
    [g3, g6]: [usize; 2],
    actual: u32,
) -> Option<u32> {
    let guess = |g: &Guess| (g.count > 0).then_some(g.colour);
    let sources = [guess(wide), guess(close), Some(a.w), Some(a.n), Some(a.ne), Some(a.nw)];
    let (wide, close, recent) = (wide.sureness(), close.sureness(), state.literals.min(3) as usize);
    for (i, source) in sources.into_iter().enumerate() {
        let Some(c) = source.filter(|_| !sources[..i].contains(&source)) else { continue };
        let others = [Some(a.w), Some(a.n), Some(a.nw), Some(a.ne), Some(a.ww), Some(a.nn), sources[1]];
        let equal = others.iter().enumerate().fold(0, |bits, (k, &o)| bits | usize::from(o == source) << k);
        let context = equal | wide << 7 | close << 9 | i << 11 | usize::from(recent > 0) << 14;
        let chances = [At::Direct(chances::SAME + context), At::Hashed(g6 + 1 + i), At::Hashed(g3 + 1 + i)];
        if state.decide(coder, chances, sets::SAME + (i * 16 + wide * 4 + close) * 4 + recent, c == actual) {
            return source;
        }
    }
    None
}
