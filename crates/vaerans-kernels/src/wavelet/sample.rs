//! The filters and the types of samples they work on.

use crate::native::wavelet::{Forward, Inverse};
use crate::native::Table;
use crate::reference::wavelet::Lift;
use crate::Element;

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
