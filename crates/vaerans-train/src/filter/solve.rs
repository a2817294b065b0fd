//! Weights of whole 1/128 between -127 and 127 that take away most of the squared error.

use vaerans::codec::photo::params::step;
use vaerans::kernels::adapt::{Sums, CLASSES};

/// Largest weight of a bank.
const MOST: f64 = 127.0;

/// Products of terms with each other (n x n), and with what is lacking.
struct Normal {
    n: usize,
    terms: Vec<f64>,
    lacking: Vec<f64>,
    error: f64,
}

impl Normal {
    fn of(sums: &Sums, classes: impl Iterator<Item = usize> + Clone) -> Normal {
        let n = sums.terms - 1;
        let at = |i: usize, j: usize| classes.clone().map(|c| sums.of(c, i, j) as f64).sum::<f64>();
        Normal {
            n,
            terms: (0..n * n).map(|k| at(k / n, k % n)).collect(),
            lacking: (0..n).map(|i| at(i, n)).collect(),
            error: at(n, n),
        }
    }

    fn gain(&self, x: &[f64]) -> f64 {
        let row = |i: usize| (0..self.n).map(|j| self.terms[i * self.n + j] * x[j]).sum::<f64>();
        (0..self.n).map(|i| x[i] * (2.0 * self.lacking[i] - row(i))).sum()
    }

    /// Goes through the weights, each the best with the others as they are, and not far from `near` where that is nearly as good.
    fn descend(&self, x: &mut [f64], near: &[f64], ridge: f64, rounds: usize, place: impl Fn(f64) -> f64) {
        let n = self.n;
        for _ in 0..rounds {
            for i in 0..n {
                let others = (0..n).filter(|&j| j != i).map(|j| self.terms[i * n + j] * x[j]).sum::<f64>();
                let own = self.terms[i * n + i] + ridge;
                x[i] = place((self.lacking[i] - others + ridge * near[i]) / own);
            }
        }
    }

    fn solved(&self, near: &[f64], ridge: f64) -> Vec<f64> {
        let mut x = near.to_vec();
        self.descend(&mut x, near, ridge, 3000, |v| v.clamp(-MOST / 128.0, MOST / 128.0));
        x.iter_mut().for_each(|v| *v = (*v * 128.0).round() / 128.0);
        self.descend(&mut x, near, ridge, 20, |v| (v * 128.0).round().clamp(-MOST, MOST) / 128.0);
        x
    }
}

/// Weights of all classes, and what they gain, in dB.
pub fn weights(sums: &Sums, number: u16) -> (Vec<i32>, f64) {
    // As if a thousand samples more had terms of a tenth of a step, and wanted what all classes together want.
    let usual = f64::from(step(number)) * 8.0 / 10.0;
    let ridge = 1000.0 * usual * usual;
    let all = Normal::of(sums, 0..CLASSES);
    let near = all.solved(&vec![0.0; all.n], ridge);
    let (mut made, mut gain) = (Vec::new(), 0.0);
    for class in 0..CLASSES {
        let own = Normal::of(sums, std::iter::once(class));
        let found = own.solved(&near, ridge);
        gain += own.gain(&found);
        made.extend(found.iter().map(|v| (v * 128.0).round() as i32));
    }
    (made, -10.0 * (1.0 - gain / all.error).log10())
}
