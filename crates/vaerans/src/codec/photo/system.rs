//! The photo coder as a system: a picture to the bytes of its one tile, and back.

use super::picture::planes_of;
use crate::arena::DType;
use crate::component::{Kind, Params};
use crate::ecs::{TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::{words, Param};
use crate::registry::{Entry, Exactness, Family, Levels};
use std::sync::Arc;

// A build without pipes has whole pictures alone, which the opener decodes and the profile writes.
#[cfg(all(feature = "encode", feature = "extra"))]
mod forward;
#[cfg(all(feature = "decode", feature = "extra"))]
mod inverse;

#[cfg(all(feature = "encode", feature = "extra"))]
use forward::build as forward_build;
#[cfg(all(feature = "decode", feature = "extra"))]
use inverse::build as inverse_build;
#[cfg(not(all(feature = "encode", feature = "extra")))]
use left_out as forward_build;
#[cfg(not(all(feature = "decode", feature = "extra")))]
use left_out as inverse_build;

/// A direction that this build leaves out.
#[cfg(not(all(feature = "encode", feature = "decode", feature = "extra")))]
fn left_out(_: &Params) -> Result<Arc<dyn crate::ecs::System>> {
    Err(Error::new("unavailable.feature", "this build has the photo coder for whole pictures alone"))
}

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 50,
    name: "PhotoEncode",
    inverse_name: Some("PhotoDecode"),
    family: Family::Coder,
    takes: &[Kind::Image],
    gives: Kind::Bitstream,
    key: "Bitstream",
    params: &[
        Param::flag("lossy", true, "false: every sample of colour comes back"),
        Param::int("quality", 75, 0, 100, "0 smallest to 100 best").optional(),
        Param::choice("tune", &["balanced", "psnr", "msssim"], "what it should look good by").optional(),
        Param::int("effort", 5, 1, 9, "1 quickest to 9 smallest").optional(),
    ],
    infer,
    exact: Exactness::ColourUnless("lossy"),
    is_whole: true,
    levels: Levels::Own,
    forward: encoder(forward_build),
    inverse: decoder(inverse_build),
    summary: words("colour, wavelet, trellis quantiser and context coder of photos; alpha is left out"),
    ..Entry::BASE
};

/// Bytes beside the arena that a pixel takes, in either direction.
const BYTES: u64 = 64;

/// The pictures it takes, and planes of colour of them.
pub(super) fn size_of(shape: &[usize]) -> Result<(usize, usize, usize)> {
    match *shape {
        [h, w, c @ 1..=4] if h > 0 && w > 0 => Ok((h, w, planes_of(c))),
        _ => Err(Error::new("param.shape", format!("a picture of {}; (H, W, 1 to 4) expected", Dims(shape)))),
    }
}

fn infer(_: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let picture = &inputs[0].tensor;
    picture.one_of(&[DType::U8, DType::U16])?;
    if let Some(shape) = picture.shape.as_deref() {
        size_of(shape)?;
    }
    Ok(TensorType { dtype: Some(DType::U8), shape: None })
}
