//! Groups of classes that share a correction: the two whose union loses least become one, again and again, and the best of all stages is taken.

use super::bits;
use super::solve::Moments;
use crate::codec::adapt::params::Correction;
use crate::codec::adapt::{pairs, MOST_WEIGHT, MOST_WEIGHTS};
use vaerans_kernels::adapt::CLASSES;

/// Classes that share a correction.
struct Group {
    classes: Vec<usize>,
    moments: Moments,
    weights: Vec<f64>,
    gain: f64,
}

impl Group {
    fn new(classes: Vec<usize>, moments: Moments) -> Group {
        let weights = moments.solved();
        let gain = moments.gain(&weights).max(0.0);
        Group { classes, moments, weights, gain }
    }

    fn with(&self, other: &Group) -> Group {
        let mut moments = self.moments.clone();
        moments.add(&other.moments);
        Group::new(self.classes.iter().chain(&other.classes).copied().collect(), moments)
    }

    /// The weights in so many units to 1, and what they gain.
    fn rounded(&self, unit: f64) -> ([i16; MOST_WEIGHTS], f64) {
        let most = f64::from(MOST_WEIGHT);
        let mut all = [0; MOST_WEIGHTS];
        let near: Vec<f64> = self.weights.iter().map(|w| (w * unit).round_ties_even().clamp(-most, most)).collect();
        all.iter_mut().zip(&near).for_each(|(a, &w)| *a = w as i16);
        let weights: Vec<f64> = near.iter().map(|w| w / unit).collect();
        (all, self.moments.gain(&weights))
    }
}

/// The correction of groups, numbered as their classes first occur.
fn correction(log2: u8, groups: &[(&Group, [i16; MOST_WEIGHTS])]) -> Correction {
    let mut made = Correction { log2, ..Correction::default() };
    for class in 0..CLASSES {
        let Some((group, added)) = groups.iter().find(|(g, _)| g.classes.contains(&class)) else { continue };
        let first = group.classes.iter().copied().min().unwrap_or(class);
        if first == class {
            made.added.push(*added);
            made.groups[class] = made.added.len() as u8;
        } else {
            made.groups[class] = made.groups[first];
        }
    }
    made
}

/// What groups gain less the bits they cost, without those that are not worth theirs.
fn worth(groups: &[Group], log2: u8, plane: usize, lambda: f64) -> (f64, Correction) {
    let unit = f64::from(128 >> log2);
    let rounded: Vec<_> = groups.iter().map(|g| (g, g.rounded(unit))).collect();
    // Bits of numbers, in about: 1 and a half of a zero, more of others.
    let about = |w: &[i16]| w[..2 * pairs(plane)].iter().map(|&v| 1.5 + 2.0 * f64::from((v.unsigned_abs() + 1).ilog2())).sum::<f64>();
    let kept: Vec<_> = rounded.iter().filter(|(_, (w, gain))| *gain > 0.7 * lambda * about(w)).collect();
    let gain: f64 = kept.iter().map(|(_, (_, gain))| gain).sum();
    let all: Vec<_> = kept.iter().map(|(g, (w, _))| (*g, *w)).collect();
    let made = correction(log2, &all);
    (gain - lambda * bits(&made, plane), made)
}

/// The pair of groups whose union loses least, and the union; `unions`: those of all pairs, the later group first.
fn closest(groups: &[Group], unions: &[Vec<Group>]) -> Option<(usize, usize)> {
    let mut least: Option<(f64, usize, usize)> = None;
    for (i, row) in unions.iter().enumerate() {
        for (j, union) in row.iter().enumerate() {
            let loss = groups[i].gain + groups[j].gain - union.gain;
            if least.is_none_or(|(l, ..)| loss < l) {
                least = Some((loss, i, j));
            }
        }
    }
    least.map(|(_, i, j)| (i, j))
}

/// The best correction of a plane whose classes have these moments behind the bank, and what it gains less what its bits cost.
pub fn search(classes: &[Moments], plane: usize, lambda: f64) -> (f64, Correction) {
    let occurs = |m: &Moments| m.error > 0.0 && m.terms[0] > 0.0;
    let mut groups: Vec<Group> = (0..classes.len())
        .filter(|&c| occurs(&classes[c]))
        .map(|c| Group::new(vec![c], classes[c].clone()))
        .collect();
    let mut unions: Vec<Vec<Group>> = Vec::new();
    for i in 0..groups.len() {
        unions.push((0..i).map(|j| groups[i].with(&groups[j])).collect());
    }
    let mut best = (-lambda * bits(&Correction::default(), plane), Correction::default());
    loop {
        for log2 in 0..3 {
            let found = worth(&groups, log2, plane, lambda);
            if found.0 > best.0 {
                best = found;
            }
        }
        let Some((i, j)) = closest(&groups, &unions) else { return best };
        let union = unions[i].swap_remove(j);
        for k in [i, j] {
            groups.remove(k);
            unions.remove(k);
            unions.iter_mut().skip(k).for_each(|row| {
                row.remove(k);
            });
        }
        unions.push(groups.iter().map(|g| union.with(g)).collect());
        groups.push(union);
    }
}
