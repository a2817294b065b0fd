//! Differences of neighbours.

use crate::codec::symbols::groups::Symbol;

/// Differences to the left neighbour; in the first column to the one above; the first symbol as it is.
pub(super) fn to_deltas<T: Symbol>(sequence: &mut [T], width: usize) {
    for i in (1..sequence.len()).rev() {
        let before = if i % width == 0 { i - width } else { i - 1 };
        sequence[i] = sequence[i].minus(sequence[before]);
    }
}

/// The inverse of [`to_deltas`].
pub(super) fn from_deltas<T: Symbol>(sequence: &mut [T], width: usize) {
    for i in 1..sequence.len() {
        let before = if i % width == 0 { i - width } else { i - 1 };
        sequence[i] = sequence[i].plus(sequence[before]);
    }
}
