//! Interleaved pixels (HxWxC) to planes and back, with and without a colour transform.
//!
//! 1 to 4 channels: grey; grey, alpha; RGB; RGB, alpha. The transforms touch RGB; grey and alpha pass through.
//! To spread the work over threads, pass a range of pixels and the same range of every plane.

use crate::native::color::{ColorTable, Forward, From, Inverse, To};
use crate::{reference::color as reference, Element, Kernels};

/// The most channels a picture has.
const MAX: usize = 4;

/// A sample of a picture: `u8` or `u16`.
pub trait Sample: Element {
    /// The largest value.
    const MAX: i32;
    #[doc(hidden)]
    fn to_i32(self) -> i32;
    /// `v` is within `0..=Self::MAX`.
    #[doc(hidden)]
    fn from_i32(v: i32) -> Self;
    #[doc(hidden)]
    fn native(table: &ColorTable) -> (From<Self>, To<Self>);
    #[doc(hidden)]
    fn native_ycocg(table: &ColorTable) -> (Forward<Self, f32>, Inverse<f32, Self>);
}

/// A sample whose reversible transform ([`Kernels::ycocg_r_forward`]) has planes of `P`: `u8` with `i16` or `i32`, `u16` with `i32`.
pub trait YcocgR<P: Element>: Sample {
    #[doc(hidden)]
    fn plane(v: i32) -> P;
    #[doc(hidden)]
    fn value(p: P) -> i32;
    #[doc(hidden)]
    fn native_reversible(table: &ColorTable) -> (Forward<Self, P>, Inverse<P, Self>);
}

macro_rules! sample {
    ($s:ty, $from:ident, $to:ident, $forward:ident, $inverse:ident) => {
        impl Sample for $s {
            const MAX: i32 = <$s>::MAX as i32;
            fn to_i32(self) -> i32 {
                self.into()
            }
            fn from_i32(v: i32) -> Self {
                v as $s
            }
            fn native(table: &ColorTable) -> (From<Self>, To<Self>) {
                (table.$from, table.$to)
            }
            fn native_ycocg(table: &ColorTable) -> (Forward<Self, f32>, Inverse<f32, Self>) {
                (table.$forward, table.$inverse)
            }
        }
    };
}
sample!(u8, planes_from_u8, planes_to_u8, ycocg_forward_u8_f32, ycocg_inverse_f32_u8);
sample!(u16, planes_from_u16, planes_to_u16, ycocg_forward_u16_f32, ycocg_inverse_f32_u16);

macro_rules! reversible {
    ($s:ty, $p:ty, $forward:ident, $inverse:ident) => {
        impl YcocgR<$p> for $s {
            fn plane(v: i32) -> $p {
                v as $p
            }
            fn value(p: $p) -> i32 {
                p.into()
            }
            fn native_reversible(table: &ColorTable) -> (Forward<$s, $p>, Inverse<$p, $s>) {
                (table.$forward, table.$inverse)
            }
        }
    };
}
reversible!(u8, i16, ycocg_r_forward_u8_i16, ycocg_r_inverse_i16_u8);
reversible!(u8, i32, ycocg_r_forward_u8_i32, ycocg_r_inverse_i32_u8);
reversible!(u16, i32, ycocg_r_forward_u16_i32, ycocg_r_inverse_i32_u16);

impl Kernels {
    /// Reversible YCoCg-R: interleaved samples to planes Y, Co, Cg (and alpha). Co and Cg need one bit more than a sample.
    ///
    /// # Panics
    /// If there are not 1 to 4 planes of equal length, or `src` has not a sample for every plane element.
    pub fn ycocg_r_forward<S: YcocgR<P>, P: Element>(&self, src: &[S], dst: &mut [&mut [P]]) {
        let (to, n) = destinations(src.len(), dst);
        if let Some(f) = self.native.and_then(|t| S::native_reversible(t.color).0) {
            let channels = dst.len();
            return self.over::<P>(n, src.len(), |begin, end, flags| {
                // SAFETY: `n` pixels of `dst.len()` samples, as many planes of `n` elements, no overlap (`&mut`).
                unsafe { f(src.as_ptr(), to.as_ptr(), channels, begin, end, flags) }
            });
        }
        Kernels::by_reference();
        let channels = dst.len();
        split(src, dst, |pixel| {
            let mut v = pixel.map(S::to_i32);
            rgb(&mut v, channels, reference::ycocg_r_forward);
            v.map(S::plane)
        });
    }

    /// The inverse of [`Kernels::ycocg_r_forward`]; exact for what it made, clamped for anything else.
    ///
    /// # Panics
    /// As the forward transform.
    pub fn ycocg_r_inverse<S: YcocgR<P>, P: Element>(&self, src: &[&[P]], dst: &mut [S]) {
        let (from, n) = sources(src, dst.len());
        if let Some(f) = self.native.and_then(|t| S::native_reversible(t.color).1) {
            let channels = src.len();
            let to = dst.as_mut_ptr();
            return self.over::<S>(n, dst.len(), |begin, end, flags| {
                // SAFETY: `src.len()` planes of `n` elements, `n` pixels of as many samples, no overlap (`&mut`).
                unsafe { f(from.as_ptr(), to, channels, begin, end, flags) }
            });
        }
        Kernels::by_reference();
        merge(src, dst, |planes| {
            let mut v = planes.map(S::value);
            rgb(&mut v, src.len(), reference::ycocg_r_inverse);
            // Wrapped to the type of a plane: sums of planes wrap alike at the end and at every step.
            v.map(|v| S::from_i32(S::value(S::plane(v)).clamp(0, S::MAX)))
        });
    }

    /// YCoCg in f32, the lifting of YCoCg-R without its floors: the input of lossy transforms. Exact: the inverse gives the
    /// samples back.
    ///
    /// # Panics
    /// As [`Kernels::ycocg_r_forward`].
    pub fn ycocg_forward<S: Sample>(&self, src: &[S], dst: &mut [&mut [f32]]) {
        let (to, n) = destinations(src.len(), dst);
        if let Some(f) = self.native.and_then(|t| S::native_ycocg(t.color).0) {
            let channels = dst.len();
            return self.over::<f32>(n, src.len(), |begin, end, flags| {
                // SAFETY: as in `ycocg_r_forward`.
                unsafe { f(src.as_ptr(), to.as_ptr(), channels, begin, end, flags) }
            });
        }
        Kernels::by_reference();
        let channels = dst.len();
        split(src, dst, |pixel| {
            let mut v = pixel.map(|s| s.to_i32() as f32);
            rgb(&mut v, channels, reference::ycocg_forward);
            v
        });
    }

    /// The inverse of [`Kernels::ycocg_forward`]: rounded half to even, clamped; NaN gives 0.
    ///
    /// # Panics
    /// As the forward transform.
    pub fn ycocg_inverse<S: Sample>(&self, src: &[&[f32]], dst: &mut [S]) {
        let (from, n) = sources(src, dst.len());
        if let Some(f) = self.native.and_then(|t| S::native_ycocg(t.color).1) {
            let channels = src.len();
            let to = dst.as_mut_ptr();
            return self.over::<S>(n, dst.len(), |begin, end, flags| {
                // SAFETY: as in `ycocg_r_inverse`.
                unsafe { f(from.as_ptr(), to, channels, begin, end, flags) }
            });
        }
        Kernels::by_reference();
        merge(src, dst, |planes| {
            let mut v = planes;
            rgb(&mut v, src.len(), reference::ycocg_inverse);
            v.map(|v| S::from_i32(reference::to_sample(v, S::MAX)))
        });
    }

    /// Interleaved samples to f32 planes without a colour transform: `sample * scale + offset`.
    ///
    /// # Panics
    /// As [`Kernels::ycocg_r_forward`].
    pub fn planes_from<S: Sample>(&self, src: &[S], dst: &mut [&mut [f32]], scale: f32, offset: f32) {
        let (to, n) = destinations(src.len(), dst);
        if let Some(f) = self.native.and_then(|t| S::native(t.color).0) {
            let channels = dst.len();
            // SAFETY: as in `ycocg_r_forward`.
            return self.over::<f32>(n, src.len(), |begin, end, flags| unsafe {
                f(src.as_ptr(), to.as_ptr(), channels, scale, offset, begin, end, flags)
            });
        }
        split(src, dst, |pixel| pixel.map(|s| reference::affine(s.to_i32() as f32, scale, offset)));
    }

    /// f32 planes to interleaved samples: `plane * scale + offset`, rounded half to even, clamped; NaN gives 0.
    ///
    /// # Panics
    /// As [`Kernels::ycocg_r_forward`].
    pub fn planes_to<S: Sample>(&self, src: &[&[f32]], dst: &mut [S], scale: f32, offset: f32) {
        let (from, n) = sources(src, dst.len());
        if let Some(f) = self.native.and_then(|t| S::native(t.color).1) {
            let channels = src.len();
            let to = dst.as_mut_ptr();
            // SAFETY: as in `ycocg_r_inverse`.
            return self.over::<S>(n, dst.len(), |begin, end, flags| unsafe {
                f(from.as_ptr(), to, channels, scale, offset, begin, end, flags)
            });
        }
        let sample = |v| S::from_i32(reference::to_sample(reference::affine(v, scale, offset), S::MAX));
        merge(src, dst, |planes| planes.map(sample));
    }
}

/// Applies a transform of RGB to the first three of four values, if there are three.
fn rgb<T: Copy>(v: &mut [T; MAX], channels: usize, f: impl Fn([T; 3]) -> [T; 3]) {
    if channels >= 3 {
        let out = f([v[0], v[1], v[2]]);
        v[..3].copy_from_slice(&out);
    }
}

/// The reference's loop from pixels to planes; a pixel of fewer than four samples is filled up with its first.
fn split<S: Element, P>(src: &[S], dst: &mut [&mut [P]], f: impl Fn([S; MAX]) -> [P; MAX]) {
    for (i, samples) in src.chunks_exact(dst.len()).enumerate() {
        let mut pixel = [samples[0]; MAX];
        pixel[..samples.len()].copy_from_slice(samples);
        for (plane, v) in dst.iter_mut().zip(f(pixel)) {
            plane[i] = v;
        }
    }
}

/// The reference's loop from planes to pixels.
fn merge<P: Element, S: Element>(src: &[&[P]], dst: &mut [S], f: impl Fn([P; MAX]) -> [S; MAX]) {
    for (i, samples) in dst.chunks_exact_mut(src.len()).enumerate() {
        let mut values = [src[0][i]; MAX];
        for (v, plane) in values.iter_mut().zip(src) {
            *v = plane[i];
        }
        samples.copy_from_slice(&f(values)[..src.len()]);
    }
}

/// Pointers to the destination planes, and the number of pixels.
fn destinations<P>(samples: usize, dst: &mut [&mut [P]]) -> ([*mut P; MAX], usize) {
    let n = pixels(samples, dst.len(), dst.iter().map(|p| p.len()));
    let mut to = [std::ptr::null_mut(); MAX];
    for (to, plane) in to.iter_mut().zip(dst) {
        *to = plane.as_mut_ptr();
    }
    (to, n)
}

/// Pointers to the source planes, and the number of pixels.
fn sources<P>(src: &[&[P]], samples: usize) -> ([*const P; MAX], usize) {
    let n = pixels(samples, src.len(), src.iter().map(|p| p.len()));
    let mut from = [std::ptr::null(); MAX];
    for (from, plane) in from.iter_mut().zip(src) {
        *from = plane.as_ptr();
    }
    (from, n)
}

fn pixels(samples: usize, channels: usize, mut lengths: impl Iterator<Item = usize>) -> usize {
    assert!((1..=MAX).contains(&channels), "color: {channels} planes; a picture has 1 to {MAX}");
    let n = samples / channels;
    assert_eq!(samples, n * channels, "color: {samples} samples are no whole pixels of {channels}");
    assert!(lengths.all(|m| m == n), "color: a plane has not {n} elements, one for every pixel");
    n
}
