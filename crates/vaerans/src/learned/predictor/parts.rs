//! A predictor from rows of numbers, as whoever fits one has them.

use super::{entries, Anchor, Channel, Predictor, Tap};
use crate::error::{Error, Result};
use vaerans_kernels::predict::{ENTRIES, SYMBOLS};

/// Channels back, rows down, columns right, weight.
pub type TapRow = (u16, i8, i8, i32);

/// What a predictor is made of.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Number of the channel behind each layer.
    pub layers: Vec<usize>,
    /// Steps of quality from an anchor to the next.
    pub between: usize,
    /// Gain, gain of means, gain of scales, bias: each anchor after anchor, all channels of each.
    pub anchors: [Vec<i64>; 4],
    /// Taps of each channel's mean.
    pub mean: Vec<Vec<TapRow>>,
    /// Taps of each channel's scale.
    pub scale: Vec<Vec<TapRow>>,
    /// Weights of the nine sums around.
    pub energy: Vec<[i32; 9]>,
    /// Residuals outside of the picture.
    pub edge: Vec<u32>,
    /// What residuals add to the sums.
    pub energy_gain: Vec<u32>,
    /// Frequencies, layer after layer, class after class, phase after phase.
    pub frequencies: Vec<u32>,
}

impl Predictor {
    /// Of its parts, with the hash of its file.
    ///
    /// # Errors
    /// `param.shape` for rows of other lengths, `model.invalid` for numbers that no predictor has.
    pub fn of_parts(parts: Parts) -> Result<Predictor> {
        let count = parts.layers.last().copied().unwrap_or(0);
        let all = parts.anchors[0].len();
        let rows = [parts.mean.len(), parts.scale.len(), parts.energy.len(), parts.edge.len(), parts.energy_gain.len()];
        let is_even = count > 0
            && all > 0
            && all % count == 0
            && parts.anchors.iter().all(|a| a.len() == all)
            && rows.iter().all(|&n| n == count)
            && parts.frequencies.len() == ENTRIES * parts.layers.len();
        if !is_even {
            return Err(Error::new("param.shape", "parts of a predictor that differ in length"));
        }
        let number = |column: usize, i: usize| {
            let n = parts.anchors[column][i];
            i32::try_from(n).map_err(|_| Error::new("model.invalid", format!("a number of {n}")))
        };
        let anchor = |i| {
            let gain = u32::try_from(number(0, i)?).unwrap_or(0);
            Ok(Anchor { gain, mean_gain: number(1, i)?, scale_gain: number(2, i)?, bias: number(3, i)? })
        };
        let anchors = (0..all).map(anchor).collect::<Result<Vec<_>>>()?;
        let taps = |rows: &[TapRow]| rows.iter().map(|&(back, dy, dx, weight)| Tap { back, dy, dx, weight }).collect();
        let channel = |c: usize| Channel {
            mean: taps(&parts.mean[c]),
            scale: taps(&parts.scale[c]),
            energy: parts.energy[c],
            edge: parts.edge[c],
            energy_gain: parts.energy_gain[c],
        };
        let tables = parts.frequencies.chunks(ENTRIES).map(|layer| layer.chunks(SYMBOLS).flat_map(entries).collect());
        Predictor {
            sha256: [0; 32],
            between: parts.between,
            anchors: anchors.chunks(count).map(<[_]>::to_vec).collect(),
            channels: (0..count).map(channel).collect(),
            tables: tables.collect(),
            layers: parts.layers,
        }
        .named()
    }
}
