//! Weights that bring a picture nearer to its original: least squares by class, classes joined where that costs less than it saves bytes.
//! Sums of integers and plain arithmetic in a fixed order: the same on every machine.

use super::params::Correction;
use vaerans_kernels::adapt::{Sums, CLASSES};

/// Products of the terms of some classes.
#[derive(Clone)]
struct Normal {
    n: usize,
    /// The lower triangle, the last row that of what is lacking.
    sums: Vec<f64>,
}

/// Classes that share weights.
#[derive(Clone)]
struct Group {
    normal: Normal,
    classes: Vec<usize>,
    weights: Vec<f64>,
    /// How much smaller the squared error becomes.
    gain: f64,
}

impl Normal {
    fn at(&self, i: usize, j: usize) -> f64 {
        let (i, j) = (i.max(j), i.min(j));
        self.sums[i * (i + 1) / 2 + j]
    }

    fn add(&self, other: &Normal) -> Normal {
        Normal { n: self.n, sums: self.sums.iter().zip(&other.sums).map(|(a, b)| a + b).collect() }
    }

    /// The same, with what weights (in 1/128) already give taken from what is lacking.
    fn behind(mut self, weights: &[i32]) -> Normal {
        let n = self.n;
        for i in 0..n {
            let given: f64 = (0..n).map(|j| self.at(i, j) * f64::from(weights[j])).sum();
            self.sums[n * (n + 1) / 2 + i] -= given / 128.0;
        }
        self
    }

    /// How much smaller the squared error becomes by weights.
    fn gain(&self, weights: &[f64]) -> f64 {
        let n = self.n;
        (0..n)
            .map(|i| {
                let row: f64 = (0..n).map(|j| self.at(i, j) * weights[j]).sum();
                weights[i] * (2.0 * self.at(n, i) - row)
            })
            .sum()
    }

    /// The weights of the least squared error (Cholesky, with a ridge).
    fn solve(&self) -> Vec<f64> {
        let n = self.n;
        let trace: f64 = (0..n).map(|i| self.at(i, i)).sum();
        let ridge = 1e-3 * trace / n as f64 + 1e-6;
        let mut l = vec![0.0; n * n];
        for j in 0..n {
            for i in j..n {
                let mut sum = self.at(i, j) + if i == j { ridge } else { 0.0 };
                for k in 0..j {
                    sum -= l[i * n + k] * l[j * n + k];
                }
                l[i * n + j] = if i == j { sum.max(1e-12).sqrt() } else { sum / l[j * n + j] };
            }
        }
        let mut x: Vec<f64> = (0..n).map(|i| self.at(n, i)).collect();
        for i in 0..n {
            for k in 0..i {
                x[i] -= l[i * n + k] * x[k];
            }
            x[i] /= l[i * n + i];
        }
        for i in (0..n).rev() {
            for k in i + 1..n {
                x[i] -= l[k * n + i] * x[k];
            }
            x[i] /= l[i * n + i];
        }
        x
    }
}

impl Group {
    fn new(normal: Normal, classes: Vec<usize>, unit: f64) -> Group {
        let weights: Vec<f64> =
            normal.solve().iter().map(|w| (w / unit).round_ties_even().clamp(-200.0, 200.0) * unit).collect();
        let gain = normal.gain(&weights);
        Group { normal, classes, weights, gain }
    }

    fn joined(&self, other: &Group, unit: f64) -> Group {
        let classes = self.classes.iter().chain(&other.classes).copied().collect();
        Group::new(self.normal.add(&other.normal), classes, unit)
    }
}

/// About the bits that the weights of groups take.
fn bits(groups: &[Group], unit: f64) -> f64 {
    let used: Vec<&Group> = groups.iter().filter(|g| g.gain > 0.0).collect();
    if used.is_empty() {
        return 1.0;
    }
    let width = f64::from(usize::BITS - used.len().leading_zeros());
    let weight = |w: f64| {
        let k = (w / unit).abs();
        if k < 0.5 {
            1.0
        } else {
            2.5 + k.min(6.0) * 0.9 + if k > 6.0 { 4.0 } else { 0.0 }
        }
    };
    9.0 + CLASSES as f64 * width + used.iter().flat_map(|g| &g.weights).map(|&w| weight(w)).sum::<f64>()
}

/// What trained weights of a plane and a correction save: squared error, less `lambda` for each bit.
pub(super) struct Found {
    pub correction: Option<Correction>,
    pub gain: f64,
}

/// The best correction of trained weights, or none. `shift`: units of 2^shift / 128.
pub(super) fn correction(sums: &Sums, trained: &[i32], lambda: f64, shifts: &[u32]) -> Found {
    let n = sums.terms - 1;
    let triangle =
        |class: usize| (0..=n).flat_map(move |i| (0..=i).map(move |j| sums.of(class, i, j) as f64)).collect();
    let normal = |class: usize| Normal { n, sums: triangle(class) };
    let there: Vec<usize> = (0..CLASSES).filter(|&c| normal(c).at(n, n) > 0.0).collect();
    let as_floats = |class: usize| trained[class * n..][..n].iter().map(|&w| f64::from(w) / 128.0).collect::<Vec<_>>();
    let bank: f64 = there.iter().map(|&c| normal(c).gain(&as_floats(c))).sum();
    let mut best = Found { correction: None, gain: bank };
    for &shift in shifts {
        let unit = f64::from(1u32 << shift) / 128.0;
        let first = |&c: &usize| Group::new(normal(c).behind(&trained[c * n..][..n]), vec![c], unit);
        let mut groups: Vec<Group> = there.iter().map(first).collect();
        let mut pairs: Vec<Vec<Option<Group>>> = vec![vec![None; groups.len()]; groups.len()];
        loop {
            let gain = groups.iter().map(|g| g.gain.max(0.0)).sum::<f64>() - lambda * bits(&groups, unit) + bank;
            if gain > best.gain {
                best = Found { correction: Some(stored(&groups, shift, unit)), gain };
            }
            if groups.len() < 2 {
                break;
            }
            let mut least: Option<(f64, usize, usize)> = None;
            for i in 0..groups.len() {
                for j in i + 1..groups.len() {
                    if groups.len() > 10 && j > i + 6 {
                        continue;
                    }
                    let both = pairs[i][j].get_or_insert_with(|| groups[i].joined(&groups[j], unit));
                    let loss = groups[i].gain.max(0.0) + groups[j].gain.max(0.0) - both.gain.max(0.0);
                    if least.is_none_or(|l| loss < l.0) {
                        least = Some((loss, i, j));
                    }
                }
            }
            let Some((_, i, j)) = least else { break };
            if let Some(both) = pairs[i][j].take() {
                groups[i] = both;
            }
            groups.remove(j);
            pairs.remove(j);
            pairs.iter_mut().for_each(|row| drop(row.remove(j)));
            pairs[i].iter_mut().for_each(|p| *p = None);
            pairs.iter_mut().for_each(|row| row[i] = None);
        }
    }
    best
}

fn stored(groups: &[Group], shift: u32, unit: f64) -> Correction {
    let used: Vec<&Group> = groups.iter().filter(|g| g.gain > 0.0).collect();
    let mut of = [used.len().max(1) as u8; CLASSES];
    for (i, group) in used.iter().enumerate() {
        group.classes.iter().for_each(|&c| of[c] = i as u8);
    }
    let mut weights: Vec<Vec<i32>> =
        used.iter().map(|g| g.weights.iter().map(|w| (w / unit).round_ties_even() as i32).collect()).collect();
    if weights.is_empty() {
        weights.push(vec![0; groups.first().map_or(0, |g| g.weights.len())]);
    }
    Correction { shift, groups: of, weights }
}
