//! A colour that is new: a channel after the other, as the distance from a prediction.

use super::around::{byte, median, Around};
use super::coder::Coder;
use super::mixer::{length, mixed, At};
use super::{chances, sets};
use crate::screen::State;

const PREDICTORS: usize = 6;

/// Channels in the order of coding, as shifts: alpha first, green before red and blue.
const ORDERS: [&[u32]; 4] = [&[0], &[0, 8], &[8, 0, 16], &[24, 8, 0, 16]];

/// A colour on its way, and what its next channel follows from.
struct NewColour {
    around: Around,
    /// The last new colour beside W, and the neighbour that is furthest from W.
    ink: u32,
    far: u32,
    /// The channel that the others follow, and those that are there.
    leading: u32,
    value: u32,
    /// How far the last channel, and the one before it, was from its median.
    error: i32,
    before: i32,
}

/// What the distance of a channel is coded with: chances, and the set of weights.
struct Contexts {
    direct: usize,
    near: usize,
    exact: usize,
    low: usize,
    set: usize,
}

/// Codes the colour `actual`.
pub fn new_colour<C: Coder>(state: &mut State, coder: &mut C, around: Around, actual: u32) -> u32 {
    let ink = (mixed(around.w, 0x99) >> 22) as usize;
    let far = around.furthest(if state.channels >= 3 { 8 } else { 0 });
    let mut it = NewColour { around, ink: state.inks[ink], far, leading: 0, value: 0, error: 0, before: 0 };
    let Around { w, n, ne, .. } = around;
    let surroundings = usize::from(w == n) + 2 * usize::from(ne == n) + 4 * usize::from(state.literals > 1);
    for i in 0..state.channels {
        it.channel(state, coder, i, surroundings, actual);
    }
    state.inks[ink] = it.value;
    it.value
}

impl NewColour {
    fn channel<C: Coder>(&mut self, state: &mut State, coder: &mut C, i: usize, surroundings: usize, actual: u32) {
        let shift = ORDERS[state.channels - 1][i];
        let leads = i == 0 || (state.channels == 4 && i == 1);
        let a = &self.around;
        let plain = median(byte(a.w, shift), byte(a.n, shift), byte(a.nw, shift));
        let predictions = self.predictions(shift, leads, plain);
        let at = (i * 8 + surroundings) * PREDICTORS;
        let scores = &state.scores[at..at + PREDICTORS];
        let best = (0..PREDICTORS).min_by_key(|&k| scores[k]).unwrap_or(0);
        let contexts = self.contexts(state, i, best, shift, leads);
        let wanted = i32::from((byte(actual, shift) - predictions[best]) as i8);
        let v = (predictions[best] + distance(state, coder, &contexts, wanted)) & 255;
        self.value |= (v as u32) << shift;
        self.before = self.error;
        self.error = i32::from((v - plain) as i8);
        for (score, p) in state.scores[at..].iter_mut().zip(predictions) {
            *score += (v.abs_diff(p).min(32) as i32 * 256 - *score) >> 4;
        }
        if leads {
            self.leading = shift;
        }
    }

    fn predictions(&self, shift: u32, leads: bool, plain: i32) -> [i32; PREDICTORS] {
        let at = |colour| byte(colour, shift);
        let (w, n) = (at(self.around.w), at(self.around.n));
        match leads {
            true => [plain, w, at(self.ink), n, (w + n + 1) >> 1, at(self.far)],
            false => {
                let error = (plain + self.error).clamp(0, 255);
                [error, self.on_line(self.ink, shift), self.on_line(self.far, shift), w, (w + n + 1) >> 1, at(self.ink)]
            }
        }
    }

    /// On the line from W to another colour, where the leading channel is.
    fn on_line(&self, other: u32, shift: u32) -> i32 {
        let start = byte(self.around.w, self.leading);
        let (whole, part) = (byte(other, self.leading) - start, byte(self.value, self.leading) - start);
        let (from, to) = (byte(self.around.w, shift), byte(other, shift));
        if whole == 0 {
            return to;
        }
        // To the nearest, halves away from W.
        let product = (to - from) * part * whole.signum();
        let rounded = (2 * product.abs() + whole.abs()) / (2 * whole.abs());
        (from + product.signum() * rounded).clamp(0, 255)
    }

    fn contexts(&self, state: &mut State, i: usize, best: usize, shift: u32, leads: bool) -> Contexts {
        let at = |colour| byte(colour, shift);
        let Around { w, n, nw, ne, .. } = self.around;
        let (w, n, nw, ne) = (at(w), at(n), at(nw), at(ne));
        let which = (i * PREDICTORS + best) as u32;
        let (across, along) = (w.abs_diff(n), ne.abs_diff(n));
        let unrest = length(w.abs_diff(nw) + n.abs_diff(nw) + along).min(8);
        let size = length(self.error.unsigned_abs()).min(5);
        let last = if self.error == 0 { 0 } else { u32::from(self.error < 0) + 2 * size - 1 };
        let near = which << 16 | unrest << 12 | length(across) << 8 | length(along) << 4;
        let exact = if leads {
            mixed(mixed(w as u32 + 256 * which, n as u32), 0x9999)
        } else {
            let both = (w + 256 * self.before) as u32;
            mixed(mixed((self.error + 512) as u32 + 1024 * best as u32, both), 0x7777)
        };
        Contexts {
            direct: chances::DISTANCE + 16 * ((which * 9 + unrest) * 11 + last) as usize,
            near: state.group(mixed(near, 0x8000), 16),
            exact: state.group(exact, 16),
            low: chances::LOW + i * 9 * 128,
            set: sets::DISTANCE + 16 * i,
        }
    }
}

/// Whether it is 0, its sign, the length of its magnitude in unary, the bits below the highest.
fn distance<C: Coder>(state: &mut State, coder: &mut C, c: &Contexts, value: i32) -> i32 {
    let mut step = |node: usize, bit| {
        let chances = [At::Direct(c.direct + node), At::Hashed(c.near + node), At::Hashed(c.exact + node)];
        state.decide(coder, chances, c.set + node, bit)
    };
    if step(1, value == 0) {
        return 0;
    }
    let negative = step(2, value < 0);
    let wanted = length(value.unsigned_abs()) as usize;
    let mut bits = 1;
    while bits < 8 && step(2 + bits, wanted > bits) {
        bits += 1;
    }
    let magnitude = (0..bits - 1).rev().fold(1, |v, i| {
        let bit = value.unsigned_abs() >> i & 1 == 1;
        v << 1 | usize::from(state.decide_plainly(coder, c.low + bits * 128 + v, bit))
    });
    magnitude as i32 * if negative { -1 } else { 1 }
}
