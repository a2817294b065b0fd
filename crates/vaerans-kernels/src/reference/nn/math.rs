//! Functions of one number, of additions, multiplications and divisions alone: the same bits on every machine, in every vector width.
//!
//! The polynomials are those of Cephes (Moshier), but for [`erf`]; [`pow`] works in 64 bits, with the series of the logarithm and of the exponential.

/// 2^n of a whole number within -126..=127.
fn power_of_two(n: f32) -> f32 {
    f32::from_bits((((n as i32) + 127) as u32) << 23)
}

/// e^x; within 2 units in the last place; 0 below -87.3, infinite above 88.7.
pub fn exp(x: f32) -> f32 {
    const LOW: f32 = -87.336_54;
    const HIGH: f32 = 88.722_83;
    if x.is_nan() {
        return x;
    }
    if x < LOW {
        return 0.0;
    }
    if x > HIGH {
        return f32::INFINITY;
    }
    let n = round(x * std::f32::consts::LOG2_E);
    let r = x - n * 0.693_359_4;
    let r = r + n * 2.121_944_4e-4;
    let p = polynomial(r, &[1.987_569_2e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5]);
    let y = p * (r * r) + r + 1.0;
    // In two parts: 2^128 is no float, and neither is 2^-127.
    let half = floor(n * 0.5);
    y * power_of_two(half) * power_of_two(n - half)
}

/// A polynomial, the coefficient of the highest power first (Horner).
fn polynomial(x: f32, c: &[f32]) -> f32 {
    c[1..].iter().fold(c[0], |p, c| p * x + c)
}

/// The whole number nearest to x, ties to even; |x| below 2^22.
fn round(x: f32) -> f32 {
    const MAGIC: f32 = 12_582_912.0;
    (x + MAGIC) - MAGIC
}

/// The largest whole number that is not above x; |x| below 2^22.
fn floor(x: f32) -> f32 {
    let n = round(x);
    if n > x {
        n - 1.0
    } else {
        n
    }
}

/// The natural logarithm; -infinity of 0, NaN below.
pub fn log(x: f32) -> f32 {
    if x.is_nan() || x < 0.0 {
        return f32::NAN;
    }
    if x == 0.0 {
        return f32::NEG_INFINITY;
    }
    if x == f32::INFINITY {
        return x;
    }
    // Subnormal numbers are scaled into the normal ones.
    let (x, shift) = if x < f32::MIN_POSITIVE { (x * 16_777_216.0, -24.0) } else { (x, 0.0) };
    let bits = x.to_bits();
    let mut e = ((bits >> 23) as i32 - 126) as f32 + shift;
    let mut m = f32::from_bits(bits & 0x7f_ffff | 0x3f00_0000);
    if m < std::f32::consts::FRAC_1_SQRT_2 {
        e -= 1.0;
        m = m + m - 1.0;
    } else {
        m -= 1.0;
    }
    let z = m * m;
    let p = polynomial(
        m,
        &[
            7.037_683_6e-2,
            -1.151_461e-1,
            1.167_699_9e-1,
            -1.242_014_1e-1,
            1.424_932_3e-1,
            -1.666_805_8e-1,
            2.000_071_5e-1,
            -2.499_999_4e-1,
            3.333_333e-1,
        ],
    );
    let y = p * m * z + e * -2.121_944_4e-4 - 0.5 * z;
    m + y + e * 0.693_359_4
}

/// The hyperbolic tangent.
pub fn tanh(x: f32) -> f32 {
    let a = x.abs();
    let y = if a < 0.625 {
        let z = x * x;
        let p = polynomial(z, &[-5.704_988_7e-3, 2.063_908_8e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1]);
        return p * z * x + x;
    } else if a > 9.0 {
        1.0
    } else {
        1.0 - 2.0 / (exp(a + a) + 1.0)
    };
    if x.is_nan() {
        x
    } else {
        y.copysign(x)
    }
}

/// 1 / (1 + e^-x).
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The error function: a quotient of polynomials over x that is nearest to it on -4..=4 (6 units of the last place), where it becomes 1.
pub fn erf(x: f32) -> f32 {
    if x.is_nan() {
        return x;
    }
    let a = x.clamp(-4.0, 4.0);
    let t = a * a;
    let above = polynomial(
        t,
        &[1.986_798_5e-6, 2.845_635e-4, 3.883_242_8e-3, 5.310_144e-2, 1.935_427_2e-1, std::f32::consts::FRAC_2_SQRT_PI],
    );
    let below = polynomial(t, &[3.742_022e-5, 1.185_545_9e-3, 1.520_705_5e-2, 1.153_490_3e-1, 5.048_553e-1, 1.0]);
    (a * above / below).clamp(-1.0, 1.0)
}

/// x to the power of y, in 64 bits between.
pub fn pow(x: f32, y: f32) -> f32 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    let whole = y == y.trunc();
    let odd = whole && y.abs() < 16_777_216.0 && (y as i32) % 2 != 0;
    if x.is_nan() || y.is_nan() || (x < 0.0 && !whole && x != f32::NEG_INFINITY && y.is_finite()) {
        return f32::NAN;
    }
    let a = x.abs();
    let magnitude = magnitude_of_power(a, y);
    if x.is_sign_negative() && odd {
        -magnitude
    } else {
        magnitude
    }
}

fn magnitude_of_power(a: f32, y: f32) -> f32 {
    if y.is_infinite() {
        return match a {
            1.0 => 1.0,
            a if (a > 1.0) == (y > 0.0) => f32::INFINITY,
            _ => 0.0,
        };
    }
    if a == 0.0 || a == f32::INFINITY {
        return if (a == 0.0) == (y > 0.0) { 0.0 } else { f32::INFINITY };
    }
    exp2_wide(f64::from(y) * log2_wide(f64::from(a)))
}

/// The logarithm to base 2 of a positive number: 2 atanh((m - 1) / (m + 1)), m within 1/sqrt(2)..sqrt(2).
fn log2_wide(a: f64) -> f64 {
    let bits = a.to_bits();
    let mut e = ((bits >> 52) as i64 - 1023) as f64;
    let mut m = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if m > std::f64::consts::SQRT_2 {
        m *= 0.5;
        e += 1.0;
    }
    let t = (m - 1.0) / (m + 1.0);
    let z = t * t;
    let mut p = 0.0;
    for k in (0..11).rev() {
        p = p * z + 1.0 / f64::from(2 * k + 1);
    }
    e + 2.0 * t * p * std::f64::consts::LOG2_E
}

fn exp2_wide(x: f64) -> f32 {
    if x > 128.0 {
        return f32::INFINITY;
    }
    if x < -150.0 {
        return 0.0;
    }
    let n = (x + 0.5).floor();
    let r = (x - n) * std::f64::consts::LN_2;
    let mut p = 1.0;
    for k in (1..14).rev() {
        p = 1.0 + p * r / f64::from(k);
    }
    (p * f64::from_bits(((n as i64 + 1023) as u64) << 52)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SplitMix64;

    /// The largest error of `f` against `oracle` in units of the last place, over numbers of a range.
    fn worst(low: f32, high: f32, f: fn(f32) -> f32, oracle: fn(f64) -> f64) -> f64 {
        let mut random = SplitMix64(3);
        let error = |x: f32| {
            let want = oracle(f64::from(x));
            let unit = f64::from((want as f32).abs().max(f32::MIN_POSITIVE)) * f64::from(f32::EPSILON);
            (f64::from(f(x)) - want).abs() / unit
        };
        (0..200_000).map(|_| error(random.f32(low, high))).fold(0.0, f64::max)
    }

    /// 2 / sqrt(pi) e^(-x^2) (x + 2 x^3 / 3 + 4 x^5 / 15 + ...), Abramowitz and Stegun 7.1.6.
    fn erf_by_series(x: f64) -> f64 {
        let step = |&(n, term): &(u32, f64)| Some((n + 1, term * 2.0 * x * x / f64::from(2 * n + 3)));
        let sum: f64 = std::iter::successors(Some((0, x)), step).take(200).map(|(_, term)| term).sum();
        std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
    }

    #[test]
    fn near_what_is_right() {
        assert!(worst(-87.0, 88.0, exp, f64::exp) < 2.0);
        assert!(worst(1e-3, 1e4, log, f64::ln) < 3.0);
        assert!(worst(-10.0, 10.0, tanh, f64::tanh) < 4.0);
        assert!(worst(-20.0, 20.0, sigmoid, |x| 1.0 / (1.0 + (-x).exp())) < 4.0);
        assert!(worst(-5.0, 5.0, erf, erf_by_series) < 7.0);
        assert!(worst(0.0, 30.0, |x| pow(x, 1.7), |x| x.powf(f64::from(1.7f32))) < 1.1);
    }

    #[test]
    fn error_function() {
        // Abramowitz and Stegun, table 7.1.
        for (x, y) in [
            (0.1, 0.112_462_916),
            (0.5, 0.520_499_9),
            (1.0, 0.842_700_8),
            (1.5, 0.966_105_15),
            (2.5, 0.999_593_1),
            (4.0, 1.0),
            (30.0, 1.0),
        ] {
            assert!((erf(x) - y).abs() < 4e-7, "erf({x}) = {}", erf(x));
            assert_eq!(erf(-x), -erf(x));
        }
    }

    #[test]
    fn at_the_ends() {
        assert_eq!((erf(4.0), erf(-30.0), erf(f32::INFINITY)), (1.0, -1.0, 1.0));
        assert_eq!((exp(-100.0), exp(100.0), exp(0.0)), (0.0, f32::INFINITY, 1.0));
        assert_eq!((log(0.0), log(1.0), log(f32::INFINITY)), (f32::NEG_INFINITY, 0.0, f32::INFINITY));
        assert_eq!((tanh(50.0), tanh(-50.0), sigmoid(-200.0), sigmoid(200.0)), (1.0, -1.0, 0.0, 1.0));
        assert!(exp(f32::NAN).is_nan() && log(-1.0).is_nan() && tanh(f32::NAN).is_nan() && erf(f32::NAN).is_nan());
        assert!((log(1e-42) - -96.708).abs() < 2e-3);
    }

    #[test]
    fn powers() {
        for (x, y) in [
            (2.0f32, 10.0f32),
            (-2.0, 3.0),
            (-2.0, 2.0),
            (9.0, 0.5),
            (0.0, 3.0),
            (0.0, -1.0),
            (5.0, 0.0),
            (0.5, f32::INFINITY),
        ] {
            assert_eq!(pow(x, y), x.powf(y), "{x} ^ {y}");
        }
        assert!(pow(-2.0, 0.5).is_nan());
        assert_eq!(pow(f32::NEG_INFINITY, 3.0), f32::NEG_INFINITY);
    }
}
