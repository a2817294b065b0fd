//! The affine quantiser: a number of symbols over the range of a tensor, channel or band.

use crate::arena::{DType, TensorRef};
use crate::codec::bands::{self, Band};
#[cfg(not(all(feature = "encode", feature = "decode")))]
use crate::codec::registry::left_out;
use crate::codec::registry::{extra, Direction, Entry, Family};
use crate::component::{Component, Kind, Lineage, Meta, Params, QuantParams, Value};
use crate::ecs::system::{forward, inverse};
use crate::ecs::{Ctx, Input, System};
use crate::error::{Error, Quoted, Result};
use crate::wire::{Reader, Writer};
use std::sync::Arc;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 32,
    name: "QuantizeU8",
    inverse_name: Some("Dequantize"),
    family: Family::Quantizer,
    takes: TAKES,
    gives: Kind::Symbols,
    key: "SymbolsU8",
    build: extra(build),
    summary: "affine quantiser over the range of a tensor, channel or band; error at most scale / 2",
};

const TAKES: &[Kind] = &[Kind::Wavelet, Kind::Planes, Kind::Latent, Kind::Yuvw, Kind::Foreign];

/// What shares one scale and zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Per {
    Tensor,
    Channel,
    Band,
}

const PER: [(&str, Per); 3] = [("tensor", Per::Tensor), ("channel", Per::Channel), ("band", Per::Band)];

struct Quantize {
    direction: Direction,
    per: Per,
    /// Symbols are 0..count: u8 up to 256, u16 above.
    count: u32,
}

/// Scale and offset of one group: value = symbol * scale + offset.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Affine {
    scale: f32,
    offset: f32,
}

fn build(direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(parse(direction, params)?))
}

fn parse(direction: Direction, params: &Params) -> Result<Quantize> {
    params.only(ENTRY.name, &["per", "per_band", "per_channel", "bits", "symbols"])?;
    let flags = match (params.flag("per_band", false)?, params.flag("per_channel", false)?) {
        (true, _) => "band",
        (_, true) => "channel",
        _ => "tensor",
    };
    let name = params.text("per", flags)?;
    let per = PER.iter().find(|p| p.0 == name).map(|p| p.1);
    let per = per.ok_or_else(|| Error::new("param.range", format!("per={}; tensor, channel or band", Quoted(name))))?;
    let bits = params.int("bits", 8, 1..=16)?;
    let count = params.int("symbols", 1 << bits, 2..=65536)? as u32;
    Ok(Quantize { direction, per, count })
}

impl Quantize {
    fn dtype(&self) -> DType {
        if self.count <= 256 { DType::U8 } else { DType::U16 }
    }

    /// The groups of bands that share a scale, in file order.
    fn groups(&self, shape: [usize; 3], lineage: &Lineage) -> Result<Vec<Vec<Band>>> {
        let levels = match self.per {
            Per::Band => bands::levels_of(lineage)?,
            _ => 0,
        };
        bands::check(shape, levels)?;
        let all = bands::all(shape, levels);
        Ok(match self.per {
            Per::Tensor => vec![all],
            _ => all.into_iter().map(|b| vec![b]).collect(),
        })
    }

    fn quantize(&self, ctx: &Ctx, input: &Component) -> Result<(TensorRef, Vec<Affine>)> {
        if input.data.dtype() != DType::F32 {
            return Err(Error::new("param.dtype", format!("{}; float32 expected", input.data.dtype())));
        }
        let shape = bands::as_planes(input.data.shape());
        let from = input.data.read::<f32>()?;
        let mut symbols = ctx.arena.alloc(self.dtype(), input.data.shape())?;
        let mut affine = Vec::new();
        for group in self.groups(shape, &input.lineage)? {
            let a = self.fit(ctx, &from, shape, &group)?;
            for (at, n) in group.iter().flat_map(|b| rows(*b, shape)) {
                let row = &from[at..at + n];
                match self.dtype() {
                    DType::U8 => ctx.kernels.quantize(row, &mut symbols.as_mut_slice::<u8>()?[at..at + n], a.scale, a.offset),
                    _ => ctx.kernels.quantize(row, &mut symbols.as_mut_slice::<u16>()?[at..at + n], a.scale, a.offset),
                }
            }
            affine.push(a);
        }
        Ok((symbols.freeze(), affine))
    }

    /// Scale and offset from the range of a group.
    fn fit(&self, ctx: &Ctx, data: &[f32], shape: [usize; 3], group: &[Band]) -> Result<Affine> {
        let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
        for (at, n) in group.iter().flat_map(|b| rows(*b, shape)) {
            let range = ctx.kernels.range(&data[at..at + n]);
            if range.nonfinite > 0 {
                return Err(Error::new("data.not_finite", format!("{} of {n} values of a row are NaN or infinite", range.nonfinite)));
            }
            (min, max) = (min.min(range.min), max.max(range.max));
        }
        if min > max {
            return Ok(Affine { scale: 0.0, offset: 0.0 });
        }
        let span = f64::from(max) - f64::from(min);
        if span > f64::from(f32::MAX) {
            return Err(Error::new("data.range", format!("values from {min:e} to {max:e} span more than float32 holds")));
        }
        let top = f64::from(self.count - 1);
        if min < 0.0 && max > 0.0 && top >= 2.0 {
            // Zero gets a symbol of its own, exactly: most coefficients of a pyramid are about 0, and a grid that
            // misses it turns them into noise. One step of the range is spent on that.
            let scale = ((span / (top - 1.0)) as f32).max(f32::MIN_POSITIVE);
            let zero = (-f64::from(min) / f64::from(scale)).round() as f32;
            return Ok(Affine { scale, offset: -(zero * scale) });
        }
        // One value only: scale 0, and symbol 0 stands for it. Otherwise 1 / scale must be finite.
        let scale = if span > 0.0 { ((span / top) as f32).max(f32::MIN_POSITIVE) } else { 0.0 };
        Ok(Affine { scale, offset: min })
    }

    fn dequantize(&self, ctx: &Ctx, input: &Component, side: &[u8]) -> Result<(TensorRef, Lineage)> {
        if input.data.dtype() != self.dtype() {
            return Err(Error::new("param.dtype", format!("{}; {} expected", input.data.dtype(), self.dtype())));
        }
        let lineage = input.lineage.popped();
        let shape = bands::as_planes(input.data.shape());
        let mut values = ctx.arena.alloc(DType::F32, input.data.shape())?;
        let to = values.as_mut_slice::<f32>()?;
        let mut side = Reader::new(side, "scales of QuantizeU8");
        for group in self.groups(shape, &lineage)? {
            let a = Affine { scale: side.f32()?, offset: side.f32()? };
            if !(a.scale.is_finite() && a.scale >= 0.0 && a.offset.is_finite()) {
                return Err(side.invalid(&format!("scale and offset of the bits {:x}, {:x}", a.scale.to_bits(), a.offset.to_bits())));
            }
            for (at, n) in group.iter().flat_map(|b| rows(*b, shape)) {
                let row = &mut to[at..at + n];
                match self.dtype() {
                    DType::U8 => ctx.kernels.dequantize(&input.data.read::<u8>()?[at..at + n], row, a.scale, a.offset),
                    _ => ctx.kernels.dequantize(&input.data.read::<u16>()?[at..at + n], row, a.scale, a.offset),
                }
            }
        }
        Ok((values.freeze(), lineage))
    }
}

/// First index and length of every row of a band; one run where the band is whole planes.
fn rows(b: Band, [_, h, w]: [usize; 3]) -> impl Iterator<Item = (usize, usize)> {
    let whole = b.width == w && b.height == h;
    let (count, n) = if whole { (1, w * h) } else { (b.height, b.width) };
    (0..count).map(move |y| ((b.channel * h + b.y + y) * w + b.x, n))
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
    let zero = |a: &Affine| if a.scale > 0.0 { (-f64::from(a.offset) / f64::from(a.scale)).round() as i32 } else { 0 };
    QuantParams { scale: affine.iter().map(|a| a.scale).collect(), zero: affine.iter().map(zero).collect() }
}

impl System for Quantize {
    paired!();

    fn params(&self) -> Params {
        let per = PER.iter().find(|p| p.1 == self.per).map_or("tensor", |p| p.0);
        Params::new().with("per", Value::Text(per.into())).with("symbols", Value::Int(i64::from(self.count)))
    }

    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let input = inputs[0];
        Ok(match self.direction {
            #[cfg(feature = "encode")]
            Direction::Forward => {
                let (data, affine) = self.quantize(ctx, input.component)?;
                let meta = Meta::Quant(quant_params(&affine));
                forward(self, input, ENTRY.gives, data, meta, side_bytes(&affine))
            }
            #[cfg(feature = "decode")]
            Direction::Inverse => {
                // The forward step's own parameters decide, whatever this one was built with.
                let step = input.component.lineage.expect(ENTRY.number, self.name())?;
                let own = parse(self.direction, &step.params)?;
                let (data, lineage) = own.dequantize(ctx, input.component, &step.side)?;
                inverse(input, data, bands::wavelet_meta(&lineage))
            }
            #[cfg(not(all(feature = "encode", feature = "decode")))]
            _ => return Err(left_out()),
        })
    }
}
