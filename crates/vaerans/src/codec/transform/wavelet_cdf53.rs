//! The Le Gall 5/3 wavelet.

use crate::codec::transform::wavelet::{Wavelet, TAKES};
use crate::codec::registry::{Direction, Entry, Family};
use crate::component::{Kind, Params};
use crate::ecs::System;
use crate::error::Result;
use std::sync::Arc;
use vaerans_kernels::Filter;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 17,
    name: "WaveletCDF53",
    inverse_name: Some("WaveletCDF53Inverse"),
    family: Family::Transform,
    takes: TAKES,
    gives: Kind::Wavelet,
    key: "WaveletPyr",
    build: Some(build),
    summary: "Le Gall 5/3 wavelet; reversible on integers",
};

fn build(direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
    Wavelet { entry: &ENTRY, filter: Filter::Cdf53, short: "cdf53" }.build(direction, params)
}
