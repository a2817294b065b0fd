//! The Cohen-Daubechies-Feauveau 9/7 wavelet.

use super::wavelet::{self, Wavelet};
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::words;
use crate::registry::{Entry, Exactness, Reduced};
use vaerans_kernels::Filter;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 18,
    name: "WaveletCDF97",
    inverse_name: Some("WaveletCDF97Inverse"),
    infer: |_, inputs| wavelet::infer(Filter::Cdf97, inputs),
    check_inverse: |_, past, _| wavelet::check_inverse(Filter::Cdf97, past),
    exact: Exactness::Never,
    reduced: Reduced::Levels,
    forward: encoder(|params| wavelet::forward(&WAVELET, params)),
    inverse: decoder(|params| wavelet::inverse(&WAVELET, params)),
    summary: words("CDF 9/7 wavelet, float32"),
    ..wavelet::BASE
}
.extra();

pub(super) static WAVELET: Wavelet = Wavelet { entry: &ENTRY, filter: Filter::Cdf97, short: "cdf97" };
