//! Sums over rows and columns of a matrix, and what is divided by them.

use super::math;

/// Rows whose sums are formed before they are added to the sum of all.
pub const ROWS_AT_ONCE: usize = 64;

/// Element i is added to lane i mod 16, then the lanes as a tree.
pub fn sum(values: impl Iterator<Item = f32>) -> f32 {
    let mut lanes = [0.0; 16];
    for (i, v) in values.enumerate() {
        lanes[i % 16] += v;
    }
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
    }
    lanes[0]
}

/// The sum of each row of `columns` numbers, or of the squares of what they differ from the mean of their row.
pub fn row_sums(x: &[f32], columns: usize, mean: Option<&[f32]>, out: &mut [f32]) {
    for (i, out) in out.iter_mut().enumerate() {
        let row = x[i * columns..][..columns].iter();
        *out = match mean {
            None => sum(row.copied()),
            Some(mean) => sum(row.map(|v| (v - mean[i]) * (v - mean[i]))),
        };
    }
}

/// The sum of each column, or of the squares of what its numbers differ from its mean: of 64 rows each, then of those.
pub fn column_sums(x: &[f32], columns: usize, mean: Option<&[f32]>, out: &mut [f32]) {
    for (j, out) in out.iter_mut().enumerate() {
        let number = |row: &[f32]| match mean {
            None => row[j] - 0.0,
            Some(mean) => (row[j] - mean[j]) * (row[j] - mean[j]),
        };
        let blocks = x.chunks(ROWS_AT_ONCE * columns);
        *out = blocks.fold(0.0, |total, rows| total + rows.chunks(columns).fold(0.0, |sum, row| sum + number(row)));
    }
}

/// How rows are normalised.
#[derive(Debug, Clone, Copy)]
pub struct LayerNorm<'a> {
    /// Numbers of a row.
    pub columns: usize,
    /// Whether their mean is taken away.
    pub centred: bool,
    /// Is added to the mean of their squares.
    pub epsilon: f32,
    /// What each is multiplied with: as many as a row has, or some, again and again.
    pub scale: &'a [f32],
    /// What is added then: as many.
    pub bias: Option<&'a [f32]>,
}

/// Each row less its mean, divided by its deviation, times scale, plus bias.
pub fn layer_norm(l: &LayerNorm, x: &[f32], out: &mut [f32]) {
    let n = l.columns as f32;
    for (x, out) in x.chunks_exact(l.columns).zip(out.chunks_exact_mut(l.columns)) {
        let mean = if l.centred { sum(x.iter().copied()) / n } else { 0.0 };
        let squares = sum(x.iter().map(|v| (v - mean) * (v - mean)));
        let factor = 1.0 / (squares / n + l.epsilon).sqrt();
        for (i, (out, v)) in out.iter_mut().zip(x).enumerate() {
            let scaled = (v - mean) * factor * l.scale[i % l.scale.len()];
            *out = l.bias.map_or(scaled, |bias| scaled + bias[i % bias.len()]);
        }
    }
}

/// e^(x - greatest), divided by their sum, of each row; the logarithm of that where it is asked for.
pub fn softmax(x: &[f32], columns: usize, logarithm: bool, out: &mut [f32]) {
    for (x, out) in x.chunks_exact(columns).zip(out.chunks_exact_mut(columns)) {
        let most = x.iter().fold(f32::NEG_INFINITY, |m, &v| if v > m || v.is_nan() { v } else { m });
        let sum = sum(x.iter().map(|v| math::exp(v - most)));
        for (out, v) in out.iter_mut().zip(x) {
            *out = if logarithm { v - most - math::log(sum) } else { math::exp(v - most) / sum };
        }
    }
}
