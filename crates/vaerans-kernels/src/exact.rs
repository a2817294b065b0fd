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
