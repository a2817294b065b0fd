//! What one step of a recurrent layer does with its gates and its state.

use crate::kernels::reference::nn::math;

/// Functions by their places.
pub(super) const FUNCTIONS: &[&str] = &["Sigmoid", "Tanh", "Relu", "HardSigmoid", "Softsign", "Identity"];

/// A function by its place in [`FUNCTIONS`].
fn apply(function: i64, x: f32) -> f32 {
    match function {
        0 => math::sigmoid(x),
        1 => math::tanh(x),
        2 => x.max(0.0),
        3 => (0.2 * x + 0.5).clamp(0.0, 1.0),
        4 => x / (1.0 + x.abs()),
        _ => x,
    }
}

/// One step of one sequence.
pub(super) struct Step<'a> {
    pub functions: [i64; 3],
    pub linear_before_reset: bool,
    pub input_forget: bool,
    pub clip: f32,
    pub peepholes: Option<&'a [f32]>,
    pub bias: Option<&'a [f32]>,
    pub hidden: usize,
}

impl Step<'_> {
    fn clipped(&self, x: f32) -> f32 {
        x.clamp(-self.clip, self.clip)
    }

    /// One of the functions, of what was clipped.
    pub fn function(&self, i: usize, x: f32) -> f32 {
        apply(self.functions[i], self.clipped(x))
    }
}

/// Gates of the input and of the state, the new state and cell: one row of each.
pub(super) type Cell = fn(&Step, &[f32], &[f32], &mut [f32], &mut [f32]);

/// Gates in the order i, o, f, c.
pub(super) fn lstm(s: &Step, x: &[f32], r: &[f32], state: &mut [f32], cell: &mut [f32]) {
    let n = s.hidden;
    let peep = |part: usize, i: usize, c: f32| s.peepholes.map_or(0.0, |p| p[part * n + i] * c);
    for i in 0..n {
        let gate = |part: usize| x[part * n + i] + r[part * n + i];
        let old = cell[i];
        let input = s.function(0, gate(0) + peep(0, i, old));
        let forget = if s.input_forget { 1.0 - input } else { s.function(0, gate(2) + peep(2, i, old)) };
        let new = forget * old + input * s.function(1, gate(3));
        let output = s.function(0, gate(1) + peep(1, i, new));
        cell[i] = new;
        state[i] = output * apply(s.functions[2], new);
    }
}

/// Gates in the order z, r, h.
pub(super) fn gru(s: &Step, x: &[f32], r: &[f32], state: &mut [f32], _: &mut [f32]) {
    let n = s.hidden;
    for i in 0..n {
        let update = s.function(0, x[i] + r[i]);
        let candidate = match s.linear_before_reset {
            true => {
                let reset = s.function(0, x[n + i] + r[n + i]);
                s.function(1, x[2 * n + i] + reset * r[2 * n + i])
            }
            // The product with the reset state was made before.
            false => s.function(1, x[2 * n + i] + r[2 * n + i]),
        };
        state[i] = (1.0 - update) * candidate + update * state[i];
    }
}

/// The one gate.
pub(super) fn rnn(s: &Step, x: &[f32], r: &[f32], state: &mut [f32], _: &mut [f32]) {
    for i in 0..s.hidden {
        state[i] = s.function(0, x[i] + r[i]);
    }
}
