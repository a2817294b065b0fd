//! One level: all of its pairs or some.

use super::bands::holds;
use super::{check, Bands, BandsMut, Plane, WaveletLevel, WaveletSample, WaveletScratch};
use crate::reference::wavelet as reference;
use crate::Kernels;
use std::ops::Range;

impl Kernels {
    /// One level forward, pairs `pairs` of it. `src`: all rows.
    ///
    /// # Panics
    /// If a side is 0, the filter is not there for `T`, the range exceeds the pairs or a slice is too short.
    pub fn wavelet_forward<T: WaveletSample>(
        &self,
        level: &WaveletLevel,
        pairs: Range<usize>,
        src: Plane<'_, T>,
        dst: BandsMut<'_, T>,
        scratch: &mut WaveletScratch<T>,
    ) {
        let (n, lower, nl) = (pairs.len(), level.lower_rows(&pairs), level.low_width());
        check::<T>(level, &pairs);
        assert!(holds(src.data.len(), src.stride, level.height, level.width), "wavelet: source too short");
        assert!(holds(dst.upper.len(), dst.stride, n, level.width), "wavelet: upper bands too short");
        assert!(holds(dst.lower.len(), dst.stride, lower, level.width), "wavelet: lower bands too short");
        if let Some((ll, stride)) = &dst.ll {
            assert!(holds(ll.len(), *stride, n, nl), "wavelet: LL too short");
        }
        if n == 0 {
            return;
        }
        let Some((table, f)) = self.native.and_then(|t| Some((t, T::table(t, level.filter).0?))) else {
            Kernels::by_reference();
            return forward_reference(level, pairs, src, dst);
        };
        let flags = self.flags::<T>(level.height * level.width);
        let upper = dst.upper.as_mut_ptr();
        let (ll, ll_stride) = dst.ll.map_or((upper, dst.stride), |(ll, stride)| (ll.as_mut_ptr(), stride));
        let job = level.job(&pairs, flags);
        let scratch = scratch.for_job(table, &job);
        // SAFETY: the checks above hold every row that the kernel reads or writes; the `&mut` slices overlap neither each other
        // nor the source, and LL within `upper` is written once; the scratch is what the header asks for.
        unsafe {
            f(&job, src.data.as_ptr(), src.stride, ll, ll_stride, upper, dst.lower.as_mut_ptr(), dst.stride, scratch)
        }
    }

    /// One level inverse: sample rows `2 * pairs.start .. 2 * pairs.end` (at most `height`) to `dst`.
    ///
    /// # Panics
    /// As the forward transform.
    pub fn wavelet_inverse<T: WaveletSample>(
        &self,
        level: &WaveletLevel,
        pairs: Range<usize>,
        src: Bands<'_, T>,
        dst: &mut [T],
        dst_stride: usize,
        scratch: &mut WaveletScratch<T>,
    ) {
        let rows = (2 * pairs.end).min(level.height).saturating_sub(2 * pairs.start);
        check::<T>(level, &pairs);
        assert!(holds(src.ll.data.len(), src.ll.stride, level.pairs(), level.low_width()), "wavelet: LL too short");
        assert!(holds(src.upper.len(), src.stride, level.pairs(), level.width), "wavelet: upper bands too short");
        assert!(holds(src.lower.len(), src.stride, level.height / 2, level.width), "wavelet: lower bands too short");
        assert!(holds(dst.len(), dst_stride, rows, level.width), "wavelet: destination too short");
        if pairs.is_empty() {
            return;
        }
        let Some((table, f)) = self.native.and_then(|t| Some((t, T::table(t, level.filter).1?))) else {
            Kernels::by_reference();
            return inverse_reference(level, pairs, src, dst, dst_stride);
        };
        let flags = self.flags::<T>(level.height * level.width);
        let job = level.job(&pairs, flags);
        let scratch = scratch.for_job(table, &job);
        // SAFETY: the checks above hold every row that the kernel reads or writes; `&mut` slices overlap nothing; the scratch is
        // what the header asks for.
        unsafe {
            f(
                &job,
                src.ll.data.as_ptr(),
                src.ll.stride,
                src.upper.as_ptr(),
                src.lower.as_ptr(),
                src.stride,
                dst.as_mut_ptr(),
                dst_stride,
                scratch,
            )
        }
    }
}

fn forward_reference<T: WaveletSample>(level: &WaveletLevel, pairs: Range<usize>, src: Plane<T>, dst: BandsMut<T>) {
    let (h, w, nl) = (level.height, level.width, level.low_width());
    let mut x: Vec<T> = (0..h).flat_map(|r| &src.data[r * src.stride..][..w]).copied().collect();
    reference::forward(level.filter, &mut x, h, w);
    for (at, pair) in pairs.clone().enumerate() {
        let (low, high) = x[pair * w..][..w].split_at(nl);
        dst.upper[at * dst.stride..][nl..w].copy_from_slice(high);
        if dst.ll.is_none() {
            dst.upper[at * dst.stride..][..nl].copy_from_slice(low);
        }
        if at < level.lower_rows(&pairs) {
            dst.lower[at * dst.stride..][..w].copy_from_slice(&x[(level.pairs() + pair) * w..][..w]);
        }
    }
    if let Some((ll, stride)) = dst.ll {
        for (at, pair) in pairs.enumerate() {
            ll[at * stride..][..nl].copy_from_slice(&x[pair * w..][..nl]);
        }
    }
}

fn inverse_reference<T: WaveletSample>(
    level: &WaveletLevel,
    pairs: Range<usize>,
    src: Bands<T>,
    dst: &mut [T],
    dst_stride: usize,
) {
    let (h, w, nl) = (level.height, level.width, level.low_width());
    let mut x = Vec::with_capacity(h * w);
    for r in 0..level.pairs() {
        x.extend_from_slice(&src.ll.data[r * src.ll.stride..][..nl]);
        x.extend_from_slice(&src.upper[r * src.stride..][nl..w]);
    }
    (0..h / 2).for_each(|r| x.extend_from_slice(&src.lower[r * src.stride..][..w]));
    reference::inverse(level.filter, &mut x, h, w);
    for (at, r) in (2 * pairs.start..(2 * pairs.end).min(h)).enumerate() {
        dst[at * dst_stride..][..w].copy_from_slice(&x[r * w..][..w]);
    }
}
