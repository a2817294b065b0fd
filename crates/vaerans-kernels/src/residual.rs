//! Residual between samples and a base, exact or with a bounded error.

use crate::native::residual::{Forward, Inverse, ResidualTable};
use crate::{reference::residual as reference, Element, Kernels};

/// A sample that has a residual: `u8` (in `i16`), `u16` and `i16` (in `i32`).
pub trait ResidualSample: Element {
    /// What holds any difference of two samples.
    type Residual: Element;
    /// The largest difference of two samples: the largest useful error bound.
    const MAX_ERROR: u32;
    #[doc(hidden)]
    const LIMITS: (i32, i32);
    #[doc(hidden)]
    fn to_i32(self) -> i32;
    #[doc(hidden)]
    fn from_i32(v: i32) -> Self;
    #[doc(hidden)]
    fn residual(v: i32) -> Self::Residual;
    #[doc(hidden)]
    fn value(r: Self::Residual) -> i32;
    #[doc(hidden)]
    #[allow(clippy::type_complexity)]
    fn native(table: &ResidualTable) -> (Forward<Self, Self::Residual>, Inverse<Self, Self::Residual>);
}

macro_rules! sample {
    ($s:ty, $r:ty, $max_error:expr, $forward:ident, $inverse:ident) => {
        impl ResidualSample for $s {
            type Residual = $r;
            const MAX_ERROR: u32 = $max_error;
            const LIMITS: (i32, i32) = (<$s>::MIN as i32, <$s>::MAX as i32);
            fn to_i32(self) -> i32 {
                self.into()
            }
            fn from_i32(v: i32) -> Self {
                v as $s
            }
            fn residual(v: i32) -> $r {
                v as $r
            }
            fn value(r: $r) -> i32 {
                r.into()
            }
            fn native(table: &ResidualTable) -> (Forward<$s, $r>, Inverse<$s, $r>) {
                (table.$forward, table.$inverse)
            }
        }
    };
}
sample!(u8, i16, 255, forward_u8, inverse_u8);
sample!(u16, i32, 65535, forward_u16, inverse_u16);
sample!(i16, i32, 65535, forward_i16, inverse_i16);

impl Kernels {
    /// Residual `sign(r) * floor((|r| + k) / (2k + 1))` of `r = src - base`, `k = max_error`: what
    /// [`Kernels::residual_inverse`] turns into samples at most `k` from `src`. At 0 it is the difference.
    ///
    /// # Panics
    /// If the lengths differ or `max_error` is over [`ResidualSample::MAX_ERROR`].
    pub fn residual_forward<S: ResidualSample>(&self, src: &[S], base: &[S], dst: &mut [S::Residual], max_error: u32) {
        check::<S>(src.len(), base.len(), dst.len(), max_error);
        if let Some(f) = self.native.and_then(|t| S::native(t.residual).0) {
            let to = dst.as_mut_ptr();
            // SAFETY: three slices of `dst.len()` elements; `&mut` overlaps nothing.
            return self.over::<S::Residual>(dst.len(), dst.len(), |begin, end, flags| unsafe {
                f(src.as_ptr(), base.as_ptr(), to, max_error, begin, end, flags)
            });
        }
        for ((d, s), b) in dst.iter_mut().zip(src).zip(base) {
            *d = S::residual(reference::forward(s.to_i32(), b.to_i32(), max_error as i32));
        }
    }

    /// `clamp(base + q * (2k + 1))`; any residual is valid.
    ///
    /// # Panics
    /// As [`Kernels::residual_forward`].
    pub fn residual_inverse<S: ResidualSample>(&self, src: &[S::Residual], base: &[S], dst: &mut [S], max_error: u32) {
        check::<S>(src.len(), base.len(), dst.len(), max_error);
        if let Some(f) = self.native.and_then(|t| S::native(t.residual).1) {
            let to = dst.as_mut_ptr();
            // SAFETY: as above.
            return self.over::<S>(dst.len(), dst.len(), |begin, end, flags| unsafe {
                f(src.as_ptr(), base.as_ptr(), to, max_error, begin, end, flags)
            });
        }
        let (low, high) = S::LIMITS;
        for ((d, q), b) in dst.iter_mut().zip(src).zip(base) {
            *d = S::from_i32(reference::inverse(S::value(*q), b.to_i32(), max_error as i32, low, high));
        }
    }
}

fn check<S: ResidualSample>(src: usize, base: usize, dst: usize, max_error: u32) {
    assert!(src == dst && base == dst, "residual: source, base and destination differ in length");
    assert!(max_error <= S::MAX_ERROR, "residual: max_error {max_error} is over {}", S::MAX_ERROR);
}
