//! Multi-level wavelet transforms of batches of planes.
//!
//! Normalisation: averages of CDF 5/3 and 9/7 keep the mean and a detail has gain 2 at the highest frequency (as JPEG
//! 2000), on integers and floats; Haar on f32 is orthonormal. With PyWavelets' `mode="reflect"`, cropped: an average of CDF 5/3
//! (`bior2.2`) and 9/7 (`bior4.4`) is PyWavelets' divided by sqrt(2) per dimension, a detail PyWavelets' times -sqrt(2).

use super::pyramid::MAX_LEVELS;
use crate::error::{Error, Result};
use crate::pool;
use std::sync::Mutex;
use vaerans_kernels::{Filter, Kernels, WaveletLevel, WaveletPlanes, WaveletSample, WaveletScratch};

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

impl Pyramid {
    /// The forward transform of `src` into the packed planes `dst`, on at most `threads` threads.
    ///
    /// # Errors
    /// `param.shape` for slices of another length, `param.range` for too many levels, `param.dtype` for CDF 9/7 on integers.
    pub fn forward<T: WaveletSample>(&self, k: Kernels, src: &[T], dst: &mut [T], threads: usize) -> Result<()> {
        self.check::<T>(src.len(), dst.len())?;
        if self.splits_planes(threads) {
            let of = self.batch(self.planes);
            return k.wavelet_forward_parts(&of, src, dst, threads, &|n, part| spread(threads, n, part));
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
            let of = self.batch(self.planes);
            return k.wavelet_inverse_parts(&of, src, dst, threads, &|n, part| spread(threads, n, part));
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
        cfg!(feature = "threads") && threads > 1 && large && self.planes < 4 * threads && self.planes % threads != 0
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
        if threads == 1 || src.len() < SMALL || !cfg!(feature = "threads") {
            work(&self.batch(self.planes), src, dst, &mut WaveletScratch::new());
            return Ok(());
        }
        // Four parts for each thread, so that a slow one holds nobody up.
        let parts = self.planes.min(4 * threads);
        let (plane, share) = (self.height * self.width, self.planes.div_ceil(parts));
        let jobs: Vec<_> = src.chunks(share * plane).zip(dst.chunks_mut(share * plane)).map(Mutex::new).collect();
        pool::map(threads, jobs.len(), |i| {
            let mut job = jobs[i].lock().unwrap_or_else(|p| p.into_inner());
            let (src, dst) = &mut *job;
            work(&self.batch(src.len() / plane), src, dst, &mut WaveletScratch::new());
            Ok(())
        })?;
        Ok(())
    }

    /// That many of the planes, as the kernels want to hear it.
    fn batch(&self, planes: usize) -> WaveletPlanes {
        let plane = WaveletLevel { filter: self.filter, height: self.height, width: self.width };
        WaveletPlanes { planes, plane, levels: self.levels }
    }
}

/// Parts of planes on the pool.
fn spread(threads: usize, n: usize, part: &(dyn Fn(usize) + Sync)) -> Result<()> {
    pool::map(threads, n, |i| {
        part(i);
        Ok(())
    })?;
    Ok(())
}

#[cfg(test)]
#[path = "lifting_tests.rs"]
mod tests;
