//! The coefficients of photos, band by band.
//!
//! A coefficient has an *energy*: the weighted magnitudes of coefficients that are known before it, of its own band (W, WW, N, NN, NW, NE) and of
//! others (the parent and those near it, bands of the same level). Its quarter octave is the class, which chooses a table of tokens. A token is
//! an index 0 to 7, or half an octave of a larger one whose low bits follow, or an escape; then a sign, whose table the signs of W and N choose.
//!
//! Indices are those of a trellis-coded quantizer: one of 8 states says which of two quantizers a coefficient has, of even or odd multiples of half
//! a step, and the parity of each index leads to the next state. A row begins in state 0.
//!
//! rANS has 32-bit states of at least 2^16 and 16-bit words. Row r belongs to lane r mod 16; at each step every lane works on a coefficient, two
//! columns behind the lane above. Words are taken for coefficients that are not 0 first, lane by lane, then for those that are.

mod code;
mod energy;
#[cfg(feature = "encode")]
mod look;
mod place;
#[cfg(feature = "encode")]
mod search;

pub use code::{decode, describe, encode};
pub use energy::{class_of, energies};
#[cfg(feature = "encode")]
pub use look::{cells, covariance, luma};
#[cfg(feature = "encode")]
pub use place::factors;
pub use place::place;
#[cfg(feature = "encode")]
pub use search::{round, search};

/// An index's token.
pub fn token_of(k: u32) -> usize {
    if k < 8 {
        return k as usize;
    }
    let n = k.ilog2();
    (8 + (n - 3) * 2 + (k >> (n - 1) & 1)).min(ESCAPE as u32) as usize
}

/// The token of an escape: index - 1 follows in two times 12 bits.
pub const ESCAPE: usize = crate::photo::TOKENS - 1;

/// Raw bits behind a token that is no escape.
pub fn raw_bits(token: usize) -> u32 {
    if token < 8 {
        0
    } else {
        2 + (token as u32 - 8) / 2
    }
}

/// The product of a weight and a magnitude, or a sum of magnitudes, rounded.
fn product(a: i32, weight: i16) -> i32 {
    (a * i32::from(weight) + 0x4000) >> 15
}

/// Reconstruction index of an index.
fn reconstruction(k: u32, quantizer: u32) -> i32 {
    (2 * k - quantizer) as i32
}

/// The magnitude that others see of a reconstruction index.
fn magnitude(index: i32) -> i16 {
    (index.min(255) << 5) as i16
}
