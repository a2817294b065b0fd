//! Inputs made from integers alone: the same on every machine.

use vaerans::kernels::testing::SplitMix64;

/// A picture with slopes, edges and noise, (H, W, C), samples below `1 << bits`.
pub fn picture(h: usize, w: usize, c: usize, bits: u32, seed: u64) -> Vec<u16> {
    let mut noise = SplitMix64(seed);
    let top = (1u64 << bits) - 1;
    let mut out = Vec::with_capacity(h * w * c);
    for y in 0..h {
        for x in 0..w {
            for k in 0..c {
                let slope = ((x * 3 + y * (k + 1)) as u64 * top) / (4 * (h + w) as u64 + 1);
                let edge = if (x / 9 + y / 7) % 2 == 0 { top / 3 } else { 0 };
                out.push((slope + edge + noise.below(top / 16 + 1)).min(top) as u16);
            }
        }
    }
    out
}

/// A latent (C, H, W): smooth plus noise, quarters of integers, so exact in f32.
pub fn latent(c: usize, h: usize, w: usize, seed: u64) -> Vec<f32> {
    let mut noise = SplitMix64(seed);
    let mut out = Vec::with_capacity(c * h * w);
    for k in 0..c {
        for y in 0..h {
            for x in 0..w {
                let smooth = (x as i64 * (k as i64 + 1) - y as i64 * 2) % 23;
                let value = smooth * 4 + noise.below(33) as i64 - 16;
                out.push(value as f32 * 0.25);
            }
        }
    }
    out
}
