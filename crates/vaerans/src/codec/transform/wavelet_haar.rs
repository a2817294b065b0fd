//! The Haar wavelet.

use super::wavelet::{self, Wavelet};
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::words;
use crate::registry::{Entry, Reduced};
use vaerans_kernels::Filter;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 19,
    name: "WaveletHaar",
    inverse_name: Some("WaveletHaarInverse"),
    infer: |_, inputs| wavelet::infer(Filter::Haar, inputs),
    check_inverse: |_, past, _| wavelet::check_inverse(Filter::Haar, past),
    reduced: Reduced::Never,
    forward: encoder(|params| wavelet::forward(&WAVELET, params)),
    inverse: decoder(|params| wavelet::inverse(&WAVELET, params)),
    summary: words("Haar wavelet, orthonormal on float32; on integers the reversible S-transform"),
    ..wavelet::BASE
}
.extra();

pub(super) static WAVELET: Wavelet = Wavelet { entry: &ENTRY, filter: Filter::Haar, short: "haar" };
