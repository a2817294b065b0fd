//! Rows of values.

use super::{COLUMNS, EDGE};
use crate::native::lossless::Side;

/// A row of a plane: values, and distances from their predictions (1/16).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub(crate) values: Vec<i32>,
    pub(crate) distances: Vec<i32>,
}

impl Line {
    /// Elements of a row of `width` columns.
    pub fn elements(width: usize) -> usize {
        width.next_multiple_of(COLUMNS) + 2 * EDGE
    }

    /// A row of two vectors of [`Line::elements`] elements.
    ///
    /// # Panics
    /// If their lengths differ.
    pub fn new(values: Vec<i32>, distances: Vec<i32>) -> Line {
        assert_eq!(values.len(), distances.len(), "lossless: a row of two lengths");
        Line { values, distances }
    }

    /// The same value everywhere, as if it had been predicted.
    pub fn fill(&mut self, value: i32) {
        self.values.fill(value);
        self.distances.fill(0);
    }

    /// Values of `width` columns.
    pub fn values(&self, width: usize) -> &[i32] {
        &self.values[EDGE..EDGE + width]
    }

    /// As [`Line::values`], to be written.
    pub fn values_mut(&mut self, width: usize) -> &mut [i32] {
        &mut self.values[EDGE..EDGE + width]
    }

    /// Values of `n` columns from `x` on, which may lie in front of the row.
    pub fn span(&self, x: isize, n: usize) -> &[i32] {
        &self.values[EDGE.wrapping_add_signed(x)..][..n]
    }

    /// As [`Line::span`], of distances.
    pub fn span_of_distances(&self, x: isize, n: usize) -> &[i32] {
        &self.distances[EDGE.wrapping_add_signed(x)..][..n]
    }

    /// Distances of `width` columns.
    pub fn distances(&self, width: usize) -> &[i32] {
        &self.distances[EDGE..EDGE + width]
    }

    /// What stands to the left of column 0: what stood in it in the row above.
    pub fn begin(&mut self, above: &Line) {
        self.values[..EDGE].fill(above.values[EDGE]);
        self.distances[..EDGE].fill(above.distances[EDGE]);
    }

    /// What stands to the right of the last column: the same as in it.
    pub fn end(&mut self, width: usize) {
        for side in [&mut self.values, &mut self.distances] {
            let last = side[EDGE + width - 1];
            side[EDGE + width..].fill(last);
        }
    }

    pub(super) fn side(&self) -> Side {
        Side { values: self.values[EDGE..].as_ptr(), distances: self.distances[EDGE..].as_ptr() }
    }
}
