//! Samples to coefficients and back: a colour transform, and the pyramid of each plane.

use super::colour::Colour;
use super::geometry::Pyramid;
use super::params::Params;
use crate::arena::zeros;
use crate::codec::transform::lifting;
use crate::error::Result;
use vaerans_kernels::{Filter, Kernels, Matrix, MatrixPlane, MatrixSample, Sample, YcocgR};

/// How samples become coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A colour transform of the picture's own, CDF 9/7.
    Lossy,
    /// YCoCg-R, CDF 5/3.
    Reversible,
}

impl Kind {
    /// Whether this build has the reversible kind: a module that decodes photos alone leaves it, and its tables, to that of pipes.
    pub const HAS_REVERSIBLE: bool = cfg!(any(feature = "extra", feature = "encode"));

    /// Of a picture with these parameters.
    pub fn of(params: &Params) -> Kind {
        match params.is_reversible && Kind::HAS_REVERSIBLE {
            true => Kind::Reversible,
            false => Kind::Lossy,
        }
    }

    fn is_lossy(self) -> bool {
        self == Kind::Lossy || !Kind::HAS_REVERSIBLE
    }
}

/// What stands between samples of 8 bits and planes.
const MIDDLE: f32 = 128.0;

/// Planes of samples, or of packed coefficients.
#[derive(Debug, Clone)]
pub struct Planes {
    /// The picture.
    pub pyramid: Pyramid,
    /// Of each plane; empty once it was let go.
    pub values: Vec<Vec<f32>>,
}

impl Planes {
    /// Zeros.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn new(pyramid: Pyramid, planes: usize) -> Result<Planes> {
        let mut values = Vec::with_capacity(planes);
        for _ in 0..planes {
            values.push(zeros(pyramid.width * pyramid.height)?);
        }
        Ok(Planes { pyramid, values })
    }

    /// Number of planes.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// Elements of a plane.
    pub fn plane(&self) -> usize {
        self.pyramid.width * self.pyramid.height
    }

    /// Samples of `channels` a pixel as planes of colour; `unit`: what samples of 8 bits are multiplied by.
    ///
    /// # Errors
    /// `stream.invalid` for a colour transform that is none; `limit.memory`.
    pub fn fill<S: MatrixSample + YcocgR<i32>>(
        &mut self,
        kernels: Kernels,
        samples: &[S],
        channels: usize,
        kind: Kind,
        colour: &Colour,
        unit: f32,
    ) -> Result<()> {
        let n = self.plane();
        if kind.is_lossy() {
            let m = if self.count() == 1 { GREY } else { colour.there()? };
            let matrix = Matrix { m, scale: 1.0 / unit, offset: -MIDDLE };
            let mut planes: Vec<&mut [f32]> = self.values.iter_mut().map(Vec::as_mut_slice).collect();
            kernels.matrix_forward(samples, channels, &matrix, &mut planes);
            return Ok(());
        }
        let mut integers: Vec<i32> = zeros(n * channels)?;
        kernels.ycocg_r_forward(samples, &mut integers.chunks_exact_mut(n.max(1)).collect::<Vec<_>>());
        // Integers of 17 bits and less are floats.
        for (plane, integers) in self.values.iter_mut().zip(integers.chunks_exact(n)) {
            plane.iter_mut().zip(integers).for_each(|(f, &i)| *f = i as f32);
        }
        Ok(())
    }

    /// Planes of colour as samples of `channels` a pixel; alpha is opaque.
    pub fn to_samples<S: Sample + YcocgR<i32>>(
        &self,
        kernels: Kernels,
        kind: Kind,
        colour: &Colour,
        unit: f32,
        channels: usize,
        out: &mut [S],
    ) -> Result<()>
    where
        f32: MatrixPlane<S>,
    {
        let n = self.plane();
        if kind.is_lossy() {
            let matrix = back(self.count(), colour, unit, 1.0);
            let planes: Vec<&[f32]> = self.values.iter().map(Vec::as_slice).collect();
            kernels.matrix_inverse(&planes, &matrix, channels, out);
            return Ok(());
        }
        let mut integers: Vec<i32> = zeros(n * channels)?;
        for (integers, plane) in integers.chunks_exact_mut(n).zip(&self.values) {
            integers.iter_mut().zip(plane).for_each(|(i, &f)| *i = f as i32);
        }
        if channels % 2 == 0 {
            integers[(channels - 1) * n..].fill(S::MAX);
        }
        kernels.ycocg_r_inverse(&integers.chunks_exact(n).collect::<Vec<_>>(), out);
        Ok(())
    }

    fn lifting(&self, kind: Kind) -> lifting::Pyramid {
        let Pyramid { width, height, levels } = self.pyramid;
        let filter = if kind.is_lossy() { Filter::Cdf97 } else { Filter::Cdf53 };
        lifting::Pyramid { planes: 1, height, width, levels, filter }
    }

    /// The pyramids of all planes.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn forward(self, kernels: Kernels, kind: Kind, threads: usize) -> Result<Planes> {
        self.turned(
            kind,
            |lifting, from, to| lifting.forward(kernels, from, to, threads),
            |lifting, from, to| lifting.forward(kernels, from, to, threads),
        )
    }

    /// The samples of all planes.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn inverse(self, kernels: Kernels, kind: Kind, threads: usize) -> Result<Planes> {
        self.turned(
            kind,
            |lifting, from, to| lifting.inverse(kernels, from, to, threads),
            |lifting, from, to| lifting.inverse(kernels, from, to, threads),
        )
    }

    /// The samples of a plane of lossy coefficients.
    ///
    /// # Errors
    /// `internal.bug` only.
    pub fn inverse_plane(&self, kernels: Kernels, plane: usize, out: &mut [f32], threads: usize) -> Result<()> {
        self.lifting(Kind::Lossy).inverse(kernels, &self.values[plane], out, threads)
    }

    fn turned(
        mut self,
        kind: Kind,
        floats: impl Fn(&lifting::Pyramid, &[f32], &mut [f32]) -> Result<()>,
        integers: impl Fn(&lifting::Pyramid, &[i32], &mut [i32]) -> Result<()>,
    ) -> Result<Planes> {
        let (lifting, n) = (self.lifting(kind), self.plane());
        for plane in &mut self.values {
            if kind.is_lossy() {
                let mut out = zeros(n)?;
                floats(&lifting, plane, &mut out)?;
                *plane = out;
                continue;
            }
            let (mut from, mut to) = (zeros::<i32>(n)?, zeros::<i32>(n)?);
            from.iter_mut().zip(&*plane).for_each(|(i, &f)| *i = f as i32);
            integers(&lifting, &from, &mut to)?;
            plane.iter_mut().zip(&to).for_each(|(f, &i)| *f = i as f32);
        }
        Ok(self)
    }
}

/// Grey as it is.
const GREY: [f32; 9] = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];

/// The way back from planes whose values are multiples of `part`.
pub fn back(planes: usize, colour: &Colour, unit: f32, part: f32) -> Matrix {
    let m = if planes == 1 { GREY } else { colour.back() };
    Matrix { m: m.map(|v| v * part), scale: unit, offset: MIDDLE * unit }
}
