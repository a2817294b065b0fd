//! YCoCg: one luma and two chroma planes out of RGB; grey and alpha pass through.

use crate::arena::{DType, TensorRef};
#[cfg(not(all(feature = "encode", feature = "decode")))]
use crate::codec::registry::left_out;
use crate::codec::registry::{Direction, Entry, Family};
use crate::component::{Component, Kind, Meta, Params, Value};
use crate::ecs::system::{forward, inverse};
use crate::ecs::{Ctx, Input, System};
use crate::error::{Dims, Error, Result};
use std::sync::Arc;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 1,
    name: "YCoCgR",
    inverse_name: Some("YCoCgRInverse"),
    family: Family::Color,
    takes: &[Kind::Image],
    gives: Kind::Planes,
    key: "Planes",
    build: Some(build),
    summary: "samples (H, W, C) to planes (C, H, W); RGB to YCoCg-R, reversible (or its float relative)",
};

struct YCoCgR {
    direction: Direction,
    /// f32 planes without the floors of the reversible transform: the input of lossy transforms.
    float: bool,
}

fn build(direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(parse(direction, params)?))
}

fn parse(direction: Direction, params: &Params) -> Result<YCoCgR> {
    params.only(ENTRY.name, &["float"])?;
    Ok(YCoCgR { direction, float: params.flag("float", false)? })
}

impl YCoCgR {
    fn split(&self, ctx: &Ctx, image: &Component) -> Result<TensorRef> {
        let &[h, w, c] = image.data.shape() else {
            return Err(Error::new("param.shape", format!("{}; an image (H, W, C) expected", Dims(image.data.shape()))));
        };
        check_channels(c, h * w)?;
        let dtype = if self.float { DType::F32 } else { DType::I32 };
        let mut planes = ctx.arena.alloc(dtype, &[c, h, w])?;
        let k = &ctx.kernels;
        match (image.data.dtype(), self.float) {
            (DType::U8, false) => k.ycocg_r_forward(&image.data.read::<u8>()?, &mut mut_planes(planes.as_mut_slice::<i32>()?, c)),
            (DType::U16, false) => k.ycocg_r_forward(&image.data.read::<u16>()?, &mut mut_planes(planes.as_mut_slice::<i32>()?, c)),
            (DType::U8, true) => k.ycocg_forward(&image.data.read::<u8>()?, &mut mut_planes(planes.as_mut_slice::<f32>()?, c)),
            (DType::U16, true) => k.ycocg_forward(&image.data.read::<u16>()?, &mut mut_planes(planes.as_mut_slice::<f32>()?, c)),
            (other, _) => return Err(Error::new("param.dtype", format!("{other}; uint8 or uint16 expected"))),
        }
        Ok(planes.freeze())
    }

    fn join(&self, ctx: &Ctx, planes: &Component, samples: DType) -> Result<TensorRef> {
        let &[c, h, w] = planes.data.shape() else {
            return Err(Error::new("param.shape", format!("{}; planes (C, H, W) expected", Dims(planes.data.shape()))));
        };
        check_channels(c, h * w)?;
        let mut image = ctx.arena.alloc(samples, &[h, w, c])?;
        let k = &ctx.kernels;
        match (samples, self.float) {
            (DType::U8, false) => k.ycocg_r_inverse(&as_planes(&planes.data.read::<i32>()?, c), image.as_mut_slice::<u8>()?),
            (DType::U16, false) => k.ycocg_r_inverse(&as_planes(&planes.data.read::<i32>()?, c), image.as_mut_slice::<u16>()?),
            (DType::U8, true) => k.ycocg_inverse(&as_planes(&planes.data.read::<f32>()?, c), image.as_mut_slice::<u8>()?),
            (DType::U16, true) => k.ycocg_inverse(&as_planes(&planes.data.read::<f32>()?, c), image.as_mut_slice::<u16>()?),
            (other, _) => return Err(Error::new("param.dtype", format!("{other}; uint8 or uint16 expected"))),
        }
        Ok(image.freeze())
    }
}

fn check_channels(channels: usize, pixels: usize) -> Result<()> {
    if !(1..=4).contains(&channels) {
        return Err(Error::new("param.shape", format!("{channels} channels; 1 to 4 expected")));
    }
    if pixels == 0 {
        return Err(Error::new("data.empty", "a picture without pixels"));
    }
    Ok(())
}

fn as_planes<T>(data: &[T], channels: usize) -> Vec<&[T]> {
    data.chunks_exact(data.len() / channels).collect()
}

fn mut_planes<T>(data: &mut [T], channels: usize) -> Vec<&mut [T]> {
    data.chunks_exact_mut(data.len() / channels).collect()
}

impl System for YCoCgR {
    paired!();

    fn params(&self) -> Params {
        Params::new().with("float", Value::Bool(self.float))
    }

    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let input = inputs[0];
        Ok(match self.direction {
            #[cfg(feature = "encode")]
            Direction::Forward => {
                let data = self.split(ctx, input.component)?;
                forward(self, input, ENTRY.gives, data, Meta::None, Vec::new())
            }
            #[cfg(feature = "decode")]
            Direction::Inverse => {
                // The forward step's own parameters decide, whatever this one was built with.
                let step = input.component.lineage.expect(ENTRY.number, self.name())?;
                let data = parse(self.direction, &step.params)?.join(ctx, input.component, step.origin.dtype)?;
                inverse(input, data, Meta::Image { colourspace: "sRGB".into() })
            }
            #[cfg(not(all(feature = "encode", feature = "decode")))]
            _ => return Err(left_out()),
        })
    }
}
