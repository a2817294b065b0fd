//! Multi-level wavelet transforms of batches of planes.
//!
//! Normalisation: averages of CDF 5/3 and 9/7 keep the mean and a detail has gain 2 at the highest frequency (as JPEG
//! 2000), on integers and floats; Haar on f32 is orthonormal. With PyWavelets' `mode="reflect"`, cropped: an average of CDF 5/3
//! (`bior2.2`) and 9/7 (`bior4.4`) is PyWavelets' divided by sqrt(2) per dimension, a detail PyWavelets' times -sqrt(2).

use super::pyramid::{low, MAX_LEVELS};
use crate::pool;
use crate::error::{Error, Result};
use std::sync::Mutex;
use vaerans_kernels::{
    Bands, BandsMut, Filter, Kernels, Plane, WaveletLevel, WaveletPlanes, WaveletSample, WaveletScratch,
};

/// Samples from which one plane is worth several threads.
const SPLIT: usize = 1 << 18;
/// Samples below which threads cost more than they give.
const SMALL: usize = 1 << 15;

/// A batch of planes of `height * width` samples, one behind the other, and how they are transformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pyramid {
    /// Planes.
    pub planes: usize,
    /// Rows of a plane.
    pub height: usize,
    /// Columns of a plane.
    pub width: usize,
    /// Splits, at most [`MAX_LEVELS`]; those of a single sample change nothing.
    pub levels: usize,
    /// Filter.
    pub filter: Filter,
}

/// Buffers of one thread: the kernels' rows and the averages of the level in between.
struct Scratch<T> {
    rows: WaveletScratch<T>,
    averages: [Vec<T>; 2],
}

impl<T: WaveletSample> Scratch<T> {
    fn new() -> Self {
        Scratch { rows: WaveletScratch::new(), averages: [Vec::new(), Vec::new()] }
    }
}

impl Pyramid {
    /// The forward transform of `src` into the packed planes `dst`, on at most `threads` threads.
    ///
    /// # Errors
    /// `param.shape` for slices of another length, `param.range` for too many levels, `param.dtype` for CDF 9/7 on integers.
    pub fn forward<T: WaveletSample>(&self, k: Kernels, src: &[T], dst: &mut [T], threads: usize) -> Result<()> {
        self.check::<T>(src.len(), dst.len())?;
        if self.splits_planes(threads) {
            return self.one_by_one(src, dst, |src, dst, s| self.forward_plane(k, src, dst, s, threads));
        }
        self.side_by_side(src, dst, threads, |of, src, dst, rows| k.wavelet_forward_planes(of, src, dst, rows))
    }

    /// The inverse of [`Pyramid::forward`].
    ///
    /// # Errors
    /// As the forward transform.
    pub fn inverse<T: WaveletSample>(&self, k: Kernels, src: &[T], dst: &mut [T], threads: usize) -> Result<()> {
        self.check::<T>(src.len(), dst.len())?;
        if self.splits_planes(threads) {
            return self.one_by_one(src, dst, |src, dst, s| self.inverse_plane(k, src, dst, s, threads));
        }
        self.side_by_side(src, dst, threads, |of, src, dst, rows| k.wavelet_inverse_planes(of, src, dst, rows))
    }

    fn check<T: WaveletSample>(&self, src: usize, dst: usize) -> Result<()> {
        let len = self.height.checked_mul(self.width).and_then(|n| n.checked_mul(self.planes));
        if len != Some(src) || len != Some(dst) {
            let text = format!(
                "wavelet of {} planes of {} x {}: source of {src}, result of {dst} samples",
                self.planes, self.height, self.width
            );
            return Err(Error::new("param.shape", text));
        }
        if self.levels > MAX_LEVELS {
            return Err(Error::new("param.range", format!("levels={}; from 0 to {MAX_LEVELS}", self.levels)));
        }
        if !T::has(self.filter) {
            let text = format!("{:?} works on float32; 5/3 and Haar also work on int32 and int16", self.filter);
            return Err(Error::new("param.dtype", text));
        }
        Ok(())
    }

    /// Whether each plane is shared by the threads: large planes that do not come out even.
    fn splits_planes(&self, threads: usize) -> bool {
        let large = self.height * self.width >= SPLIT;
        threads > 1 && large && self.planes < 4 * threads && self.planes % threads != 0
    }

    fn one_by_one<T: WaveletSample>(
        &self,
        src: &[T],
        dst: &mut [T],
        work: impl Fn(&[T], &mut [T], &mut Scratch<T>) -> Result<()>,
    ) -> Result<()> {
        let plane = self.height * self.width;
        let mut scratch = Scratch::new();
        let mut pairs = src.chunks_exact(plane).zip(dst.chunks_exact_mut(plane));
        pairs.try_for_each(|(src, dst)| work(src, dst, &mut scratch))
    }

    fn side_by_side<T: WaveletSample>(
        &self,
        src: &[T],
        dst: &mut [T],
        threads: usize,
        work: impl Fn(&WaveletPlanes, &[T], &mut [T], &mut WaveletScratch<T>) + Sync,
    ) -> Result<()> {
        if src.is_empty() {
            return Ok(());
        }
        let threads = if src.len() < SMALL { 1 } else { threads };
        // Four parts for each thread, so that a slow one holds nobody up.
        let parts = if threads > 1 { self.planes.min(4 * threads) } else { 1 };
        let (plane, share) = (self.height * self.width, self.planes.div_ceil(parts));
        let jobs: Vec<_> = src.chunks(share * plane).zip(dst.chunks_mut(share * plane)).map(Mutex::new).collect();
        pool::map(threads, jobs.len(), |i| {
            let mut job = jobs[i].lock().unwrap_or_else(|p| p.into_inner());
            let (src, dst) = &mut *job;
            let of = WaveletPlanes { planes: src.len() / plane, plane: self.level(0), levels: self.levels };
            work(&of, src, dst, &mut WaveletScratch::new());
            Ok(())
        })?;
        Ok(())
    }

    /// The level after `splits` splits.
    fn level(&self, splits: usize) -> WaveletLevel {
        let (height, width) = (low(self.height, splits), low(self.width, splits));
        WaveletLevel { filter: self.filter, height, width }
    }

    /// Splits that change something; the others would be of a single sample.
    fn depth(&self) -> usize {
        let longest = self.height.max(self.width);
        (0..self.levels).take_while(|s| low(longest, *s) > 1).count()
    }

    fn forward_plane<T: WaveletSample>(
        &self,
        k: Kernels,
        src: &[T],
        dst: &mut [T],
        s: &mut Scratch<T>,
        threads: usize,
    ) -> Result<()> {
        let (depth, stride) = (self.depth(), self.width);
        if depth == 0 {
            dst.copy_from_slice(src);
        }
        for split in 0..depth {
            let level = self.level(split);
            let (nl, len) = (level.low_width(), level.pairs() * level.low_width());
            let [a, b] = &mut s.averages;
            let (from, to) = if split % 2 == 0 { (b, a) } else { (a, b) };
            let src = if split == 0 { Plane { data: src, stride } } else { Plane { data: from, stride: level.width } };
            let ll = (split + 1 < depth).then(|| {
                grow(to, len);
                (&mut to[..len], nl)
            });
            forward_level(k, &level, src, ll, dst, stride, &mut s.rows, threads)?;
        }
        Ok(())
    }

    fn inverse_plane<T: WaveletSample>(
        &self,
        k: Kernels,
        src: &[T],
        dst: &mut [T],
        s: &mut Scratch<T>,
        threads: usize,
    ) -> Result<()> {
        let (depth, stride) = (self.depth(), self.width);
        if depth == 0 {
            dst.copy_from_slice(src);
        }
        for split in (0..depth).rev() {
            let level = self.level(split);
            let [a, b] = &mut s.averages;
            let (from, to) = if split % 2 == 0 { (a, b) } else { (b, a) };
            let coarse = Plane { data: from.as_slice(), stride: level.low_width() };
            let ll = if split + 1 == depth { Plane { data: src, stride } } else { coarse };
            let (upper, lower) = src.split_at(level.pairs() * stride);
            let bands = Bands { ll, upper, lower, stride };
            if split == 0 {
                inverse_level(k, &level, bands, dst, &mut s.rows, threads)?;
            } else {
                grow(to, level.height * level.width);
                inverse_level(k, &level, bands, &mut to[..level.height * level.width], &mut s.rows, threads)?;
            }
        }
        Ok(())
    }
}

fn grow<T: WaveletSample>(buffer: &mut Vec<T>, len: usize) {
    if buffer.len() < len {
        *buffer = vec![T::default(); len];
    }
}

/// Pairs of one thread's share.
fn share(pairs: usize, threads: usize) -> usize {
    pairs.div_ceil(threads).max(16)
}

#[allow(clippy::too_many_arguments)] // one level: where from, where to, with what
fn forward_level<T: WaveletSample>(
    k: Kernels,
    level: &WaveletLevel,
    src: Plane<T>,
    ll: Option<(&mut [T], usize)>,
    dst: &mut [T],
    stride: usize,
    rows: &mut WaveletScratch<T>,
    threads: usize,
) -> Result<()> {
    let pairs = level.pairs();
    let (upper, lower) = dst.split_at_mut(pairs * stride);
    if threads == 1 || level.height * level.width < SMALL {
        k.wavelet_forward(level, 0..pairs, src, BandsMut { ll, upper, lower, stride }, rows);
        return Ok(());
    }
    let share = share(pairs, threads);
    let mut lls: Vec<_> = match ll {
        Some((ll, s)) => ll.chunks_mut(share * s).map(|c| Some((c, s))).collect(),
        None => (0..pairs.div_ceil(share)).map(|_| None).collect(),
    };
    let mut lowers: Vec<_> = lower.chunks_mut(share * stride).collect();
    lowers.resize_with(lls.len(), || &mut []);
    let jobs: Vec<_> = upper
        .chunks_mut(share * stride)
        .zip(lls.drain(..).zip(lowers))
        .map(|(upper, (ll, lower))| Mutex::new(Some(BandsMut { ll, upper, lower, stride })))
        .collect();
    pool::map(threads, jobs.len(), |i| {
        let job = jobs[i].lock().unwrap_or_else(|p| p.into_inner()).take();
        let range = i * share..((i + 1) * share).min(pairs);
        if let Some(to) = job {
            k.wavelet_forward(level, range, src, to, &mut WaveletScratch::new());
        }
        Ok(())
    })?;
    Ok(())
}

fn inverse_level<T: WaveletSample>(
    k: Kernels,
    level: &WaveletLevel,
    bands: Bands<T>,
    dst: &mut [T],
    rows: &mut WaveletScratch<T>,
    threads: usize,
) -> Result<()> {
    let (pairs, stride) = (level.pairs(), level.width);
    if threads == 1 || level.height * level.width < SMALL {
        k.wavelet_inverse(level, 0..pairs, bands, dst, stride, rows);
        return Ok(());
    }
    let share = share(pairs, threads);
    let jobs: Vec<_> = dst.chunks_mut(2 * share * stride).map(Mutex::new).collect();
    pool::map(threads, jobs.len(), |i| {
        let mut to = jobs[i].lock().unwrap_or_else(|p| p.into_inner());
        let range = i * share..((i + 1) * share).min(pairs);
        k.wavelet_inverse(level, range, bands, &mut to, stride, &mut WaveletScratch::new());
        Ok(())
    })?;
    Ok(())
}

#[cfg(test)]
#[path = "lifting_tests.rs"]
mod tests;
