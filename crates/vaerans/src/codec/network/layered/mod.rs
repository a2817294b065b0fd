//! A picture to the integers of a learned codec in layers, and back.

#[cfg(all(feature = "network", feature = "predict", feature = "encode"))]
mod analyse;
mod blocks;
#[cfg(all(feature = "network", feature = "predict"))]
mod integers;
#[cfg(all(feature = "network", feature = "predict"))]
mod synthesise;
#[cfg(all(feature = "network", feature = "predict"))]
mod work;

#[cfg(test)]
mod tests;

#[cfg(all(feature = "network", feature = "predict", feature = "encode"))]
pub(in crate::codec) use analyse::Analysis;
#[cfg(all(feature = "network", feature = "predict", feature = "decode"))]
pub(in crate::codec) use blocks::samples;
#[cfg(all(feature = "network", feature = "predict", any(feature = "encode", feature = "decode")))]
pub(in crate::codec) use integers::Integers;
#[cfg(all(feature = "network", feature = "predict", feature = "decode"))]
pub(in crate::codec) use work::Step;

use crate::arena::DType;
use crate::component::{Kind, Params};
use crate::ecs::{TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::registry::schema::{words, Param};
use crate::registry::{Build, Entry};
use std::sync::Arc;

#[cfg(all(feature = "network", feature = "predict", feature = "encode"))]
const ENCODER: Option<Build> = Some(work::encoder);
#[cfg(not(all(feature = "network", feature = "predict", feature = "encode")))]
const ENCODER: Option<Build> = None;
#[cfg(all(feature = "network", feature = "predict"))]
const DECODER: Option<Build> = Some(work::decoder);
#[cfg(not(all(feature = "network", feature = "predict")))]
const DECODER: Option<Build> = None;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 67,
    name: "LayeredVAEEncode",
    inverse_name: Some("LayeredVAEDecode"),
    gives: Kind::Symbols,
    key: "SymbolsU8",
    params: &[
        Param::bytes("model", "first 8 bytes of the SHA-256 of the codec's head"),
        Param::int("step", 0, 0, 4095, "quality of the codec, 0 its smallest"),
        Param::text("name", "what people call the codec"),
    ],
    infer,
    is_whole: true,
    forward: ENCODER,
    inverse: DECODER,
    summary: words("integers of a learned codec: a base layer, from some quality on one that enhances it"),
    ..super::BASE
}
.kept_if(cfg!(all(feature = "network", feature = "predict")));

/// How many channels there are, the codec says, and it is looked for when a step runs.
fn infer(_: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let picture = &inputs[0].tensor;
    picture.one_of(&[DType::U8, DType::U16])?;
    match picture.shape.as_deref() {
        None => {}
        Some(&[h, w, 1..=4]) if h > 0 && w > 0 => {}
        Some(shape) => {
            let text = format!("a picture of {}; (H, W, 1 to 4) expected", Dims(shape));
            return Err(Error::new("param.shape", text));
        }
    }
    Ok(TensorType { dtype: Some(DType::I16), shape: None })
}
