//! A model of planes of integers (C, h, w) that code one another: from which neighbours and earlier channels each channel's mean and scale
//! follow, and how likely each distance from the mean then is. All of it is integers, so that it is the same everywhere.
//!
//! Channels lie in layers, one behind another, each with tables of its own. Parameters are given at anchors of quality and interpolated
//! between them: a [`Predictor`] has `steps` qualities, and [`Weights`] are what it uses at one.

mod parts;
mod read;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod weight_tests;
mod weights;
mod write;

pub use parts::{Parts, TapRow};
pub use weights::Weights;

use vaerans_kernels::predict;

/// The first bytes of a predictor's file.
pub const MAGIC: [u8; 8] = *b"\xf6VRNPRE\n";
/// The version that this build reads and writes.
pub const VERSION: u8 = 0;

/// Largest distance of a tap along an axis.
pub const REACH: i8 = 2;
/// Most channels, layers, anchors, steps between two anchors, taps of a channel.
pub(crate) const MOST: [u64; 5] = [4096, 8, 64, 64, 64];

/// An element that a channel's mean or scale depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tap {
    /// How many channels before; 0 is the channel itself, of which only rows above are known.
    pub back: u16,
    /// Rows down, -2..=2.
    pub dy: i8,
    /// Columns right, -2..=2.
    pub dx: i8,
    /// Its weight at unit gain: Q12 of a mean, Q16 of a scale.
    pub weight: i32,
}

/// What a channel depends on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channel {
    /// Of its mean.
    pub mean: Vec<Tap>,
    /// Of its scale.
    pub scale: Vec<Tap>,
    /// Of its scale on the 3 x 3 sums of all residuals before, row by row.
    pub energy: [i32; 9],
    /// Residual that is assumed outside of the picture, per unit of gain, Q20 of Q4.
    pub edge: u32,
    /// What its residuals add to the energy, times gain.
    pub energy_gain: u32,
}

/// Parameters of a channel that depend on quality, at an anchor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Anchor {
    /// Integers per unit of latent, Q12, 1 or more.
    pub gain: u32,
    /// Gain of the mean's weights.
    pub mean_gain: i32,
    /// Gain of the scale's weights.
    pub scale_gain: i32,
    /// What a scale begins with, Q12.
    pub bias: i32,
}

/// A model of planes of integers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predictor {
    /// SHA-256 of its file.
    pub sha256: [u8; 32],
    /// Number of the channel behind each layer.
    pub layers: Vec<usize>,
    /// Steps of quality from an anchor to the next.
    pub between: usize,
    /// Anchor after anchor, all channels of each.
    pub anchors: Vec<Vec<Anchor>>,
    /// The channels.
    pub channels: Vec<Channel>,
    /// Of each layer: entries `start << 16 | frequency`, [`predict::ENTRIES`] of them.
    pub tables: Vec<Vec<u32>>,
}

impl Predictor {
    /// Number of qualities.
    pub fn steps(&self) -> usize {
        self.between * (self.anchors.len() - 1) + 1
    }

    /// Index of the layer that a channel lies in.
    pub fn layer_of(&self, channel: usize) -> usize {
        self.layers.iter().take_while(|&&end| end <= channel).count()
    }

    /// Number of layers of an array of so many channels, if they end with one.
    pub fn layers_of(&self, channels: usize) -> Option<usize> {
        self.layers.iter().position(|&end| end == channels).map(|i| i + 1)
    }

    /// Channels of a layer.
    pub fn range(&self, layer: usize) -> std::ops::Range<usize> {
        let begin = if layer == 0 { 0 } else { self.layers[layer - 1] };
        begin..self.layers[layer]
    }
}

/// Entries of a table of these frequencies, whose sum is 2^15.
pub(crate) fn entries(frequencies: &[u32]) -> impl Iterator<Item = u32> + '_ {
    debug_assert_eq!(frequencies.len(), predict::SYMBOLS);
    frequencies.iter().scan(0, |start, &f| {
        let entry = *start << 16 | (f & 0xffff);
        *start = start.wrapping_add(f);
        Some(entry)
    })
}
