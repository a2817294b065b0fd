//! Residual of one sample.

/// `sign(r) * floor((|r| + k) / (2k + 1))`, `r = sample - base`: the nearest multiple of `2k + 1`.
pub fn forward(sample: i32, base: i32, k: i32) -> i32 {
    let r = sample - base;
    r.signum() * ((r.abs() + k) / (2 * k + 1))
}

/// `clamp(base + q * (2k + 1))`, wrapping before the clamp.
pub fn inverse(q: i32, base: i32, k: i32, low: i32, high: i32) -> i32 {
    base.wrapping_add(q.wrapping_mul(2 * k + 1)).clamp(low, high)
}
