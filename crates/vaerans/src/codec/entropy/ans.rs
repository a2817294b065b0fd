//! Entropy coding of symbols with rANS: a table per band (or class of blocks), a chunk per level.

use crate::codec::symbols::blob::Coding;
use crate::codec::symbols::chunk::{self, Layout, Symbols, SymbolsMut};
use crate::arena::{DType, TensorRef};
use crate::codec::bands;
#[cfg(not(all(feature = "encode", feature = "decode")))]
use crate::codec::registry::left_out;
use crate::codec::registry::{Direction, Entry, Family};
use crate::component::{Chunk, Component, Kind, Meta, Params, Value};
use crate::ecs::system::{forward, inverse};
use crate::ecs::{Ctx, Input, System};
use crate::error::{Error, Result};
use crate::wire::{Limits, Reader};
use std::sync::Arc;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 48,
    name: "ANSEncode",
    inverse_name: Some("ANSDecode"),
    family: Family::Coder,
    takes: TAKES,
    gives: Kind::Bitstream,
    key: "Bitstream",
    build: Some(build),
    summary: "interleaved rANS with a static table per band or class of blocks, a chunk per level",
};

const TAKES: &[Kind] = &[Kind::Symbols, Kind::Wavelet, Kind::Planes, Kind::Residual, Kind::Foreign];

struct Ans {
    direction: Direction,
    coding: Coding,
    /// Blocks of like magnitude share a table; low bands are coded as differences. Signed symbols only.
    adaptive: bool,
}

fn build(direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(parse(direction, params)?))
}

fn parse(direction: Direction, params: &Params) -> Result<Ans> {
    params.only(ENTRY.name, &["setting", "coder", "adaptive"])?;
    let coding = Coding::new(params.text("coder", "rans")?, params.text("setting", "fast")?)?;
    Ok(Ans { direction, coding, adaptive: params.flag("adaptive", false)? })
}

impl Ans {
    fn encode(&self, ctx: &Ctx, input: &Component) -> Result<(TensorRef, Meta)> {
        let shape = bands::as_planes(input.data.shape());
        let levels = bands::levels_of(&input.lineage)?;
        bands::check(shape, levels)?;
        let (bytes, ints, widened);
        let symbols = match input.data.dtype() {
            DType::U8 => {
                bytes = input.data.read::<u8>()?;
                Symbols::U8(&bytes)
            }
            DType::I32 => {
                ints = input.data.read::<i32>()?;
                Symbols::I32(&ints)
            }
            _ => {
                widened = widen(&input.data)?;
                Symbols::I32(&widened)
            }
        };
        let mut stream = Vec::new();
        let mut chunks = Vec::with_capacity(levels + 1);
        for level in 0..=levels {
            let before = stream.len();
            let bands = bands::of_level(shape, levels, level);
            if !bands.is_empty() {
                let layout = Layout { bands: &bands, height: shape[1], width: shape[2] };
                chunk::encode(&ctx.kernels, self.coding, layout, symbols, self.adaptive, &mut stream)?;
            }
            chunks.push(Chunk { level: level as u32, bytes: stream.len() - before });
        }
        let data = ctx.arena.put(&[stream.len()], &stream)?;
        Ok((data, Meta::Bitstream { n_symbols: input.data.len() as u64, chunks }))
    }

    /// Decodes the chunks that are there; bands of the others stay 0.
    fn decode(&self, ctx: &Ctx, input: &Component) -> Result<TensorRef> {
        let step = input.lineage.expect(ENTRY.number, self.name())?;
        let (dtype, shape) = (step.origin.dtype, &step.origin.shape);
        let n = shape.iter().try_fold(1u64, |n, &d| n.checked_mul(d as u64)).unwrap_or(u64::MAX);
        Limits::check_count(n, ctx.limits.max_symbols, "symbols", "max_symbols")?;
        bands::check(bands::as_planes(shape), bands::levels_of(&input.lineage.popped())?)?;
        let mut out = ctx.arena.alloc(dtype, shape)?;
        // The forward step's own parameters decide, whatever this one was built with.
        let (k, coding) = (&ctx.kernels, parse(self.direction, &step.params)?.coding);
        match dtype {
            DType::U8 => {
                let to = out.as_mut_slice::<u8>()?;
                to.fill(0);
                self.decode_levels(input, |layout, r| chunk::decode(k, coding, layout, r, SymbolsMut::U8(to)))?;
            }
            DType::I32 => {
                let to = out.as_mut_slice::<i32>()?;
                to.fill(0);
                self.decode_levels(input, |layout, r| chunk::decode(k, coding, layout, r, SymbolsMut::I32(to)))?;
            }
            _ => {
                let mut wide = vec![0i32; n as usize];
                let to = &mut wide[..];
                self.decode_levels(input, |layout, r| chunk::decode(k, coding, layout, r, SymbolsMut::I32(to)))?;
                narrow(&wide, dtype, &mut out)?;
            }
        }
        Ok(out.freeze())
    }

    fn decode_levels(
        &self,
        input: &Component,
        mut f: impl FnMut(Layout, &mut Reader) -> Result<()>,
    ) -> Result<()> {
        let history = input.lineage.popped();
        let shape = bands::as_planes(&input.lineage.expect(ENTRY.number, self.name())?.origin.shape);
        let levels = bands::levels_of(&history)?;
        let Meta::Bitstream { chunks, .. } = &input.meta else {
            return Err(Error::new("pipe.wrong_kind", "ANSDecode needs a Bitstream with its chunks"));
        };
        let bytes = input.data.read::<u8>()?;
        let mut r = Reader::new(&bytes, "Bitstream");
        for chunk in chunks {
            let mut part = Reader::new(r.bytes(chunk.bytes)?, "chunk of a level");
            let level = chunk.level as usize;
            if level > levels {
                return Err(part.invalid(&format!("level {level} of {levels}")));
            }
            let bands = bands::of_level(shape, levels, level);
            if !bands.is_empty() {
                f(Layout { bands: &bands, height: shape[1], width: shape[2] }, &mut part)?;
            }
            if part.remaining() > 0 {
                return Err(part.invalid(&format!("{} bytes behind the last sequence", part.remaining())));
            }
        }
        Ok(())
    }
}

/// Symbols of a narrower type as i32.
fn widen(data: &TensorRef) -> Result<Vec<i32>> {
    Ok(match data.dtype() {
        DType::I8 => data.read::<i8>()?.iter().map(|&v| v.into()).collect(),
        DType::I16 => data.read::<i16>()?.iter().map(|&v| v.into()).collect(),
        DType::U16 => data.read::<u16>()?.iter().map(|&v| v.into()).collect(),
        other => return Err(Error::new("param.dtype", format!("symbols of {other}; quantise first (integers of up to 32 bits)"))),
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

impl System for Ans {
    paired!();

    fn params(&self) -> Params {
        let (coder, setting) = self.coding.names();
        Params::new()
            .with("coder", Value::Text(coder.into()))
            .with("setting", Value::Text(setting.into()))
            .with("adaptive", Value::Bool(self.adaptive))
    }

    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let input = inputs[0];
        Ok(match self.direction {
            #[cfg(feature = "encode")]
            Direction::Forward => {
                let (data, meta) = self.encode(ctx, input.component)?;
                forward(self, input, ENTRY.gives, data, meta, Vec::new())
            }
            #[cfg(feature = "decode")]
            Direction::Inverse => {
                let data = self.decode(ctx, input.component)?;
                let meta = bands::wavelet_meta(&input.component.lineage.popped());
                inverse(input, data, meta)
            }
            #[cfg(not(all(feature = "encode", feature = "decode")))]
            _ => return Err(left_out()),
        })
    }
}
