//! What runs.

use super::blocks::{blocks, pixels};
use super::synthesise::{over, Synthesis};
use crate::arena::{DType, Element};
use crate::codec::network::picture::{to_samples, Sample, Size};
#[cfg(feature = "encode")]
use crate::codec::tile::Samples;
use crate::component::{Component, Meta, Params};
use crate::ecs::{Ctx, Input, Output, System};
use crate::error::{Dims, Error, Result};
use crate::learned::{Layered, NAME};
use crate::rect::Rect;
use std::sync::{Arc, Mutex, PoisonError};

#[cfg(feature = "encode")]
pub(super) fn encoder(params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Encode(Step::of(params)?)))
}

pub(super) fn decoder(params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Decode(Step::of(params)?)))
}

/// A codec at a quality, as parameters name it.
pub(in crate::codec) struct Step {
    model: [u8; NAME],
    step: usize,
}

/// The integers of a picture, (C, h, w).
pub(in crate::codec) struct Planes<'a> {
    pub shape: &'a [usize],
    pub values: &'a [i16],
    /// Layers of which nothing is known.
    pub missing: usize,
}

impl Step {
    pub fn of(params: &Params) -> Result<Step> {
        let model = params.array("model").ok_or_else(|| {
            Error::new("param.range", "model= is the first 8 bytes of the SHA-256 of a codec's head: none was given")
        })?;
        Ok(Step { model, step: params.int("step") as usize })
    }

    pub fn codec(&self, ctx: &Ctx) -> Result<Arc<Layered>> {
        let codec = ctx.models.layered(&self.model)?;
        match self.step < codec.predictor.steps() {
            true => Ok(codec),
            false => {
                let text = format!("step={}; 0 to {}", self.step, codec.predictor.steps() - 1);
                Err(Error::new("param.range", text))
            }
        }
    }

    /// Samples of a window of the picture of this shape (H, W, C), whose integers these are; alpha is opaque.
    ///
    /// # Errors
    /// `param.shape` for integers of another picture; `model.*`, `limit.memory`.
    pub fn render<S: Sample>(
        &self,
        ctx: &Ctx,
        planes: &Planes,
        picture: &[usize],
        window: Rect,
        out: &mut [S],
    ) -> Result<()> {
        let codec = self.codec(ctx)?;
        let size = latent_size(&codec, picture)?;
        let layers = match *planes.shape {
            [c, h, w] if (h, w) == (size.height, size.width) => codec.predictor.layers_of(c),
            _ => None,
        };
        let Some(layers) = layers else {
            let text = format!("integers of {} for a picture of {}", Dims(planes.shape), Dims(picture));
            return Err(Error::new("param.shape", text));
        };
        let layers = layers.saturating_sub(planes.missing).max(1);
        let factors = codec.factors(self.step);
        let synthesis = Synthesis { codec: &codec, layers, size, planes: planes.values, factors };
        let out = Mutex::new(out);
        let touched = touched(&codec, size, window);
        over(ctx, &touched, |ctx, block| {
            let mut floats = synthesis.block(ctx, block)?;
            let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
            to_samples(floats.floats()?, pixels(block, codec.head.downscale), window, picture[2], &mut out);
            Ok(())
        })
    }

    /// The rectangle of pixels whose integers a window needs.
    pub fn needed(&self, ctx: &Ctx, picture: &[usize], window: Rect) -> Result<Rect> {
        let codec = self.codec(ctx)?;
        let size = latent_size(&codec, picture)?;
        let seen = touched(&codec, size, window).into_iter().map(|block| synthesise_around(&codec, size, block));
        let all = seen.reduce(|a, b| a.with(&b)).unwrap_or(Rect::whole(size.width, size.height));
        Ok(pixels(all, codec.head.downscale))
    }
}

fn synthesise_around(codec: &Layered, size: Size, block: Rect) -> Rect {
    super::blocks::around(block, codec.head.reach[0], size.height, size.width)
}

/// The blocks that a window of pixels touches.
fn touched(codec: &Layered, size: Size, window: Rect) -> Vec<Rect> {
    let all = blocks(size.height, size.width).into_iter();
    all.filter(|&b| pixels(b, codec.head.downscale).cut(&window).is_some()).collect()
}

/// Rows and columns of the latent of a picture.
fn latent_size(codec: &Layered, picture: &[usize]) -> Result<Size> {
    let size = size_of(picture)?;
    let scale = codec.head.downscale;
    Ok(Size { height: size.height.div_ceil(scale), width: size.width.div_ceil(scale) })
}

/// Rows and columns of a picture (H, W, C).
fn size_of(shape: &[usize]) -> Result<Size> {
    match *shape {
        [height, width, 1..=4] if height > 0 && width > 0 => Ok(Size { height, width }),
        _ => Err(Error::new("param.shape", format!("a picture of {}", Dims(shape)))),
    }
}

#[cfg(feature = "encode")]
struct Encode(Step);

#[cfg(feature = "encode")]
impl System for Encode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let picture = &inputs[0].component.data;
        let codec = self.0.codec(ctx)?;
        size_of(picture.shape())?;
        let analyse = |samples: Samples| {
            let view = super::analyse::view(samples, picture.shape());
            super::Analysis::new(ctx, &codec, &view)?.integers(ctx, self.0.step)
        };
        let found = match picture.dtype() {
            DType::U8 => analyse(Samples::U8(&picture.read()?)),
            _ => analyse(Samples::U16(&picture.read()?)),
        }?;
        Ok(ctx.arena.put(&found.shape, &found.values)?.into())
    }
}

struct Decode(Step);

impl System for Decode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let input = inputs[0].component;
        let origin = input.lineage.last().map(|step| &step.origin);
        let origin = origin.ok_or_else(|| Error::new("internal.bug", "integers without a history"))?;
        let mut out = ctx.arena.alloc(origin.dtype, &origin.shape)?;
        match origin.dtype {
            DType::U8 => self.render::<u8>(ctx, input, &origin.shape, out.as_mut_slice()?)?,
            _ => self.render::<u16>(ctx, input, &origin.shape, out.as_mut_slice()?)?,
        }
        Ok(Output::from(out.freeze()).with_meta(Meta::Image { colourspace: "sRGB".into() }))
    }
}

impl Decode {
    fn render<S: Sample + Element>(&self, ctx: &Ctx, input: &Component, shape: &[usize], out: &mut [S]) -> Result<()> {
        let missing = match &input.meta {
            Meta::Partial { missing } => missing.len(),
            _ => 0,
        };
        let values = input.data.read::<i16>()?;
        let planes = Planes { shape: input.data.shape(), values: &values, missing };
        let size = size_of(shape)?;
        self.0.render(ctx, &planes, shape, Rect::whole(size.width, size.height), out)
    }
}
