//! The greatest, or the sum, of each window of each channel.

use super::gemm::{Rows, ZEROS};

/// Folds each window (a row; its numbers are channels) into what stands in `out`, in the order of the taps: the greatest (NaN if one is), or the sum.
pub fn pool(w: &Rows, maximum: bool, out: &mut [f32]) {
    let m = w.len();
    for (i, row) in out.chunks_exact_mut(w.k.max(1)).enumerate().take(m) {
        for (c, y) in row.iter_mut().enumerate() {
            for start in (0..w.taps).map(|t| w.starts[t * m + i]).filter(|&start| start != ZEROS) {
                let x = w.from[start + c];
                *y = match maximum {
                    true if x > *y || x.is_nan() => x,
                    true => *y,
                    false => *y + x,
                };
            }
        }
    }
}
