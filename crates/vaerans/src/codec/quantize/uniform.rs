//! The affine quantiser as a system: a number of symbols over the range of a tensor, channel or band.

use super::affine::{self, Affine, Per};
use crate::arena::{DType, TensorRef};
use crate::codec::bands::{self, Band};
use crate::codec::symbols::chunk;
use crate::codec::transform::wavelet;
use crate::component::{Component, Kind, Meta, Params, QuantParams, Value};
use crate::ecs::{Ctx, Input, Output, System, TensorType, Ty};
use crate::error::Result;
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::{words, Param};
use crate::registry::{Entry, Family};
use crate::wire::{Reader, Writer};
use std::sync::Arc;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 32,
    name: "QuantizeU8",
    inverse_name: Some("Dequantize"),
    family: Family::Quantizer,
    takes: &[Kind::Wavelet, Kind::Planes, Kind::Latent, Kind::Yuvw, Kind::Foreign],
    gives: Kind::Symbols,
    key: "SymbolsU8",
    params: &[
        Param::flag("per_band", false, "a scale for every band of every channel, as per=\"band\"").shorthand(),
        Param::flag("per_channel", false, "a scale for every channel, as per=\"channel\"").shorthand(),
        Param::int("bits", 8, 1, 16, "bits of a symbol, as symbols=2**bits").shorthand(),
        Param::int("symbols", 256, 2, 65536, "number of symbols: uint8 up to 256, uint16 above"),
        Param::choice("per", &affine::NAMES, "what shares a scale: the tensor, a channel, or a band of a channel"),
    ],
    canonical,
    infer,
    forward: encoder(|params| Ok(Arc::new(Quantize(Setting::of(params)?)))),
    inverse: decoder(|params| Ok(Arc::new(Dequantize(Setting::of(params)?)))),
    summary: words(
        "affine quantiser over the range of a tensor, channel or band; error at most scale / 2 + 2**-20 of the largest magnitude (float32 rounds)",
    ),
    ..Entry::BASE
}
.extra();

fn canonical(mut params: Params) -> Result<Params> {
    for (flag, per) in [("per_channel", "channel"), ("per_band", "band")] {
        if params.flag(flag) {
            params = params.replaced("per", Value::Text(per.into()));
        }
        params = params.without(flag);
    }
    if params.get("bits").is_some() {
        let symbols = 1 << params.int("bits");
        params = params.replaced("symbols", Value::Int(symbols)).without("bits");
    }
    Ok(params)
}

fn infer(params: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    inputs[0].tensor.one_of(&[DType::F32])?;
    Ok(inputs[0].tensor.with_dtype(Setting::of(params)?.dtype()))
}

#[derive(Clone, Copy)]
struct Setting {
    per: Per,
    /// Symbols are 0..count.
    count: u32,
}

impl Setting {
    fn of(params: &Params) -> Result<Setting> {
        Ok(Setting { per: Per::parse(params.text("per"))?, count: params.int("symbols") as u32 })
    }

    fn dtype(&self) -> DType {
        if self.count <= 256 {
            DType::U8
        } else {
            DType::U16
        }
    }

    /// Shape as (C, H, W), and the groups that share a scale, of what `input` was, or is.
    fn groups(&self, input: &Component, levels: usize) -> Result<([usize; 3], Vec<Vec<Band>>)> {
        let shape = bands::as_planes(input.data.shape());
        Ok((shape, self.per.groups(shape, levels)?))
    }
}

struct Quantize(Setting);

struct Dequantize(Setting);

impl System for Quantize {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let (setting, input) = (self.0, inputs[0].component);
        let (shape, groups) = setting.groups(input, bands::levels_of(&input.lineage)?)?;
        let from = input.data.read::<f32>()?;
        let mut symbols = ctx.arena.alloc(setting.dtype(), input.data.shape())?;
        let (k, count) = (&ctx.kernels, setting.count);
        let affine = match setting.dtype() {
            DType::U8 => affine::quantize(k, &from, symbols.as_mut_slice::<u8>()?, shape, &groups, count)?,
            _ => affine::quantize(k, &from, symbols.as_mut_slice::<u16>()?, shape, &groups, count)?,
        };
        let meta = Meta::Quant(quant_params(&affine));
        Ok(Output::from(symbols.freeze()).with_meta(meta).with_side(side_bytes(&affine)))
    }
}

impl System for Dequantize {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let history = inputs[0].component.lineage.popped();
        let data = self.values(ctx, inputs[0], bands::levels_of(&history)?)?;
        Ok(Output::from(data).with_meta(wavelet::meta(&history)))
    }
}

impl Dequantize {
    fn values(&self, ctx: &Ctx, input: Input, levels: usize) -> Result<TensorRef> {
        let (shape, groups) = self.0.groups(input.component, levels)?;
        let affine = affine_of(input.side(), groups.len())?;
        let data = &input.component.data;
        let mut values = ctx.arena.alloc(DType::F32, data.shape())?;
        let (k, to) = (&ctx.kernels, values.as_mut_slice::<f32>()?);
        match self.0.dtype() {
            DType::U8 => affine::dequantize(k, &data.read::<u8>()?, to, shape, &groups, &affine),
            _ => affine::dequantize(k, &data.read::<u16>()?, to, shape, &groups, &affine),
        }
        if let Meta::Partial { missing } = &input.component.meta {
            // Symbol 0 does not stand for 0.
            chunk::leave_out(missing, shape, levels, to);
        }
        Ok(values.freeze())
    }
}

fn affine_of(side: &[u8], groups: usize) -> Result<Vec<Affine>> {
    let mut side = Reader::new(side, "scales of QuantizeU8");
    let mut one = || {
        let a = Affine { scale: side.f32()?, offset: side.f32()? };
        if !(a.scale.is_finite() && a.scale >= 0.0 && a.offset.is_finite()) {
            let text = format!("scale and offset of the bits {:x}, {:x}", a.scale.to_bits(), a.offset.to_bits());
            return Err(side.invalid(&text));
        }
        Ok(a)
    };
    (0..groups).map(|_| one()).collect()
}

fn side_bytes(affine: &[Affine]) -> Vec<u8> {
    let mut w = Writer::new();
    for a in affine {
        w.f32(a.scale);
        w.f32(a.offset);
    }
    w.into_vec()
}

fn quant_params(affine: &[Affine]) -> QuantParams {
    QuantParams { scale: affine.iter().map(|a| a.scale).collect(), zero: affine.iter().map(Affine::zero).collect() }
}
