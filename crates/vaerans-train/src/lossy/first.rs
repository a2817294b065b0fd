//! Where training begins: weights and tables by hand.

use super::bytes::Tables;
use super::samples::{NEAR, SUMS};
use vaerans::codec::photo::model::{Weights, GROUPS, SETS};
use vaerans::kernels::photo::{CLASSES, OWN, TOKENS};

/// Weights of a set from numbers.
pub fn set_of(bias: f64, near: &[f64; NEAR]) -> Weights {
    let of = |i: usize| {
        let one = if SUMS[i] { 131_072.0 } else { 32_768.0 };
        (near[i] * one).round().clamp(0.0, 32767.0) as i16
    };
    Weights {
        bias: (bias * 128.0).round().clamp(0.0, 32767.0) as i16,
        own: std::array::from_fn(of),
        other: std::array::from_fn(|i| of(OWN + i)),
    }
}

/// All sets.
pub fn weights() -> Vec<Weights> {
    let near = [0.5, 0.2, 0.5, 0.2, 0.25, 0.25, 0.2, 0.1, 0.1, 0.03, 0.15, 0.05, 0.15, 0.05, 0.1, 0.04, 0.1, 0.04];
    vec![set_of(0.05, &near); SETS]
}

/// Tables of geometric indices, whose mean is about the energy.
pub fn tables() -> Tables {
    let row = |i: usize| {
        let energy = 2f64.powf((i % CLASSES) as f64 / 4.0 - 4.0);
        let mean = 0.05 + 0.3 * energy;
        let next = mean / (1.0 + mean);
        let chance = |k: f64| next.powf(k) * (1.0 - next);
        let mut p: [f64; TOKENS] = std::array::from_fn(|t| match t {
            0..8 => chance(t as f64),
            _ => {
                let n = 2 + (t - 8) / 2;
                let first = f64::from((2 + (t & 1)) as u32) * 2f64.powi(n as i32);
                next.powf(first) - next.powf(first + 2f64.powi(n as i32))
            }
        });
        p.iter_mut().for_each(|p| *p = p.max(1e-6));
        let sum: f64 = p.iter().sum();
        p.map(|v| v / sum)
    };
    let rows = GROUPS * 2 * CLASSES;
    Tables { probabilities: (0..rows).map(row).collect(), shifts: vec![0.1; rows * 3], signs: vec![0.5; 54] }
}
