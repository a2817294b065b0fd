//! The wavelets as systems of a pipe: what the files of the three registry lines share.

use super::lifting::Pyramid;
use super::pyramid::MAX_LEVELS;
use super::{wavelet_cdf53, wavelet_cdf97, wavelet_haar};
use crate::arena::{DType, Element, TensorRef};
use crate::component::{Kind, Lineage, Meta, Params};
use crate::ecs::{Ctx, Input, Output, Past, System, TensorType, Ty};
use crate::error::{Error, Result};
use crate::registry::schema::Param;
use crate::registry::{Entry, Exactness, Family};
use std::sync::Arc;
use vaerans_kernels::{Filter, WaveletSample};

/// What one registry line says beyond its entry.
pub(crate) struct Wavelet {
    pub(crate) entry: &'static Entry,
    pub(crate) filter: Filter,
    /// Name in `functional` and in a component's meta.
    pub(crate) short: &'static str,
}

/// Every wavelet.
pub(crate) static WAVELETS: [&Wavelet; 3] = [&wavelet_cdf53::WAVELET, &wavelet_cdf97::WAVELET, &wavelet_haar::WAVELET];

/// The wavelet of a registry number.
pub(crate) fn of(number: u16) -> Option<&'static Wavelet> {
    WAVELETS.into_iter().find(|w| w.entry.number == number)
}

/// What a component says of its pyramid when its newest step is a wavelet.
pub(crate) fn meta(lineage: &Lineage) -> Meta {
    let found = lineage.last().and_then(|s| Some((of(s.number)?, s.params.int("levels"))));
    found.map_or(Meta::None, |(w, levels)| Meta::Wavelet { wavelet: w.short.into(), levels: levels as u32 })
}

/// What the entries of all wavelets share.
pub(super) const BASE: Entry = Entry {
    family: Family::Transform,
    takes: &[Kind::Planes, Kind::Latent, Kind::Yuvw, Kind::Foreign],
    gives: Kind::Wavelet,
    key: "WaveletPyr",
    params: &[Param::int("levels", 4, 0, MAX_LEVELS as i64, "splits; those of a single sample change nothing")],
    exact: Exactness::Integers,
    ..Entry::BASE
};

/// Type and shape stay.
pub(super) fn infer(filter: Filter, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let all: &[DType] = if filter == Filter::Cdf97 { &[DType::F32] } else { &[DType::F32, DType::I32, DType::I16] };
    inputs[0].tensor.one_of(all)?;
    Ok(inputs[0].tensor.clone())
}

/// A build without the feature `extra` has the wavelets of photos alone.
pub(super) fn check_inverse(filter: Filter, past: &Past) -> Result<()> {
    let of_photos = match past.tensor.dtype {
        Some(DType::F32) => filter == Filter::Cdf97,
        Some(DType::I32) => filter == Filter::Cdf53,
        _ => false,
    };
    if cfg!(feature = "extra") || of_photos {
        return Ok(());
    }
    Err(Error::new("unavailable.feature", "this build has the wavelets of photos alone"))
}

pub(super) fn forward(wavelet: &'static Wavelet, params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Forward { wavelet, levels: params.int("levels") as usize }))
}

pub(super) fn inverse(wavelet: &'static Wavelet, params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Inverse { wavelet, levels: params.int("levels") as usize }))
}

struct Forward {
    wavelet: &'static Wavelet,
    levels: usize,
}

struct Inverse {
    wavelet: &'static Wavelet,
    levels: usize,
}

impl System for Forward {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let data = &inputs[0].component.data;
        let made = match data.dtype() {
            DType::F32 => forward_of::<f32>(self, ctx, data)?,
            DType::I32 => forward_of::<i32>(self, ctx, data)?,
            _ => forward_of::<i16>(self, ctx, data)?,
        };
        let meta = Meta::Wavelet { wavelet: self.wavelet.short.into(), levels: self.levels as u32 };
        Ok(Output::from(made).with_meta(meta))
    }
}

impl System for Inverse {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let data = &inputs[0].component.data;
        Ok(match data.dtype() {
            DType::F32 => inverse_of::<f32>(self, ctx, data)?,
            DType::I32 => inverse_of::<i32>(self, ctx, data)?,
            _ if cfg!(feature = "extra") => inverse_of::<i16>(self, ctx, data)?,
            _ => return Err(Error::new("internal.bug", "a wavelet that this build has not")),
        }
        .into())
    }
}

fn forward_of<T: WaveletSample + Element>(s: &Forward, ctx: &Ctx, data: &TensorRef) -> Result<TensorRef> {
    let mut result = ctx.arena.alloc(data.dtype(), data.shape())?;
    let pyramid = pyramid(data, s.levels, s.wavelet.filter);
    pyramid.forward(ctx.kernels, &data.read::<T>()?, result.as_mut_slice::<T>()?, ctx.threads)?;
    Ok(result.freeze())
}

fn inverse_of<T: WaveletSample + Element>(s: &Inverse, ctx: &Ctx, data: &TensorRef) -> Result<TensorRef> {
    let mut result = ctx.arena.alloc(data.dtype(), data.shape())?;
    let pyramid = pyramid(data, s.levels, s.wavelet.filter);
    pyramid.inverse(ctx.kernels, &data.read::<T>()?, result.as_mut_slice::<T>()?, ctx.threads)?;
    Ok(result.freeze())
}

/// Planes in the last two axes.
fn pyramid(data: &TensorRef, levels: usize, filter: Filter) -> Pyramid {
    let (height, width) = match *data.shape() {
        [.., h, w] => (h, w),
        [w] => (1, w),
        [] => (1, 1),
    };
    let planes = if data.is_empty() { 0 } else { data.len() / (height * width) };
    Pyramid { planes, height, width, levels, filter }
}

#[cfg(test)]
#[path = "wavelet_tests.rs"]
mod tests;
