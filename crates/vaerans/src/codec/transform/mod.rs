//! Transforms: the systems, and the plain functions over slices that they wrap.

pub mod lifting;
pub mod pyramid;
pub(crate) mod wavelet;

crate::registry::systems! {
    mod hadamard;
    mod wavelet_cdf53;
    mod wavelet_cdf97;
    mod wavelet_haar;
}
