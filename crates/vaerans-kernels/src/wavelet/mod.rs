//! One level of a 2-D wavelet transform: CDF 5/3, CDF 9/7, Haar, by lifting.

use crate::native::wavelet::{Forward, Inverse, Job};
use crate::native::Table;
use crate::reference::wavelet::{self as reference, Lift};
use crate::{Element, Kernels};
use std::ops::Range;

/// The filters. Normalisation: an average of CDF 5/3 and 9/7 keeps the mean (gain 1), a detail has gain 2 at the highest
/// frequency, as in JPEG 2000; Haar on `f32` is orthonormal. On integers 5/3 and Haar (the S-transform) are reversible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Filter {
    /// Le Gall 5/3.
    Cdf53 = 0,
    /// Cohen-Daubechies-Feauveau 9/7; `f32` only.
    Cdf97 = 1,
    /// Haar.
    Haar = 2,
}

/// A sample type of the wavelet kernels: `f32`, `i32`, `i16`.
pub trait WaveletSample: Element + Lift + Send + Sync {
    /// Whether there is this filter for the type.
    fn has(filter: Filter) -> bool;
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn table(native: &Table, filter: Filter) -> (Forward<Self>, Inverse<Self>);
}

macro_rules! samples {
    ($($t:ty: $forward:ident $inverse:ident $filters:ident $cdf97:expr;)*) => {$(
        impl WaveletSample for $t {
            fn has(filter: Filter) -> bool {
                $cdf97 || filter != Filter::Cdf97
            }
            #[allow(private_interfaces)]
            fn table(native: &Table, filter: Filter) -> (Forward<$t>, Inverse<$t>) {
                match native.wavelet.$filters & 1 << filter as u32 {
                    0 => (None, None),
                    _ => (native.wavelet.$forward, native.wavelet.$inverse),
                }
            }
        }
    )*};
}
samples! {
    f32: forward_f32 inverse_f32 filters_f32 true;
    i32: forward_i32 inverse_i32 filters_i32 false;
    i16: forward_i16 inverse_i16 filters_i16 false;
}

/// The samples of one level: `height * width`, both at least 1. A pair is row n of `[LL HL]` with row n of `[LH HH]`; it belongs
/// to sample rows 2n and 2n + 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaveletLevel {
    /// Filter along both dimensions.
    pub filter: Filter,
    /// Sample rows.
    pub height: usize,
    /// Sample columns.
    pub width: usize,
}

impl WaveletLevel {
    /// Number of pairs: rows of LL.
    pub fn pairs(&self) -> usize {
        self.height.div_ceil(2)
    }
    /// Columns of LL.
    pub fn low_width(&self) -> usize {
        self.width.div_ceil(2)
    }
    fn job(&self, pairs: &Range<usize>, flags: u32) -> Job {
        let (height, width, filter) = (self.height, self.width, self.filter as i32);
        let (planes, levels, src_step, dst_step) = (1, 1, 0, 0);
        Job { height, width, planes, src_step, dst_step, levels, begin: pairs.start, end: pairs.end, filter, flags }
    }
    /// The level after `splits` splits.
    fn after(&self, splits: usize) -> WaveletLevel {
        (0..splits).fold(*self, |l, _| WaveletLevel { height: l.pairs(), width: l.low_width(), ..l })
    }
    /// How many of these pairs have a lower row.
    fn lower_rows(&self, pairs: &Range<usize>) -> usize {
        pairs.end.min(self.height / 2).saturating_sub(pairs.start)
    }
}

/// Rows of samples; row r starts at `data[r * stride]`.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a, T> {
    /// The samples.
    pub data: &'a [T],
    /// Elements from row to row.
    pub stride: usize,
}

/// The bands of a level, all rows. LL stands apart: the next coarser level was reconstructed there.
#[derive(Debug, Clone, Copy)]
pub struct Bands<'a, T> {
    /// LL.
    pub ll: Plane<'a, T>,
    /// `[LL HL]`, of which the LL part is not read.
    pub upper: &'a [T],
    /// `[LH HH]`.
    pub lower: &'a [T],
    /// Elements from row to row of `upper` and of `lower`.
    pub stride: usize,
}

/// Where a range of pairs is written: the rows of these pairs.
#[derive(Debug)]
pub struct BandsMut<'a, T> {
    /// LL and its stride; `None`: the LL part of `upper`.
    pub ll: Option<(&'a mut [T], usize)>,
    /// `[LL HL]`.
    pub upper: &'a mut [T],
    /// `[LH HH]`.
    pub lower: &'a mut [T],
    /// Elements from row to row of `upper` and of `lower`.
    pub stride: usize,
}

/// Working memory of the wavelet kernels; grows to the widest level it has seen.
#[derive(Debug, Default)]
pub struct WaveletScratch<T>(Vec<T>);

impl<T: WaveletSample> WaveletScratch<T> {
    /// No memory yet.
    pub fn new() -> Self {
        WaveletScratch(Vec::new())
    }
    /// `VAERANS_WAVELET_SCRATCH` elements of every level, from a cache line on.
    fn for_width(&mut self, width: usize, planes: usize, levels: usize) -> &mut [T] {
        let line = 64 / size_of::<T>();
        let widths = std::iter::successors(Some(width), |w| Some(w.div_ceil(2))).take(levels);
        let lines = widths.map(|w| if planes > 1 { (w + 9) / 2 * 2 * planes } else { w });
        let need = lines.map(|w| 30 * (w.div_ceil(2).next_multiple_of(line) + 4 * line)).sum::<usize>();
        if self.0.len() < need + line {
            self.0 = vec![T::default(); need + line];
        }
        let at = self.0.as_ptr().align_offset(64).min(line);
        &mut self.0[at..at + need]
    }
}

/// Whether `rows` rows of `width` elements lie in `len` elements.
fn holds(len: usize, stride: usize, rows: usize, width: usize) -> bool {
    rows == 0 || width == 0 || (width <= stride && (rows - 1).checked_mul(stride).is_some_and(|n| n + width <= len))
}

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
        let Some(f) = self.native.and_then(|t| T::table(t, level.filter).0) else {
            Kernels::by_reference();
            return forward_reference(level, pairs, src, dst);
        };
        let flags = self.flags::<T>(level.height * level.width);
        let upper = dst.upper.as_mut_ptr();
        let (ll, ll_stride) = dst.ll.map_or((upper, dst.stride), |(ll, stride)| (ll.as_mut_ptr(), stride));
        let job = level.job(&pairs, flags);
        let scratch = scratch.for_width(level.width, 1, 1).as_mut_ptr();
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
        let Some(f) = self.native.and_then(|t| T::table(t, level.filter).1) else {
            Kernels::by_reference();
            return inverse_reference(level, pairs, src, dst, dst_stride);
        };
        let flags = self.flags::<T>(level.height * level.width);
        let job = level.job(&pairs, flags);
        let scratch = scratch.for_width(level.width, 1, 1).as_mut_ptr();
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
    fn check<T: WaveletSample>(&self, src: usize, dst: usize) -> (usize, usize) {
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
        let Some(f) = self.native.and_then(|t| T::table(t, of.plane.filter).0) else {
            Kernels::by_reference();
            dst.copy_from_slice(src);
            let transform =
                |s| dst.chunks_exact_mut(size).for_each(|p| corner(p, stride, &of.plane.after(s), reference::forward));
            return (0..levels).for_each(transform);
        };
        let bundle = of.bundle() * size;
        for (src, dst) in src.chunks(bundle).zip(dst.chunks_mut(bundle)) {
            let job = Job { levels, ..of.job(src.len() / size, self.flags::<T>(size)) };
            let scratch = scratch.for_width(stride, job.planes, levels).as_mut_ptr();
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
        let Some(f) = self.native.and_then(|t| T::table(t, of.plane.filter).1) else {
            Kernels::by_reference();
            dst.copy_from_slice(src);
            let transform =
                |s| dst.chunks_exact_mut(size).for_each(|p| corner(p, stride, &of.plane.after(s), reference::inverse));
            return (0..levels).rev().for_each(transform);
        };
        let bundle = of.bundle() * size;
        for (src, dst) in src.chunks(bundle).zip(dst.chunks_mut(bundle)) {
            let job = Job { levels, ..of.job(src.len() / size, self.flags::<T>(size)) };
            let scratch = scratch.for_width(stride, job.planes, levels).as_mut_ptr();
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

fn check<T: WaveletSample>(level: &WaveletLevel, pairs: &Range<usize>) {
    assert!(level.height > 0 && level.width > 0, "wavelet: a plane of {} x {} samples", level.height, level.width);
    assert!(T::has(level.filter), "wavelet: there is no {:?} for {}", level.filter, std::any::type_name::<T>());
    assert!(pairs.start <= pairs.end && pairs.end <= level.pairs(), "wavelet: pairs {pairs:?} of {}", level.pairs());
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
