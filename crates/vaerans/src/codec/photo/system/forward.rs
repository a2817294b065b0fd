//! A picture to bytes.

use crate::arena::DType;
use crate::bitstream::Grid;
use crate::codec::photo::picture::{Analysis, Coded, Request};
use crate::codec::profile::photo::{step_of, tune_of};
use crate::codec::tile::{ImageView, Samples};
use crate::component::{Chunk, Meta, Params};
use crate::ecs::{Ctx, Input, Output, System};
use crate::error::Result;
use std::sync::Arc;

pub(super) fn build(params: &Params) -> Result<Arc<dyn System>> {
    let int = |name: &str, usual: i64| params.get(name).map_or(usual, |_| params.int(name));
    let request = Request {
        step: step_of(int("quality", 75) as u8),
        tune: tune_of(params.get("tune").map_or("balanced", |_| params.text("tune"))),
        effort: crate::codec::photo::picture::Effort(int("effort", 5) as u8),
        thrift: 0,
    };
    Ok(Arc::new(Encode { request: params.flag("lossy").then_some(request) }))
}

/// Encodes; without a request, so that every sample comes back.
struct Encode {
    request: Option<Request>,
}

impl System for Encode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let data = &inputs[0].component.data;
        let (height, width, _) = super::size_of(data.shape())?;
        let channels = data.shape()[2];
        let pixels = ctx.limits.check_picture(width as u64, height as u64)?;
        ctx.limits.check_bytes(pixels.saturating_mul(super::BYTES), "bytes to code a photo")?;
        let coded = |samples| {
            let image = ImageView { width, height, channels, samples };
            let analysis = Analysis::new(ctx.kernels, &image, self.request.is_none(), ctx.threads)?;
            let grid = Grid::new(width, height, 0);
            match &self.request {
                Some(request) => analysis.code(ctx.kernels, &grid, request, ctx.threads),
                None => analysis.code_reversible(ctx.kernels, &grid, ctx.threads),
            }
        };
        let Coded { params, tiles, .. } = match data.dtype() {
            DType::U8 => coded(Samples::U8(&data.read::<u8>()?))?,
            _ => coded(Samples::U16(&data.read::<u16>()?))?,
        };
        let sections = &tiles[0];
        let chunks = sections.iter().zip(0..).map(|(s, level)| Chunk { level, bytes: s.len() }).collect();
        let stream = sections.concat();
        let shape = [stream.len()];
        let n_symbols = (width * height * super::planes_of(channels)) as u64;
        let data = ctx.arena.lease(Box::new(stream), DType::U8, &shape)?;
        let meta = Meta::Bitstream { n_symbols, chunks };
        Ok(Output::from(data).with_meta(meta).with_side(params.write(super::planes_of(channels))))
    }
}
