//! Weights fitted to what tokens cost: through tables that are interpolated between classes, by Adam.

use super::first::set_of;
use super::samples::{Sample, Samples, NEAR, SUMS};
use vaerans::codec::photo::model::{Weights, SETS};
use vaerans::kernels::photo::{CLASSES, OWN, TOKENS};

/// Samples of a step.
const BATCH: usize = 40_000;
const RATE: f64 = 3e-2;
/// Groups of tables, of either quantizer.
const TABLES: usize = 8 * 2;
/// Numbers of a set: bias and neighbours.
const SET: usize = 1 + NEAR;
/// Energy of the first class in half steps.
const FIRST: f64 = 0.0625;

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn inverse_softplus(y: f64) -> f64 {
    let y = y.max(1e-4);
    if y > 20.0 {
        y
    } else {
        y.exp_m1().ln()
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Parameters with Adam's moments.
struct Adam {
    values: Vec<f64>,
    gradient: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    step: i32,
}

impl Adam {
    fn new(values: Vec<f64>) -> Adam {
        let zeros = vec![0.0; values.len()];
        Adam { gradient: zeros.clone(), first: zeros.clone(), second: zeros, values, step: 0 }
    }

    fn update(&mut self, rate: f64) {
        self.step += 1;
        let (c1, c2) = (1.0 - 0.9f64.powi(self.step), 1.0 - 0.999f64.powi(self.step));
        for i in 0..self.values.len() {
            let g = std::mem::take(&mut self.gradient[i]);
            self.first[i] = 0.9 * self.first[i] + 0.1 * g;
            self.second[i] = 0.999 * self.second[i] + 0.001 * g * g;
            self.values[i] -= rate * (self.first[i] / c1) / ((self.second[i] / c2).sqrt() + 1e-8);
        }
    }
}

/// What is fitted.
struct Fit {
    weights: Adam,
    tables: Adam,
}

impl Fit {
    /// Adds the gradient of a sample; gives its bits.
    fn sample(&mut self, s: &Sample, scale: f64) -> f64 {
        let first = usize::from(s.set) * SET;
        let raw = &self.weights.values[first..first + SET];
        let mut energy = softplus(raw[0]);
        for (w, &a) in raw[1..].iter().zip(&s.near) {
            if a > 0 {
                energy += softplus(*w) * f64::from(a);
            }
        }
        let u = 4.0 * (energy / FIRST).log2();
        let inside = u > 0.0 && u < CLASSES as f64 - 1.001;
        let u = u.clamp(0.0, CLASSES as f64 - 1.001);
        let (class, part) = (u as usize, u.fract());
        let table = (s.group() * 2 + usize::from(s.quantizer)) * CLASSES + class;
        let (low, high) = (table * TOKENS, (table + 1) * TOKENS);
        let logits = &self.tables.values;
        let mixed: [f64; TOKENS] = std::array::from_fn(|t| logits[low + t] * (1.0 - part) + logits[high + t] * part);
        let most = mixed.iter().copied().fold(f64::MIN, f64::max);
        let exps = mixed.map(|l| (l - most).exp());
        let sum: f64 = exps.iter().sum();
        let token = usize::from(s.token);
        let mut slope = 0.0;
        for t in 0..TOKENS {
            let d = (exps[t] / sum - f64::from(u8::from(t == token))) * scale;
            slope += d * (logits[high + t] - logits[low + t]);
            self.tables.gradient[low + t] += d * (1.0 - part);
            self.tables.gradient[high + t] += d * part;
        }
        if inside {
            let of_energy = slope * 4.0 / (energy * std::f64::consts::LN_2);
            self.weights.gradient[first] += of_energy * sigmoid(self.weights.values[first]);
            for (i, &a) in s.near.iter().enumerate().filter(|(_, &a)| a > 0) {
                let at = first + 1 + i;
                self.weights.gradient[at] += of_energy * f64::from(a) * sigmoid(self.weights.values[at]);
            }
        }
        (sum.ln() + most - mixed[token]) / std::f64::consts::LN_2
    }
}

fn tables() -> Vec<f64> {
    let logit = |i: usize| {
        let (class, token) = (i / TOKENS % CLASSES, i % TOKENS);
        let energy = FIRST * 2f64.powf(class as f64 / 4.0);
        -(token as f64) * 0.9 / (0.35 + energy.min(20.0)).powf(0.6)
    };
    (0..TABLES * CLASSES * TOKENS).map(logit).collect()
}

/// Weights for samples, from others.
pub fn fit(samples: &Samples, from: &[Weights], steps: usize) -> Vec<Weights> {
    let start = from.iter().flat_map(|w| {
        let all = w.own.iter().chain(&w.other).enumerate();
        let near = all.map(|(i, &v)| f64::from(v) / if SUMS[i] { 131_072.0 } else { 32_768.0 });
        std::iter::once(f64::from(w.bias) / 128.0).chain(near).map(inverse_softplus).collect::<Vec<_>>()
    });
    let mut fit = Fit { weights: Adam::new(start.collect()), tables: Adam::new(tables()) };
    let mut state = 1u64;
    let mut shown = 0.0;
    for step in 0..steps {
        let mut chosen = Vec::with_capacity(BATCH);
        for _ in 0..BATCH {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            chosen.push((state >> 33) as usize % samples.all.len());
        }
        let all: f64 = chosen.iter().map(|&i| f64::from(samples.all[i].weight)).sum();
        let mut bits = 0.0;
        for &i in &chosen {
            let share = f64::from(samples.all[i].weight) / all;
            bits += fit.sample(&samples.all[i], share) * share;
        }
        let left = 1.0 - step as f64 / steps as f64;
        let rate = RATE * (2.0 * left + 0.01).min(1.0);
        fit.weights.update(rate);
        fit.tables.update(rate);
        shown += bits;
        if (step + 1) % 300 == 0 {
            println!("  {} steps: {:.5} bits", step + 1, shown / 300.0);
            shown = 0.0;
        }
    }
    let of_set = |values: &[f64]| {
        let near: [f64; NEAR] = std::array::from_fn(|i| softplus(values[1 + i]));
        set_of(softplus(values[0]), &near)
    };
    debug_assert_eq!(OWN, 6);
    debug_assert_eq!(fit.weights.values.len(), SETS * SET);
    fit.weights.values.chunks_exact(SET).map(of_set).collect()
}
