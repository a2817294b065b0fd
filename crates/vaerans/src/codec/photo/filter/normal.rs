//! Least squares of some classes: which weights take away most of their squared error. Plain arithmetic in a fixed order: the same on every
//! machine.

use vaerans_kernels::adapt::Sums;

/// Added to the diagonal, of its mean.
const RIDGE: f64 = 1e-3;

/// Products of the terms of some classes with each other, and with what is lacking.
#[derive(Debug, Clone)]
pub struct Normal {
    /// Terms.
    pub n: usize,
    /// Of terms with each other, n x n.
    pub terms: Vec<f64>,
    /// Of each term with what is lacking.
    pub lacking: Vec<f64>,
    /// Of what is lacking with itself: the squared error.
    pub error: f64,
}

impl Normal {
    /// Of a class.
    pub fn of(sums: &Sums, class: usize) -> Normal {
        let n = sums.terms - 1;
        let at = |i: usize, j: usize| sums.of(class, i, j) as f64;
        let terms = (0..n * n).map(|k| at(k / n, k % n)).collect();
        Normal { n, terms, lacking: (0..n).map(|i| at(i, n)).collect(), error: at(n, n) }
    }

    /// With those of other classes.
    pub fn with(&self, other: &Normal) -> Normal {
        let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        Normal {
            n: self.n,
            terms: sum(&self.terms, &other.terms),
            lacking: sum(&self.lacking, &other.lacking),
            error: self.error + other.error,
        }
    }

    fn given(&self, i: usize, weights: &[f64]) -> f64 {
        self.terms[i * self.n..][..self.n].iter().zip(weights).map(|(a, w)| a * w).sum()
    }

    /// How much smaller the squared error becomes by weights.
    pub fn gain(&self, weights: &[f64]) -> f64 {
        (0..self.n).map(|i| weights[i] * (2.0 * self.lacking[i] - self.given(i, weights))).sum()
    }

    /// How much more weights gain if `d` is added to one of them.
    pub fn step(&self, i: usize, d: f64, weights: &[f64]) -> f64 {
        d * (2.0 * (self.lacking[i] - self.given(i, weights)) - d * self.terms[i * self.n + i])
    }

    /// The same, with what weights already give taken from what is lacking.
    pub fn behind(mut self, weights: &[f64]) -> Normal {
        self.error -= self.gain(weights);
        let given: Vec<f64> = (0..self.n).map(|i| self.given(i, weights)).collect();
        self.lacking.iter_mut().zip(given).for_each(|(l, g)| *l -= g);
        self
    }

    /// The weights of the least squared error (Cholesky, with a ridge).
    pub fn solve(&self) -> Vec<f64> {
        let n = self.n;
        let trace: f64 = (0..n).map(|i| self.terms[i * n + i]).sum();
        let ridge = RIDGE * trace / n as f64 + 1e-6;
        let mut l = self.terms.clone();
        for i in 0..n {
            let (head, row) = l.split_at_mut(i * n);
            for j in 0..i {
                let other = &head[j * n..][..=j];
                let sum: f64 = row[..j].iter().zip(other).map(|(a, b)| a * b).sum();
                row[j] = (row[j] - sum) / other[j];
            }
            let sum: f64 = row[..i].iter().map(|a| a * a).sum();
            row[i] = (row[i] + ridge - sum).max(1e-12).sqrt();
        }
        substituted(&l, n, &self.lacking)
    }
}

/// Solves L L' x = b.
fn substituted(l: &[f64], n: usize, b: &[f64]) -> Vec<f64> {
    let mut x = b.to_vec();
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| l[i * n + k] * x[k]).sum();
        x[i] = (x[i] - sum) / l[i * n + i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|k| l[k * n + i] * x[k]).sum();
        x[i] = (x[i] - sum) / l[i * n + i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solution_takes_the_error_away() {
        let n = 5;
        let row = |r: usize| (0..n).map(move |i| ((r * 7 + i * i * 13) % 17) as f64 - 8.0).collect::<Vec<_>>();
        let weights = [0.5, -1.0, 0.25, 2.0, 0.0];
        let mut m = Normal { n, terms: vec![0.0; n * n], lacking: vec![0.0; n], error: 0.0 };
        for row in (0..40).map(row) {
            let wanted: f64 = row.iter().zip(weights).map(|(a, w)| a * w).sum();
            (0..n * n).for_each(|k| m.terms[k] += row[k / n] * row[k % n]);
            (0..n).for_each(|i| m.lacking[i] += row[i] * wanted);
            m.error += wanted * wanted;
        }
        let found = m.solve();
        found.iter().zip(weights).for_each(|(a, b)| assert!((a - b).abs() < 0.01, "{found:?}"));
        assert!((m.gain(&weights) - m.error).abs() < 1e-9 * m.error && m.gain(&found) > 0.999 * m.error);
        assert!(m.clone().behind(&weights).error.abs() < 1e-9 * m.error);
    }
}
