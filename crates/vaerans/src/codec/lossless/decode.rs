//! Samples from slices.

use super::header::Head;
use super::model::Model;
use super::planes::{Planes, Taken};
use super::{Sample, Shape, SLICE_ROWS};
use crate::arena::zeros;
use crate::error::{Error, Result};
use crate::wire::Reader;
use std::ops::Range;
use vaerans_kernels::lossless::{Lane, Row, PAD};
use vaerans_kernels::reference::rans::LOW;
use vaerans_kernels::Kernels;

/// Decodes the first slices of a tile: `out` are the interleaved samples of the rows that they hold, [`Shape::rows`].
/// `max_error` is the bound that was promised: slices of a larger one are damaged.
///
/// # Errors
/// `stream.*` for damaged slices, `limit.memory`.
///
/// # Panics
/// If `out` has another length, or the shape is none.
pub fn decode<T: Sample>(
    kernels: Kernels,
    shape: Shape,
    slices: &[&[u8]],
    max_error: u32,
    out: &mut [T],
) -> Result<()> {
    let row = shape.width * shape.channels;
    assert!(row > 0 && (1..=4).contains(&shape.channels), "lossless: no shape");
    assert_eq!(out.len(), shape.rows(slices.len()) * row, "lossless: samples of other rows");
    rows(kernels, shape, slices, max_error, T::MOST, &mut |planes, y| {
        store(planes, shape, y, &mut out[y * row..][..row])
    })
}

/// What rows are put somewhere by: the planes, and the row.
type Put<'a> = dyn FnMut(&Planes, usize) + 'a;

/// The rows of the slices, one after another: one code for all types of samples, of which `most` is the largest.
fn rows(kernels: Kernels, shape: Shape, slices: &[&[u8]], max_error: u32, most: i32, put: &mut Put) -> Result<()> {
    let Some(first) = slices.first() else { return Ok(()) };
    if slices.len() > shape.slices() {
        return Err(Error::new("stream.invalid", "more slices than rows"));
    }
    let mut head_reader = Reader::new(first, "slice");
    let head = Head::read(&mut head_reader, shape, most)?;
    if head.max_error > max_error {
        return Err(Error::new(
            "stream.invalid",
            format!("an error of {} where {max_error} was promised", head.max_error),
        ));
    }
    let mut planes = Planes::new(Model::shipped(), shape, &head, most)?;
    let coded: Vec<usize> = (0..shape.channels).filter(|&p| !head.planes[p].is_constant).collect();
    for (i, bytes) in slices.iter().enumerate() {
        let mut reader = if i == 0 { head_reader.clone() } else { Reader::new(bytes, "slice") };
        let rows = i * SLICE_ROWS..shape.rows(i + 1);
        Slice { kernels, shape, planes: &mut planes, coded: &coded }.decode(&mut reader, rows, put)?;
    }
    Ok(())
}

struct Slice<'a, 'm> {
    kernels: Kernels,
    shape: Shape,
    planes: &'a mut Planes<'m>,
    /// Planes that are not constant.
    coded: &'a [usize],
}

/// How many rows a plane runs behind the first: it looks at whole rows of those before it.
fn lag(shape: Shape, plane: usize) -> usize {
    shape.kind(plane)
}

impl Slice<'_, '_> {
    fn decode(&mut self, reader: &mut Reader, rows: Range<usize>, put: &mut Put) -> Result<()> {
        let streams = self.coded.iter().map(|_| Stream::read(reader)).collect::<Result<Vec<_>>>()?;
        if reader.remaining() > 0 {
            return Err(reader.invalid("bytes behind the last plane"));
        }
        let mut lanes: Vec<Lane> = streams.iter().map(Stream::lane).collect();
        let most = (0..self.shape.channels).map(|p| lag(self.shape, p)).max().unwrap_or(0);
        for step in rows.start..rows.end + most {
            self.step(step, &rows, &mut lanes)?;
            if step >= rows.start + most {
                put(self.planes, step - most);
            }
        }
        match lanes.iter().all(|l| l.state == LOW && l.at + PAD == l.words.len()) {
            true => Ok(()),
            false => Err(Error::new("stream.invalid", "a slice does not end where its samples do")),
        }
    }

    /// One row of each plane that has one at this step.
    fn step(&mut self, step: usize, rows: &Range<usize>, lanes: &mut [Lane]) -> Result<()> {
        let y = |plane: usize| step.checked_sub(lag(self.shape, plane)).filter(|y| rows.contains(y));
        let active: Vec<(usize, usize, usize)> =
            self.coded.iter().enumerate().filter_map(|(i, &plane)| Some((i, plane, y(plane)?))).collect();
        let mut taken: Vec<Taken> = active.iter().map(|&(_, plane, y)| self.planes.take(plane, y)).collect();
        let mut now: Vec<Lane> = active.iter().map(|&(i, ..)| lanes[i].clone()).collect();
        let mut jobs: Vec<Row> = taken.iter_mut().map(|t| self.planes.row(t)).collect();
        jobs.iter_mut().for_each(|job| self.kernels.lossless_context(job, self.shape.width));
        let is_whole = self.kernels.lossless_decode(&mut jobs, &mut now, self.shape.width);
        drop(jobs);
        taken.into_iter().for_each(|t| self.planes.put(t));
        for (&(i, ..), lane) in active.iter().zip(now) {
            lanes[i] = lane;
        }
        match is_whole {
            true => Ok(()),
            false => Err(Error::new("stream.truncated", "a plane of a slice ends before its samples do")),
        }
    }
}

/// Interleaves a row of all planes.
fn store<T: Sample>(planes: &Planes, shape: Shape, y: usize, out: &mut [T]) {
    let Shape { width, channels, .. } = shape;
    let lead = planes.line(0, y).values(width);
    for plane in 0..channels {
        let values = planes.line(plane, y).values(width);
        let places = out[shape.channel(plane)..].iter_mut().step_by(channels);
        match shape.kind(plane) {
            0 => places.zip(values).for_each(|(to, &v)| *to = T::of(v)),
            _ => places.zip(values).zip(lead).for_each(|((to, &v), &g)| *to = T::of((v + g).clamp(0, T::MOST))),
        }
    }
}

/// The stream of a plane in a slice.
struct Stream {
    state: u32,
    words: Vec<u8>,
}

impl Stream {
    fn read(r: &mut Reader) -> Result<Stream> {
        let words = r.count(1 << 30, "words of a plane")?;
        let state = r.u32()?;
        if state < LOW {
            return Err(r.invalid("a state below the least"));
        }
        let bytes = r.bytes(2 * words)?;
        let mut padded = zeros::<u8>(bytes.len() + PAD)?;
        padded[..bytes.len()].copy_from_slice(bytes);
        Ok(Stream { state, words: padded })
    }

    fn lane(&self) -> Lane<'_> {
        Lane { state: self.state, words: &self.words, at: 0 }
    }
}
