//! Samples to coefficients and back: the picture's colour transform, and the pyramid of each plane.

use super::colour::Colour;
use super::geometry::Pyramid;
use crate::codec::transform::lifting;
use crate::error::Result;
use vaerans_kernels::{Filter, Kernels};

/// Planes of samples, or of packed coefficients, one behind the other.
#[derive(Debug, Clone)]
pub struct Planes {
    /// The picture.
    pub pyramid: Pyramid,
    /// Number of planes.
    pub planes: usize,
    /// All of them.
    pub values: Vec<f32>,
}

impl Planes {
    /// Zeros.
    pub fn new(pyramid: Pyramid, planes: usize) -> Planes {
        Planes { pyramid, planes, values: vec![0.0; planes * pyramid.width * pyramid.height] }
    }

    /// Elements of a plane.
    pub fn plane(&self) -> usize {
        self.pyramid.width * self.pyramid.height
    }

    /// Of interleaved 8-bit samples: grey or RGB, whatever stands behind them in a pixel.
    ///
    /// # Errors
    /// `stream.invalid` for a colour transform that is none.
    pub fn of_samples(pyramid: Pyramid, samples: &[u8], channels: usize, colour: &Colour) -> Result<Planes> {
        let n = pyramid.width * pyramid.height;
        if channels < 3 {
            let values = samples.chunks_exact(channels).map(|p| f32::from(p[0]) - 128.0).collect();
            return Ok(Planes { pyramid, planes: 1, values });
        }
        let m = colour.there()?;
        let mut new = Planes::new(pyramid, 3);
        for (i, p) in samples.chunks_exact(channels).enumerate() {
            let [r, g, b] = [0, 1, 2].map(|c| f32::from(p[c]) - 128.0);
            for c in 0..3 {
                new.values[c * n + i] = m[3 * c] * r + m[3 * c + 1] * g + m[3 * c + 2] * b;
            }
        }
        Ok(new)
    }

    /// Interleaved 8-bit samples.
    pub fn to_samples(&self, colour: &Colour, out: &mut [u8]) {
        let n = self.plane();
        let round = |v: f32| (v + 128.0).round_ties_even().clamp(0.0, 255.0) as u8;
        if self.planes == 1 {
            return out.iter_mut().zip(&self.values).for_each(|(o, &v)| *o = round(v));
        }
        let m = colour.back();
        for (i, p) in out.chunks_exact_mut(3).enumerate() {
            let [a, b, c] = [0, 1, 2].map(|k| self.values[k * n + i]);
            for (k, o) in p.iter_mut().enumerate() {
                *o = round(m[3 * k] * a + m[3 * k + 1] * b + m[3 * k + 2] * c);
            }
        }
    }

    fn lifting(&self, planes: usize) -> lifting::Pyramid {
        let Pyramid { width, height, levels } = self.pyramid;
        lifting::Pyramid { planes, height, width, levels, filter: Filter::Cdf97 }
    }

    /// The pyramids of all planes.
    ///
    /// # Errors
    /// `param.*`.
    pub fn forward(&self, kernels: Kernels, threads: usize) -> Result<Planes> {
        let mut out = Planes::new(self.pyramid, self.planes);
        self.lifting(self.planes).forward(kernels, &self.values, &mut out.values, threads)?;
        Ok(out)
    }

    /// The samples of all planes.
    ///
    /// # Errors
    /// `param.*`.
    pub fn inverse(&self, kernels: Kernels, threads: usize) -> Result<Planes> {
        let mut out = Planes::new(self.pyramid, self.planes);
        self.lifting(self.planes).inverse(kernels, &self.values, &mut out.values, threads)?;
        Ok(out)
    }
}
