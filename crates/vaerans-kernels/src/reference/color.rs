//! Colour transforms of one pixel.

use crate::exact::round_clamp;

/// YCoCg-R of one pixel: (Y, Co, Cg).
pub fn ycocg_r_forward([r, g, b]: [i32; 3]) -> [i32; 3] {
    let co = r - b;
    let t = b + (co >> 1);
    let cg = g - t;
    [t + (cg >> 1), co, cg]
}

/// The inverse of [`ycocg_r_forward`], wrapping; what comes out of hostile planes still has to be clamped.
pub fn ycocg_r_inverse([y, co, cg]: [i32; 3]) -> [i32; 3] {
    let t = y.wrapping_sub(cg >> 1);
    let b = t.wrapping_sub(co >> 1);
    [b.wrapping_add(co), cg.wrapping_add(t), b]
}

/// YCoCg of one pixel in f32: the lifting of [`ycocg_r_forward`] without its floors.
pub fn ycocg_forward([r, g, b]: [f32; 3]) -> [f32; 3] {
    let co = r - b;
    let t = b + co * 0.5;
    let cg = g - t;
    [t + cg * 0.5, co, cg]
}

/// The inverse of [`ycocg_forward`], to be rounded and clamped.
pub fn ycocg_inverse([y, co, cg]: [f32; 3]) -> [f32; 3] {
    let t = y - cg * 0.5;
    let b = t - co * 0.5;
    [b + co, cg + t, b]
}

/// `plane = sample * scale + offset`, two roundings.
pub fn affine(v: f32, scale: f32, offset: f32) -> f32 {
    v * scale + offset
}

/// A matrix, row by row, times a column; summed from the left.
pub fn matrix(m: &[f32; 9], [a, b, c]: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|r| m[3 * r] * a + m[3 * r + 1] * b + m[3 * r + 2] * c)
}

/// To a sample of `0..=max`: half to even, NaN gives 0.
pub fn to_sample(v: f32, max: i32) -> i32 {
    round_clamp(v, 0.0, max as f32)
}
