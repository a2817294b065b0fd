//! Windows of each channel by itself.

use super::gemm::{MOST_ZEROS, NOUGHT};
use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::depthwise::{self, Windows};
use crate::reference::nn::epilogue::Epilogue;
use crate::reference::nn::gemm::ZEROS;

impl NnKernels {
    /// The sum of each window, rows of them `stride` numbers apart; see [`depthwise::depthwise`].
    ///
    /// # Panics
    /// If a window lies outside, lengths do not fit, or there are more channels than [`MOST_ZEROS`].
    pub fn depthwise(&self, w: &Windows, weights: &[f32], out: &mut [f32], stride: usize, epilogue: &Epilogue) {
        check(w, weights, out, stride, epilogue);
        let Some(table) = self.table() else { return depthwise::depthwise(w, weights, out, stride, epilogue) };
        let ((height, width), (inner, apart)) = (w.size(), w.inner);
        let call = native::Depthwise {
            from: w.from.as_ptr(),
            rows: w.rows.as_ptr(),
            columns: w.columns.as_ptr(),
            height,
            width,
            taps_y: w.taps[0],
            taps_x: w.taps[1],
            c: w.c,
            begin: inner.start,
            end: inner.end,
            apart,
            zeros: NOUGHT.as_ptr(),
            weights: weights.as_ptr(),
            out: out.as_mut_ptr(),
            stride,
            epilogue: epilogue.native(0),
        };
        let run = self.form(table.depthwise);
        // SAFETY: `check` held every pointer against the lengths of its slice; `out` is borrowed for writing, the rest for reading.
        unsafe { run(&call) }
    }
}

fn check(w: &Windows, weights: &[f32], out: &[f32], stride: usize, epilogue: &Epilogue) {
    let ((height, width), [taps_y, taps_x], (inner, _)) = (w.size(), w.taps, w.inner);
    let whole = w.rows.len() == height * taps_y && w.columns.len() == width * taps_x && taps_x > 0;
    assert!(whole && inner.end <= width && w.c <= MOST_ZEROS, "depthwise: sizes");
    assert!(read_end(w).is_some_and(|end| end <= w.from.len()), "depthwise: a window lies outside");
    let line = width.checked_mul(w.c).filter(|&line| line <= stride);
    let n = line.and_then(|line| height.saturating_sub(1).checked_mul(stride)?.checked_add(line));
    let n = if height == 0 { Some(0) } else { n };
    assert!(n.is_some_and(|n| n <= out.len()), "depthwise: results lie outside");
    assert!(epilogue.residual.is_none_or(|r| n.is_some_and(|n| n <= r.len())), "depthwise: too short a residual");
    let taps = taps_y.checked_mul(taps_x).and_then(|taps| taps.checked_mul(w.c));
    assert!(taps.is_some_and(|taps| taps <= weights.len()), "depthwise: too few weights");
    assert!(epilogue.bias.is_none_or(|b| b.len() >= w.c), "depthwise: too short a bias");
}

/// How far windows read; none where that is too large for a number.
fn read_end(w: &Windows) -> Option<usize> {
    let (taps, (inner, apart)) = (w.taps[1], w.inner);
    let begins = || w.columns.iter().step_by(taps).take(inner.end).skip(inner.start);
    assert!(begins().all(|&at| at != ZEROS), "depthwise: padding within");
    let furthest = |all: &[usize]| all.iter().copied().filter(|&at| at != ZEROS).max();
    let (Some(row), Some(column)) = (furthest(w.rows), furthest(w.columns)) else {
        return Some(0); // all is padding
    };
    let last = match begins().max() {
        Some(at) => at.checked_add((taps - 1).checked_mul(apart)?)?,
        None => 0,
    };
    column.max(last).checked_add(row)?.checked_add(w.c)
}
