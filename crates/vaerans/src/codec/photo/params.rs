//! What a file says of a picture beside its sections.

use super::colour::Colour;
use super::geometry::Orientation;
use super::scale::{eighths, norm, step, STEPS, UNIT};
use super::MAX_LEVELS;
use crate::error::{Error, Result};
use crate::wire::{Reader, Writer};

/// The least weight of a level, in eighths of an octave; the largest is 15 more.
pub const LEAST_WEIGHT: i8 = -7;

/// Weights of the levels of a picture's steps, in eighths of an octave: luma, then chroma, each from level 1 on.
pub type LevelWeights = [[i8; MAX_LEVELS]; 2];

/// How a picture is transformed and quantised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Params {
    /// Number of the step.
    pub step: u16,
    /// One quantizer for all coefficients, and no trellis.
    pub is_uniform: bool,
    /// Integers all the way: YCoCg-R, CDF 5/3, a step of 1.
    pub is_reversible: bool,
    /// Log2 of the side of the blocks of pixels that have steps of their own.
    pub blocks: Option<u32>,
    /// Weights of the levels.
    pub weights: LevelWeights,
    /// Of RGB.
    pub colour: Colour,
    /// The adaptive filter's, if there is one.
    pub filter: Vec<u8>,
}

impl Params {
    /// Half a step of a band, in units of its coefficients, of a block whose step is not changed.
    pub fn half_step(&self, plane: usize, level: usize, orientation: Orientation) -> f32 {
        if self.is_reversible {
            return 0.5;
        }
        let weight = eighths(self.weights[plane.min(1)][level - 1]);
        0.5 * step(self.step) * weight / norm(level, Some(orientation))
    }

    /// The step of the low band.
    pub fn low_step(&self, levels: usize) -> f32 {
        if self.is_reversible {
            return 1.0;
        }
        step(self.step) / norm(levels, None)
    }

    /// As a file holds them; `planes` of them.
    pub fn write(&self, planes: usize) -> Vec<u8> {
        let is_weighted = self.weights != [[0; MAX_LEVELS]; 2];
        let blocks = self.blocks.map_or(0, |b| b as u8 - 3);
        let flags = [self.is_uniform, self.is_reversible, is_weighted, !self.filter.is_empty()];
        let flags = flags.iter().zip(0..).map(|(&f, i)| u8::from(f) << i).sum::<u8>();
        let mut w = Writer::new();
        w.u8(flags | blocks << 4);
        if self.is_reversible {
            return w.into_vec();
        }
        w.varint(u64::from(self.step));
        if is_weighted {
            let pairs = self.weights.iter().flatten().map(|&k| (k - LEAST_WEIGHT) as u8).collect::<Vec<_>>();
            pairs.chunks_exact(2).for_each(|p| w.u8(p[0] | p[1] << 4));
        }
        if planes > 1 {
            self.colour.0.iter().for_each(|&c| w.u8(c as u8));
        }
        w.bytes(&self.filter);
        w.into_vec()
    }

    /// Of a file.
    ///
    /// # Errors
    /// `stream.*`.
    pub fn read(bytes: &[u8], planes: usize) -> Result<Params> {
        let mut r = Reader::new(bytes, "photo");
        let flags = r.u8()?;
        let is = |bit: u8| flags >> bit & 1 == 1;
        let blocks = match flags >> 4 {
            0 => None,
            n @ 1..=3 => Some(u32::from(n) + 3),
            _ => return Err(r.invalid(&format!("flags {flags}"))),
        };
        let mut params = Params::REVERSIBLE;
        if is(1) {
            return match (flags, r.remaining()) {
                (3, 0) => Ok(params),
                _ => Err(r.invalid("a reversible picture with more than that")),
            };
        }
        params = Params { is_uniform: is(0), is_reversible: false, blocks, ..params };
        let step = r.varint()?;
        params.step =
            u16::try_from(step).ok().filter(|&s| s < STEPS).ok_or_else(|| r.invalid(&format!("step {step}")))?;
        if is(2) {
            for pair in params.weights.iter_mut().flatten().collect::<Vec<_>>().chunks_exact_mut(2) {
                let byte = r.u8()?;
                *pair[0] = (byte & 15) as i8 + LEAST_WEIGHT;
                *pair[1] = (byte >> 4) as i8 + LEAST_WEIGHT;
            }
        }
        if planes > 1 {
            params.colour = Colour(r.array::<9>()?.map(|b| b as i8));
        }
        params.filter = r.rest().to_vec();
        match is(3) != params.filter.is_empty() {
            true => Ok(params),
            false => Err(r.invalid("a filter, or none")),
        }
    }

    /// Of a file whose step says whether it loses something.
    ///
    /// # Errors
    /// `stream.*`.
    pub fn of_step(is_lossy: bool, bytes: &[u8], planes: usize) -> Result<Params> {
        let params = Params::read(bytes, planes)?;
        match params.is_reversible == is_lossy {
            true => Err(Error::new("stream.invalid", "a photo that is lossy and reversible, or neither")),
            false => Ok(params),
        }
    }

    /// Of a picture whose every sample comes back.
    pub const REVERSIBLE: Params = Params {
        step: UNIT,
        is_uniform: true,
        is_reversible: true,
        blocks: None,
        weights: [[0; MAX_LEVELS]; 2],
        colour: Colour::DEFAULT,
        filter: Vec::new(),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let weights = [[6, 0, -3, -3, -2, -2], [8, 2, 0, 0, 0, -7]];
        let lossy = Params { step: 700, is_reversible: false, blocks: Some(4), weights, ..Params::REVERSIBLE };
        let filtered = Params { filter: vec![1, 2, 3], is_uniform: false, blocks: None, ..lossy.clone() };
        for params in [Params::REVERSIBLE, lossy, filtered] {
            for planes in [1, 3] {
                let bytes = params.write(planes);
                assert_eq!(Params::read(&bytes, planes).unwrap(), params);
                let fewer = if params.filter.is_empty() { bytes.len() - 1 } else { bytes.len() - 3 };
                assert!(Params::read(&bytes[..fewer], planes).is_err());
            }
        }
    }
}
