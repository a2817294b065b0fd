//! One step of recurrent layers with the usual functions.

use super::{or_reference, NnKernels};
use crate::native::recurrent as native;
use crate::reference::nn::recurrent::{self as reference, Gates};

impl NnKernels {
    /// One step of a long short-term memory; see [`reference::lstm`].
    ///
    /// # Panics
    /// If lengths do not fit.
    pub fn lstm(&self, gates: Gates, state: &mut [f32], cell: &mut [f32]) {
        assert!(cell.len() == state.len(), "lstm: lengths");
        let Some(call) = native(gates, 4, state, cell) else { return };
        match or_reference(native::table_for(self.isa)) {
            // SAFETY: `native` held every pointer against the lengths of its slice; state and cell are borrowed for writing.
            Some(table) => unsafe { (table.lstm)(&call) },
            None => reference::lstm(gates, state, cell),
        }
    }

    /// One step of a gated recurrent unit; see [`reference::gru`].
    ///
    /// # Panics
    /// If lengths do not fit.
    pub fn gru(&self, gates: Gates, state: &mut [f32]) {
        let Some(call) = native(gates, 3, state, &mut []) else { return };
        match or_reference(native::table_for(self.isa)) {
            // SAFETY: as for `lstm`; the cell is not asked for.
            Some(table) => unsafe { (table.gru)(&call) },
            None => reference::gru(gates, state),
        }
    }
}

/// The call; none where there is nothing to do.
fn native(gates: Gates, parts: usize, state: &mut [f32], cell: &mut [f32]) -> Option<native::Recurrent> {
    let batch = state.len().checked_div(gates.hidden)?;
    let n = batch * parts * gates.hidden;
    assert!(
        state.len() == batch * gates.hidden && gates.x.len() >= n && gates.made.len() >= n,
        "recurrent layer: lengths"
    );
    let (x, made, state, cell) = (gates.x.as_ptr(), gates.made.as_ptr(), state.as_mut_ptr(), cell.as_mut_ptr());
    Some(native::Recurrent { x, made, batch, hidden: gates.hidden, state, cell })
}
