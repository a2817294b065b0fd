//! All levels of large planes, in parts that may run side by side.

use super::{WaveletLevel, WaveletPlanes, WaveletSample, WaveletScratch};
use crate::native::wavelet::{ForwardFn, Job};
use crate::native::Table;
use crate::Kernels;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs `part(0)` to `part(n - 1)`, each once, on as many threads as it likes, and returns when all are done.
pub type Spread<'a, E> = &'a dyn Fn(usize, &(dyn Fn(usize) + Sync)) -> Result<(), E>;

/// Samples of a plane below which parts cost more than they give.
const SMALL: usize = 1 << 15;

/// How the pairs of a plane's first split are shared out.
struct Parts {
    count: usize,
    share: usize,
    pairs: usize,
    /// Splits that each part makes in one go.
    levels: usize,
}

impl Parts {
    /// Of the forward transform: what a part works out again at its ends doubles from split to split, and is to stay below
    /// a few percent. What further splits need is written down and shared out anew.
    fn forward(plane: &WaveletLevel, levels: usize, wanted: usize) -> Parts {
        let share = plane.pairs().div_ceil(wanted);
        let fused = (2..=levels.min(3)).rev().find(|l| share >= 64 << l).unwrap_or(1);
        Parts::of(plane, levels, share.next_multiple_of(1 << (fused - 1)), fused)
    }
    /// Of the inverse transform: what is worked out again is a few rows of every split.
    fn inverse(plane: &WaveletLevel, levels: usize, wanted: usize) -> Parts {
        Parts::of(plane, levels, plane.pairs().div_ceil(wanted), levels)
    }
    fn of(plane: &WaveletLevel, levels: usize, share: usize, fused: usize) -> Parts {
        let (pairs, share) = (plane.pairs(), share.max(16));
        if plane.height * plane.width < SMALL || pairs <= share {
            return Parts { count: 1, share: pairs, pairs, levels };
        }
        Parts { count: pairs.div_ceil(share), share, pairs, levels: fused }
    }
    fn range(&self, part: usize) -> Range<usize> {
        part * self.share..((part + 1) * self.share).min(self.pairs)
    }
}

/// The start of memory of which every part writes elements of its own.
#[derive(Clone, Copy)]
struct Shared<T> {
    start: *mut T,
    /// Elements from row to row, and from plane to plane.
    stride: usize,
    step: usize,
}

// SAFETY: who uses the pointer says why no two threads touch the same element.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// # Safety
    /// The row lies in the memory, or is the one behind its last.
    unsafe fn row(&self, plane: usize, row: usize) -> *mut T {
        // SAFETY: the caller's promise.
        unsafe { self.start.add(plane * self.step + row * self.stride) }
    }
}

/// What stays the same from one group of splits to the next.
struct Run<T> {
    table: &'static Table,
    kernel: ForwardFn<T>,
    kernels: Kernels,
    planes: usize,
    wanted: usize,
    /// Packed planes.
    dst: Shared<T>,
}

impl<T: WaveletSample> Run<T> {
    /// Splits the corner `plane` of every packed plane `levels` times; `src` holds its samples without gaps.
    fn forward<E>(&self, plane: &WaveletLevel, levels: usize, src: &[T], spread: Spread<'_, E>) -> Result<(), E> {
        let parts = Parts::forward(plane, levels, self.wanted);
        let (coarse, rest) = (plane.after(parts.levels), levels - parts.levels);
        let size = coarse.height * coarse.width;
        let mut averages = vec![T::default(); if rest > 0 { self.planes * size } else { 0 }];
        let ll = match rest {
            0 => self.dst,
            _ => Shared { start: averages.as_mut_ptr(), stride: coarse.width, step: size },
        };
        let flags = self.kernels.flags::<T>(plane.height * plane.width);
        once_each(spread, self.planes * parts.count, &|i| {
            let (at, range) = (i / parts.count, parts.range(i % parts.count));
            let job = Job { levels: parts.levels, ..plane.job(&range, flags) };
            self.forward_part(&job, &src[at * plane.height * plane.width..], at, ll);
        })?;
        if rest > 0 {
            self.forward(&coarse, rest, &averages, spread)?;
        }
        Ok(())
    }

    /// One part of plane `at`.
    fn forward_part(&self, job: &Job, src: &[T], at: usize, ll: Shared<T>) {
        let scratch = &mut WaveletScratch::new();
        let (dst, upper) = (self.dst, job.height.div_ceil(2));
        // The first row of the coarsest LL that is this part's.
        let first = (1..job.levels).fold(job.begin, |n, _| n.div_ceil(2));
        // SAFETY: `src` holds the plane's samples from here on, `dst` its packed plane and `ll` its averages; pairs are within
        // the plane. Each part runs once and writes the pairs of its range alone, parts of a plane have no pair in common,
        // and nobody else uses `dst` and `ll` meanwhile, of which the one is borrowed for as long and the other ours.
        unsafe {
            let (ll_at, high) = (ll.row(at, first), dst.row(at, job.begin));
            let low = dst.row(at, upper + job.begin);
            let scratch = scratch.for_job(self.table, job);
            (self.kernel)(job, src.as_ptr(), job.width, ll_at, ll.stride, high, low, dst.stride, scratch)
        }
    }
}

impl Kernels {
    /// As [`Kernels::wavelet_forward_planes`], each plane in about `parts` parts of its rows: for few large planes and several
    /// threads. The result is the same.
    ///
    /// # Errors
    /// Those of `spread`.
    ///
    /// # Panics
    /// As [`Kernels::wavelet_forward_planes`], or if `spread` runs a part twice or not at all.
    pub fn wavelet_forward_parts<T: WaveletSample, E>(
        &self,
        of: &WaveletPlanes,
        src: &[T],
        dst: &mut [T],
        parts: usize,
        spread: Spread<'_, E>,
    ) -> Result<(), E> {
        let (levels, step) = of.check::<T>(src.len(), dst.len());
        let native = self.native.and_then(|t| Some((t, T::table(t, of.plane.filter).0?)));
        let (Some((table, kernel)), 1..) = (native, levels) else {
            self.wavelet_forward_planes(of, src, dst, &mut WaveletScratch::new());
            return Ok(());
        };
        let dst = Shared { start: dst.as_mut_ptr(), stride: of.plane.width, step };
        let run = Run { table, kernel, kernels: *self, planes: of.planes, wanted: parts.max(1), dst };
        run.forward(&of.plane, levels, src, spread)
    }

    /// The inverse of [`Kernels::wavelet_forward_parts`].
    ///
    /// # Errors
    /// As the forward transform.
    ///
    /// # Panics
    /// As the forward transform.
    pub fn wavelet_inverse_parts<T: WaveletSample, E>(
        &self,
        of: &WaveletPlanes,
        src: &[T],
        dst: &mut [T],
        parts: usize,
        spread: Spread<'_, E>,
    ) -> Result<(), E> {
        let (levels, step) = of.check::<T>(src.len(), dst.len());
        let native = self.native.and_then(|t| Some((t, T::table(t, of.plane.filter).1?)));
        let (Some((table, kernel)), 1..) = (native, levels) else {
            self.wavelet_inverse_planes(of, src, dst, &mut WaveletScratch::new());
            return Ok(());
        };
        let (stride, flags) = (of.plane.width, self.flags::<T>(step));
        let parts = Parts::inverse(&of.plane, levels, parts.max(1));
        let dst = Shared { start: dst.as_mut_ptr(), stride, step };
        once_each(spread, of.planes * parts.count, &|i| {
            let (at, range) = (i / parts.count, parts.range(i % parts.count));
            let job = Job { levels, ..of.plane.job(&range, flags) };
            let scratch = &mut WaveletScratch::new();
            let (ll, lower) = (src[at * step..].as_ptr(), src[at * step + parts.pairs * stride..].as_ptr());
            // SAFETY: `src` holds the packed plane, `dst` its samples; pairs are within the plane. Each part runs once and writes
            // the rows of its pairs alone, parts of a plane have no pair in common, and `dst` is borrowed meanwhile.
            unsafe {
                let to = dst.row(at, 2 * range.start);
                kernel(&job, ll, stride, ll, lower, stride, to, stride, scratch.for_job(table, &job))
            }
        })
    }
}

/// Spreads the parts 0 to `n - 1`, and holds `spread` to running each of them once: that they write different elements rests
/// on it.
fn once_each<E>(spread: Spread<'_, E>, n: usize, part: &(dyn Fn(usize) + Sync)) -> Result<(), E> {
    let ran: Vec<_> = (0..n).map(|_| AtomicBool::new(false)).collect();
    spread(n, &|i| {
        assert!(!ran[i].swap(true, Ordering::Relaxed), "wavelet: part {i} was run twice");
        part(i);
    })?;
    assert!(ran.iter().all(|r| r.load(Ordering::Relaxed)), "wavelet: a part was not run");
    Ok(())
}
