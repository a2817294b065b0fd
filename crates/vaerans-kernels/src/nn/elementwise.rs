//! Functions of each element by itself.

use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::elementwise::{self, Function, Operand, Step, MOST_OPERANDS, MOST_STEPS};

impl NnKernels {
    /// All steps of each element of `out`, which is rows of `n` numbers; see [`elementwise::elementwise`].
    ///
    /// # Panics
    /// If there are too many steps or operands, none, a step reads what is not there yet, or an operand is too short.
    pub fn elementwise(&self, steps: &[Step], operands: &[Operand], n: usize, out: &mut [f32]) {
        check(steps, operands, n, out);
        if out.is_empty() {
            return;
        }
        let Some(table) = self.table() else { return elementwise::elementwise(steps, operands, n, out) };
        let at = out.as_mut_ptr();
        let mut given = [native::ElementwiseOperand { data: at, row: 0, moves: 0 }; MOST_OPERANDS];
        for (native, operand) in given.iter_mut().zip(operands) {
            let data = operand.data.map_or(at.cast_const(), <[f32]>::as_ptr);
            *native = native::ElementwiseOperand { data, row: operand.row, moves: operand.moves.into() };
        }
        let mut numbers = [native::ElementwiseStep::default(); MOST_STEPS];
        for (native, step) in numbers.iter_mut().zip(steps) {
            *native = numbered_step(step);
        }
        let call = native::Elementwise {
            steps: numbers.as_ptr(),
            step_count: steps.len(),
            operands: given.as_ptr(),
            operand_count: operands.len(),
            out: at,
            rows: out.len() / n,
            n,
        };
        // SAFETY: `check` held every operand against the rows of `out`; one without numbers of its own stands at `out` itself, element for
        // element, and each element is read before it is written.
        unsafe { (table.elementwise.run)(&call) }
    }

    /// One function of each of these numbers, in their place.
    pub fn apply(&self, function: Function, numbers: &mut [f32]) {
        let operand = Operand { data: None, row: 0, moves: true };
        let n = numbers.len().max(1);
        self.elementwise(&[Step { function, a: 0, b: 0 }], &[operand], n, numbers);
    }
}

fn check(steps: &[Step], operands: &[Operand], n: usize, out: &[f32]) {
    assert!(
        (1..=MOST_STEPS).contains(&steps.len()) && operands.len() <= MOST_OPERANDS,
        "elementwise: too much at once"
    );
    let is_there = |i: usize, register: u8| (register as usize) < operands.len() + i;
    assert!(steps.iter().enumerate().all(|(i, s)| is_there(i, s.a) && is_there(i, s.b)), "elementwise: registers");
    assert!(n > 0 && out.len() % n == 0, "elementwise: rows");
    let Some(last) = (out.len() / n).checked_sub(1) else { return };
    for operand in operands {
        let end = last * operand.row + if operand.moves { n } else { 1 };
        match operand.data {
            Some(data) => assert!(data.len() >= end, "elementwise: too short an operand"),
            None => assert!(operand.moves && (operand.row == n || last == 0), "elementwise: in place"),
        }
    }
}

fn numbered_step(step: &Step) -> native::ElementwiseStep {
    let (function, p, q) = step.function.numbered();
    native::ElementwiseStep { function, a: step.a.into(), b: step.b.into(), p, q }
}
