//! Least squares of up to 23 coefficients near given ones.

use super::header::MOST_COEFFICIENT;
use vaerans_kernels::lossless::{BATCH, FEATURES};
use vaerans_kernels::Kernels;

/// Pulls coefficients towards those of the model.
const RIDGE: f64 = 2.0;

/// Sums of products of features, the last of which is what they are to give.
pub struct Normal {
    /// Features without the last.
    taps: usize,
    /// Samples.
    pub count: usize,
    /// Samples that are not summed yet, and their weights.
    batch: [[f32; FEATURES]; BATCH],
    weights: [f32; BATCH],
    /// The lower triangle: since the last [`Normal::flush`], and before.
    recent: Vec<[f32; FEATURES]>,
    total: Vec<[f64; FEATURES]>,
}

impl Normal {
    pub fn new(taps: usize) -> Normal {
        let (recent, total) = (vec![[0.0; FEATURES]; taps + 1], vec![[0.0; FEATURES]; taps + 1]);
        Normal { taps, count: 0, batch: [[0.0; FEATURES]; BATCH], weights: [0.0; BATCH], recent, total }
    }

    /// Adds a sample: its features, to be filled in, and its weight.
    pub fn add(&mut self, kernels: Kernels, fill: impl FnOnce(&mut [f32; FEATURES]) -> f32) {
        let at = self.count % BATCH;
        self.weights[at] = fill(&mut self.batch[at]);
        self.count += 1;
        if at == BATCH - 1 {
            self.sum(kernels);
        }
    }

    fn sum(&mut self, kernels: Kernels) {
        kernels.lossless_moments(&self.batch, &self.weights, &mut self.recent);
        self.weights = [0.0; BATCH];
    }

    pub fn flush(&mut self, kernels: Kernels) {
        self.sum(kernels);
        for (i, (total, recent)) in self.total.iter_mut().zip(&mut self.recent).enumerate() {
            total[..=i].iter_mut().zip(&recent[..=i]).for_each(|(t, r)| *t += f64::from(*r));
            recent.fill(0.0);
        }
    }

    #[cfg(feature = "train")]
    pub fn join(&mut self, other: &Normal) {
        self.count += other.count;
        self.total.as_flattened_mut().iter_mut().zip(other.total.as_flattened()).for_each(|(a, b)| *a += b);
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.total[i.max(j)][i.min(j)]
    }

    /// Weighted squares of what coefficients (Q8) leave.
    pub fn error(&self, coefficients: &[i32]) -> f64 {
        let c = |i: usize| if i < self.taps { -f64::from(coefficients[i]) / 256.0 } else { 1.0 };
        let row = |i: usize| (0..=self.taps).map(|j| self.at(i, j) * c(j)).sum::<f64>();
        (0..=self.taps).map(|i| c(i) * row(i)).sum::<f64>().max(1e-9)
    }

    /// The best coefficients, Q8; nothing where there is too little to go by.
    pub fn solve(&self, usual: &[i32]) -> Option<Vec<i32>> {
        let n = self.taps;
        if self.count < 2 * n {
            return None;
        }
        let mut m: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let mut row: Vec<f64> = (0..n).map(|j| self.at(i, j)).collect();
                row[i] += RIDGE;
                row.push(self.at(n, i) + RIDGE * f64::from(usual[i]) / 256.0);
                row
            })
            .collect();
        eliminate(&mut m);
        let mut found = vec![0.0; n];
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| m[i][j] * found[j]).sum();
            found[i] = (m[i][n] - known) / m[i][i];
        }
        let whole =
            |v: &f64| (v * 256.0).round().clamp(-f64::from(MOST_COEFFICIENT), f64::from(MOST_COEFFICIENT)) as i32;
        found.iter().all(|v| v.is_finite()).then(|| found.iter().map(whole).collect())
    }
}

/// Gauss; the matrix is symmetric and positive.
fn eliminate(m: &mut [Vec<f64>]) {
    for i in 0..m.len() {
        let (above, below) = m.split_at_mut(i + 1);
        let pivot = &above[i];
        for row in below {
            let factor = row[i] / pivot[i];
            row[i..].iter_mut().zip(&pivot[i..]).for_each(|(a, b)| *a -= factor * b);
        }
    }
}
