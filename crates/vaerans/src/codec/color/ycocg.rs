//! YCoCg: one luma and two chroma planes out of RGB; grey and alpha pass through.

use crate::arena::{DType, TensorRef};
use crate::component::{Component, Kind, Meta, Params};
use crate::ecs::{Ctx, Input, Output, System, TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::{words, Param};
use crate::registry::{Entry, Exactness, Family, Reduced};
use std::sync::Arc;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 1,
    name: "YCoCgR",
    inverse_name: Some("YCoCgRInverse"),
    family: Family::Color,
    takes: &[Kind::Image],
    gives: Kind::Planes,
    key: "Planes",
    params: &[Param::flag(
        "float",
        false,
        "float32 planes for lossy transforms, without the floors of the reversible int32 transform",
    )],
    infer,
    exact: Exactness::Unless("float"),
    reduced: Reduced::Same,
    forward: encoder(|p| Ok(Arc::new(Split { float: p.flag("float") }))),
    inverse: decoder(|p| Ok(Arc::new(Join { float: p.flag("float") }))),
    summary: words("samples (H, W, C) to planes (C, H, W); RGB to YCoCg-R, reversible (or its float relative)"),
    ..Entry::BASE
}
.extra();

fn infer(params: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let tensor = &inputs[0].tensor;
    tensor.one_of(&[DType::U8, DType::U16])?;
    let dtype = Some(if params.flag("float") { DType::F32 } else { DType::I32 });
    let shape = tensor.shape.as_deref().map(planar).transpose()?;
    Ok(TensorType { dtype, shape })
}

/// (C, H, W) of (H, W, C).
fn planar(shape: &[usize]) -> Result<Vec<usize>> {
    let &[h, w, c] = shape else {
        return Err(Error::new("param.shape", format!("{}; an image (H, W, C) expected", Dims(shape))));
    };
    if !(1..=4).contains(&c) {
        return Err(Error::new("param.shape", format!("{c} channels; 1 to 4 expected")));
    }
    if h * w == 0 {
        return Err(Error::new("param.shape", format!("{}; an image without pixels", Dims(shape))));
    }
    Ok(vec![c, h, w])
}

/// Samples to planes.
struct Split {
    float: bool,
}

/// Planes to samples.
struct Join {
    float: bool,
}

impl System for Split {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let image = &inputs[0].component.data;
        let shape = planar(image.shape())?;
        let (k, c) = (&ctx.kernels, shape[0]);
        let dtype = if self.float { DType::F32 } else { DType::I32 };
        let mut planes = ctx.arena.alloc(dtype, &shape)?;
        match (image.dtype(), self.float) {
            (DType::U8, false) => {
                k.ycocg_r_forward(&image.read::<u8>()?, &mut mut_planes(planes.as_mut_slice::<i32>()?, c))
            }
            (DType::U8, true) => k.ycocg_forward(&image.read::<u8>()?, &mut mut_planes(planes.as_mut_slice()?, c)),
            (_, false) => k.ycocg_r_forward(&image.read::<u16>()?, &mut mut_planes(planes.as_mut_slice::<i32>()?, c)),
            (_, true) => k.ycocg_forward(&image.read::<u16>()?, &mut mut_planes(planes.as_mut_slice()?, c)),
        }
        Ok(planes.freeze().into())
    }
}

impl System for Join {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let data = self.join(ctx, inputs[0].component)?;
        Ok(Output::from(data).with_meta(Meta::Image { colourspace: "sRGB".into() }))
    }
}

impl Join {
    fn join(&self, ctx: &Ctx, planes: &Component) -> Result<TensorRef> {
        let &[c, h, w] = planes.data.shape() else {
            return Err(Error::new("internal.bug", format!("planes of shape {}", Dims(planes.data.shape()))));
        };
        let samples = planes.lineage.last().map_or(DType::U8, |s| s.origin.dtype);
        let (k, planes) = (&ctx.kernels, &planes.data);
        let mut image = ctx.arena.alloc(samples, &[h, w, c])?;
        match (samples, self.float) {
            (DType::U8, false) => k.ycocg_r_inverse(&as_planes(&planes.read::<i32>()?, c), image.as_mut_slice::<u8>()?),
            (DType::U8, true) => k.ycocg_inverse(&as_planes(&planes.read::<f32>()?, c), image.as_mut_slice::<u8>()?),
            (_, false) => k.ycocg_r_inverse(&as_planes(&planes.read::<i32>()?, c), image.as_mut_slice::<u16>()?),
            (_, true) => k.ycocg_inverse(&as_planes(&planes.read::<f32>()?, c), image.as_mut_slice::<u16>()?),
        }
        Ok(image.freeze())
    }
}

fn as_planes<T>(data: &[T], channels: usize) -> Vec<&[T]> {
    data.chunks_exact(data.len() / channels).collect()
}

fn mut_planes<T>(data: &mut [T], channels: usize) -> Vec<&mut [T]> {
    let plane = data.len() / channels;
    data.chunks_exact_mut(plane).collect()
}
