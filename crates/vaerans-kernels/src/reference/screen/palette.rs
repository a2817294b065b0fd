//! A colour that no neighbour has: its place in the palette of colours that were new before, or a new one.

use super::around::Around;
use super::coder::Coder;
use super::distance::new_colour;
use super::mixer::{mixed, At};
use super::{chances, sets};
use crate::screen::{State, PALETTE};

/// Codes a colour. The groups of the close surroundings are at `close3` and `close6`; their last chance is ours.
pub fn literal<C: Coder>(
    state: &mut State,
    coder: &mut C,
    around: Around,
    [close3, close6]: [usize; 2],
    actual: u32,
) -> u32 {
    let place = if C::DECODES { None } else { found(state, actual) };
    if state.colours > 0 {
        let literals = state.literals as usize;
        let direct = chances::KNOWN + around.unrest(state.channels) * 8 + literals;
        let known = [At::Direct(direct), At::Hashed(close3 + 7), At::Hashed(close6 + 7)];
        if state.decide(coder, known, sets::KNOWN + literals, place.is_some()) {
            let place = place.unwrap_or(0);
            let prefix = (0..3).fold(1, |prefix, k| nibble(state, coder, around, k, prefix, place));
            return state.palette[prefix as usize - PALETTE];
        }
    }
    let colour = new_colour(state, coder, around, actual);
    let place = add(state, colour);
    if !C::DECODES {
        state.places[bucket(colour)] = place as u16;
    }
    colour
}

/// The palette's next place; when it is full, the oldest.
fn add(state: &mut State, colour: u32) -> usize {
    let counter = if (state.colours as usize) < PALETTE { &mut state.colours } else { &mut state.next };
    let place = *counter as usize % PALETTE;
    *counter = counter.wrapping_add(1);
    state.palette[place] = colour;
    place
}

/// Where an encoder looks for a colour.
fn bucket(colour: u32) -> usize {
    (mixed(colour, 0x31) >> 18) as usize
}

fn found(state: &State, colour: u32) -> Option<u32> {
    let place = u32::from(state.places[bucket(colour)]);
    let is_there = !state.without_palette && place < state.colours && state.palette[place as usize] == colour;
    is_there.then_some(place)
}

/// Four bits of a place, from the highest; bits that can only be 0 are not coded. `prefix` is a 1 and the bits before.
fn nibble<C: Coder>(state: &mut State, coder: &mut C, around: Around, k: usize, prefix: u32, place: u32) -> u32 {
    let direct = chances::PLACE + 16 * [0, 1 + (prefix as usize & 15), 17 + (prefix as usize & 255)][k];
    let by_w = state.group(mixed(around.w, prefix), 16);
    let by_both = state.group(mixed(mixed(around.w, around.n), prefix), 16);
    (0..4)
        .fold((prefix, 1), |(prefix, node), j| {
            let below = 11 - 4 * k - j;
            let first = (prefix << 1 | 1) << below;
            let mut bit = false;
            if first - (PALETTE as u32) < state.colours {
                let chances = [At::Direct(direct + node), At::Hashed(by_w + node), At::Hashed(by_both + node)];
                bit = state.decide(coder, chances, sets::PLACE + 16 * k + node, place >> below & 1 == 1);
            }
            (prefix << 1 | u32::from(bit), node << 1 | usize::from(bit))
        })
        .0
}
