//! Windows of each channel by itself.

use super::epilogue::Epilogue;
use super::gemm::{Rows, ZEROS};

/// Rows are what windows read, their numbers the channels; weights are `[taps][channels]`. Each sum begins at 0 and adds the products in the
/// order of the taps; results lie side by side.
pub fn depthwise(w: &Rows, weights: &[f32], out: &mut [f32], epilogue: &Epilogue) {
    let m = w.len();
    for (i, row) in out.chunks_exact_mut(w.k.max(1)).enumerate().take(m) {
        for (c, y) in row.iter_mut().enumerate() {
            let tap = |t: usize| match w.starts[t * m + i] {
                ZEROS => 0.0,
                start => w.from[start + c],
            };
            let sum = (0..w.taps).fold(0.0f32, |sum, t| sum + tap(t) * weights[t * w.k + c]);
            *y = epilogue.of(sum, c, i * w.k + c);
        }
    }
}
