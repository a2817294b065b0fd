//! Samples to sections.

use super::{size_of, Mode};
use crate::arena::DType;
use crate::codec::tile::Samples;
use crate::codec::{lossless, screen};
use crate::component::{Chunk, Meta, Params};
use crate::ecs::{Ctx, Input, Output, System};
use crate::error::Result;
use std::sync::Arc;
use vaerans_kernels::Kernels;

pub(super) fn build(params: &Params) -> Result<Arc<dyn System>> {
    let effort = params.get("effort").map_or(5, |_| params.int("effort")) as u8;
    Ok(Arc::new(Encode { max_error: params.int("max_error") as u32, effort }))
}

struct Encode {
    max_error: u32,
    effort: u8,
}

/// A coded tile.
pub(in crate::codec) struct Tile {
    pub mode: Mode,
    pub sections: Vec<Vec<u8>>,
}

impl Tile {
    fn bytes(&self) -> usize {
        self.sections.iter().map(Vec::len).sum()
    }
}

/// Codes the samples of a tile of (height, width, channels) in the mode that makes them smaller.
///
/// # Errors
/// `limit.memory`.
pub(in crate::codec) fn encode(
    kernels: Kernels,
    [height, width, channels]: [usize; 3],
    samples: Samples,
    max_error: u32,
    effort: u8,
) -> Result<Tile> {
    let max_error = max_error.min(lossless::MOST_ERROR);
    let settings = lossless::Settings { max_error, effort };
    let shape = lossless::Shape { width, height, channels };
    let of_screen = match samples {
        Samples::U8(s) if max_error == 0 => screen_of(kernels, screen::Shape { width, height, channels }, s, effort)?,
        _ => None,
    };
    let sections = match samples {
        Samples::U8(s) => lossless::encode(kernels, shape, s, settings)?,
        Samples::U16(s) => lossless::encode(kernels, shape, s, settings)?,
    };
    let predictive = Tile { mode: Mode::Predictive, sections };
    Ok(match of_screen {
        Some(screen) if screen.bytes() < predictive.bytes() => screen,
        _ => predictive,
    })
}

fn screen_of(kernels: Kernels, shape: screen::Shape, samples: &[u8], effort: u8) -> Result<Option<Tile>> {
    if !screen::suits(shape, samples) {
        return Ok(None);
    }
    let sections = screen::encode(kernels, shape, samples, effort)?;
    Ok(Some(Tile { mode: Mode::Screen, sections }))
}

impl System for Encode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let data = &inputs[0].component.data;
        let size = size_of(data.shape())?;
        ctx.limits.check_picture(size[1] as u64, size[0] as u64)?;
        let coded = |samples| encode(ctx.kernels, size, samples, self.max_error, self.effort);
        let tile = match data.dtype() {
            DType::U8 => coded(Samples::U8(&data.read::<u8>()?))?,
            _ => coded(Samples::U16(&data.read::<u16>()?))?,
        };
        let chunks = tile.sections.iter().zip(0..).map(|(s, level)| Chunk { level, bytes: s.len() }).collect();
        let stream = tile.sections.concat();
        let shape = [stream.len()];
        let n_symbols = size.iter().product::<usize>() as u64;
        let data = ctx.arena.lease(Box::new(stream), DType::U8, &shape)?;
        Ok(Output::from(data).with_meta(Meta::Bitstream { n_symbols, chunks }).with_side(vec![tile.mode as u8]))
    }
}
