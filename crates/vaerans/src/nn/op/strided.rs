//! Walks over tensors whose neighbours do not lie side by side: broadcasting, transposing, slicing.

use crate::nn::ty::{Shape, MAX_RANK};

/// The steps of an operand under an output of `shape`, as NumPy broadcasts it: 0 along axes that it repeats.
pub(super) fn broadcast_strides(operand: Shape, shape: Shape) -> [usize; MAX_RANK] {
    let own = operand.strides();
    let lead = shape.rank() - operand.rank();
    let mut strides = [0; MAX_RANK];
    for axis in 0..operand.rank() {
        if operand[axis] != 1 {
            strides[lead + axis] = own[axis];
        }
    }
    strides
}

/// Neighbouring axes that every operand steps over alike, joined: fewer axes, longer rows.
pub(super) struct Walk<const N: usize> {
    rank: usize,
    dims: [usize; MAX_RANK],
    strides: [[usize; MAX_RANK]; N],
}

impl<const N: usize> Walk<N> {
    /// Over `shape`; `strides` of each operand.
    pub fn new(shape: Shape, strides: [[usize; MAX_RANK]; N]) -> Walk<N> {
        let mut walk = Walk { rank: 0, dims: [1; MAX_RANK], strides: [[0; MAX_RANK]; N] };
        for axis in 0..shape.rank() {
            if shape[axis] != 1 {
                walk.push(shape[axis], strides.map(|s| s[axis]));
            }
        }
        walk
    }

    fn push(&mut self, extent: usize, strides: [usize; N]) {
        let joins = self.rank > 0 && (0..N).all(|n| self.strides[n][self.rank - 1] == strides[n].wrapping_mul(extent));
        if !joins {
            self.rank += 1;
        }
        let at = self.rank - 1;
        self.dims[at] = if joins { self.dims[at] * extent } else { extent };
        for (ours, stride) in self.strides.iter_mut().zip(strides) {
            ours[at] = stride;
        }
    }

    /// Elements of a row, and how each operand steps along it.
    pub fn row(&self) -> (usize, [usize; N]) {
        match self.rank {
            0 => (1, [0; N]),
            rank => (self.dims[rank - 1], std::array::from_fn(|n| self.strides[n][rank - 1])),
        }
    }

    /// The same of the rows behind one another.
    pub fn rows_step(&self) -> (usize, [usize; N]) {
        match self.rank {
            0 | 1 => (1, [0; N]),
            rank => (self.dims[rank - 2], std::array::from_fn(|n| self.strides[n][rank - 2])),
        }
    }

    /// Calls `f` for each row with where each operand begins, in the order of the output.
    pub fn rows(&self, f: impl FnMut([usize; N])) {
        self.outer(1, f);
    }

    /// Calls `f` for each block of rows: see [`Walk::rows_step`].
    pub fn blocks(&self, f: impl FnMut([usize; N])) {
        self.outer(2, f);
    }

    /// Walks over all axes but the last `inner`.
    fn outer(&self, inner: usize, mut f: impl FnMut([usize; N])) {
        let outer = self.rank.saturating_sub(inner);
        if self.dims[..self.rank].contains(&0) {
            return;
        }
        let mut index = [0; MAX_RANK];
        let mut at = [0; N];
        loop {
            f(at);
            let mut axis = outer;
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                index[axis] += 1;
                for (at, strides) in at.iter_mut().zip(&self.strides) {
                    *at = at.wrapping_add(strides[axis]);
                }
                if index[axis] < self.dims[axis] {
                    break;
                }
                for (at, strides) in at.iter_mut().zip(&self.strides) {
                    *at = at.wrapping_sub(strides[axis].wrapping_mul(self.dims[axis]));
                }
                index[axis] = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(dims: &[usize]) -> Shape {
        Shape::of(dims).unwrap()
    }

    fn places(out: &[usize], operand: &[usize]) -> Vec<usize> {
        let strides = broadcast_strides(shape(operand), shape(out));
        let walk = Walk::new(shape(out), [strides]);
        let (n, [step]) = walk.row();
        let mut all = Vec::new();
        walk.rows(|[at]| all.extend((0..n).map(|i| at + i * step)));
        all
    }

    #[test]
    fn what_is_not_repeated_is_one_row() {
        let s = shape(&[2, 3, 4]);
        assert_eq!(Walk::new(s, [s.strides()]).row(), (24, [1]));
        assert_eq!(places(&[2, 3, 4], &[2, 3, 4]), (0..24).collect::<Vec<_>>());
    }

    #[test]
    fn repeated_axes_begin_anew() {
        assert_eq!(places(&[2, 3], &[3]), [0, 1, 2, 0, 1, 2]);
        assert_eq!(places(&[2, 3], &[2, 1]), [0, 0, 0, 1, 1, 1]);
        assert_eq!(places(&[2, 2, 2], &[2, 1, 2]), [0, 1, 0, 1, 2, 3, 2, 3]);
        assert_eq!(places(&[3], &[]), [0, 0, 0]);
        assert_eq!(places(&[], &[]), [0]);
        assert_eq!(places(&[1, 1], &[1]), [0]);
        assert_eq!(places(&[0, 3], &[3]), [0usize; 0]);
    }
}
