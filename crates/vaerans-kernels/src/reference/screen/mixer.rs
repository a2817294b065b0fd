//! Chances, and their mixing in the logistic domain (M. Mahoney 2005, as in paq).

use super::coder::Coder;
use crate::screen::State;

/// A chance that has seen nothing: 12 bits of the probability of a 1, 4 bits of how often it was asked.
pub const EVEN: u16 = 0x8000;
/// Weights are Q16.
pub const FIRST_WEIGHT: i32 = 22000;
const MOST_WEIGHT: i32 = 1 << 19;
/// Logarithms of odds lie below this, in units of 1/256.
const MOST: i32 = 3072;
/// `e^(-1/256)`, Q30.
const DECAY: u64 = 1_069_555_701;

/// Probabilities, Q16, of the logarithms of odds -12 to 12 in steps of 1/256.
pub fn squash() -> Vec<u16> {
    let mut table = vec![0u16; 2 * MOST as usize];
    let mut power = 1u64 << 30;
    for i in 0..=MOST as usize {
        let whole = (1 << 30) + power;
        let p = (((power << 16) + whole / 2) / whole).max(8) as u16;
        table[MOST as usize - i] = p;
        if i > 0 && i < MOST as usize {
            table[MOST as usize + i] = (65536 - u32::from(p)) as u16;
        }
        power = (power * DECAY + (1 << 29)) >> 30;
    }
    table
}

/// The logarithm of the odds of each probability of 12 bits: the first that is squashed to its middle or beyond, within -2047 and 2047.
pub fn stretch(squash: &[u16]) -> Vec<i16> {
    let first = |p: u16| squash.partition_point(|&q| q < 16 * p + 8) as i32;
    (0..4096).map(|p| (first(p).min(2 * MOST - 1) - MOST).clamp(-2047, 2047) as i16).collect()
}

/// How contexts become places in tables.
pub fn mixed(h: u32, v: u32) -> u32 {
    let h = h.wrapping_add(v).wrapping_mul(0x9E37_79B1);
    h ^ h >> 15
}

/// Bits of a number; 0 of 0.
pub fn length(v: u32) -> u32 {
    32 - v.leading_zeros()
}

/// Moves a chance by `1 / (n + 3/2)` of the way to what was seen.
pub fn learn(chance: &mut u16, bit: bool) {
    let (p, n) = (u32::from(*chance >> 4), u32::from(*chance & 15));
    let rate = (1 << 17) / (2 * n + 3);
    let p = if bit { p + (((4095 - p) * rate + 32768) >> 16) } else { p - ((p * rate + 32768) >> 16) };
    *chance = (p << 4 | (n + 1).min(15)) as u16;
}

/// A chance of a state.
#[derive(Clone, Copy)]
pub enum At {
    Direct(usize),
    Hashed(usize),
}

impl State {
    pub(super) fn chance(&mut self, at: At) -> &mut u16 {
        match at {
            At::Direct(i) => &mut self.direct[i],
            At::Hashed(i) => &mut self.hashed[i],
        }
    }

    /// Place of the `size` chances of a context, 8 or 16. The first is a check of whose they are: they are cleared if it differs.
    pub(super) fn group(&mut self, hash: u32, size: usize) -> usize {
        let at = (hash >> (32 - self.hash_bits)) as usize & !(size - 1);
        let check = hash as u16 | 1;
        if self.hashed[at] != check {
            self.hashed[at] = check;
            self.hashed[at + 1..at + size].fill(EVEN);
        }
        at
    }

    /// Codes a bit by three chances and the weights of a set.
    pub(super) fn decide<C: Coder>(&mut self, coder: &mut C, chances: [At; 3], set: usize, bit: bool) -> bool {
        let probabilities = chances.map(|at| usize::from(*self.chance(at) >> 4));
        let stretched = probabilities.map(|p| i32::from(self.stretch[p]));
        let weights = &mut self.weights[4 * set..][..3];
        let sum: i32 = stretched.iter().zip(&*weights).map(|(s, w)| (s * w) >> 8).sum();
        let p = self.squash[((sum >> 8).clamp(-MOST, MOST - 1) + MOST) as usize];
        let bit = coder.bit(p.into(), bit);
        let error = (if bit { 65535 } else { 0 } - i32::from(p)) >> 2;
        for (s, w) in stretched.iter().zip(weights) {
            *w = (*w + ((s * error + 4096) >> 13)).clamp(-MOST_WEIGHT, MOST_WEIGHT);
        }
        chances.into_iter().for_each(|at| learn(self.chance(at), bit));
        bit
    }

    /// Codes a bit by one chance.
    pub(super) fn decide_plainly<C: Coder>(&mut self, coder: &mut C, chance: usize, bit: bool) -> bool {
        let chance = &mut self.direct[chance];
        let bit = coder.bit(u32::from(*chance & 0xfff0) + 8, bit);
        learn(chance, bit);
        bit
    }
}
