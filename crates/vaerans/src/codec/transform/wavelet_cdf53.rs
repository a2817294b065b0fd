//! The Le Gall 5/3 wavelet.

use super::wavelet::{self, Wavelet};
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::words;
use crate::registry::{Entry, Reduced};
use vaerans_kernels::Filter;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 17,
    name: "WaveletCDF53",
    inverse_name: Some("WaveletCDF53Inverse"),
    infer: |_, inputs| wavelet::infer(Filter::Cdf53, inputs),
    check_inverse: |_, past, _| wavelet::check_inverse(Filter::Cdf53, past),
    reduced: Reduced::Levels,
    forward: encoder(|params| wavelet::forward(&WAVELET, params)),
    inverse: decoder(|params| wavelet::inverse(&WAVELET, params)),
    summary: words("Le Gall 5/3 wavelet; reversible on integers"),
    ..wavelet::BASE
}
.extra();

pub(super) static WAVELET: Wavelet = Wavelet { entry: &ENTRY, filter: Filter::Cdf53, short: "cdf53" };
