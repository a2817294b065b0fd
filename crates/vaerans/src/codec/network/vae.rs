//! A learned analysis and synthesis that this library runs: in strict mode, so that a file has the same pixels everywhere.

use super::learned::MOST_DOWNSCALE;
use super::picture::{to_samples, Pixels, Sample, Size};
use super::run::{run, Tensor};
use crate::arena::{DType, TensorRef};
use crate::codec::tile::Samples;
use crate::component::{Meta, Params};
use crate::ecs::{Ctx, Input, Output, Past, System, TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::rect::Rect;
use crate::registry::schema::{words, Param};
use crate::registry::{Build, Direction, Entry};
use std::sync::Arc;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 66,
    name: "VAEEncode",
    inverse_name: Some("VAEDecode"),
    params: &[
        Param::bytes("model", "SHA-256 of the plan of the model's decoder"),
        Param::int("channels", 4, 1, 4096, "channels of the latent"),
        Param::int("downscale", 8, 1, MOST_DOWNSCALE as i64, "pixels of a sample of the latent along each axis"),
        Param::bytes("source", "SHA-256 of what the decoder was compiled from"),
        Param::text("name", "what people call the model"),
    ],
    infer,
    check_inverse,
    forward: runs(cfg!(feature = "encode"), |params| Ok(Arc::new(Encode(Learned::of(params)?)))),
    inverse: runs(cfg!(feature = "decode"), |params| Ok(Arc::new(Decode(Learned::of(params)?)))),
    summary: words("latent means of a compiled model, by the engine of this library"),
    ..super::BASE
}
.extra();

/// What builds a direction: a build without the engine knows its name alone.
const fn runs(has_direction: bool, build: Build) -> Option<Build> {
    if has_direction && cfg!(feature = "network") {
        Some(build)
    } else {
        None
    }
}

/// Which model a step names.
#[derive(Debug, Clone, Copy)]
struct Learned {
    model: [u8; 32],
    channels: usize,
    downscale: usize,
}

impl Learned {
    fn of(params: &Params) -> Result<Learned> {
        let model = params.array("model").ok_or_else(|| {
            Error::new("param.range", "model= is the SHA-256 of a decoder's plan, 32 bytes: none was given")
        })?;
        let int = |name| params.int(name) as usize;
        Ok(Learned { model, channels: int("channels"), downscale: int("downscale") })
    }

    fn padded(self, size: Size) -> Size {
        let whole = |n: usize| n.next_multiple_of(self.downscale);
        Size { height: whole(size.height), width: whole(size.width) }
    }
}

/// A picture of 1 or 3 channels gives one sample of the latent for each square of pixels, those at the edges filled up.
fn infer(params: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let picture = &inputs[0].tensor;
    picture.one_of(&[DType::U8, DType::U16])?;
    let (channels, downscale) = (params.int("channels") as usize, params.int("downscale") as usize);
    let shape = match picture.shape.as_deref() {
        None => None,
        Some(&[h, w, 1 | 3]) if h > 0 && w > 0 => Some(vec![channels, h.div_ceil(downscale), w.div_ceil(downscale)]),
        Some(shape) => {
            let text = format!("a picture of {}; a model takes (H, W, 1) or (H, W, 3), alpha is left out before", Dims(shape));
            return Err(Error::new("param.shape", text));
        }
    };
    Ok(TensorType { dtype: Some(DType::F32), shape })
}

/// The latent must be such a one as the step makes of the picture that comes back.
fn check_inverse(params: &Params, past: &Past, inputs: &[Arc<Ty>]) -> Result<()> {
    let picture = Arc::new(Ty::fresh("", crate::component::Kind::Image, past.tensor.clone()));
    let made = infer(params, &[picture])?;
    if made.fits(&inputs[0].tensor) {
        return Ok(());
    }
    Err(Error::new("param.shape", format!("a latent of {}, {made} expected", inputs[0].tensor)))
}

struct Encode(Learned);

struct Decode(Learned);

/// Rows and columns of a picture (H, W, C).
pub(super) fn size_of(shape: &[usize]) -> Result<Size> {
    match shape {
        &[height, width, 1 | 3] if height > 0 && width > 0 => Ok(Size { height, width }),
        _ => Err(Error::new("param.shape", format!("a picture of {}", Dims(shape)))),
    }
}

impl System for Encode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let picture = &inputs[0].component.data;
        let model = ctx.models.network(&self.0.model, Direction::Forward)?;
        let size = size_of(picture.shape())?;
        let padded = self.0.padded(size);
        let mut pixels = Tensor::zeros(ctx, [padded.height, padded.width, 3])?;
        let window = Rect::whole(padded.width, padded.height);
        match picture.dtype() {
            DType::U8 => Pixels::of(Samples::U8(&picture.read()?), size).floats(window, pixels.floats_mut()?),
            _ => Pixels::of(Samples::U16(&picture.read()?), size).floats(window, pixels.floats_mut()?),
        }
        let dims = [self.0.channels, padded.height / self.0.downscale, padded.width / self.0.downscale];
        let mut latent = run(ctx, &model, pixels, dims)?;
        finite(latent.floats()?)?;
        Ok(ctx.arena.put(&dims, latent.floats()?)?.into())
    }
}

impl System for Decode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let latent = &inputs[0].component.data;
        let model = ctx.models.network(&self.0.model, Direction::Inverse)?;
        let origin = inputs[0].component.lineage.last().map(|step| &step.origin);
        let origin = origin.ok_or_else(|| Error::new("internal.bug", "a latent without a history"))?;
        let &[channels, height, width] = latent.shape() else {
            return Err(Error::new("param.shape", format!("a latent of {}", Dims(latent.shape()))));
        };
        let mut taken = Tensor::zeros(ctx, [channels, height, width])?;
        {
            let values = latent.read::<f32>()?;
            finite(&values)?;
            taken.floats_mut()?.copy_from_slice(&values);
        }
        let padded = self.0.padded(size_of(&origin.shape)?);
        let pixels = run(ctx, &model, taken, [padded.height, padded.width, 3])?;
        let data = match origin.dtype {
            DType::U8 => samples::<u8>(ctx, pixels, padded, &origin.shape)?,
            _ => samples::<u16>(ctx, pixels, padded, &origin.shape)?,
        };
        Ok(Output::from(data).with_meta(Meta::Image { colourspace: "sRGB".into() }))
    }
}

fn samples<S: Sample>(ctx: &Ctx, mut pixels: Tensor, padded: Size, shape: &[usize]) -> Result<TensorRef> {
    let mut out = ctx.arena.alloc(S::DTYPE, shape)?;
    let (block, window) = (Rect::whole(padded.width, padded.height), Rect::whole(shape[1], shape[0]));
    to_samples(pixels.floats()?, block, window, shape[2], out.as_mut_slice::<S>()?);
    Ok(out.freeze())
}

fn finite(values: &[f32]) -> Result<()> {
    if values.iter().all(|v| v.is_finite()) {
        return Ok(());
    }
    Err(Error::new("data.not_finite", "a latent holds NaN or infinity: was it computed or read wrongly?"))
}
