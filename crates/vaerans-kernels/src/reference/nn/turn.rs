//! Matrices with rows and columns exchanged.

/// Row `r`, column `c` of `columns` is `from[c * step + r]`; so many rows, `stride` numbers apart in `out`.
pub fn turn(from: &[f32], step: usize, [rows, columns]: [usize; 2], out: &mut [f32], stride: usize) {
    for r in 0..rows {
        for c in 0..columns {
            out[r * stride + c] = from[c * step + r];
        }
    }
}
