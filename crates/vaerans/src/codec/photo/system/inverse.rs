//! Bytes to a picture.

use crate::bitstream::{Colour, Geometry};
use crate::codec::photo::geometry::Pyramid;
use crate::codec::photo::params::Params as Picture;
use crate::codec::photo::picture::{planes_of, render, Source};
use crate::codec::tile::SampleBuf;
use crate::component::{Chunk, Meta, Params};
use crate::ecs::{Ctx, Input, Output, System};
use crate::error::{Error, Result};
use crate::rect::Rect;
use std::sync::Arc;

pub(super) fn build(params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Decode { is_lossy: params.flag("lossy") }))
}

struct Decode {
    is_lossy: bool,
}

/// The chunks of a component's one tile.
struct Chunks<'a> {
    bytes: &'a [u8],
    chunks: &'a [Chunk],
}

impl Source for Chunks<'_> {
    fn sections(&self, _: usize, most: usize) -> Result<Vec<Vec<u8>>> {
        let mut rest = self.bytes;
        let one = |chunk: &Chunk| {
            let (this, behind) = rest.split_at_checked(chunk.bytes).unwrap_or((rest, &[]));
            rest = behind;
            this.to_vec()
        };
        Ok(self.chunks.iter().take(most).map(one).collect())
    }
}

impl System for Decode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let input = inputs[0].component;
        let (Some(step), Meta::Bitstream { chunks, .. }) = (input.lineage.last(), &input.meta) else {
            return Err(Error::new("data.type", "PhotoDecode needs a Bitstream with its chunks and its history"));
        };
        let (height, width, _) = super::size_of(&step.origin.shape)?;
        let channels = step.origin.shape[2];
        let pixels = ctx.limits.check_picture(width as u64, height as u64)?;
        ctx.limits.check_bytes(pixels.saturating_mul(super::BYTES), "bytes to decode a photo")?;
        let colour = Colour::of_channels(channels)?;
        let depth = Geometry::depth_of(step.origin.dtype).unwrap_or(8);
        let geometry = Geometry { width, height, colour, depth, tile: 0 };
        let params = Picture::of_step(self.is_lossy, inputs[0].side(), planes_of(channels))?;
        if chunks.is_empty() || chunks.len() > Pyramid::new(width, height).levels.max(1) {
            return Err(Error::new("stream.invalid", format!("{} sections of a photo", chunks.len())));
        }
        let bytes = input.data.read::<u8>()?;
        let source = Chunks { bytes: &bytes, chunks };
        let whole = Rect::whole(width, height);
        let samples = render(ctx.kernels, &geometry, &params, 0, whole, &source, ctx.threads, channels)?;
        let data = match &samples {
            SampleBuf::U8(s) => ctx.arena.put(&step.origin.shape, s)?,
            SampleBuf::U16(s) => ctx.arena.put(&step.origin.shape, s)?,
        };
        Ok(Output::from(data).with_meta(Meta::Image { colourspace: "sRGB".into() }))
    }
}
