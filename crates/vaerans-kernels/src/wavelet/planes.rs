//! All levels of a batch of planes.

use super::{check, WaveletLevel, WaveletSample, WaveletScratch};
use crate::native::wavelet::Job;
use crate::reference::wavelet as reference;
use crate::{Filter, Kernels};

/// Planes of `height * width` samples, one behind the other without gaps, each of which is split `levels` times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaveletPlanes {
    /// Planes.
    pub planes: usize,
    /// A plane and its filter.
    pub plane: WaveletLevel,
    /// Splits, at most [`WaveletPlanes::MAX_LEVELS`]; those of a single sample change nothing.
    pub levels: usize,
}

impl WaveletPlanes {
    /// The most splits.
    pub const MAX_LEVELS: usize = 32;

    /// Planes that are transformed side by side: enough to fill a line of some cache lines, few enough to stay in cache.
    fn bundle(&self) -> usize {
        (512 / (self.plane.width + 8)).clamp(1, 16)
    }
    fn job(&self, planes: usize, flags: u32) -> Job {
        let step = self.plane.height * self.plane.width;
        Job { planes, src_step: step, dst_step: step, ..self.plane.job(&(0..self.plane.pairs()), flags) }
    }
    /// Splits that change something, and samples of a plane.
    pub(super) fn check<T: WaveletSample>(&self, src: usize, dst: usize) -> (usize, usize) {
        check::<T>(&self.plane, &(0..0));
        let size = self.plane.height.checked_mul(self.plane.width);
        let all = size.and_then(|n| n.checked_mul(self.planes));
        assert!(all == Some(src) && all == Some(dst), "wavelet: {self:?} of {src} to {dst} samples");
        assert!(self.levels <= Self::MAX_LEVELS, "wavelet: {} levels", self.levels);
        let longest = self.plane.height.max(self.plane.width);
        let useful = (0..self.levels).take_while(|s| longest.div_ceil(1 << s) > 1).count();
        (useful, size.unwrap_or(0))
    }
}

impl Kernels {
    /// All levels of every plane forward, into the packed layout: each level's LL is split in its top left corner.
    ///
    /// # Panics
    /// If a side is 0, the filter is not there for `T`, there are too many levels or a slice has another length.
    pub fn wavelet_forward_planes<T: WaveletSample>(
        &self,
        of: &WaveletPlanes,
        src: &[T],
        dst: &mut [T],
        scratch: &mut WaveletScratch<T>,
    ) {
        let (levels, size) = of.check::<T>(src.len(), dst.len());
        if levels == 0 {
            return dst.copy_from_slice(src);
        }
        let stride = of.plane.width;
        let Some((table, f)) = self.native.and_then(|t| Some((t, T::table(t, of.plane.filter).0?))) else {
            Kernels::by_reference();
            dst.copy_from_slice(src);
            let transform =
                |s| dst.chunks_exact_mut(size).for_each(|p| corner(p, stride, &of.plane.after(s), reference::forward));
            return (0..levels).for_each(transform);
        };
        let bundle = of.bundle() * size;
        for (src, dst) in src.chunks(bundle).zip(dst.chunks_mut(bundle)) {
            let job = Job { levels, ..of.job(src.len() / size, self.flags::<T>(size)) };
            let scratch = scratch.for_job(table, &job);
            let (ll, lower) = (dst.as_mut_ptr(), dst[job.end * stride..].as_mut_ptr());
            // SAFETY: both slices hold `planes` planes of `height` rows of `width` samples, which is what the kernel reads and
            // writes; `&mut` overlaps nothing; `ll`, `upper` and `lower` are parts of one packed plane, which the header
            // asks for, as of the scratch.
            unsafe { f(&job, src.as_ptr(), stride, ll, stride, ll, lower, stride, scratch) }
        }
    }

    /// The inverse of [`Kernels::wavelet_forward_planes`].
    ///
    /// # Panics
    /// As the forward transform.
    pub fn wavelet_inverse_planes<T: WaveletSample>(
        &self,
        of: &WaveletPlanes,
        src: &[T],
        dst: &mut [T],
        scratch: &mut WaveletScratch<T>,
    ) {
        let (levels, size) = of.check::<T>(src.len(), dst.len());
        if levels == 0 {
            return dst.copy_from_slice(src);
        }
        let stride = of.plane.width;
        let Some((table, f)) = self.native.and_then(|t| Some((t, T::table(t, of.plane.filter).1?))) else {
            Kernels::by_reference();
            dst.copy_from_slice(src);
            let transform =
                |s| dst.chunks_exact_mut(size).for_each(|p| corner(p, stride, &of.plane.after(s), reference::inverse));
            return (0..levels).rev().for_each(transform);
        };
        let bundle = of.bundle() * size;
        for (src, dst) in src.chunks(bundle).zip(dst.chunks_mut(bundle)) {
            let job = Job { levels, ..of.job(src.len() / size, self.flags::<T>(size)) };
            let scratch = scratch.for_job(table, &job);
            let (ll, lower) = (src.as_ptr(), src[job.end * stride..].as_ptr());
            // SAFETY: as of the forward transform.
            unsafe { f(&job, ll, stride, ll, lower, stride, dst.as_mut_ptr(), stride, scratch) }
        }
    }
}

/// The reference's transform of the top left corner of a plane.
fn corner<T: WaveletSample>(
    plane: &mut [T],
    stride: usize,
    level: &WaveletLevel,
    transform: fn(Filter, &mut [T], usize, usize),
) {
    let (h, w) = (level.height, level.width);
    let mut x: Vec<T> = plane.chunks(stride).take(h).flat_map(|row| &row[..w]).copied().collect();
    transform(level.filter, &mut x, h, w);
    plane.chunks_mut(stride).zip(x.chunks(w)).for_each(|(to, from)| to[..w].copy_from_slice(from));
}
