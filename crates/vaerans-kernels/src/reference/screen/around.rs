//! The pixels around the one that is coded, and what follows from them.

use super::mixer::length;
use crate::screen::{State, MARGIN};

/// W is the pixel to the left, N the one above, WW and NN those behind them.
#[derive(Clone, Copy)]
pub struct Around {
    pub w: u32,
    pub n: u32,
    pub nw: u32,
    pub ne: u32,
    pub ww: u32,
    pub nn: u32,
}

impl Around {
    pub fn of(state: &State, x: usize) -> Around {
        let at = MARGIN + x;
        let [row, above, second] = &state.rows;
        Around { w: row[at - 1], n: above[at], nw: above[at - 1], ne: above[at + 1], ww: row[at - 2], nn: second[at] }
    }

    /// How much W and N differ from NW: bits of the sum over the channels, at most 9.
    pub fn unrest(&self, channels: usize) -> usize {
        let of = |shift| {
            let nw = byte(self.nw, shift);
            byte(self.w, shift).abs_diff(nw) + byte(self.n, shift).abs_diff(nw)
        };
        length((0..channels as u32).map(|c| of(8 * c)).sum()).min(9) as usize
    }

    /// The first of N, NE, NW, WW, NN that is furthest from W in a channel.
    pub fn furthest(&self, shift: u32) -> u32 {
        let others = [self.n, self.ne, self.nw, self.ww, self.nn];
        let distance = |c: u32| byte(c, shift).abs_diff(byte(self.w, shift));
        others.into_iter().fold(self.n, |best, c| if distance(c) > distance(best) { c } else { best })
    }
}

/// A channel of a colour.
pub fn byte(colour: u32, shift: u32) -> i32 {
    (colour >> shift & 255) as i32
}

/// W + N - NW, within what W and N span.
pub fn median(w: i32, n: i32, nw: i32) -> i32 {
    (w + n - nw).clamp(w.min(n), w.max(n))
}
