//! Base-2 logarithms and powers in integers: what rate decisions are made with.
//!
//! A logarithm of the platform's mathematics library may differ in its last bit from machine to machine, and with it a table
//! and every byte after it. These differ nowhere.

use once_cell::race::OnceBox;
use std::array;

/// One, in the fixed point of this file: 16 fractional bits.
pub const ONE: u32 = 1 << 16;

/// `65536 log2(1 + i/256)`, rounded. Made when first used: a table in the program would be downloaded with it. Nobody waits for
/// who makes it, as the main thread of a page may not.
fn log_table() -> &'static [u32; 257] {
    static TABLE: OnceBox<[u32; 257]> = OnceBox::new();
    TABLE.get_or_init(|| Box::new(array::from_fn(|i| log2_of_mantissa((256 + i as u64) << 24))))
}

/// `2^62 * 2^(-i/256)`.
fn exp_table() -> &'static [u64; 257] {
    static TABLE: OnceBox<[u64; 257]> = OnceBox::new();
    TABLE.get_or_init(|| {
        let mut power = 1u64 << 62;
        Box::new(array::from_fn(|_| {
            let next = ((u128::from(power) * u128::from(ROOT)) >> 62) as u64;
            std::mem::replace(&mut power, next)
        }))
    })
}

/// `2^62 * 2^(-1/256)`: the square root of 1/2, eight times over.
const ROOT: u64 = {
    let mut root = 1u64 << 61;
    let mut k = 0;
    while k < 8 {
        root = ((root as u128) << 62).isqrt() as u64;
        k += 1;
    }
    root
};

/// log2 of a number in [1, 2] with 32 fractional bits: squaring it shows the bits of its logarithm one by one.
fn log2_of_mantissa(mut m: u64) -> u32 {
    if m >= 2 << 32 {
        return ONE;
    }
    let mut bits = 0;
    for _ in 0..17 {
        m = ((u128::from(m) * u128::from(m)) >> 32) as u64;
        let bit = m >> 33;
        m >>= bit;
        bits = bits << 1 | bit as u32;
    }
    (bits + 1) >> 1
}

/// log2 of `x` (at least 1) with 16 fractional bits; wrong by less than 2^-15.
pub fn log2(x: u32) -> u32 {
    let whole = 31 - x.leading_zeros();
    let mantissa = u64::from(x) << (31 - whole) & 0x7fff_ffff;
    let (i, rest) = ((mantissa >> 23) as usize, mantissa & 0x7f_ffff);
    let log = log_table();
    let (a, b) = (log[i], log[i + 1]);
    whole * ONE + a + ((u64::from(b - a) * rest) >> 23) as u32
}

/// `2^30 * 2^(-x / 65536)`; zero where that is below one half.
pub fn exp2_negative(x: u64) -> u32 {
    let whole = x >> 16;
    if whole > 31 {
        return 0;
    }
    let (i, rest) = ((x >> 8 & 0xff) as usize, x & 0xff);
    let exp = exp_table();
    let value = exp[i] - (((exp[i] - exp[i + 1]) * rest) >> 8);
    ((value >> whole >> 31).wrapping_add(1) >> 1) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_to_the_real_ones() {
        for x in (1..70_000).chain([u32::MAX, 1 << 31]) {
            let error = f64::from(log2(x)) / 65536.0 - f64::from(x).log2();
            assert!(error.abs() < 1.0 / 32768.0, "{x} {error}");
        }
        for x in (0..40 * 65536).step_by(777) {
            let error = f64::from(exp2_negative(x)) - (-(x as f64) / 65536.0).exp2() * f64::from(1 << 30);
            assert!(error.abs() < 6000.0, "{x} {error}");
        }
    }
}
