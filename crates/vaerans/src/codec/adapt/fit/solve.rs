//! Least squares of a class: which weights take away most of its squared error.

use vaerans_kernels::adapt::Sums;

/// Added to the diagonal, of its mean.
const RIDGE: f64 = 1e-3;

/// Sums of products of terms with each other, and with what a filter lacks.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// Terms.
    pub n: usize,
    /// Of terms with each other, n x n.
    pub terms: Vec<f64>,
    /// Of terms with what is lacking.
    pub lacking: Vec<f64>,
    /// Of what is lacking with itself.
    pub error: f64,
}

impl Moments {
    /// None.
    pub fn new(n: usize) -> Moments {
        Moments { n, terms: vec![0.0; n * n], lacking: vec![0.0; n], error: 0.0 }
    }

    /// Of a class, times `scale`.
    pub fn of(sums: &Sums, class: usize, scale: f64) -> Moments {
        let n = sums.terms - 1;
        let at = |i: usize, j: usize| sums.of(class, i, j) as f64 * scale;
        let terms = (0..n * n).map(|k| at(k / n, k % n)).collect();
        Moments { n, terms, lacking: (0..n).map(|i| at(i, n)).collect(), error: at(n, n) }
    }

    /// Adds those of another class.
    pub fn add(&mut self, other: &Moments) {
        self.terms.iter_mut().zip(&other.terms).for_each(|(a, b)| *a += b);
        self.lacking.iter_mut().zip(&other.lacking).for_each(|(a, b)| *a += b);
        self.error += other.error;
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.terms[i * self.n..][..self.n]
    }

    fn times(&self, i: usize, weights: &[f64]) -> f64 {
        self.row(i).iter().zip(weights).map(|(a, w)| a * w).sum()
    }

    /// How much less squared error there is with these weights.
    pub fn gain(&self, weights: &[f64]) -> f64 {
        (0..self.n).map(|i| weights[i] * (2.0 * self.lacking[i] - self.times(i, weights))).sum()
    }

    /// What is left to do behind these weights.
    pub fn behind(&self, weights: &[f64]) -> Moments {
        let mut rest = self.clone();
        (0..self.n).for_each(|i| rest.lacking[i] -= self.times(i, weights));
        rest.error -= self.gain(weights);
        rest
    }

    /// The weights that gain most, held back a little.
    pub fn solved(&self) -> Vec<f64> {
        self.solved_with(RIDGE)
    }

    /// The same, with another part of the diagonal's mean added to it.
    pub fn solved_with(&self, ridge: f64) -> Vec<f64> {
        let n = self.n;
        let mean: f64 = (0..n).map(|i| self.terms[i * n + i]).sum::<f64>() / n as f64;
        let mut l = self.terms.clone();
        (0..n).for_each(|i| l[i * n + i] += mean * ridge + 1e-4);
        for j in 0..n {
            for i in j..n {
                let (head, row) = l.split_at(i * n);
                let other = if i == j { &row[..j] } else { &head[j * n..j * n + j] };
                let rest = row[j] - row[..j].iter().zip(other).map(|(a, b)| a * b).sum::<f64>();
                l[i * n + j] = if i == j { rest.max(1e-9).sqrt() } else { rest / l[j * n + j] };
            }
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
    fn solution_gains_most() {
        let n = 5;
        let rows: Vec<Vec<f64>> = (0..40).map(|r| (0..n).map(|i| ((r * 7 + i * i * 13) % 17) as f64 - 8.0).collect()).collect();
        let weights = [0.5, -1.0, 0.25, 2.0, 0.0];
        let mut m = Moments::new(n);
        for row in &rows {
            let wanted: f64 = row.iter().zip(weights).map(|(a, w)| a * w).sum();
            (0..n * n).for_each(|k| m.terms[k] += row[k / n] * row[k % n]);
            (0..n).for_each(|i| m.lacking[i] += row[i] * wanted);
            m.error += wanted * wanted;
        }
        let found = m.solved_with(0.0);
        found.iter().zip(weights).for_each(|(a, b)| assert!((a - b).abs() < 1e-4, "{found:?}"));
        assert!((m.gain(&weights) - m.error).abs() < 1e-9 * m.error);
        let rest = m.behind(&weights);
        assert!(rest.lacking.iter().all(|v| v.abs() < 1e-9) && rest.error.abs() < 1e-9 * m.error);
    }
}
