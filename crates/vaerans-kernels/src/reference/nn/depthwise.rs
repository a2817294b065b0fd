//! Windows of each channel by itself.

use super::epilogue::Epilogue;
use super::gemm::ZEROS;
use std::ops::Range;

/// Where windows read.
#[derive(Debug, Clone, Copy)]
pub struct Windows<'a> {
    /// What the windows read.
    pub from: &'a [f32],
    /// Of each row of windows, and each row of taps, where it begins; [`ZEROS`] is padding, and adds nothing.
    pub rows: &'a [usize],
    /// Of each window of a row, and each tap of its rows, how far behind that it reads; [`ZEROS`] is padding: zeros.
    pub columns: &'a [usize],
    /// Rows and columns of taps.
    pub taps: [usize; 2],
    /// Channels.
    pub c: usize,
    /// Windows of a row without padding among their columns, and how many numbers it is there from tap to tap.
    pub inner: (&'a Range<usize>, usize),
}

impl Windows<'_> {
    /// Rows of windows, and windows of each.
    pub fn size(&self) -> (usize, usize) {
        (self.rows.len() / self.taps[0].max(1), self.columns.len() / self.taps[1].max(1))
    }
}

/// Weights are `[taps][channels]`. Each sum begins at 0 and adds the products in the order of the taps; rows of results are `stride`
/// numbers apart.
pub fn depthwise(w: &Windows, weights: &[f32], out: &mut [f32], stride: usize, epilogue: &Epilogue) {
    let ((height, width), [_, taps_x]) = (w.size(), w.taps);
    for (at, channel) in (0..height * width).flat_map(|at| (0..w.c).map(move |channel| (at, channel))) {
        let (row, window) = (at / width, at % width);
        let mut sum = 0.0f32;
        for (y, &line) in w.rows[row * w.taps[0]..][..w.taps[0]].iter().enumerate().filter(|(_, &line)| line != ZEROS) {
            for (x, &column) in w.columns[window * taps_x..][..taps_x].iter().enumerate() {
                let tap = if column == ZEROS { 0.0 } else { w.from[line + column + channel] };
                sum += tap * weights[(y * taps_x + x) * w.c + channel];
            }
        }
        let to = row * stride + window * w.c + channel;
        out[to] = epilogue.of(sum, channel, to);
    }
}
