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
        let Some(table) = self.table else { return depthwise::depthwise(w, weights, out, stride, epilogue) };
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
    let ((height, width), [taps_y, taps_x], (inner, apart)) = (w.size(), w.taps, w.inner);
    let whole = w.rows.len() == height * taps_y && w.columns.len() == width * taps_x && taps_x > 0;
    assert!(whole && inner.end <= width && w.c <= MOST_ZEROS, "depthwise: sizes");
    let furthest = |all: &[usize]| all.iter().map(|&at| if at == ZEROS { 0 } else { at }).max().unwrap_or(0);
    let begins = w.columns[inner.start.min(width) * taps_x..inner.end * taps_x].iter().step_by(taps_x);
    let last = begins.max().and_then(|at| at.checked_add((taps_x - 1).checked_mul(apart)?)).unwrap_or(0);
    let end = furthest(w.columns).max(last).checked_add(furthest(w.rows)).and_then(|at| at.checked_add(w.c));
    // Where all is padding nothing is read.
    let reads = w.rows.iter().any(|&at| at != ZEROS) && (w.columns.iter().any(|&at| at != ZEROS) || !inner.is_empty());
    assert!(!reads || end.is_some_and(|end| end <= w.from.len()), "depthwise: a window lies outside");
    let n = height.checked_sub(1).map_or(0, |last| last * stride + width * w.c);
    assert!(stride >= width * w.c && out.len() >= n, "depthwise: results lie outside");
    assert!(weights.len() >= taps_y * taps_x * w.c, "depthwise: too few weights");
    assert!(epilogue.bias.is_none_or(|b| b.len() >= w.c), "depthwise: too short a bias");
    assert!(epilogue.residual.is_none_or(|r| r.len() >= n), "depthwise: too short a residual");
}
