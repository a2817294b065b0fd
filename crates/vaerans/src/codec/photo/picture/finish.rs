//! Coefficients to a picture: the pyramids' samples, filtered where it has a filter, then its colours.

use super::unit;
use crate::arena::{zeros, DType, Element};
use crate::codec::photo::filter::{filtered, synthesis, Bank, BlockSteps, Eighths, Filter};
use crate::codec::photo::params::Params;
use crate::codec::photo::transform::{back, Kind, Planes};
use crate::codec::tile::SampleBuf;
use crate::error::Result;
use crate::rect::Rect;
use std::borrow::Cow;
use vaerans_kernels::adapt::Plane;
use vaerans_kernels::{Kernels, Matrix, MatrixPlane, Sample, YcocgR};

/// The coefficients of a window, and what it has beside them.
pub(super) struct Finish<'a> {
    pub kernels: Kernels,
    pub planes: Cow<'a, Planes>,
    pub params: &'a Params,
    /// Steps of its blocks; none: it is not at full size, and not filtered.
    pub steps: Option<BlockSteps>,
    /// The part of it that is wanted.
    pub asked: Rect,
    pub channels: usize,
    pub threads: usize,
}

impl Finish<'_> {
    /// Its samples.
    ///
    /// # Errors
    /// `stream.invalid`, `limit.memory`.
    pub fn samples(mut self, dtype: DType) -> Result<SampleBuf> {
        let unit = unit(if dtype == DType::U8 { 8 } else { 16 });
        let Some(steps) = self.steps.take().filter(|_| !self.params.filter.is_empty()) else {
            return Ok(match dtype {
                DType::U8 => SampleBuf::U8(self.of_floats(unit)?),
                _ => SampleBuf::U16(self.of_floats(unit)?),
            });
        };
        let matrix = back(self.planes.count(), &self.params.colour, unit, 0.125);
        let (kernels, asked, channels) = (self.kernels, self.asked, self.channels);
        let planes = self.filtered(steps)?;
        // Not before: the coefficients have been let go.
        let mut out = SampleBuf::zeros(dtype, asked.width * asked.height * channels)?;
        match &mut out {
            SampleBuf::U8(out) => of_eighths(kernels, &planes, &asked, &matrix, channels, out),
            SampleBuf::U16(out) => of_eighths(kernels, &planes, &asked, &matrix, channels, out),
        }
        Ok(out)
    }

    fn of_floats<S: Sample + YcocgR<i32> + Element>(self, unit: f32) -> Result<Vec<S>>
    where
        f32: MatrixPlane<S>,
    {
        let Finish { kernels, planes, params, asked, channels, threads, .. } = self;
        let (width, height) = (planes.pyramid.width, planes.pyramid.height);
        let kind = Kind::of(params);
        let planes = planes.into_owned().inverse(kernels, kind, threads)?;
        let mut all = zeros::<S>(width * height * channels)?;
        planes.to_samples(kernels, kind, &params.colour, unit, channels, &mut all)?;
        if asked == Rect::whole(width, height) {
            return Ok(all);
        }
        let mut out = zeros::<S>(asked.width * asked.height * channels)?;
        for (i, row) in out.chunks_exact_mut(asked.width * channels).enumerate() {
            let from = ((asked.y + i) * width + asked.x) * channels;
            row.copy_from_slice(&all[from..from + row.len()]);
        }
        Ok(out)
    }

    /// Its planes in eighths, filtered.
    fn filtered(self, steps: BlockSteps) -> Result<Vec<Plane>> {
        let bank = Bank::at(self.params.step);
        let filter = Filter::read(&self.params.filter, self.planes.count())?;
        let planes = synthesis(self.kernels, self.planes, self.threads)?;
        let eighths = Eighths::new(self.kernels, planes, steps, &bank, self.params.step, self.threads)?;
        filtered(self.kernels, eighths, &bank, &filter, self.threads)
    }
}

/// Samples of a part of planes in eighths.
#[inline(never)] // docs/decisions/0008-cold-start.md
fn of_eighths<S: Sample>(
    kernels: Kernels,
    planes: &[Plane],
    asked: &Rect,
    matrix: &Matrix,
    channels: usize,
    out: &mut [S],
) where
    i16: MatrixPlane<S>,
{
    for (i, out) in out.chunks_exact_mut(asked.width * channels).enumerate() {
        let part = |p: &Plane| p.at((asked.y + i) as isize) + asked.x;
        let rows: Vec<&[i16]> = planes.iter().map(|p| &p.samples()[part(p)..][..asked.width]).collect();
        kernels.matrix_inverse(&rows, matrix, channels, out);
    }
}
