//! What integers are multiplied by: fixed to the operation, so that it is the same everywhere.

use super::Layered;
use vaerans_kernels::reference::nn::math::{exp, log as ln};

impl Layered {
    /// Units of latent per integer, for every channel, at a quality of the predictor's.
    ///
    /// Between two anchors the logarithm of scale times gain is interpolated, which is nearly constant; all in 32-bit floats, each
    /// operation rounded by itself.
    pub fn factors(&self, step: usize) -> Vec<f32> {
        let count = self.channels(self.layers.len());
        let between = self.predictor.between;
        let (level, part) = (step / between, step % between);
        let next = (level + 1).min(self.predictor.anchors.len() - 1);
        let weight = |part: usize| part as f32 / between as f32;
        let (left, right) = (weight(between - part), weight(part));
        let log = |level: usize, channel: usize| {
            let gain = self.predictor.anchors[level][channel].gain as f32;
            ln(self.head.scales[level * count + channel] * gain)
        };
        let one = |c: usize| {
            let mixed = left * log(level, c) + right * log(next, c);
            exp(mixed) / self.predictor.anchor(step, c).gain as f32
        };
        (0..count).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Head, Layer};
    use super::*;
    use crate::learned::testing::predictor;
    use std::sync::Arc;

    fn codec(channels: &[usize], seed: u64) -> Layered {
        let predictor = Arc::new(predictor(channels, seed));
        let count = predictor.anchors.len() * predictor.channels.len();
        let head = Head {
            name: "toy".into(),
            predictor: predictor.sha256,
            plans: vec![[0; 32]; channels.len()],
            downscale: 16,
            reach: [0, 0],
            base_steps: 1,
            scales: (0..count).map(|i| 0.001 * 1.37f32.powi(i as i32 % 40)).collect(),
        };
        let layers = vec![Layer { synthesis: None, analysis: None }; channels.len()];
        Layered { sha256: [0; 32], head, predictor, layers }
    }

    #[test]
    fn factors_are_what_mathematics_gives() {
        for seed in 0..6 {
            let codec = codec(&[3, 5], seed);
            let (anchors, between) = (&codec.predictor.anchors, codec.predictor.between);
            for step in 0..codec.predictor.steps() {
                let factors = codec.factors(step);
                assert_eq!(factors.len(), 5);
                let (level, part) = (step / between, (step % between) as f64 / between as f64);
                let next = (level + 1).min(anchors.len() - 1);
                for (c, factor) in factors.into_iter().enumerate() {
                    let log = |l: usize| (f64::from(codec.head.scales[l * 5 + c]) * f64::from(anchors[l][c].gain)).ln();
                    let mixed = (1.0 - part) * log(level) + part * log(next);
                    let wanted = mixed.exp() / f64::from(codec.predictor.anchor(step, c).gain);
                    assert!((f64::from(factor) / wanted - 1.0).abs() < 1e-5, "{factor} for {wanted} at step {step}");
                }
            }
        }
    }

    #[test]
    fn at_an_anchor_a_factor_is_its_scale() {
        let codec = codec(&[2], 9);
        for level in 0..3 {
            let step = level * codec.predictor.between;
            for (factor, scale) in codec.factors(step).iter().zip(&codec.head.scales[2 * level..]) {
                assert!((factor / scale - 1.0).abs() < 1e-5, "{factor} for {scale}");
            }
        }
    }
}
