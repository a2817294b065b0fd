//! Windows of each channel by itself.

use super::epilogue::Epilogue;
use super::gemm::ZEROS;

/// What windows read: tap `t` of window `i` is the `c` channels at `starts[t * m + i]`.
#[derive(Debug, Clone, Copy)]
pub struct Windows<'a> {
    /// Where all of them lie.
    pub from: &'a [f32],
    /// Where each begins, tap by tap; [`ZEROS`] is padding.
    pub starts: &'a [usize],
    /// How many taps there are.
    pub taps: usize,
    /// Channels.
    pub c: usize,
    /// `[taps][c]`.
    pub weights: &'a [f32],
}

impl Windows<'_> {
    /// How many windows there are.
    pub fn len(&self) -> usize {
        self.starts.len() / self.taps.max(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }
}

/// Each sum begins at 0 and adds the products in the order of the taps; results lie side by side.
pub fn depthwise(w: &Windows, out: &mut [f32], epilogue: &Epilogue) {
    let m = w.len();
    for (i, row) in out.chunks_exact_mut(w.c.max(1)).enumerate().take(m) {
        for (c, y) in row.iter_mut().enumerate() {
            let tap = |t: usize| match w.starts[t * m + i] {
                ZEROS => 0.0,
                start => w.from[start + c],
            };
            let sum = (0..w.taps).fold(0.0f32, |sum, t| sum + tap(t) * w.weights[t * w.c + c]);
            *y = epilogue.of(sum, c, i * w.c + c);
        }
    }
}
