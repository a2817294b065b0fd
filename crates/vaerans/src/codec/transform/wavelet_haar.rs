//! The Haar wavelet.

use crate::codec::transform::wavelet::{Wavelet, TAKES};
use crate::codec::registry::{extra, Direction, Entry, Family};
use crate::component::{Kind, Params};
use crate::ecs::System;
use crate::error::Result;
use std::sync::Arc;
use vaerans_kernels::Filter;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 19,
    name: "WaveletHaar",
    inverse_name: Some("WaveletHaarInverse"),
    family: Family::Transform,
    takes: TAKES,
    gives: Kind::Wavelet,
    key: "WaveletPyr",
    build: extra(build),
    summary: "Haar wavelet, orthonormal on float32; on integers the reversible S-transform",
};

fn build(direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
    Wavelet { entry: &ENTRY, filter: Filter::Haar, short: "haar" }.build(direction, params)
}
