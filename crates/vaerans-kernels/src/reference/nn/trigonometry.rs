//! Sine, cosine and the angle of a tangent, of additions and multiplications alone (in 64 bits between): the same bits on every machine.
//!
//! Angles are brought within a quarter turn as FreeBSD's msun does it (Cody and Waite; Payne and Hanek 1983 for large ones); the
//! polynomials are msun's of sine and cosine, and Cephes' of the arc tangent.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// The first 256 bits of 2 / pi.
const TWO_OVER_PI: [u64; 4] =
    [0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041, 0xfe51_63ab_debb_c561];

/// The sine; NaN of infinity.
pub fn sin(x: f32) -> f32 {
    turned(x, 0)
}

/// The cosine; NaN of infinity.
pub fn cos(x: f32) -> f32 {
    turned(x, 1)
}

/// The sine of x and so many quarter turns.
fn turned(x: f32, more: i64) -> f32 {
    if !x.is_finite() {
        return f32::NAN;
    }
    let (quarters, r) = if x.abs() < 268_435_456.0 { near(x) } else { far(x) };
    let quarters = quarters + more;
    let y = if quarters & 1 == 0 { sine(r) } else { cosine(r) };
    (if quarters & 2 == 0 { y } else { -y }) as f32
}

/// Whole quarter turns and the rest, |x| below 2^28.
fn near(x: f32) -> (i64, f64) {
    const MAGIC: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52: what is added to it becomes whole, ties to even
    const HEAD: f64 = 1.570_796_310_901_641_8; // pi / 2 in 25 bits, so that products with quarters are exact
    const TAIL: f64 = 1.589_325_477_352_819_7e-8;
    let x = f64::from(x);
    let n = x * FRAC_2_PI + MAGIC - MAGIC;
    if n == 0.0 {
        return (0, x); // -0 too
    }
    (n as i64, x - n * HEAD - n * TAIL)
}

/// The same of |x| from 2^28 on: products with the bits of 2 / pi that are no whole turns.
fn far(x: f32) -> (i64, f64) {
    let bits = x.to_bits();
    let mantissa = u128::from(bits & 0x7f_ffff | 0x80_0000);
    // x is mantissa * 2^exponent; bits of 2 / pi above 2^(2 - exponent) make whole turns.
    let exponent = (bits >> 23 & 255) as usize - 150;
    let (word, shift) = ((exponent - 2) / 64, (exponent - 2) % 64);
    let two = u128::from(TWO_OVER_PI[word]) << 64 | u128::from(TWO_OVER_PI[word + 1]);
    let next = (u128::from(TWO_OVER_PI[word + 2]) << shift >> 64) as u64;
    let window = (two << shift | u128::from(next)) >> 32;
    // A turn is 2^96.
    let turns = (mantissa * window) & ((1 << 96) - 1);
    let quarters = (turns + (1 << 93)) >> 94;
    let rest = turns as i128 - (quarters << 94) as i128;
    let r = rest as f64 / (1u128 << 94) as f64 * FRAC_PI_2;
    if x < 0.0 {
        (-(quarters as i64), -r)
    } else {
        (quarters as i64, r)
    }
}

fn sine(x: f64) -> f64 {
    let z = x * x;
    let high = -0.000_198_393_348_360_966_32 + z * 0.000_002_718_311_493_989_822;
    x * (1.0 + z * (-0.166_666_666_416_265_24 + z * 0.008_333_329_385_889_463) + z * (z * z) * high)
}

fn cosine(x: f64) -> f64 {
    let z = x * x;
    let high = -0.001_388_676_377_460_993 + z * 0.000_024_390_448_796_277_41;
    1.0 + z * -0.499_999_997_251_031 + z * z * 0.041_666_623_323_739_06 + z * z * z * high
}

/// The angle within -pi/2..pi/2 whose tangent is x.
pub fn atan(x: f32) -> f32 {
    if x.is_nan() {
        return x;
    }
    let a = x.abs();
    let (base, t) = if a > 2.414_213_7 {
        (std::f32::consts::FRAC_PI_2, -1.0 / a)
    } else if a > 0.414_213_57 {
        (std::f32::consts::FRAC_PI_4, (a - 1.0) / (a + 1.0))
    } else {
        (0.0, a)
    };
    let z = t * t;
    let mut p = 8.053_744_6e-2;
    for c in [-1.387_768_6e-1, 1.997_771_1e-1, -3.333_295e-1] {
        p = p * z + c;
    }
    (base + (p * z * t + t)).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SplitMix64;

    /// The largest error of `f`, in units of the last place of 1.
    fn worst(low: f32, high: f32, f: fn(f32) -> f32, oracle: fn(f64) -> f64) -> f64 {
        let mut random = SplitMix64(5);
        let error = |x: f32| (f64::from(f(x)) - oracle(f64::from(x))).abs() / f64::from(f32::EPSILON);
        (0..200_000).map(|_| error(random.f32(low, high))).fold(0.0, f64::max)
    }

    #[test]
    fn near_what_is_right() {
        for reach in [1.0, 10.0, 1e4, 2.6e8, 3e9, 1e20, 3e38] {
            assert!(worst(-reach, reach, sin, f64::sin) < 0.6, "sin to {reach}");
            assert!(worst(-reach, reach, cos, f64::cos) < 0.6, "cos to {reach}");
        }
        for reach in [0.5, 3.0, 1e3, 1e30] {
            assert!(worst(-reach, reach, atan, f64::atan) < 1.6, "atan to {reach}");
        }
    }

    #[test]
    fn at_the_ends() {
        assert_eq!((sin(0.0), cos(0.0), atan(0.0)), (0.0, 1.0, 0.0));
        assert_eq!(sin(-0.0).to_bits(), (-0f32).to_bits());
        assert_eq!(atan(-0.0).to_bits(), (-0f32).to_bits());
        assert_eq!(atan(f32::INFINITY), std::f32::consts::FRAC_PI_2);
        assert!(sin(f32::INFINITY).is_nan() && cos(f32::NAN).is_nan() && atan(f32::NAN).is_nan());
        // Within small numbers the relative error counts.
        assert!((sin(1e-6) - 1e-6).abs() < 1e-13 && (atan(1e-6) - 1e-6).abs() < 1e-13);
        assert!((sin(std::f32::consts::PI) + 8.742_278e-8).abs() < 1e-14);
    }
}
