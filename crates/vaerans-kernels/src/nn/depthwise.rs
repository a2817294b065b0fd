//! Windows of each channel by itself.

use super::gemm::{MOST_ZEROS, NOUGHT};
use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::depthwise::{self, Windows};
use crate::reference::nn::epilogue::Epilogue;
use crate::reference::nn::gemm::ZEROS;

impl NnKernels {
    /// The sum of each window; see [`depthwise::depthwise`].
    ///
    /// # Panics
    /// If a row lies outside, lengths do not fit, or rows of zeros are longer than [`MOST_ZEROS`].
    pub fn depthwise(&self, windows: &Windows, out: &mut [f32], epilogue: &Epilogue) {
        check(windows, out, epilogue);
        let Some(table) = self.table else { return depthwise::depthwise(windows, out, epilogue) };
        let call = native::Depthwise {
            from: windows.from.as_ptr(),
            starts: windows.starts.as_ptr(),
            m: windows.len(),
            taps: windows.taps,
            c: windows.c,
            zeros: NOUGHT.as_ptr(),
            weights: windows.weights.as_ptr(),
            out: out.as_mut_ptr(),
            epilogue: epilogue.native(0),
        };
        let run = self.form(table.depthwise);
        // SAFETY: `check` held every pointer against the lengths of its slice; `out` is borrowed for writing, the rest for reading.
        unsafe { run(&call) }
    }
}

fn check(w: &Windows, out: &[f32], epilogue: &Epilogue) {
    let m = w.len();
    let is_row = |&start: &usize| match start {
        ZEROS => w.c <= MOST_ZEROS,
        start => start.checked_add(w.c).is_some_and(|end| end <= w.from.len()),
    };
    assert!(w.taps * m == w.starts.len() && w.starts.iter().all(is_row), "depthwise: a row lies outside");
    assert!(w.weights.len() >= w.taps * w.c && out.len() >= m * w.c, "depthwise: lengths");
    assert!(epilogue.bias.is_none_or(|b| b.len() >= w.c), "depthwise: too short a bias");
    assert!(epilogue.residual.is_none_or(|r| r.len() >= m * w.c), "depthwise: too short a residual");
}
