//! Arithmetic that must give the same bits everywhere.
//!
//! The rules: every float result is a fixed sequence of correctly rounded IEEE operations (+, -, *, /, sqrt); no fused
//! multiply-add, no reassociation, no library function. Rounding to integers is to nearest, ties to even.

/// `x` rounded to the nearest integer, ties to even, after clamping to `[low, high]`; NaN gives `low`.
///
/// `low` and `high` are integers of magnitude at most 2^31 that f32 holds exactly.
#[inline]
pub fn round_clamp(x: f32, low: f32, high: f32) -> i32 {
    // The comparisons are written so that NaN fails the first: `low`.
    let x = if x > low { x } else { low };
    let x = if x < high { x } else { high };
    x.round_ties_even() as i32
}

/// `e^x` for `x <= 0` to within 1e-15 of its size, from plain arithmetic: `2^-k` times the Taylor series of a remainder of
/// at most `ln 2 / 2`. Zero from the subnormal numbers on; 1 for anything above 0, NaN included.
pub fn exp_negative(x: f64) -> f64 {
    // ln 2 in two parts: the first has few enough bits that its product with k is exact.
    const LN2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
    const LN2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);
    if x >= 0.0 || x.is_nan() {
        return 1.0;
    }
    if x < -708.0 {
        return 0.0;
    }
    let k = (x / -std::f64::consts::LN_2).round_ties_even();
    let r = (x + k * LN2_HIGH) + k * LN2_LOW;
    // Horner: 1 + r (1 + r/2 (1 + r/3 (...))); r^15 / 15! is under 1e-19.
    let series = (1..15).rev().fold(1.0, |sum, n| 1.0 + r / f64::from(n) * sum);
    // k is from 0 to 1021, so 2^-k is a normal number.
    series * f64::from_bits((1023 - k as u64) << 52)
}

/// Half a Gaussian window, centre first: weight `k` is `exp(-k^2 / (2 sigma^2))` over the sum of the whole window of
/// `2 * radius + 1` weights. With radius 0 the one weight is 1, whatever sigma is.
pub fn gaussian_weights(sigma: f64, radius: usize) -> Vec<f64> {
    let weight = |k: usize| if k == 0 { 1.0 } else { exp_negative(-((k * k) as f64) / (2.0 * sigma * sigma)) };
    let mut weights: Vec<f64> = (0..=radius).map(weight).collect();
    // Small ones first.
    let sum = 2.0 * weights[1..].iter().rev().sum::<f64>() + 1.0;
    for weight in &mut weights {
        *weight /= sum;
    }
    weights
}
