//! Scalar quantisers of f32 data, and the range that their steps are chosen from.

use crate::native::quantize::{Dequantize, Quantize, QuantizeTable};
use crate::{reference::quantize as reference, Element, Kernels};

/// What [`Kernels::range`] finds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C)]
pub struct Range {
    /// The smallest finite value, never -0; infinity if there is none.
    pub min: f32,
    /// The largest finite value, never -0; minus infinity if there is none.
    pub max: f32,
    /// How many values are NaN or infinite.
    pub nonfinite: u64,
}

impl Range {
    /// The range of nothing.
    pub const EMPTY: Range = Range { min: f32::INFINITY, max: f32::NEG_INFINITY, nonfinite: 0 };

    /// The range of both.
    pub fn join(self, other: Range) -> Range {
        // Neither side is NaN or -0, so the order does not show.
        Range {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            nonfinite: self.nonfinite + other.nonfinite,
        }
    }
}

/// A symbol of the uniform quantiser: `u8`, `u16` or `i32`.
pub trait UniformSymbol: Element {
    /// The lowest symbol.
    const LOW: f32;
    /// The highest symbol; 2^31 - 128 for `i32`, which f32 holds.
    const HIGH: f32;
    #[doc(hidden)]
    fn from_i32(q: i32) -> Self;
    #[doc(hidden)]
    fn to_i32(self) -> i32;
    #[doc(hidden)]
    fn native(table: &QuantizeTable) -> (Quantize<Self>, Dequantize<Self>);
}

/// A symbol of the dead-zone quantiser: `i16` or `i32`.
pub trait DeadZoneSymbol: Element {
    /// The largest magnitude; 2^31 - 128 for `i32`, which f32 holds.
    const LIMIT: f32;
    #[doc(hidden)]
    fn from_i32(q: i32) -> Self;
    #[doc(hidden)]
    fn to_i32(self) -> i32;
    #[doc(hidden)]
    fn native(table: &QuantizeTable) -> (Quantize<Self>, Dequantize<Self>);
}

macro_rules! symbol {
    ($trait:ident, $t:ty, $forward:ident, $inverse:ident, $($name:ident = $value:expr),*) => {
        impl $trait for $t {
            $(const $name: f32 = $value;)*
            fn from_i32(q: i32) -> Self {
                q as $t
            }
            fn to_i32(self) -> i32 {
                self.into()
            }
            fn native(table: &QuantizeTable) -> (Quantize<Self>, Dequantize<Self>) {
                (table.$forward, table.$inverse)
            }
        }
    };
}
symbol!(UniformSymbol, u8, quantize_u8, dequantize_u8, LOW = 0.0, HIGH = 255.0);
symbol!(UniformSymbol, u16, quantize_u16, dequantize_u16, LOW = 0.0, HIGH = 65535.0);
symbol!(UniformSymbol, i32, quantize_i32, dequantize_i32, LOW = -2_147_483_648.0, HIGH = reference::I32_MAX);
symbol!(DeadZoneSymbol, i16, dead_zone_i16, dead_zone_inverse_i16, LIMIT = 32767.0);
symbol!(DeadZoneSymbol, i32, dead_zone_i32, dead_zone_inverse_i32, LIMIT = reference::I32_MAX);

/// A rectangle in a plane: `rows` rows of `width` elements, the first of each `stride` after that of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// Elements from row to row.
    pub stride: usize,
    /// Elements of a row.
    pub width: usize,
    /// Rows.
    pub rows: usize,
}

impl Rows {
    /// Elements from the first of the first row to the last of the last.
    fn extent(&self) -> usize {
        match self.rows {
            0 => 0,
            rows => (rows - 1) * self.stride + self.width,
        }
    }

    fn check(&self, src: usize, dst: usize) {
        assert!(self.width <= self.stride, "quantize: rows overlap");
        assert!(self.extent() <= src && self.extent() <= dst, "quantize: rows outside of their plane");
    }

    fn each<A: Copy, B>(&self, src: &[A], dst: &mut [B], f: impl Fn(A) -> B) {
        for y in 0..self.rows {
            let at = y * self.stride;
            each(&src[at..at + self.width], &mut dst[at..at + self.width], &f);
        }
    }
}

impl Kernels {
    /// Uniform quantiser: `clamp(round_half_even((x - zero) * (1 / scale)))`; NaN gives the lowest symbol.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn quantize<Q: UniformSymbol>(&self, src: &[f32], dst: &mut [Q], scale: f32, zero: f32) {
        check(src.len(), dst.len());
        let inverse = 1.0 / scale;
        if let Some(f) = self.native.and_then(|t| Q::native(t.quantize).0) {
            let to = dst.as_mut_ptr();
            // SAFETY: both slices have `dst.len()` elements; `&mut` overlaps nothing.
            return self.over::<Q>(dst.len(), dst.len(), |begin, end, flags| unsafe {
                f(src.as_ptr(), to, inverse, zero, begin, end, flags)
            });
        }
        each(src, dst, |x| Q::from_i32(reference::quantize(x, inverse, zero, Q::LOW, Q::HIGH)));
    }

    /// The way back from [`Kernels::quantize`]: `q * scale + zero`.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn dequantize<Q: UniformSymbol>(&self, src: &[Q], dst: &mut [f32], scale: f32, zero: f32) {
        check(src.len(), dst.len());
        if let Some(f) = self.native.and_then(|t| Q::native(t.quantize).1) {
            let to = dst.as_mut_ptr();
            // SAFETY: as in `quantize`.
            return self.over::<f32>(dst.len(), dst.len(), |begin, end, flags| unsafe {
                f(src.as_ptr(), to, scale, zero, begin, end, flags)
            });
        }
        each(src, dst, |q| reference::dequantize(q.to_i32(), scale, zero));
    }

    /// Dead-zone quantiser: `sign(x) * floor(|x| * (1 / step) + rounding)`, the magnitude clamped; NaN gives 0. `rounding` is
    /// in 0..=0.5: at 0 the zero bin is two steps wide, at 0.5 this is plain rounding.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn dead_zone<Q: DeadZoneSymbol>(&self, src: &[f32], dst: &mut [Q], step: f32, rounding: f32) {
        check(src.len(), dst.len());
        let inverse = 1.0 / step;
        if let Some(f) = self.native.and_then(|t| Q::native(t.quantize).0) {
            let to = dst.as_mut_ptr();
            // SAFETY: as in `quantize`.
            return self.over::<Q>(dst.len(), dst.len(), |begin, end, flags| unsafe {
                f(src.as_ptr(), to, inverse, rounding, begin, end, flags)
            });
        }
        Kernels::by_reference();
        each(src, dst, |x| Q::from_i32(reference::dead_zone(x, inverse, rounding, Q::LIMIT)));
    }

    /// The way back from [`Kernels::dead_zone`]: 0 for 0, else `sign(q) * ((|q| + offset) * step)`. With rounding `r` the
    /// middle of a bin is at `offset = 0.5 - r`; less suits peaked data.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn dead_zone_inverse<Q: DeadZoneSymbol>(&self, src: &[Q], dst: &mut [f32], step: f32, offset: f32) {
        check(src.len(), dst.len());
        if let Some(f) = self.native.and_then(|t| Q::native(t.quantize).1) {
            let to = dst.as_mut_ptr();
            // SAFETY: as in `quantize`.
            return self.over::<f32>(dst.len(), dst.len(), |begin, end, flags| unsafe {
                f(src.as_ptr(), to, step, offset, begin, end, flags)
            });
        }
        Kernels::by_reference();
        each(src, dst, |q| reference::dead_zone_inverse(q.to_i32(), step, offset));
    }

    /// [`Kernels::dead_zone`] of a rectangle of the planes `src` and `dst`, both from its first element on.
    ///
    /// # Panics
    /// If the rectangle does not fit, or its rows overlap.
    pub fn dead_zone_rows(&self, src: &[f32], dst: &mut [i32], of: Rows, step: f32, rounding: f32) {
        of.check(src.len(), dst.len());
        let inverse = 1.0 / step;
        if let Some(f) = self.native.and_then(|t| t.quantize.dead_zone_rows) {
            // SAFETY: the rectangle lies in both slices; `&mut` overlaps nothing.
            return unsafe { f(src.as_ptr(), dst.as_mut_ptr(), of.stride, of.width, of.rows, inverse, rounding) };
        }
        Kernels::by_reference();
        of.each(src, dst, |x| reference::dead_zone(x, inverse, rounding, reference::I32_MAX));
    }

    /// [`Kernels::dead_zone_inverse`] of a rectangle, as [`Kernels::dead_zone_rows`].
    ///
    /// # Panics
    /// As there.
    pub fn dead_zone_inverse_rows(&self, src: &[i32], dst: &mut [f32], of: Rows, step: f32, offset: f32) {
        of.check(src.len(), dst.len());
        if let Some(f) = self.native.and_then(|t| t.quantize.dead_zone_inverse_rows) {
            // SAFETY: as in `dead_zone_rows`.
            return unsafe { f(src.as_ptr(), dst.as_mut_ptr(), of.stride, of.width, of.rows, step, offset) };
        }
        Kernels::by_reference();
        of.each(src, dst, |q| reference::dead_zone_inverse(q, step, offset));
    }

    /// Smallest and largest finite value, and how many values are not finite.
    pub fn range(&self, src: &[f32]) -> Range {
        let mut range = Range::EMPTY;
        if let Some(f) = self.native.and_then(|t| t.quantize.range) {
            // SAFETY: `src.len()` values; `Range` has the layout of `vaerans_range` and lives through the call.
            unsafe { f(src.as_ptr(), 0, src.len(), &mut range) };
            return range;
        }
        for x in src {
            if x.is_finite() {
                let x = x + 0.0; // -0 becomes 0
                range = range.join(Range { min: x, max: x, nonfinite: 0 });
            } else {
                range.nonfinite += 1;
            }
        }
        range
    }
}

fn each<A: Copy, B>(src: &[A], dst: &mut [B], f: impl Fn(A) -> B) {
    for (d, s) in dst.iter_mut().zip(src) {
        *d = f(*s);
    }
}

fn check(src: usize, dst: usize) {
    assert_eq!(src, dst, "quantize: source and destination differ in length");
}
