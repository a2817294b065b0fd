//! Base-2 logarithms and powers in integers: what rate decisions are made with.
//!
//! A logarithm of the platform's mathematics library may differ in its last bit from machine to machine, and with it a table
//! and every byte after it. These differ nowhere.

/// One, in the fixed point of this file: 16 fractional bits.
pub const ONE: u32 = 1 << 16;

/// `65536 log2(1 + i/256)`, rounded.
const LOG: [u32; 257] = {
    let mut table = [0; 257];
    let mut i = 0;
    while i < 257 {
        table[i] = log2_of_mantissa(((256 + i as u64) << 32) / 256);
        i += 1;
    }
    table
};

/// `2^62 * 2^(-i/256)`.
const EXP: [u64; 257] = {
    // 2^(-1/256): the square root of 1/2, eight times over.
    let mut root = 1u64 << 61;
    let mut k = 0;
    while k < 8 {
        root = square_root((root as u128) << 62);
        k += 1;
    }
    let mut table = [1u64 << 62; 257];
    let mut i = 1;
    while i < 257 {
        table[i] = ((table[i - 1] as u128 * root as u128) >> 62) as u64;
        i += 1;
    }
    table
};

/// log2 of a number in [1, 2] with 32 fractional bits: squaring it shows the bits of its logarithm one by one.
const fn log2_of_mantissa(mut m: u64) -> u32 {
    if m >= 2 << 32 {
        return ONE;
    }
    let mut bits = 0;
    let mut k = 0;
    while k < 17 {
        m = ((m as u128 * m as u128) >> 32) as u64;
        bits <<= 1;
        if m >= 2 << 32 {
            bits |= 1;
            m >>= 1;
        }
        k += 1;
    }
    (bits + 1) >> 1
}

const fn square_root(n: u128) -> u64 {
    let mut low = 0u128;
    let mut high = 1u128 << 63;
    while low < high {
        let middle = (low + high).div_ceil(2);
        if middle * middle <= n {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low as u64
}

/// log2 of `x` (at least 1) with 16 fractional bits; wrong by less than 2^-15.
pub fn log2(x: u32) -> u32 {
    let whole = 31 - x.leading_zeros();
    let mantissa = u64::from(x) << (31 - whole) & 0x7fff_ffff;
    let (i, rest) = ((mantissa >> 23) as usize, mantissa & 0x7f_ffff);
    let (a, b) = (LOG[i], LOG[i + 1]);
    whole * ONE + a + ((u64::from(b - a) * rest) >> 23) as u32
}

/// `2^30 * 2^(-x / 65536)`; zero where that is below one half.
pub fn exp2_negative(x: u64) -> u32 {
    let whole = x >> 16;
    if whole > 31 {
        return 0;
    }
    let (i, rest) = ((x >> 8 & 0xff) as usize, x & 0xff);
    let value = EXP[i] - (((EXP[i] - EXP[i + 1]) * rest) >> 8);
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
