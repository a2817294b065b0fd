//! The Cohen-Daubechies-Feauveau 9/7 wavelet.

use crate::codec::transform::wavelet::{Wavelet, TAKES};
use crate::codec::registry::{Direction, Entry, Family};
use crate::component::{Kind, Params};
use crate::ecs::System;
use crate::error::Result;
use std::sync::Arc;
use vaerans_kernels::Filter;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 18,
    name: "WaveletCDF97",
    inverse_name: Some("WaveletCDF97Inverse"),
    family: Family::Transform,
    takes: TAKES,
    gives: Kind::Wavelet,
    key: "WaveletPyr",
    build: Some(build),
    summary: "CDF 9/7 wavelet, float32",
};

fn build(direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
    Wavelet { entry: &ENTRY, filter: Filter::Cdf97, short: "cdf97" }.build(direction, params)
}
