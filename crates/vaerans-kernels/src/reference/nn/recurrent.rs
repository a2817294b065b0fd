//! One step of recurrent layers with the usual functions.

use super::math::{sigmoid, tanh};

/// A step of some sequences: what the input adds to the gates, and what the state gives, `[batch][gates][hidden]` each.
#[derive(Debug, Clone, Copy)]
pub struct Gates<'a> {
    /// Of the input.
    pub x: &'a [f32],
    /// Of the state.
    pub made: &'a [f32],
    /// Numbers of a state.
    pub hidden: usize,
}

/// Both sides of a gate.
fn gate(gates: &Gates, at: usize) -> f32 {
    gates.made[at] + gates.x[at]
}

/// Gates in the order i, o, f, c: the cell becomes `f * cell + i * c`, the state `tanh(cell) * o`.
pub fn lstm(gates: Gates, state: &mut [f32], cell: &mut [f32]) {
    let n = gates.hidden;
    for (to, (state, cell)) in state.iter_mut().zip(cell).enumerate() {
        let at = to / n * 4 * n + to % n;
        let [i, o, f] = [0, 1, 2].map(|part| sigmoid(gate(&gates, at + part * n)));
        *cell = f * *cell + i * tanh(gate(&gates, at + 3 * n));
        *state = tanh(*cell) * o;
    }
}

/// Gates in the order z, r, h, with r applied to what the state gives to h: the state becomes `(1 - z) * tanh(h) + z * state`.
pub fn gru(gates: Gates, state: &mut [f32]) {
    let n = gates.hidden;
    for (to, state) in state.iter_mut().enumerate() {
        let at = to / n * 3 * n + to % n;
        let [z, reset] = [0, 1].map(|part| sigmoid(gate(&gates, at + part * n)));
        let h = gates.made[at + 2 * n] * reset + gates.x[at + 2 * n];
        *state = (1.0 - z) * tanh(h) + z * *state;
    }
}
