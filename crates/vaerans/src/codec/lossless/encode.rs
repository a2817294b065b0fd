//! Slices from samples.

use super::fit;
use super::header::{Head, PlaneHead};
use super::model::Model;
use super::planes::Planes;
use super::{stream, Sample, Shape, MOST_ERROR, SLICE_ROWS};
use crate::error::Result;
use crate::wire::Writer;
use std::ops::Range;
use vaerans_kernels::lossless::{Record, Row};
use vaerans_kernels::Kernels;

/// How a tile is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How far a stored sample may be off, at most [`MOST_ERROR`].
    pub max_error: u32,
    /// 1, quick, to 9, small. From 3 on coefficients are fitted to the tile.
    pub effort: u8,
}

/// Codes a tile of interleaved samples; gives its slices.
///
/// # Errors
/// `limit.memory`.
///
/// # Panics
/// If there are not as many samples as the shape says, or the shape is none.
pub fn encode<T: Sample>(kernels: Kernels, shape: Shape, samples: &[T], settings: Settings) -> Result<Vec<Vec<u8>>> {
    assert!(shape.width > 0 && shape.height > 0 && (1..=4).contains(&shape.channels), "lossless: no shape");
    assert_eq!(samples.len(), shape.width * shape.height * shape.channels, "lossless: samples of another shape");
    let picture = Picture { shape, samples };
    let mut head = picture.head(settings);
    fit::fit(kernels, Model::shipped(), &picture, settings.effort, &mut head)?;
    let rates =
        if settings.effort >= 9 { head.rate.saturating_sub(1).max(1)..=head.rate + 1 } else { head.rate..=head.rate };
    let mut best: Option<Vec<Vec<u8>>> = None;
    for rate in rates {
        head.rate = rate;
        let slices = Coder::new(kernels, Model::shipped(), picture, &head)?.slices(&head)?;
        let size = |s: &[Vec<u8>]| s.iter().map(Vec::len).sum::<usize>();
        if best.as_ref().is_none_or(|b| size(&slices) < size(b)) {
            best = Some(slices);
        }
    }
    Ok(best.unwrap_or_default())
}

/// Samples and their shape.
#[derive(Clone, Copy)]
pub struct Picture<'a, T> {
    pub shape: Shape,
    pub samples: &'a [T],
}

impl<T: Sample> Picture<'_, T> {
    /// A row of a plane; `lead` is that of green, as a decoder has it.
    pub fn row(&self, plane: usize, y: usize, lead: &[i32], out: &mut [i32]) {
        let Shape { width, channels, .. } = self.shape;
        let from = &self.samples[y * width * channels..][..width * channels];
        let values = from[self.shape.channel(plane)..].iter().step_by(channels);
        match self.shape.kind(plane) {
            0 => out.iter_mut().zip(values).for_each(|(o, &v)| *o = v.into()),
            _ => out.iter_mut().zip(values).zip(lead).for_each(|((o, &v), &g)| *o = v.into() - g),
        }
    }

    /// Everything but coefficients.
    pub fn head(&self, settings: Settings) -> Head {
        let samples = self.shape.width * self.shape.height;
        Head {
            max_error: settings.max_error.min(MOST_ERROR),
            rate: match samples {
                0..0x2000 => 5,
                0x2000..0x8000 => 6,
                0x8000..0x2_0000 => 7,
                _ => 8,
            },
            scale: self.scale(),
            planes: (0..self.shape.channels).map(|p| self.plane_head(p)).collect(),
        }
    }

    fn plane_head(&self, plane: usize) -> PlaneHead {
        let (own, lead) = (self.shape.channel(plane), self.shape.channel(0));
        let value = |pixel: &[T]| -> i32 {
            let v: i32 = pixel[own].into();
            v - if self.shape.kind(plane) > 0 { pixel[lead].into() } else { 0 }
        };
        let mut pixels = self.samples.chunks_exact(self.shape.channels).map(value);
        let start = pixels.next().unwrap_or(0);
        PlaneHead { is_constant: pixels.all(|v| v == start), start, fitted: Default::default() }
    }

    /// By how many octaves samples of 16 bits differ more than those of photos of 8 bits do: 5 from one column to the next.
    fn scale(&self) -> u32 {
        if T::MOST < 256 {
            return 0;
        }
        let Shape { width, channels, .. } = self.shape;
        let of = |pixel: &[T]| -> i32 { pixel[self.shape.channel(0)].into() };
        let pixels = || self.samples.chunks_exact(channels).step_by(3);
        let (mut sum, mut count) = (0u64, 1u64);
        for (i, (a, b)) in pixels().zip(self.samples.chunks_exact(channels).skip(1).step_by(3)).enumerate() {
            if (3 * i + 1) % width != 0 {
                sum += u64::from(of(a).abs_diff(of(b)));
                count += 1;
            }
        }
        (sum / count / 5).max(1).ilog2().min(8)
    }
}

/// Codes a tile, row after row.
pub struct Coder<'a, 'm, T> {
    pub kernels: Kernels,
    pub picture: Picture<'a, T>,
    pub planes: Planes<'m>,
    coded: Vec<usize>,
    values: Vec<i32>,
}

impl<'a, 'm, T: Sample> Coder<'a, 'm, T> {
    pub fn new(kernels: Kernels, model: &'m Model, picture: Picture<'a, T>, head: &Head) -> Result<Self> {
        let planes = Planes::new(model, picture.shape, head, T::MOST)?;
        let coded = (0..head.planes.len()).filter(|&p| !head.planes[p].is_constant).collect();
        Ok(Coder { kernels, picture, planes, coded, values: crate::arena::zeros(picture.shape.width)? })
    }

    /// All slices, the head in the first.
    fn slices(mut self, head: &Head) -> Result<Vec<Vec<u8>>> {
        let shape = self.picture.shape;
        let mut records = vec![Vec::new(); self.coded.len()];
        let mut slices = Vec::with_capacity(shape.slices());
        for i in 0..shape.slices() {
            let mut w = Writer::new();
            if i == 0 {
                head.write(shape, &mut w);
            }
            self.rows(i * SLICE_ROWS..shape.rows(i + 1), &mut records);
            for of in &mut records {
                stream::write(of, &mut w);
                of.clear();
            }
            slices.push(w.into_vec());
        }
        Ok(slices)
    }

    fn rows(&mut self, rows: Range<usize>, records: &mut [Vec<Record>]) {
        for y in rows {
            for (i, records) in records.iter_mut().enumerate() {
                self.row(self.coded[i], y, records);
            }
        }
    }

    /// Codes a row of a plane.
    fn row(&mut self, plane: usize, y: usize, records: &mut Vec<Record>) {
        self.row_then(plane, y, records, |_| ());
    }

    /// Codes a row of a plane; shows it before it is put back.
    pub fn row_then(&mut self, plane: usize, y: usize, records: &mut Vec<Record>, show: impl FnOnce(&Row)) {
        let mut taken = self.planes.take(plane, y);
        let lead = self.planes.line(0, y);
        // The first plane has no lead, and its row is out of its place.
        let lead = if self.picture.shape.kind(plane) > 0 { lead.values(self.values.len()) } else { &[] };
        self.picture.row(plane, y, lead, &mut self.values);
        let mut row = self.planes.row(&mut taken);
        self.kernels.lossless_context(&mut row, self.values.len());
        self.kernels.lossless_encode(&mut row, &self.values, records);
        show(&row);
        self.planes.put(taken);
    }
}
