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
