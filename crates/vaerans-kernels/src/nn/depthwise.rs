//! Windows of each channel by itself.

use super::gemm::{are_inside, MOST_ZEROS, NOUGHT};
use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::depthwise;
use crate::reference::nn::epilogue::Epilogue;
use crate::reference::nn::gemm::Rows;

impl NnKernels {
    /// The sum of each window; see [`depthwise::depthwise`].
    ///
    /// # Panics
    /// If a row lies outside, lengths do not fit, or rows of zeros are longer than [`MOST_ZEROS`].
    pub fn depthwise(&self, windows: &Rows, weights: &[f32], out: &mut [f32], epilogue: &Epilogue) {
        check(windows, weights, out, epilogue);
        let Some(table) = self.table else { return depthwise::depthwise(windows, weights, out, epilogue) };
        let call = native::Depthwise {
            from: windows.from.as_ptr(),
            starts: windows.starts.as_ptr(),
            m: windows.len(),
            taps: windows.taps,
            c: windows.k,
            zeros: NOUGHT.as_ptr(),
            weights: weights.as_ptr(),
            out: out.as_mut_ptr(),
            epilogue: epilogue.native(0),
        };
        let run = self.form(table.depthwise);
        // SAFETY: `check` held every pointer against the lengths of its slice; `out` is borrowed for writing, the rest for reading.
        unsafe { run(&call) }
    }
}

fn check(w: &Rows, weights: &[f32], out: &[f32], epilogue: &Epilogue) {
    let n = w.len() * w.k;
    assert!(are_inside(w, MOST_ZEROS), "depthwise: a row lies outside");
    assert!(weights.len() >= w.taps * w.k && out.len() >= n, "depthwise: lengths");
    assert!(epilogue.bias.is_none_or(|b| b.len() >= w.k), "depthwise: too short a bias");
    assert!(epilogue.residual.is_none_or(|r| r.len() >= n), "depthwise: too short a residual");
}
