//! Steps of blocks, and values of a band on their way into a plane.

use crate::photo::{Band, BlockSteps, Part, POWERS};

/// The factor of a coefficient.
fn factor(steps: &BlockSteps, x: usize, y: usize) -> f32 {
    if steps.k.is_empty() {
        return steps.scale;
    }
    let block = |at: usize, n: usize| ((at << steps.level) >> steps.log2).min(n - 1);
    let row = block(y, steps.k.len() / steps.across);
    let k = steps.k[row * steps.across + block(x, steps.across)];
    steps.scale * POWERS[(i32::from(k) + 8) as usize & 31]
}

/// Values of a part of a band times their factors.
pub fn place(band: &Band, steps: &BlockSteps, part: &Part, values: &[f32], to: &mut [f32], stride: usize) {
    for y in 0..part.height {
        for x in 0..part.width {
            let value = values[band.at((part.y + y) as isize) + part.x + x];
            to[y * stride + x] = value * factor(steps, part.x + x, part.y + y);
        }
    }
}

/// Factors of a row, or one divided by each.
#[cfg(feature = "encode")]
pub fn factors(steps: &BlockSteps, y: usize, is_reciprocal: bool, out: &mut [f32]) {
    for (x, f) in out.iter_mut().enumerate() {
        *f = factor(steps, x, y);
        if is_reciprocal {
            *f = 1.0 / *f;
        }
    }
}
