//! What states give to the gates of a recurrent layer: products with its weights.

use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::kernels::reference::nn::gemm::{Panels, Rows};

/// States times weights, some columns of them.
#[allow(clippy::too_many_arguments)]
pub(super) fn product(
    kernels: &NnKernels,
    state: &[f32],
    data: &[f32],
    panel: usize,
    hidden: usize,
    columns: std::ops::Range<usize>,
    bias: Option<&[f32]>,
    out: &mut [f32],
) {
    const ROWS: usize = 64;
    let batch = state.len() / hidden.max(1);
    let wide = columns.end;
    for first in (0..batch).step_by(ROWS) {
        let count = ROWS.min(batch - first);
        let starts: [usize; ROWS] = std::array::from_fn(|i| (first + i) * hidden);
        let rows = Rows { from: state, starts: &starts[..count], taps: 1, k: hidden };
        let b = Panels { data, depth: hidden, n: wide, panel };
        kernels.gemm(
            rows,
            b,
            columns.clone(),
            &mut out[first * wide..],
            wide,
            &Epilogue { bias, ..Epilogue::default() },
        );
    }
}

/// The last third of the gates of a GRU anew, from the reset state.
pub(super) fn candidate(
    kernels: &NnKernels,
    reset: &[f32],
    data: &[f32],
    panel: usize,
    hidden: usize,
    bias: Option<&[f32]>,
    made: &mut [f32],
) {
    let begin = 2 * hidden / panel * panel;
    // A panel that begins in front of the third is made whole: what it had there is not needed any more but for the update gate.
    let wide = 3 * hidden;
    let batch = reset.len() / hidden.max(1);
    for b in 0..batch {
        let mut kept = [0.0; 64];
        let keep = (2 * hidden - begin).min(64);
        kept[..keep].copy_from_slice(&made[b * wide + begin..][..keep]);
        let starts = [b * hidden];
        let rows = Rows { from: reset, starts: &starts, taps: 1, k: hidden };
        let panels = Panels { data, depth: hidden, n: wide, panel };
        let out = &mut made[b * wide..][..wide];
        kernels.gemm(rows, panels, begin..wide, out, wide, &Epilogue { bias, ..Epilogue::default() });
        out[begin..begin + keep].copy_from_slice(&kept[..keep]);
    }
}
