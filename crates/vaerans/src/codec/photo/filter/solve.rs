//! Weights that bring a picture nearer to its original: least squares by class, classes joined where that costs less than it saves bytes.

use super::normal::Normal;
use super::params::Correction;
use vaerans_kernels::adapt::{Sums, CLASSES};

/// Classes that share weights.
struct Group {
    normal: Normal,
    classes: Vec<usize>,
    weights: Vec<f64>,
    /// How much smaller the squared error becomes.
    gain: f64,
}

/// How often weights are gone through for ones that take fewer bits.
const ROUNDS: usize = 2;
/// Largest weight of a correction, in units.
const MOST: f64 = 1000.0;

impl Group {
    fn new(normal: Normal, classes: Vec<usize>) -> Group {
        let weights = normal.solve();
        let gain = normal.gain(&weights).max(0.0);
        Group { normal, classes, weights, gain }
    }

    fn joined(&self, other: &Group) -> Group {
        Group::new(self.normal.with(&other.normal), self.classes.iter().chain(&other.classes).copied().collect())
    }

    /// Weights in whole units that are nearly the best and take few bits, and what they gain.
    fn rounded(&self, unit: f64, lambda: f64) -> (Vec<i32>, f64) {
        let mut whole: Vec<i32> =
            self.weights.iter().map(|w| (w / unit).round_ties_even().clamp(-MOST, MOST) as i32).collect();
        let mut weights: Vec<f64> = whole.iter().map(|&w| f64::from(w) * unit).collect();
        for _ in 0..ROUNDS {
            for i in 0..whole.len() {
                let (w, mut best) = (whole[i], (0.0, whole[i]));
                for other in [w - 1, w + 1, 0] {
                    let d = f64::from(other - w) * unit;
                    let saved = self.normal.step(i, d, &weights) - lambda * (size(other) - size(w));
                    if saved > best.0 {
                        best = (saved, other);
                    }
                }
                whole[i] = best.1;
                weights[i] = f64::from(best.1) * unit;
            }
        }
        (whole, self.normal.gain(&weights))
    }
}

/// About the bits of a weight.
fn size(w: i32) -> f64 {
    if w == 0 {
        0.8
    } else {
        2.3 + 2.0 * f64::from(w.unsigned_abs().ilog2())
    }
}

/// About the bits of weights.
fn about(weights: &[i32]) -> f64 {
    weights.iter().map(|&w| size(w)).sum()
}

/// What groups save less their bits, and the correction: without those that are not worth their own; none if no group is.
fn worth(groups: &[Group], shift: u32, lambda: f64, pairs: usize) -> Option<(f64, Correction)> {
    let unit = f64::from(1u32 << shift) / 128.0;
    let (mut gain, mut weights, mut classes) = (0.0, Vec::new(), Vec::new());
    for group in groups {
        let (own, gained) = group.rounded(unit, lambda);
        if gained > lambda * about(&own) {
            gain += gained;
            weights.push(own);
            classes.push(&group.classes);
        }
    }
    if weights.is_empty() {
        return None;
    }
    let mut groups = [weights.len() as u8; CLASSES];
    classes.iter().zip(0..).for_each(|(all, group)| all.iter().for_each(|&c| groups[c] = group));
    let made = Correction { shift, groups, weights };
    Some((gain - lambda * made.bits(pairs), made))
}

/// What trained weights of a plane and a correction save: squared error, less `lambda` for each bit.
pub(super) struct Found {
    pub correction: Option<Correction>,
    pub gain: f64,
}

/// Joins the two groups that lose least by it. `unions`: of each group with those before it.
fn join(groups: &mut Vec<Group>, unions: &mut Vec<Vec<Group>>) {
    let mut least: Option<(f64, usize, usize)> = None;
    for (i, row) in unions.iter().enumerate() {
        for (j, both) in row.iter().enumerate() {
            let loss = groups[i].gain + groups[j].gain - both.gain;
            if least.is_none_or(|l| loss < l.0) {
                least = Some((loss, i, j));
            }
        }
    }
    let Some((_, i, j)) = least else { return groups.clear() };
    let both = unions[i].swap_remove(j);
    for k in [i, j] {
        groups.remove(k);
        unions.remove(k);
        unions[k..].iter_mut().for_each(|row| drop(row.remove(k)));
    }
    unions.push(groups.iter().map(|g| both.joined(g)).collect());
    groups.push(both);
}

/// The best correction of trained weights, or none.
pub(super) fn correction(sums: &Sums, trained: &[i32], lambda: f64) -> Found {
    let n = sums.terms - 1;
    let weights = |class: usize| trained[class * n..][..n].iter().map(|&w| f64::from(w) / 128.0).collect::<Vec<_>>();
    let (mut bank, mut groups) = (0.0, Vec::new());
    for class in 0..CLASSES {
        let (normal, weights) = (Normal::of(sums, class), weights(class));
        bank += normal.gain(&weights);
        if normal.error > 0.0 {
            groups.push(Group::new(normal.behind(&weights), vec![class]));
        }
    }
    let mut best = Found { correction: None, gain: bank - lambda };
    let mut unions: Vec<Vec<Group>> = Vec::new();
    for i in 0..groups.len() {
        unions.push(groups[..i].iter().map(|g| groups[i].joined(g)).collect());
    }
    while !groups.is_empty() {
        for shift in 0..3 {
            let Some((gain, found)) = worth(&groups, shift, lambda, n / 2) else { continue };
            if bank + gain > best.gain {
                best = Found { correction: Some(found), gain: bank + gain };
            }
        }
        join(&mut groups, &mut unions);
    }
    best
}
