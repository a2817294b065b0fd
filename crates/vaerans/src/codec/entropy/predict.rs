//! Predictive coding of planes of integers by a learned model of them.

use crate::arena::DType;
use crate::component::{Kind, Params};
use crate::ecs::{TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::registry::schema::{words, Param};
use crate::registry::{Build, Entry, Exactness, Family, Levels};
use std::sync::Arc;

#[cfg(feature = "predict")]
mod work;

#[cfg(all(feature = "predict", feature = "encode"))]
const ENCODER: Option<Build> = Some(work::encoder);
#[cfg(not(all(feature = "predict", feature = "encode")))]
const ENCODER: Option<Build> = None;
#[cfg(all(feature = "predict", feature = "decode"))]
const DECODER: Option<Build> = Some(work::decoder);
#[cfg(not(all(feature = "predict", feature = "decode")))]
const DECODER: Option<Build> = None;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 49,
    name: "PredictEncode",
    inverse_name: Some("PredictDecode"),
    family: Family::Coder,
    takes: &[Kind::Symbols],
    gives: Kind::Bitstream,
    key: "Bitstream",
    params: &[
        Param::bytes("model", "first 8 bytes of the SHA-256 of the predictor"),
        Param::int("step", 0, 0, 4095, "quality of the predictor, 0 its smallest"),
    ],
    inherits: &["model", "step"],
    infer,
    exact: Exactness::Always,
    levels: Levels::Layers,
    forward: ENCODER,
    inverse: DECODER,
    summary: words("a mean and a scale for each integer from its neighbours and earlier channels, rANS, a chunk per layer"),
    ..Entry::BASE
}
.kept_if(cfg!(feature = "predict"));

fn infer(_: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let planes = &inputs[0].tensor;
    planes.one_of(&[DType::I16]).map_err(|e| e.at("integers"))?;
    match planes.shape.as_deref() {
        None => Ok(TensorType { dtype: Some(DType::U8), shape: None }),
        Some(&[c, h, w]) if c > 0 && h > 0 && w > 0 => Ok(TensorType { dtype: Some(DType::U8), shape: None }),
        Some(shape) => Err(Error::new("param.shape", format!("integers of {}; (C, h, w) expected", Dims(shape)))),
    }
}
