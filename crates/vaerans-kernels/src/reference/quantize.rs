//! Scalar quantisers of one value.

use crate::exact::round_clamp;

/// The largest i32 symbol: the largest i32 that f32 holds.
pub const I32_MAX: f32 = 2_147_483_520.0;

/// `clamp(round_half_even((x - zero) * inverse_scale))`; NaN gives `low`.
pub fn quantize(x: f32, inverse_scale: f32, zero: f32, low: f32, high: f32) -> i32 {
    round_clamp((x - zero) * inverse_scale, low, high)
}

/// `q * scale + zero`, each operation rounded.
pub fn dequantize(q: i32, scale: f32, zero: f32) -> f32 {
    q as f32 * scale + zero
}

/// `sign(x) * min(floor(|x| * inverse_step + rounding), limit)`; NaN gives 0.
pub fn dead_zone(x: f32, inverse_step: f32, rounding: f32, limit: f32) -> i32 {
    let t = x.abs() * inverse_step + rounding;
    let t = if t > 0.0 { t } else { 0.0 };
    let magnitude = (if t < limit { t } else { limit }) as i32;
    if x.is_sign_negative() {
        -magnitude
    } else {
        magnitude
    }
}

/// 0 for 0, else `sign(q) * ((|q| + offset) * step)`.
pub fn dead_zone_inverse(q: i32, step: f32, offset: f32) -> f32 {
    let magnitude = ((q as f32).abs() + offset) * step;
    match q {
        0 => 0.0,
        q if q < 0 => -magnitude,
        _ => magnitude,
    }
}
