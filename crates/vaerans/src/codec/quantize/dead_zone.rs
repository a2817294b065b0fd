//! The dead-zone quantiser: uniform steps with a wider bin around 0, one step per band from tables.

use crate::codec::quantize::steps::relative_step;
use crate::arena::{DType, TensorRef};
use crate::codec::bands::{self, Band};
use crate::codec::transform::pyramid::MAX_LEVELS;
#[cfg(not(all(feature = "encode", feature = "decode")))]
use crate::codec::registry::left_out;
use crate::codec::registry::{Direction, Entry, Family};
use crate::component::{Component, Kind, Lineage, Meta, Params, QuantParams, Value};
use crate::ecs::system::{forward, inverse};
use crate::ecs::{Ctx, Input, System};
use crate::error::{Error, Result};
use std::sync::Arc;
use vaerans_kernels::Rows;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 33,
    name: "DeadZone",
    inverse_name: Some("DeadZoneInverse"),
    family: Family::Quantizer,
    takes: TAKES,
    gives: Kind::Symbols,
    key: "SymbolsU8",
    build: Some(build),
    summary: "dead-zone quantiser; the step of a band follows from its synthesis norm (and colour plane)",
};

const TAKES: &[Kind] = &[Kind::Wavelet, Kind::Planes, Kind::Latent, Kind::Yuvw, Kind::Foreign];

struct DeadZone {
    direction: Direction,
    /// Step of a plane of its own, in units of the samples.
    step: f64,
    /// Part of a step added before the floor: 0.5 rounds, less widens the zero bin.
    rounding: f64,
    /// Part of a step added to magnitudes when they are rebuilt.
    offset: f64,
    /// Whether the planes are Y, Co, Cg, alpha, each with its weight in the picture.
    weighted: bool,
    /// How many of the finest splits the pyramid has lost: a band keeps the step it had among them.
    reduced: usize,
}

fn build(direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(parse(direction, params)?))
}

fn parse(direction: Direction, params: &Params) -> Result<DeadZone> {
    params.only(ENTRY.name, &["step", "rounding", "offset", "weighted", "reduced"])?;
    Ok(DeadZone {
        direction,
        step: params.float("step", 1.0, 1e-9..=1e9)?,
        rounding: params.float("rounding", 0.34, 0.0..=0.5)?,
        offset: params.float("offset", 0.03, -0.5..=0.5)?,
        weighted: params.flag("weighted", false)?,
        reduced: params.int("reduced", 0, 0..=MAX_LEVELS as i64)? as usize,
    })
}

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

impl DeadZone {
    fn step_of(&self, lineage: &Lineage, band: &Band, levels: usize, channels: usize) -> f32 {
        (self.step * relative_step(lineage, levels + self.reduced, band, channels, self.weighted)) as f32
    }

    fn quantize(&self, ctx: &Ctx, input: &Component) -> Result<(TensorRef, Vec<f32>)> {
        if input.data.dtype() != DType::F32 {
            return Err(Error::new("param.dtype", format!("{}; float32 expected", input.data.dtype())));
        }
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

    fn dequantize(&self, ctx: &Ctx, input: &Component) -> Result<TensorRef> {
        if input.data.dtype() != DType::I32 {
            return Err(Error::new("param.dtype", format!("{}; int32 expected", input.data.dtype())));
        }
        let lineage = input.lineage.popped();
        let shape = bands::as_planes(input.data.shape());
        let from = input.data.read::<i32>()?;
        let mut values = ctx.arena.alloc(DType::F32, input.data.shape())?;
        let to = values.as_mut_slice::<f32>()?;
        let step = |b: &Band, levels| self.step_of(&lineage, b, levels, shape[0]);
        let offset = self.offset as f32;
        for_each_band(shape, &lineage, step, |at, rows, step| {
            ctx.kernels.dead_zone_inverse_rows(&from[at..], &mut to[at..], rows, step, offset);
        })?;
        Ok(values.freeze())
    }
}

impl System for DeadZone {
    paired!();

    fn params(&self) -> Params {
        let params = Params::new()
            .with("step", Value::Float(self.step))
            .with("rounding", Value::Float(self.rounding))
            .with("offset", Value::Float(self.offset))
            .with("weighted", Value::Bool(self.weighted));
        match self.reduced {
            0 => params,
            n => params.with("reduced", Value::Int(n as i64)),
        }
    }

    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let input = inputs[0];
        Ok(match self.direction {
            #[cfg(feature = "encode")]
            Direction::Forward => {
                let (data, scale) = self.quantize(ctx, input.component)?;
                let zero = vec![0; scale.len()];
                let meta = Meta::Quant(QuantParams { scale, zero });
                forward(self, input, ENTRY.gives, data, meta, Vec::new())
            }
            #[cfg(feature = "decode")]
            Direction::Inverse => {
                // The forward step's own parameters decide, whatever this one was built with.
                let step = input.component.lineage.expect(ENTRY.number, self.name())?;
                let data = parse(self.direction, &step.params)?.dequantize(ctx, input.component)?;
                inverse(input, data, bands::wavelet_meta(&input.component.lineage.popped()))
            }
            #[cfg(not(all(feature = "encode", feature = "decode")))]
            _ => return Err(left_out()),
        })
    }
}
