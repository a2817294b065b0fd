//! The dead-zone quantiser: uniform steps with a wider bin around 0, one step per band from tables.

use super::steps::relative_step;
use crate::arena::{DType, TensorRef};
use crate::codec::bands::{self, Band};
use crate::codec::transform::pyramid::MAX_LEVELS;
use crate::codec::transform::wavelet;
use crate::component::{Component, Kind, Lineage, Meta, Params, QuantParams};
use crate::ecs::{Ctx, Input, Output, System, TensorType, Ty};
use crate::error::{Error, Result};
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::{words, Param};
use crate::registry::{Entry, Family, Reduced};
use std::sync::Arc;
use vaerans_kernels::Rows;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 33,
    name: "DeadZone",
    inverse_name: Some("DeadZoneInverse"),
    family: Family::Quantizer,
    takes: &[Kind::Wavelet, Kind::Planes, Kind::Latent, Kind::Yuvw, Kind::Foreign],
    gives: Kind::Symbols,
    key: "SymbolsU8",
    params: &[
        Param::float("step", 1.0, 1e-9, 1e9, "step of a plane of its own, in units of a sample"),
        Param::float(
            "rounding",
            0.34,
            0.0,
            0.5,
            "part of a step added before the floor: 0.5 rounds, less widens the zero bin",
        ),
        Param::float("offset", 0.03, -0.5, 0.5, "part of a step by which rebuilt magnitudes are moved away from 0"),
        Param::flag(
            "weighted",
            false,
            "the planes are Y, Co, Cg, alpha (or grey, alpha), each with its weight in the picture",
        ),
        Param::int("reduced", 0, 0, MAX_LEVELS as i64, "finest splits that the pyramid has lost").internal(),
    ],
    infer,
    reduced: Reduced::Counted,
    forward: encoder(|params| Ok(Arc::new(Quantize(Zone::of(params))))),
    inverse: decoder(|params| Ok(Arc::new(Dequantize(Zone::of(params))))),
    summary: words("dead-zone quantiser; the step of a band follows from its synthesis norm (and colour plane)"),
    ..Entry::BASE
}
.extra();

fn infer(_: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    inputs[0].tensor.one_of(&[DType::F32])?;
    Ok(inputs[0].tensor.with_dtype(DType::I32))
}

#[derive(Clone, Copy)]
struct Zone {
    step: f64,
    rounding: f64,
    offset: f64,
    weighted: bool,
    /// A band keeps the step it had among the splits that are lost.
    reduced: usize,
}

impl Zone {
    fn of(params: &Params) -> Zone {
        let (step, rounding, offset) = (params.float("step"), params.float("rounding"), params.float("offset"));
        Zone { step, rounding, offset, weighted: params.flag("weighted"), reduced: params.int("reduced") as usize }
    }
}

struct Quantize(Zone);

struct Dequantize(Zone);

/// Every band as a rectangle with its step; `f(first, rectangle, step)`.
fn for_each_band(
    shape: [usize; 3],
    lineage: &Lineage,
    step: impl Fn(&Band, usize) -> f32,
    mut f: impl FnMut(usize, Rows, f32),
) -> Result<Vec<f32>> {
    let [c, h, w] = shape;
    let levels = bands::levels_of(lineage)?;
    bands::check(shape, levels)?;
    let mut steps = Vec::new();
    for band in bands::all(shape, levels) {
        let step = step(&band, levels);
        steps.push(step);
        debug_assert!(band.channel < c);
        let rows = Rows { stride: w, width: band.width, rows: band.height };
        f((band.channel * h + band.y) * w + band.x, rows, step);
    }
    Ok(steps)
}

impl Zone {
    fn step_of(&self, lineage: &Lineage, band: &Band, levels: usize, channels: usize) -> f32 {
        (self.step * relative_step(lineage, levels + self.reduced, band, channels, self.weighted)) as f32
    }

    fn quantize(&self, ctx: &Ctx, input: &Component) -> Result<(TensorRef, Vec<f32>)> {
        let shape = bands::as_planes(input.data.shape());
        let from = input.data.read::<f32>()?;
        let bad = ctx.kernels.range(&from).nonfinite;
        if bad > 0 {
            return Err(Error::new("data.not_finite", format!("{bad} of {} values are NaN or infinite", from.len())));
        }
        let mut symbols = ctx.arena.alloc(DType::I32, input.data.shape())?;
        let to = symbols.as_mut_slice::<i32>()?;
        let step = |b: &Band, levels| self.step_of(&input.lineage, b, levels, shape[0]);
        let rounding = self.rounding as f32;
        let steps = for_each_band(shape, &input.lineage, step, |at, rows, step| {
            ctx.kernels.dead_zone_rows(&from[at..], &mut to[at..], rows, step, rounding);
        })?;
        Ok((symbols.freeze(), steps))
    }

    fn dequantize(&self, ctx: &Ctx, input: &Component, history: &Lineage) -> Result<TensorRef> {
        let shape = bands::as_planes(input.data.shape());
        let from = input.data.read::<i32>()?;
        let mut values = ctx.arena.alloc(DType::F32, input.data.shape())?;
        let to = values.as_mut_slice::<f32>()?;
        let step = |b: &Band, levels| self.step_of(history, b, levels, shape[0]);
        let offset = self.offset as f32;
        for_each_band(shape, history, step, |at, rows, step| {
            ctx.kernels.dead_zone_inverse_rows(&from[at..], &mut to[at..], rows, step, offset);
        })?;
        Ok(values.freeze())
    }
}

impl System for Quantize {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let (data, scale) = self.0.quantize(ctx, inputs[0].component)?;
        let zero = vec![0; scale.len()];
        Ok(Output::from(data).with_meta(Meta::Quant(QuantParams { scale, zero })))
    }
}

impl System for Dequantize {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let history = inputs[0].component.lineage.popped();
        let data = self.0.dequantize(ctx, inputs[0].component, &history)?;
        Ok(Output::from(data).with_meta(wavelet::meta(&history)))
    }
}
