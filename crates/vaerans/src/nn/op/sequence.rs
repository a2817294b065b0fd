//! A recurrent layer at work: step after step, the gates of all sequences by one product.

use super::cell::{Cell, Step};
use super::gates::{candidate, product};
use super::{Call, Operand};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::recurrent::Gates;
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

/// A layer at work.
struct Run<'a> {
    layer: &'a Layer,
    step: Step<'a>,
    /// Gates of the input, `[steps][batch][gates][hidden]`.
    x: &'a [f32],
    /// Weights in panels.
    data: &'a [f32],
    panel: usize,
    steps: usize,
    batch: usize,
    reverse: bool,
    /// Of each sequence; all steps where there are none.
    lengths: Option<&'a [i32]>,
}

/// What a layer writes to: the gates that the state gives, state and cell, and what a GRU resets.
struct Memory<'a> {
    made: &'a mut [f32],
    state: &'a mut [f32],
    cell: &'a mut [f32],
    reset: &'a mut [f32],
}

pub(super) fn sequence(call: &mut Call, layer: &Layer) -> Result<()> {
    let gates = call.shape(0);
    let (steps, batch, hidden) = (gates[0], gates[1], gates[2] / layer.parts);
    let wide = layer.parts * hidden;
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
    let (cell, reset) = scratch.split_at_mut(batch * hidden);
    begin(call.optional::<f32>(3)?, state);
    begin(call.optional::<f32>(4)?, cell);
    let step = Step {
        kernels: call.kernels,
        functions: [call.int(1, 0), call.int(2, 1), call.int(3, 1)],
        linear_before_reset: call.int(4, 0) != 0,
        input_forget: call.int(5, 0) != 0,
        clip: call.float(6, f32::MAX),
        peepholes: call.optional::<f32>(5)?,
        bias: call.optional::<f32>(2)?,
        hidden,
    };
    let (x, lengths, reverse) = (call.input::<f32>(0)?, call.optional::<i32>(6)?, call.int(0, 0) != 0);
    let run = Run { layer, step, x, data, panel, steps, batch, reverse, lengths };
    let mut memory = Memory { made, state, cell, reset };
    let all = call.outputs[0].as_mut().map(|o| o.elements::<f32>()).transpose()?;
    match layer.usual.filter(|_| run.is_usual()) {
        Some(usual) => run.together(usual, &mut memory, all),
        None => run.one_by_one(&mut memory, all),
    }
    for (i, last) in [(1, &*memory.state), (2, &*memory.cell)] {
        if call.wants(i) {
            call.output::<f32>(i)?.copy_from_slice(last);
        }
    }
    Ok(())
}

impl Run<'_> {
    fn is_usual(&self) -> bool {
        self.step.is_usual() && !self.resets() && self.lengths.is_none()
    }

    /// Whether the reset gate of a GRU is applied to the state, before its product.
    fn resets(&self) -> bool {
        self.layer.parts == 3 && !self.step.linear_before_reset
    }

    /// Numbers of all gates of a sequence.
    fn wide(&self) -> usize {
        self.layer.parts * self.step.hidden
    }

    fn length(&self, b: usize) -> usize {
        self.lengths.map_or(self.steps, |l| usize::try_from(l[b]).unwrap_or(0).min(self.steps))
    }

    /// The gates that the states give.
    fn product(&self, state: &[f32], made: &mut [f32]) {
        let Step { kernels, hidden, bias, .. } = &self.step;
        product(kernels, state, self.data, self.panel, *hidden, 0..self.wide(), *bias, made);
    }

    /// Every sequence at once, by a kernel.
    fn together(&self, usual: Usual, memory: &mut Memory, mut all: Option<&mut [f32]>) {
        let (wide, hidden) = (self.wide(), self.step.hidden);
        for t in 0..self.steps {
            self.product(memory.state, memory.made);
            let at = place(t, self.steps, self.reverse) * self.batch;
            let gates = Gates { x: &self.x[at * wide..], made: memory.made, hidden };
            usual(&self.step.kernels, gates, memory.state, memory.cell);
            if let Some(all) = all.as_mut() {
                all[at * hidden..][..memory.state.len()].copy_from_slice(memory.state);
            }
        }
    }

    /// One sequence after another, each as long as it is.
    fn one_by_one(&self, memory: &mut Memory, mut all: Option<&mut [f32]>) {
        let (wide, hidden) = (self.wide(), self.step.hidden);
        if let Some(all) = all.as_mut() {
            all.fill(0.0);
        }
        for t in 0..self.steps {
            self.product(memory.state, memory.made);
            if self.resets() {
                self.reset(t, memory);
            }
            for b in (0..self.batch).filter(|&b| t < self.length(b)) {
                let at = (place(t, self.length(b), self.reverse) * self.batch + b) * hidden;
                let row = b * hidden..(b + 1) * hidden;
                let (x, made) = (&self.x[at * self.layer.parts..][..wide], &mut memory.made[b * wide..][..wide]);
                (self.layer.row)(&self.step, x, made, &mut memory.state[row.clone()], &mut memory.cell[row.clone()]);
                if let Some(all) = all.as_mut() {
                    all[at..][..hidden].copy_from_slice(&memory.state[row]);
                }
            }
        }
    }

    /// The candidate of a GRU anew, from its reset state. The gates as they were made stay.
    fn reset(&self, t: usize, memory: &mut Memory) {
        let (wide, hidden) = (self.wide(), self.step.hidden);
        for b in 0..self.batch {
            let at = place(t, self.length(b), self.reverse) * self.batch + b;
            let (x, made) = (&self.x[at * wide + hidden..], &memory.made[b * wide + hidden..]);
            let reset = &mut memory.reset[b * hidden..][..hidden];
            reset.iter_mut().zip(x.iter().zip(made)).for_each(|(r, (x, m))| *r = x + m);
            self.step.function(0, reset);
            reset.iter_mut().zip(&memory.state[b * hidden..]).for_each(|(r, h)| *r *= h);
        }
        candidate(&self.step.kernels, memory.reset, self.data, self.panel, hidden, self.step.bias, memory.made);
    }
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
