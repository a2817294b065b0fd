//! Entropy coding of symbols with rANS: a table per band (or class of blocks), a chunk per level.

use crate::arena::{DType, TensorRef};
use crate::codec::bands;
use crate::codec::symbols::blob::Coding;
use crate::codec::symbols::chunk::{self, Layout, Mode, Symbols, SymbolsMut};
use crate::codec::transform::wavelet;
use crate::component::{Chunk, Component, Kind, Lineage, Meta, Origin, Params};
use crate::ecs::{Ctx, Input, Output, System, TensorType, Ty};
use crate::error::{Error, Result};
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::{words, Param};
use crate::registry::{Entry, Exactness, Family, Reduced};
use crate::wire::Reader;
use std::sync::Arc;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 48,
    name: "ANSEncode",
    inverse_name: Some("ANSDecode"),
    family: Family::Coder,
    takes: &[Kind::Symbols, Kind::Wavelet, Kind::Planes, Kind::Residual, Kind::Foreign],
    gives: Kind::Bitstream,
    key: "Bitstream",
    params: &[
        Param::choice(
            "coder",
            &["rans", "constriction"],
            "\"rans\" (ours), or words that the constriction package decodes",
        ),
        Param::choice("setting", &["fast", "precise"], "12-bit probabilities, or 14: at most 0.05 % over the entropy"),
        Param::flag(
            "adaptive",
            false,
            "signed symbols: blocks of like magnitude share a table, whole planes are differences; others: differences where they pay",
        ),
    ],
    infer,
    exact: Exactness::Always,
    reduced: Reduced::Same,
    forward: encoder(|params| Ok(Arc::new(Encode { coding: coding(params)?, adaptive: params.flag("adaptive") }))),
    inverse: decoder(|params| Ok(Arc::new(Decode { coding: coding(params)? }))),
    summary: words("interleaved rANS with static tables of bands or classes of blocks, a chunk per level"),
    ..Entry::BASE
}
.kept_if(cfg!(any(feature = "extra", feature = "predict")));

fn coding(params: &Params) -> Result<Coding> {
    Coding::new(params.text("coder"), params.text("setting"))
}

fn infer(_: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let integers = [DType::U8, DType::I8, DType::U16, DType::I16, DType::I32];
    inputs[0].tensor.one_of(&integers).map_err(|e| e.at("symbols"))?;
    Ok(TensorType { dtype: Some(DType::U8), shape: None })
}

struct Encode {
    coding: Coding,
    adaptive: bool,
}

struct Decode {
    coding: Coding,
}

/// How a tensor of symbols is laid out: as (C, H, W), with this many splits.
struct Geometry {
    shape: [usize; 3],
    levels: usize,
}

impl Geometry {
    /// Of what was coded, whose history is `lineage`. Differences of samples are interleaved: one plane of rows.
    fn of(kind: Kind, shape: &[usize], lineage: &Lineage) -> Result<Geometry> {
        let shape = match (kind, shape) {
            (Kind::Residual, &[h, w, c]) => [1, h, w.saturating_mul(c)],
            _ => bands::as_planes(shape),
        };
        let levels = bands::levels_of(lineage)?;
        bands::check(shape, levels)?;
        Ok(Geometry { shape, levels })
    }

    fn layout<'a>(&self, bands: &'a [bands::Band]) -> Layout<'a> {
        Layout { bands, height: self.shape[1], width: self.shape[2] }
    }
}

impl Encode {
    fn mode(&self, kind: Kind) -> Mode {
        match (self.adaptive, kind) {
            (false, _) => Mode::Bands,
            // What is left over of a picture has no trend that differences would follow.
            (true, Kind::Residual) => Mode::Classes,
            (true, _) => Mode::Adaptive,
        }
    }

    fn encode(&self, ctx: &Ctx, input: &Component) -> Result<(Vec<u8>, Vec<Chunk>)> {
        let geometry = Geometry::of(input.kind, input.data.shape(), &input.lineage)?;
        match input.data.dtype() {
            DType::U8 => self.levels(ctx, &geometry, Symbols::U8(&input.data.read::<u8>()?), input.kind),
            DType::I32 => self.levels(ctx, &geometry, Symbols::I32(&input.data.read::<i32>()?), input.kind),
            _ => self.levels(ctx, &geometry, Symbols::I32(&widen(&input.data)?), input.kind),
        }
    }

    fn levels(&self, ctx: &Ctx, geometry: &Geometry, symbols: Symbols, kind: Kind) -> Result<(Vec<u8>, Vec<Chunk>)> {
        let mut stream = Vec::new();
        let mut chunks = Vec::with_capacity(geometry.levels + 1);
        for level in 0..=geometry.levels {
            let before = stream.len();
            let bands = bands::of_level(geometry.shape, geometry.levels, level);
            if !bands.is_empty() {
                let layout = geometry.layout(&bands);
                chunk::encode(&ctx.kernels, self.coding, layout, symbols, self.mode(kind), &mut stream)?;
            }
            chunks.push(Chunk { level: level as u32, bytes: stream.len() - before });
        }
        Ok((stream, chunks))
    }
}

impl System for Encode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let input = inputs[0].component;
        let (stream, chunks) = self.encode(ctx, input)?;
        let shape = [stream.len()];
        let data = ctx.arena.lease(Box::new(stream), DType::U8, &shape)?;
        Ok(Output::from(data).with_meta(Meta::Bitstream { n_symbols: input.data.len() as u64, chunks }))
    }
}

impl System for Decode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let input = inputs[0].component;
        let history = input.lineage.popped();
        let Some(step) = input.lineage.last() else {
            return Err(Error::new("internal.bug", "a bitstream without a history"));
        };
        let (data, missing) = self.decode(ctx, input, &step.origin, &history)?;
        let meta = match wavelet::meta(&history) {
            Meta::None if !missing.is_empty() => Meta::Partial { missing },
            meta => meta,
        };
        Ok(Output::from(data).with_meta(meta))
    }
}

impl Decode {
    /// Decodes the chunks that are there; the levels of the others are 0, and told.
    fn decode(
        &self,
        ctx: &Ctx,
        input: &Component,
        origin: &Origin,
        history: &Lineage,
    ) -> Result<(TensorRef, Vec<usize>)> {
        let n = origin.elements();
        ctx.limits.check_elements(n, "symbols")?;
        let geometry = Geometry::of(origin.kind, &origin.shape, history)?;
        let mut out = ctx.arena.alloc(origin.dtype, &origin.shape)?;
        let missing = match origin.dtype {
            DType::U8 => self.decode_levels(ctx, input, &geometry, SymbolsMut::U8(out.as_mut_slice()?))?,
            DType::I32 => self.decode_levels(ctx, input, &geometry, SymbolsMut::I32(out.as_mut_slice()?))?,
            dtype => {
                let mut wide = crate::arena::zeros::<i32>(n as usize)?;
                let missing = self.decode_levels(ctx, input, &geometry, SymbolsMut::I32(&mut wide))?;
                narrow(&wide, dtype, &mut out)?;
                missing
            }
        };
        Ok((out.freeze(), missing))
    }

    /// Gives the levels that are not there.
    fn decode_levels(
        &self,
        ctx: &Ctx,
        input: &Component,
        geometry: &Geometry,
        mut to: SymbolsMut,
    ) -> Result<Vec<usize>> {
        let mut missing: Vec<usize> = (0..=geometry.levels).collect();
        for_each_level(input, geometry, |level, layout, r| {
            missing.retain(|&l| l != level);
            chunk::decode(&ctx.kernels, self.coding, layout, r, &mut to)
        })?;
        match &mut to {
            SymbolsMut::U8(to) => chunk::leave_out(&missing, geometry.shape, geometry.levels, to),
            SymbolsMut::I32(to) => chunk::leave_out(&missing, geometry.shape, geometry.levels, to),
        }
        Ok(missing)
    }
}

fn for_each_level(
    input: &Component,
    geometry: &Geometry,
    mut f: impl FnMut(usize, Layout, &mut Reader) -> Result<()>,
) -> Result<()> {
    let Meta::Bitstream { chunks, .. } = &input.meta else {
        return Err(Error::new("data.type", "ANSDecode needs a Bitstream with its chunks"));
    };
    let bytes = input.data.read::<u8>()?;
    let mut r = Reader::new(&bytes, "Bitstream");
    for chunk in chunks {
        let mut part = Reader::new(r.bytes(chunk.bytes)?, "chunk of a level");
        let level = chunk.level as usize;
        if level > geometry.levels {
            return Err(part.invalid(&format!("level {level} of {}", geometry.levels)));
        }
        let bands = bands::of_level(geometry.shape, geometry.levels, level);
        if !bands.is_empty() {
            f(level, geometry.layout(&bands), &mut part)?;
        }
        if part.remaining() > 0 {
            return Err(part.invalid(&format!("{} bytes behind the last sequence", part.remaining())));
        }
    }
    Ok(())
}

/// The tables of every sequence of a bitstream, in stream order: bits of a probability and the frequencies of the 256 symbols, or
/// of the tokens of signed ones.
///
/// # Errors
/// `pipe.wrong_kind` for anything but a coded stream with its history, `stream.*`.
pub fn tables(kernels: &vaerans_kernels::Kernels, stream: &Component) -> Result<Vec<chunk::SequenceTable>> {
    let step = stream.lineage.last().filter(|s| s.number == ENTRY.number);
    let step = step.ok_or_else(|| Error::new("pipe.wrong_kind", "not a stream of ANSEncode"))?;
    let coding = coding(&step.params)?;
    let geometry = Geometry::of(step.origin.kind, &step.origin.shape, &stream.lineage.popped())?;
    let signed = step.origin.dtype != DType::U8;
    let mut all = Vec::new();
    for_each_level(stream, &geometry, |_, layout, r| {
        all.extend(chunk::tables(kernels, coding, layout, r, signed)?);
        Ok(())
    })?;
    Ok(all)
}

/// Symbols of a narrower type as i32.
fn widen(data: &TensorRef) -> Result<Vec<i32>> {
    Ok(match data.dtype() {
        DType::I8 => data.read::<i8>()?.iter().map(|&v| v.into()).collect(),
        DType::I16 => data.read::<i16>()?.iter().map(|&v| v.into()).collect(),
        DType::U16 => data.read::<u16>()?.iter().map(|&v| v.into()).collect(),
        other => return Err(Error::new("internal.bug", format!("symbols of {other}"))),
    })
}

fn narrow(wide: &[i32], dtype: DType, out: &mut crate::arena::TensorMut) -> Result<()> {
    macro_rules! into {
        ($t:ty) => {
            for (to, &v) in out.as_mut_slice::<$t>()?.iter_mut().zip(wide) {
                *to = <$t>::try_from(v)
                    .map_err(|_| Error::new("stream.invalid", format!("symbol {v} does not fit {dtype}")))?;
            }
        };
    }
    match dtype {
        DType::I8 => into!(i8),
        DType::I16 => into!(i16),
        DType::U16 => into!(u16),
        other => return Err(Error::new("stream.invalid", format!("symbols of {other}"))),
    }
    Ok(())
}
