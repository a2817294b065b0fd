//! What a file says of a picture beside its sections.

use super::{geometry::Orientation, MAX_LEVELS};
use crate::error::{Error, Result};
use crate::wire::{Reader, Writer};

/// Number of steps of quantisers: 64 to an octave, the first of 2^-8.
pub const STEPS: u16 = 1536;
/// The step of 1: an 8-bit sample.
pub const UNIT: u16 = 512;
/// Weights of a level, at most this many eighths of an octave.
const WEIGHTS: i8 = 15;

/// `2^(i / 64)`, the nearest floats.
fn sixty_fourth(i: u16) -> f32 {
    let (coarse, fine) = (usize::from(i) / 8, usize::from(i) % 8);
    (EIGHTHS[coarse] * FINE[fine]) as f32
}

/// `2^(i / 8)`.
pub const EIGHTHS: [f64; 8] = [
    1.0,
    1.0905077326652577,
    1.189207115002721,
    1.2968395546510096,
    1.4142135623730951,
    1.5422108254079407,
    1.681792830507429,
    1.8340080864093424,
];
/// `2^(i / 64)`.
const FINE: [f64; 8] = [
    1.0,
    1.0108892860517005,
    1.0218971486541166,
    1.0330248790212284,
    1.0442737824274138,
    1.0556451783605572,
    1.0671404006768237,
    1.0787607977571199,
];

/// 2^n as a float, -126 to 127.
fn power(n: i32) -> f32 {
    f32::from_bits(((n + 127) as u32) << 23)
}

/// The full step of a number, in 8-bit samples.
pub fn step(number: u16) -> f32 {
    sixty_fourth(number % 64) * power(i32::from(number / 64) - 8)
}

/// `2^(k / 8)`.
pub fn eighths(k: i8) -> f32 {
    EIGHTHS[k.rem_euclid(8) as usize] as f32 * power(i32::from(k.div_euclid(8)))
}

/// L2 norms of the synthesis of one coefficient along one dimension: of low bands, of details; levels 1 to 6.
const NORMS: [[f32; 6]; 2] = [
    [1.402_108_1, 2.030_371_9, 2.901_162_4, 4.115_284_4, 5.824_509_8, 8.238_757_8],
    [0.721_261_48, 0.983_471_37, 1.441_962_3, 2.073_76, 2.947_324_1, 4.173_587_8],
];

/// Norm of a coefficient of a band.
pub fn norm(level: usize, orientation: Option<Orientation>) -> f32 {
    let [low, high] = [0, 1].map(|i| NORMS[i][level.max(1) - 1]);
    match orientation {
        None if level == 0 => 1.0,
        None => low * low,
        Some(Orientation::HH) => high * high,
        Some(_) => low * high,
    }
}

/// Weights of the levels of a picture's steps, in eighths of an octave: luma, then chroma, each from level 1 on.
pub type LevelWeights = [[i8; MAX_LEVELS]; 2];

/// How a picture is quantised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Params {
    /// Number of the step.
    pub step: u16,
    /// One quantizer for all coefficients, and no trellis.
    pub is_uniform: bool,
    /// Log2 of the side of the blocks of pixels that have steps of their own.
    pub blocks: Option<u32>,
    /// Weights of the levels.
    pub weights: LevelWeights,
}

impl Params {
    /// Half a step of a band, in units of its coefficients, of a block whose step is not changed.
    pub fn half_step(&self, plane: usize, level: usize, orientation: Orientation) -> f32 {
        let weight = eighths(self.weights[plane.min(1)][level - 1]);
        0.5 * step(self.step) * weight / norm(level, Some(orientation))
    }

    /// The step of the low band.
    pub fn low_step(&self, levels: usize) -> f32 {
        step(self.step) / norm(levels, None)
    }

    /// As a file holds them.
    pub fn write(&self, w: &mut Writer) {
        let is_weighted = self.weights != [[0; MAX_LEVELS]; 2];
        let blocks = self.blocks.map_or(0, |b| b as u8 - 3);
        w.u8(u8::from(self.is_uniform) | u8::from(is_weighted) << 1 | blocks << 2);
        w.varint(u64::from(self.step));
        if is_weighted {
            self.weights.iter().flatten().for_each(|&k| w.u8(k as u8));
        }
    }

    /// Of a file.
    ///
    /// # Errors
    /// `stream.*`.
    pub fn read(r: &mut Reader) -> Result<Params> {
        let flags = r.u8()?;
        let blocks = match flags >> 2 {
            0 => None,
            n @ 1..=3 => Some(u32::from(n) + 3),
            _ => return Err(r.invalid(&format!("photo flags {flags}"))),
        };
        let step = r.varint()?;
        let step = u16::try_from(step).ok().filter(|&s| s < STEPS).ok_or_else(|| r.invalid(&format!("step {step}")))?;
        let mut weights = [[0; MAX_LEVELS]; 2];
        if flags & 2 > 0 {
            for k in weights.iter_mut().flatten() {
                *k = r.u8()? as i8;
            }
        }
        if weights.iter().flatten().any(|k| k.abs() > WEIGHTS) {
            return Err(Error::new("stream.invalid", "a level's weight"));
        }
        Ok(Params { step, is_uniform: flags & 1 > 0, blocks, weights })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_powers_of_two() {
        for n in 0..STEPS {
            let exact = 2f64.powf((f64::from(n) - f64::from(UNIT)) / 64.0);
            assert!((f64::from(step(n)) / exact - 1.0).abs() < 2e-7, "step {n}");
        }
        for k in -WEIGHTS..=WEIGHTS {
            assert!((f64::from(eighths(k)) / 2f64.powf(f64::from(k) / 8.0) - 1.0).abs() < 2e-7);
        }
    }
}
