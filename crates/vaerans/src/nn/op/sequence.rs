//! A recurrent layer at work: step after step, the gates of all sequences by one product.

use super::cell::{Cell, Step};
use super::{Call, Operand};
use crate::error::Result;
use crate::kernels::nn::{Gates, NnKernels};
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::kernels::reference::nn::gemm::{Panels, Rows};
use crate::nn::run::{pack, packed};

/// All sequences: what is added to the gates, state and cell, which are made new.
type Usual = fn(&NnKernels, Gates, &mut [f32], &mut [f32]);

/// What a layer does with its gates.
pub(super) struct Layer {
    /// Gates of a state.
    pub parts: usize,
    /// One sequence, whatever the attributes.
    pub row: Cell,
    /// The same of all sequences with the usual functions.
    pub usual: Option<Usual>,
}

pub(super) fn sequence(call: &mut Call, layer: &Layer) -> Result<()> {
    let parts = layer.parts;
    let gates = call.shape(0);
    let (steps, batch, hidden) = (gates[0], gates[1], gates[2] / parts);
    let wide = parts * hidden;
    let x = call.input::<f32>(0)?;
    let panel = call.kernels.panel();
    let scratch = std::mem::take(&mut call.scratch);
    let (space, scratch) = scratch.split_at_mut(packed(&[hidden, wide], 1, panel));
    let data: &[f32] = match call.inputs[1] {
        Operand::Packed(_, _, data) => data,
        _ => {
            pack(&[hidden, wide], 1, panel, space, call.input::<f32>(1)?);
            space
        }
    };
    let (made, scratch) = scratch.split_at_mut(batch * wide);
    let (state, scratch) = scratch.split_at_mut(batch * hidden);
    let (memory, reset) = scratch.split_at_mut(batch * hidden);
    begin(call.optional::<f32>(3)?, state);
    begin(call.optional::<f32>(4)?, memory);
    let s = Step {
        kernels: call.kernels,
        functions: [call.int(1, 0), call.int(2, 1), call.int(3, 1)],
        linear_before_reset: call.int(4, 0) != 0,
        input_forget: call.int(5, 0) != 0,
        clip: call.float(6, f32::MAX),
        peepholes: call.optional::<f32>(5)?,
        bias: call.optional::<f32>(2)?,
        hidden,
    };
    let lengths = call.optional::<i32>(6)?;
    let length = |b: usize| lengths.map_or(steps, |l| usize::try_from(l[b]).unwrap_or(0).min(steps));
    let reverse = call.int(0, 0) != 0;
    let kernels = call.kernels;
    let resets = parts == 3 && !s.linear_before_reset;
    let usual = layer.usual.filter(|_| s.is_usual() && !resets && lengths.is_none());
    let mut sums = call.outputs[0].as_mut().map(|o| o.elements::<f32>()).transpose()?;
    if let Some(all) = sums.as_mut().filter(|_| lengths.is_some()) {
        all.fill(0.0);
    }
    for t in 0..steps {
        product(&kernels, state, data, panel, hidden, 0..wide, s.bias, made);
        if let Some(usual) = usual {
            let at = place(t, steps, reverse) * batch;
            usual(&kernels, Gates { x: &x[at * wide..], made, hidden }, state, memory);
            if let Some(all) = sums.as_mut() {
                all[at * hidden..][..state.len()].copy_from_slice(state);
            }
            continue;
        }
        if resets {
            let at = |b: usize| place(t, length(b), reverse);
            for b in 0..batch {
                // Into the gates as they were made: the update and the candidate beside it stay.
                let (x, made) = (&x[(at(b) * batch + b) * wide + hidden..], &made[b * wide + hidden..]);
                let reset = &mut reset[b * hidden..][..hidden];
                reset.iter_mut().zip(x.iter().zip(made)).for_each(|(r, (x, m))| *r = x + m);
                s.function(0, reset);
                reset.iter_mut().zip(&state[b * hidden..]).for_each(|(r, h)| *r *= h);
            }
            candidate(&kernels, reset, data, panel, hidden, s.bias, made);
        }
        for b in 0..batch {
            if t >= length(b) {
                continue;
            }
            let at = place(t, length(b), reverse);
            let row = b * hidden..(b + 1) * hidden;
            (layer.row)(
                &s,
                &x[(at * batch + b) * wide..][..wide],
                &mut made[b * wide..][..wide],
                &mut state[row.clone()],
                &mut memory[row.clone()],
            );
            if let Some(all) = sums.as_mut() {
                all[(at * batch + b) * hidden..][..hidden].copy_from_slice(&state[row]);
            }
        }
    }
    for (i, last) in [(1, &*state), (2, &*memory)] {
        if call.wants(i) {
            call.output::<f32>(i)?.copy_from_slice(last);
        }
    }
    Ok(())
}

fn begin(given: Option<&[f32]>, state: &mut [f32]) {
    match given {
        Some(first) => state.copy_from_slice(first),
        None => state.fill(0.0),
    }
}

/// Which element of a sequence a step takes.
fn place(t: usize, length: usize, reverse: bool) -> usize {
    if reverse {
        length.saturating_sub(t + 1)
    } else {
        t
    }
}

/// States times weights, some columns of them.
#[allow(clippy::too_many_arguments)]
fn product(
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
fn candidate(
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
