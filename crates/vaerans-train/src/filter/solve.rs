//! Weights of whole 1/128 between -127 and 127 that take away most of the squared error.

use vaerans::codec::photo::filter::Normal;
use vaerans::codec::photo::scale::step;
use vaerans::kernels::adapt::{Sums, CLASSES};

/// Largest weight of a bank.
const MOST: f64 = 127.0;

/// Weights that others stay near to where that is nearly as good; `ridge` says how near.
struct Near<'a> {
    weights: &'a [f64],
    ridge: f64,
}

impl Near<'_> {
    /// Goes through the weights, each the best with the others as they are.
    fn descend(&self, of: &Normal, x: &mut [f64], rounds: usize, place: impl Fn(f64) -> f64) {
        let n = of.n;
        for _ in 0..rounds {
            for i in 0..n {
                let others = (0..n).filter(|&j| j != i).map(|j| of.terms[i * n + j] * x[j]).sum::<f64>();
                let own = of.terms[i * n + i] + self.ridge;
                x[i] = place((of.lacking[i] - others + self.ridge * self.weights[i]) / own);
            }
        }
    }

    fn solved(&self, of: &Normal) -> Vec<f64> {
        let mut x = self.weights.to_vec();
        self.descend(of, &mut x, 3000, |v| v.clamp(-MOST / 128.0, MOST / 128.0));
        x.iter_mut().for_each(|v| *v = (*v * 128.0).round() / 128.0);
        self.descend(of, &mut x, 20, |v| (v * 128.0).round().clamp(-MOST, MOST) / 128.0);
        x
    }
}

/// Weights of all classes, and what they gain, in dB.
pub fn weights(sums: &Sums, number: u16) -> (Vec<i32>, f64) {
    // As if a thousand samples more had terms of a tenth of a step, and wanted what all classes together want.
    let usual = f64::from(step(number)) * 8.0 / 10.0;
    let ridge = 1000.0 * usual * usual;
    let classes: Vec<Normal> = (0..CLASSES).map(|class| Normal::of(sums, class)).collect();
    let all = classes[1..].iter().fold(classes[0].clone(), |all, class| all.with(class));
    let weights = Near { weights: &vec![0.0; all.n], ridge }.solved(&all);
    let near = Near { weights: &weights, ridge };
    let (mut made, mut gain) = (Vec::new(), 0.0);
    for class in &classes {
        let found = near.solved(class);
        gain += class.gain(&found);
        made.extend(found.iter().map(|v| (v * 128.0).round() as i32));
    }
    (made, -10.0 * (1.0 - gain / all.error).log10())
}
