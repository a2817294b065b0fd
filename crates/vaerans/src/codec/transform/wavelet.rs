//! The wavelets as systems of a pipe: what the files of the three registry lines share.

use super::lifting::Pyramid;
use super::pyramid::MAX_LEVELS;
use crate::arena::{DType, Element, TensorRef};
use crate::codec::registry::{Direction, Entry};
use crate::component::{Component, Kind, Meta, Params, Value};
use crate::ecs::system::{forward, inverse};
use crate::ecs::{Ctx, Input, Need, System, Ty};
use crate::error::{Error, Result};
use std::sync::Arc;
use vaerans_kernels::{Filter, WaveletSample};

/// Kinds a wavelet takes: planes in the last two axes.
pub(crate) const TAKES: &[Kind] = &[Kind::Planes, Kind::Latent, Kind::Yuvw, Kind::Foreign];

/// What one registry line says beyond its entry.
#[derive(Clone, Copy)]
pub(crate) struct Wavelet {
    pub(crate) entry: &'static Entry,
    pub(crate) filter: Filter,
    /// Name in `functional` and in a component's meta.
    pub(crate) short: &'static str,
}

struct Transform {
    wavelet: Wavelet,
    direction: Direction,
    /// Splits; for the inverse `None` means those of the forward step.
    levels: Option<usize>,
}

impl Wavelet {
    pub(crate) fn build(self, direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
        params.only(self.entry.name, &["levels"])?;
        let levels = params.int("levels", 4, 0..=MAX_LEVELS as i64)? as usize;
        let given = direction == Direction::Forward || params.get("levels").is_some();
        Ok(Arc::new(Transform { wavelet: self, direction, levels: given.then_some(levels) }))
    }
}

impl Transform {
    fn transformed<T: WaveletSample + Element>(&self, ctx: &Ctx, data: &TensorRef, levels: usize) -> Result<TensorRef> {
        let (height, width) = match *data.shape() {
            [.., h, w] => (h, w),
            [w] => (1, w),
            [] => (1, 1),
        };
        let planes = if data.is_empty() { 0 } else { data.len() / (height * width) };
        let pyramid = Pyramid { planes, height, width, levels, filter: self.wavelet.filter };
        let mut result = ctx.arena.alloc(data.dtype(), data.shape())?;
        let (from, to) = (data.read::<T>()?, result.as_mut_slice::<T>()?);
        match self.direction {
            #[cfg(feature = "encode")]
            Direction::Forward => pyramid.forward(ctx.kernels, &from, to, ctx.threads)?,
            #[cfg(feature = "decode")]
            Direction::Inverse => pyramid.inverse(ctx.kernels, &from, to, ctx.threads)?,
            #[cfg(not(all(feature = "encode", feature = "decode")))]
            _ => return Err(crate::codec::registry::left_out()),
        }
        Ok(result.freeze())
    }

    fn apply(&self, ctx: &Ctx, data: &TensorRef, levels: usize) -> Result<TensorRef> {
        match (data.dtype(), self.wavelet.filter) {
            #[cfg(not(feature = "extra"))]
            (DType::F32, Filter::Cdf53 | Filter::Haar) | (DType::I32, Filter::Haar) | (DType::I16, _) => {
                Err(Error::new("unavailable.feature", "this build has the wavelets of photos alone"))
            }
            (DType::F32, _) => self.transformed::<f32>(ctx, data, levels),
            (DType::I32, _) => self.transformed::<i32>(ctx, data, levels),
            #[cfg(feature = "extra")]
            (DType::I16, _) => self.transformed::<i16>(ctx, data, levels),
            (other, _) => Err(Error::new("param.dtype", format!("float32, int32 or int16 expected, not {other}"))),
        }
    }

    /// The splits that the forward step made.
    fn recorded_levels(&self, input: &Input) -> Result<usize> {
        let step = input.component.lineage.expect(self.number(), self.name())?;
        let made = step.params.int("levels", 4, 0..=MAX_LEVELS as i64)? as usize;
        match self.levels {
            Some(levels) if levels != made => {
                let text = format!("{}(levels={levels}) cannot undo {} levels={made}", self.name(), step.name);
                Err(Error::new("pipe.wrong_inverse", text))
            }
            _ => Ok(made),
        }
    }
}

impl System for Transform {
    fn name(&self) -> &'static str {
        match self.direction {
            Direction::Forward => self.wavelet.entry.name,
            Direction::Inverse => self.wavelet.entry.inverse_name.unwrap_or(self.wavelet.entry.name),
        }
    }

    fn number(&self) -> u16 {
        self.wavelet.entry.number
    }

    fn params(&self) -> Params {
        self.levels.map_or(Params::new(), |n| Params::new().with("levels", Value::Int(n as i64)))
    }

    fn needs(&self) -> Vec<Need> {
        match self.direction {
            Direction::Forward => vec![Need::cursor(TAKES)],
            Direction::Inverse => vec![Need::cursor(&[self.wavelet.entry.gives])],
        }
    }

    fn infer(&self, inputs: &[Ty]) -> Result<Ty> {
        let entry = self.wavelet.entry;
        match self.direction {
            Direction::Forward => Ok(inputs[0].forward(entry.number, entry.name, entry.key, entry.gives)),
            Direction::Inverse => inputs[0].inverse(entry.number, self.name()),
        }
    }

    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let input = inputs[0];
        match (self.direction, self.levels) {
            (Direction::Forward, Some(levels)) => {
                let data = self.apply(ctx, &input.component.data, levels)?;
                let meta = Meta::Wavelet { wavelet: self.wavelet.short.into(), levels: levels as u32 };
                Ok(forward(self, input, self.wavelet.entry.gives, data, meta, Vec::new()))
            }
            _ => {
                let levels = self.recorded_levels(&input)?;
                Ok(inverse(input, self.apply(ctx, &input.component.data, levels)?, Meta::None))
            }
        }
    }

    fn inverse(&self) -> Result<Arc<dyn System>> {
        self.wavelet.build(Direction::Inverse, &self.params())
    }
}

#[cfg(test)]
#[path = "wavelet_tests.rs"]
mod tests;
