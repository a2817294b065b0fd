//! Planes of samples to a picture: filtered, where it has a filter, then its colours.

use super::unit;
use crate::codec::photo::filter::{filtered, Bank, BlockSteps, Eighths, Filter};
use crate::codec::photo::params::Params;
use crate::codec::photo::transform::{back, Kind, Planes};
use crate::codec::tile::SampleBuf;
use crate::error::Result;
use crate::rect::Rect;
use vaerans_kernels::adapt::Plane;
use vaerans_kernels::{Kernels, MatrixPlane, Sample, YcocgR};

/// Planes of a window, as the pyramids gave them, and what it has beside them.
pub(super) struct Finish<'a> {
    pub kernels: Kernels,
    pub planes: Planes,
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
    pub fn into(self, out: &mut SampleBuf) -> Result<()> {
        match out {
            SampleBuf::U8(out) => self.samples(unit(8), out),
            SampleBuf::U16(out) => self.samples(unit(16), out),
        }
    }

    fn samples<S: Sample + YcocgR<i32> + crate::arena::Element>(self, unit: f32, out: &mut [S]) -> Result<()>
    where
        f32: MatrixPlane<S>,
        i16: MatrixPlane<S>,
    {
        match (&self.steps, self.params.filter.is_empty()) {
            (Some(_), false) => self.of_filtered(unit, out),
            _ => self.of_floats(unit, out),
        }
    }

    /// Where the wanted part begins in the window.
    fn begin(&self) -> (usize, usize) {
        (self.asked.x, self.asked.y)
    }

    fn of_floats<S: Sample + YcocgR<i32> + crate::arena::Element>(self, unit: f32, out: &mut [S]) -> Result<()>
    where
        f32: MatrixPlane<S>,
    {
        let Finish { kernels, planes, params, asked, channels, .. } = &self;
        let (width, height) = (planes.pyramid.width, planes.pyramid.height);
        let kind = Kind::of(params);
        if *asked == Rect::whole(width, height) {
            return planes.to_samples(*kernels, kind, &params.colour, unit, *channels, out);
        }
        let mut all = crate::arena::zeros::<S>(width * height * channels)?;
        planes.to_samples(*kernels, kind, &params.colour, unit, *channels, &mut all)?;
        let (x, y) = self.begin();
        for (i, row) in out.chunks_exact_mut(asked.width * channels).enumerate() {
            let from = ((y + i) * width + x) * channels;
            row.copy_from_slice(&all[from..from + row.len()]);
        }
        Ok(())
    }

    fn of_filtered<S: Sample>(mut self, unit: f32, out: &mut [S]) -> Result<()>
    where
        i16: MatrixPlane<S>,
    {
        let bank = Bank::at(self.params.step);
        let filter = Filter::read(&self.params.filter, self.planes.planes)?;
        let Some(steps) = self.steps.take() else { return Ok(()) };
        let (x, y) = self.begin();
        let matrix = back(self.planes.planes, &self.params.colour, unit, 0.125);
        let eighths = Eighths::new(self.kernels, &self.planes, steps, &bank, self.params.step, self.threads)?;
        self.planes.values = Vec::new();
        let planes = filtered(self.kernels, eighths, &bank, &filter, self.threads)?;
        for (i, row) in out.chunks_exact_mut(self.asked.width * self.channels).enumerate() {
            let part = |p: &'_ Plane| p.at((y + i) as isize) + x;
            let of = |p: &Plane| part(p)..part(p) + self.asked.width;
            let rows: Vec<&[i16]> = planes.iter().map(|p| &p.samples()[of(p)]).collect();
            self.kernels.matrix_inverse(&rows, &matrix, self.channels, row);
        }
        Ok(())
    }
}
