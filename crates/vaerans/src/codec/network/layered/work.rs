//! What runs.

use super::blocks::{blocks, pixels};
use super::synthesise::{over, Synthesis};
use crate::arena::{DType, TensorRef};
use crate::codec::network::picture::{to_samples, Pixels, Sample, Size};
use crate::codec::network::vae::size_of;
use crate::codec::tile::Samples;
use crate::component::{Meta, Params, Value};
use crate::ecs::{Ctx, Input, Output, System};
use crate::error::{Dims, Error, Result};
use crate::learned::{Layered, NAME};
use crate::rect::Rect;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) fn encoder(params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Encode(Codec::of(params)?)))
}

pub(super) fn decoder(params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Decode(Codec::of(params)?)))
}

/// A codec at a quality, as parameters name it.
pub(in crate::codec) struct Codec {
    model: [u8; NAME],
    step: usize,
}

impl Codec {
    pub fn of(params: &Params) -> Result<Codec> {
        let model = match params.get("model") {
            Some(Value::Bytes(bytes)) => bytes[..].try_into().ok(),
            _ => None,
        };
        let model = model.ok_or_else(|| {
            Error::new("param.range", "model= is the first 8 bytes of the SHA-256 of a codec's head: none was given")
        })?;
        Ok(Codec { model, step: params.int("step") as usize })
    }

    fn find(&self, ctx: &Ctx) -> Result<Arc<Layered>> {
        let codec = ctx.models.layered(&self.model)?;
        match self.step < codec.predictor.steps() {
            true => Ok(codec),
            false => {
                let text = format!("step={}; 0 to {}", self.step, codec.predictor.steps() - 1);
                Err(Error::new("param.range", text))
            }
        }
    }
}

struct Encode(Codec);

impl System for Encode {
    #[cfg(feature = "encode")]
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let picture = &inputs[0].component.data;
        let codec = self.0.find(ctx)?;
        let size = size_of(picture.shape())?;
        let analyse = |pixels: Pixels| super::analyse::analyse(ctx, &codec, self.0.step, &pixels);
        let found = match picture.dtype() {
            DType::U8 => analyse(Pixels::of(Samples::U8(&picture.read()?), size)),
            _ => analyse(Pixels::of(Samples::U16(&picture.read()?), size)),
        }?;
        let shape = [found.channels, found.size.height, found.size.width];
        Ok(ctx.arena.put(&shape, &found.planes)?.into())
    }

    #[cfg(not(feature = "encode"))]
    fn run(&self, _: &Ctx, _: &[Input]) -> Result<Output> {
        Err(Error::new("unavailable.feature", "a build that only decodes"))
    }
}

struct Decode(Codec);

impl System for Decode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let input = inputs[0].component;
        let origin = input.lineage.last().map(|step| &step.origin);
        let origin = origin.ok_or_else(|| Error::new("internal.bug", "integers without a history"))?;
        let whole = Rect::whole(origin.shape[1], origin.shape[0]);
        let picture = self.0.window(ctx, input, &origin.shape, origin.dtype, whole)?;
        Ok(Output::from(picture).with_meta(Meta::Image { colourspace: "sRGB".into() }))
    }
}

impl Codec {
    /// A window of the picture of shape (H, W, 1 or 3) whose integers these are.
    pub fn window(
        &self,
        ctx: &Ctx,
        integers: &crate::component::Component,
        shape: &[usize],
        dtype: DType,
        window: Rect,
    ) -> Result<TensorRef> {
        let codec = self.find(ctx)?;
        let (size, data) = (size_of(shape)?, &integers.data);
        let scale = codec.head.downscale;
        let expected = Size { height: size.height.div_ceil(scale), width: size.width.div_ceil(scale) };
        let layers = match *data.shape() {
            [c, h, w] if (h, w) == (expected.height, expected.width) => codec.predictor.layers_of(c),
            _ => None,
        };
        let Some(layers) = layers else {
            let text = format!("integers of {} for a picture of {}", Dims(data.shape()), Dims(shape));
            return Err(Error::new("param.shape", text));
        };
        let missing = match &integers.meta {
            Meta::Partial { missing } => missing.len(),
            _ => 0,
        };
        let planes = data.read::<i16>()?;
        let layers = layers.saturating_sub(missing).max(1);
        let synthesis = Synthesis { codec: &codec, step: self.step, layers, size: expected, planes: &planes };
        let channels = shape[2];
        match dtype {
            DType::U8 => samples::<u8>(ctx, &synthesis, channels, window),
            _ => samples::<u16>(ctx, &synthesis, channels, window),
        }
    }
}

/// The samples of a window, block by block.
fn samples<S: Sample>(ctx: &Ctx, synthesis: &Synthesis, channels: usize, window: Rect) -> Result<TensorRef> {
    let mut out = ctx.arena.alloc(S::DTYPE, &[window.height, window.width, channels])?;
    {
        let all = Mutex::new(out.as_mut_slice::<S>()?);
        let scale = synthesis.codec.head.downscale;
        let touched: Vec<Rect> = blocks(synthesis.size.height, synthesis.size.width)
            .into_iter()
            .filter(|&b| pixels(b, scale).cut(&window).is_some())
            .collect();
        over(ctx, &touched, |ctx, block| {
            let mut floats = synthesis.block(ctx, block)?;
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            to_samples(floats.floats()?, pixels(block, scale), window, channels, &mut all);
            Ok(())
        })?;
    }
    Ok(out.freeze())
}
