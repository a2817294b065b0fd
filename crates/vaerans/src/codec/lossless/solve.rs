//! Least squares of up to 23 coefficients near given ones.

use super::header::MOST_COEFFICIENT;

/// Pulls coefficients towards those of the model.
const RIDGE: f64 = 2.0;

/// Sums of products of features, the last of which is what they are to give.
pub struct Normal {
    /// Features without the last.
    taps: usize,
    /// Samples.
    pub count: usize,
    /// Of the lower triangle, rows of [`Normal::MOST`]: since the last [`Normal::flush`], and before.
    recent: Vec<f32>,
    total: Vec<f64>,
}

impl Normal {
    /// Features that there can be.
    pub const MOST: usize = 24;

    pub fn new(taps: usize) -> Normal {
        let size = Normal::MOST * (taps + 1);
        Normal { taps, count: 0, recent: vec![0.0; size], total: vec![0.0; size] }
    }

    pub fn add(&mut self, f: &[f32; Normal::MOST], weight: f32) {
        self.count += 1;
        for (i, (row, &fi)) in self.recent.chunks_exact_mut(Normal::MOST).zip(f).enumerate() {
            let w = weight * fi;
            // A whole number of vectors: what is right of the diagonal is not read.
            let end = (i + 4) / 4 * 4;
            row[..end].iter_mut().zip(&f[..end]).for_each(|(a, b)| *a += w * b);
        }
    }

    pub fn flush(&mut self) {
        for (t, r) in self.total.iter_mut().zip(&mut self.recent) {
            *t += f64::from(*r);
            *r = 0.0;
        }
    }

    #[cfg(feature = "train")]
    pub fn join(&mut self, other: &Normal) {
        self.count += other.count;
        self.total.iter_mut().zip(&other.total).for_each(|(a, b)| *a += b);
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.total[i.max(j) * Normal::MOST + i.min(j)]
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
        let whole = |v: &f64| (v * 256.0).round().clamp(-f64::from(MOST_COEFFICIENT), f64::from(MOST_COEFFICIENT)) as i32;
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
