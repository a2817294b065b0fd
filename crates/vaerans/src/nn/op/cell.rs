//! What one step of a recurrent layer does with its gates and its state.

use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::elementwise::Function;
use crate::kernels::reference::nn::epilogue::Activation;

/// Functions by their places.
pub(super) const FUNCTIONS: &[&str] = &["Sigmoid", "Tanh", "Relu", "HardSigmoid", "Softsign", "Identity"];

/// A function by its place in [`FUNCTIONS`], of all these numbers.
pub(super) fn apply(kernels: &NnKernels, function: i64, numbers: &mut [f32]) {
    let function = match function {
        0 => Function::Activation(Activation::Sigmoid),
        1 => Function::Activation(Activation::Tanh),
        2 => Function::Activation(Activation::Clip(0.0, f32::INFINITY)),
        3 => Function::HardSigmoid(0.2, 0.5),
        4 => return numbers.iter_mut().for_each(|x| *x /= 1.0 + x.abs()),
        _ => return,
    };
    kernels.apply(function, numbers);
}

/// One step of one sequence.
pub(super) struct Step<'a> {
    pub kernels: NnKernels,
    pub functions: [i64; 3],
    pub linear_before_reset: bool,
    pub input_forget: bool,
    pub clip: f32,
    pub peepholes: Option<&'a [f32]>,
    pub bias: Option<&'a [f32]>,
    pub hidden: usize,
}

impl Step<'_> {
    /// Sigmoid for what opens gates, tanh for the rest, and nothing besides.
    pub fn is_usual(&self) -> bool {
        let plain = self.peepholes.is_none() && !self.input_forget && self.clip >= f32::MAX;
        plain && self.functions == [0, 1, 1]
    }

    /// One of the functions, of what was clipped.
    pub fn function(&self, i: usize, numbers: &mut [f32]) {
        if self.clip < f32::MAX {
            numbers.iter_mut().for_each(|x| *x = x.clamp(-self.clip, self.clip));
        }
        apply(&self.kernels, self.functions[i], numbers);
    }

    /// Adds what a peephole lets through of the cell.
    fn peep(&self, part: usize, cell: &[f32], gate: &mut [f32]) {
        if let Some(p) = self.peepholes {
            let weights = &p[part * self.hidden..][..self.hidden];
            gate.iter_mut().zip(weights.iter().zip(cell)).for_each(|(g, (w, c))| *g += w * c);
        }
    }
}

/// Gates of the input; gates of the state, which are used up; the new state and cell: one row of each.
pub(super) type Cell = fn(&Step, &[f32], &mut [f32], &mut [f32], &mut [f32]);

fn add(to: &mut [f32], x: &[f32]) {
    to.iter_mut().zip(x).for_each(|(to, x)| *to += x);
}

/// Gates in the order i, o, f, c.
pub(super) fn lstm(s: &Step, x: &[f32], r: &mut [f32], state: &mut [f32], cell: &mut [f32]) {
    let n = s.hidden;
    add(r, x);
    // Gates that wait for nothing take their function together: a call costs as much as a small gate.
    let at_once = s.peepholes.is_none() && !s.input_forget;
    if at_once {
        s.function(0, &mut r[..3 * n]);
    }
    let (input, rest) = r.split_at_mut(n);
    let (output, rest) = rest.split_at_mut(n);
    let (forget, candidate) = rest.split_at_mut(n);
    if !at_once {
        s.peep(0, cell, input);
        s.function(0, input);
    }
    if s.input_forget {
        forget.iter_mut().zip(&*input).for_each(|(f, i)| *f = 1.0 - i);
    } else if !at_once {
        s.peep(2, cell, forget);
        s.function(0, forget);
    }
    s.function(1, candidate);
    for (c, (f, (i, new))) in cell.iter_mut().zip(forget.iter().zip(input.iter().zip(&*candidate))) {
        *c = f * *c + i * new;
    }
    if !at_once {
        s.peep(1, cell, output);
        s.function(0, output);
    }
    state.copy_from_slice(cell);
    apply(&s.kernels, s.functions[2], state);
    state.iter_mut().zip(&*output).for_each(|(h, o)| *h *= o);
}

/// Gates in the order z, r, h.
pub(super) fn gru(s: &Step, x: &[f32], r: &mut [f32], state: &mut [f32], _: &mut [f32]) {
    let n = s.hidden;
    let (update, rest) = r.split_at_mut(n);
    let (reset, candidate) = rest.split_at_mut(n);
    add(update, &x[..n]);
    s.function(0, update);
    if s.linear_before_reset {
        add(reset, &x[n..2 * n]);
        s.function(0, reset);
        candidate.iter_mut().zip(&*reset).for_each(|(h, r)| *h *= r);
    }
    // Else the product with the reset state was made before.
    add(candidate, &x[2 * n..]);
    s.function(1, candidate);
    for i in 0..n {
        state[i] = (1.0 - update[i]) * candidate[i] + update[i] * state[i];
    }
}

/// The one gate.
pub(super) fn rnn(s: &Step, x: &[f32], r: &mut [f32], state: &mut [f32], _: &mut [f32]) {
    add(r, x);
    s.function(0, r);
    state.copy_from_slice(r);
}
