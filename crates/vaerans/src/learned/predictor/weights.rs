//! A predictor at one quality.

use super::{Anchor, Predictor, Tap};
use crate::error::{Error, Result};
use vaerans_kernels::reference::predict::{MAX_RESIDUAL, MAX_VALUE};

/// What a channel depends on, at one quality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelWeights {
    /// Of its mean, Q12.
    pub mean: Vec<Tap>,
    /// Of its scale, Q16.
    pub scale: Vec<Tap>,
    /// Of its scale, on the sums of residuals, Q16.
    pub energy: [i32; 9],
    /// What its scale begins with, Q12.
    pub bias: i32,
    /// Residual that is assumed outside of the picture, Q4.
    pub edge: u16,
    /// What its residuals add to the sums, Q16.
    pub energy_gain: u32,
}

/// A predictor at one quality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weights {
    /// Channel by channel.
    pub channels: Vec<ChannelWeights>,
}

/// a / 2^n, rounded half up.
pub(crate) fn shifted(a: i64, n: u32) -> i64 {
    (a + (1 << (n - 1))) >> n
}

impl Predictor {
    /// Parameters of a channel at a quality, interpolated between anchors.
    pub fn anchor(&self, step: usize, channel: usize) -> Anchor {
        let (level, part) = (step / self.between, (step % self.between) as i64);
        let (a, b) = (self.anchors[level][channel], self.anchors[(level + 1).min(self.anchors.len() - 1)][channel]);
        let whole = self.between as i64;
        let mix = |a: i64, b: i64| (a * (whole - part) + b * part + whole / 2).div_euclid(whole);
        Anchor {
            gain: mix(a.gain.into(), b.gain.into()) as u32,
            mean_gain: mix(a.mean_gain.into(), b.mean_gain.into()) as i32,
            scale_gain: mix(a.scale_gain.into(), b.scale_gain.into()) as i32,
            bias: mix(a.bias.into(), b.bias.into()) as i32,
        }
    }

    /// What it uses at a quality, for its first `channels`.
    ///
    /// # Errors
    /// `param.range` for another quality; `model.invalid` for weights whose sums would not fit 32 bits.
    pub fn weights(&self, step: usize, channels: usize) -> Result<Weights> {
        if step >= self.steps() {
            return Err(Error::new("param.range", format!("step={step}; 0 to {}", self.steps() - 1)));
        }
        let anchors: Vec<Anchor> = (0..channels).map(|c| self.anchor(step, c)).collect();
        let one = |c| self.channel(c, &anchors).ok_or_else(|| too_large(c));
        Ok(Weights { channels: (0..channels).map(one).collect::<Result<_>>()? })
    }

    fn channel(&self, index: usize, anchors: &[Anchor]) -> Option<ChannelWeights> {
        let (channel, a) = (&self.channels[index], &anchors[index]);
        let gain = i64::from(a.gain);
        let scaled = |tap: &Tap, own: i32| {
            let ratio = (gain << 16) / i64::from(anchors[index - usize::from(tap.back)].gain);
            let product = i64::from(tap.weight).checked_mul(own.into())?.checked_mul(ratio)?.checked_add(1 << 27)?;
            Some(Tap { weight: i32::try_from(product >> 28).ok()?, ..*tap })
        };
        let all = |taps: &[Tap], own| taps.iter().map(|tap| scaled(tap, own)).collect::<Option<Vec<_>>>();
        let (mean, scale) = (all(&channel.mean, a.mean_gain)?, all(&channel.scale, a.scale_gain)?);
        let edge = u16::try_from(shifted(i64::from(channel.edge) * gain, 20)).ok()?;
        let mut energy = [0; 9];
        for (to, &weight) in energy.iter_mut().zip(&channel.energy) {
            let own = shifted(i64::from(weight) * i64::from(a.scale_gain), 12);
            *to = i32::try_from(own.checked_mul(gain)?.checked_add(1 << 15)? >> 16).ok()?;
        }
        let energy_gain = ((i64::from(channel.energy_gain) << 12) / gain).min(1 << 20) as u32;
        // Within these sums nothing wraps, whatever the integers are.
        let most = i64::from(i32::MAX) - (1 << 12);
        let fits =
            sum(&mean) * i64::from(MAX_VALUE) <= most && sum(&scale) * i64::from(MAX_RESIDUAL.max(edge.into())) <= most;
        fits.then_some(ChannelWeights { mean, scale, energy, bias: a.bias, edge, energy_gain })
    }
}

fn sum(taps: &[Tap]) -> i64 {
    taps.iter().map(|t| i64::from(t.weight).abs()).sum()
}

fn too_large(channel: usize) -> Error {
    Error::new("model.invalid", format!("weights of channel {channel} of a predictor are too large"))
}
