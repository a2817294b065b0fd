//! Sections to samples.

use super::{size_of, Mode, SECTION_ROWS};
use crate::arena::{zeros, DType, TensorRef};
use crate::codec::{lossless, screen};
use crate::component::{Chunk, Meta, Params};
use crate::ecs::{Ctx, Input, Output, System};
use crate::error::{Error, Result};
use std::sync::Arc;

pub(super) fn build(params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Decode { max_error: params.int("max_error") as u32 }))
}

struct Decode {
    max_error: u32,
}

/// Memory that decoding a tile takes beside its samples.
fn bytes(mode: Mode, width: usize, channels: usize) -> u64 {
    let width = width as u64;
    match mode {
        Mode::Predictive => (32 << 10) + width.saturating_mul(64 * channels as u64),
        Mode::Screen => (5 << 20) + width.saturating_mul(18),
    }
}

/// The chunks of a tile, those that hold rows.
fn sections<'a>(bytes: &'a [u8], chunks: &[Chunk], height: usize) -> Result<Vec<&'a [u8]>> {
    let mut rest = bytes;
    let mut all: Vec<&[u8]> = chunks
        .iter()
        .map(|chunk| {
            let (this, behind) = rest.split_at_checked(chunk.bytes).unwrap_or((rest, &[]));
            rest = behind;
            this
        })
        .collect();
    // Tiles of fewer rows than others have empty sections.
    let most = height.div_ceil(SECTION_ROWS);
    if all.iter().skip(most).any(|s| !s.is_empty()) {
        return Err(Error::new("stream.invalid", "more sections than rows"));
    }
    all.truncate(most);
    Ok(all)
}

impl System for Decode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let input = inputs[0].component;
        let (Some(step), Meta::Bitstream { chunks, .. }) = (input.lineage.last(), &input.meta) else {
            return Err(Error::new("data.type", "LosslessDecode needs a Bitstream with its chunks and its history"));
        };
        let size = size_of(&step.origin.shape)?;
        ctx.limits.check_picture(size[1] as u64, size[0] as u64)?;
        let coded = input.data.read::<u8>()?;
        let sections = sections(&coded, chunks, size[0])?;
        let mode = match inputs[0].side() {
            [0] => Mode::Predictive,
            [1] if step.origin.dtype == DType::U8 => Mode::Screen,
            _ => return Err(Error::new("stream.invalid", "a mode of the lossless coder that is none")),
        };
        ctx.limits.check_bytes(bytes(mode, size[1], size[2]), "bytes of the rows of a lossless coder")?;
        let data = self.decoded(ctx, mode, size, step.origin.dtype, &sections)?;
        Ok(Output::from(data).with_meta(Meta::Image { colourspace: "sRGB".into() }))
    }
}

impl Decode {
    fn decoded(
        &self,
        ctx: &Ctx,
        mode: Mode,
        [height, width, channels]: [usize; 3],
        dtype: DType,
        sections: &[&[u8]],
    ) -> Result<TensorRef> {
        let shape = lossless::Shape { width, height, channels };
        let there = shape.rows(sections.len()) * width * channels;
        let all = [height, width, channels];
        let n = height * width * channels;
        match (mode, dtype) {
            (Mode::Screen, _) => {
                let mut out: Vec<u8> = zeros(n)?;
                screen::decode(ctx.kernels, screen::Shape { width, height, channels }, sections, &mut out)?;
                ctx.arena.put(&all, &out)
            }
            (Mode::Predictive, DType::U8) => {
                let mut out: Vec<u8> = zeros(n)?;
                lossless::decode(ctx.kernels, shape, sections, self.max_error, &mut out[..there])?;
                ctx.arena.put(&all, &out)
            }
            (Mode::Predictive, _) => {
                let mut out: Vec<u16> = zeros(n)?;
                lossless::decode(ctx.kernels, shape, sections, self.max_error, &mut out[..there])?;
                ctx.arena.put(&all, &out)
            }
        }
    }
}
