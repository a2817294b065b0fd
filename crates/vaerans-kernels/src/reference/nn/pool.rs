//! The greatest, or the sum, of each window of each channel.

use super::gemm::ZEROS;

/// What windows read: tap `t` of window `i` is the `c` channels at `starts[t * m + i]`.
#[derive(Debug, Clone, Copy)]
pub struct PoolWindows<'a> {
    /// Where all of them lie.
    pub from: &'a [f32],
    /// Where each begins, tap by tap; [`ZEROS`] is nothing.
    pub starts: &'a [usize],
    /// How many taps there are.
    pub taps: usize,
    /// Channels.
    pub c: usize,
}

/// Folds each window into what stands in `out`, in the order of the taps: the greatest (NaN if one is), or the sum.
pub fn pool(w: &PoolWindows, maximum: bool, out: &mut [f32]) {
    let m = w.starts.len() / w.taps.max(1);
    for (i, row) in out.chunks_exact_mut(w.c.max(1)).enumerate().take(m) {
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
