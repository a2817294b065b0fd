//! Matrices with rows and columns exchanged.

use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::turn;

impl NnKernels {
    /// Turns a matrix; see [`turn::turn`].
    ///
    /// # Panics
    /// If a row or a column lies outside, or rows lie in one another.
    pub fn turn(&self, from: &[f32], step: usize, [rows, columns]: [usize; 2], out: &mut [f32], stride: usize) {
        let end = |n: usize, apart: usize, each: usize| match (n.checked_sub(1), each) {
            (None, _) | (_, 0) => Some(0),
            (Some(last), _) => last.checked_mul(apart)?.checked_add(each),
        };
        assert!(end(columns, step, rows).is_some_and(|end| end <= from.len()), "turn: a column lies outside");
        assert!(end(rows, stride, columns).is_some_and(|end| end <= out.len()), "turn: a row lies outside");
        if rows == 0 || columns == 0 {
            return;
        }
        let Some(table) = self.table() else { return turn::turn(from, step, [rows, columns], out, stride) };
        let call = native::Turn { from: from.as_ptr(), step, rows, columns, out: out.as_mut_ptr(), stride };
        // SAFETY: held against the lengths of the slices above.
        unsafe { (table.turn.run)(&call) }
    }
}
