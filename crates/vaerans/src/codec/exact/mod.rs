//! Tiles whose samples come back, or stay within a bound: by prediction, as photos want it, or by repetition, as screens do.

#[cfg(feature = "encode")]
mod forward;
#[cfg(feature = "decode")]
mod inverse;

#[cfg(feature = "encode")]
pub(in crate::codec) use forward::encode;

use crate::arena::DType;
use crate::component::{Kind, Params};
use crate::ecs::{TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::registry::schema::{words, Param};
use crate::registry::{Build, Entry, Exactness, Family, Levels};
use std::sync::Arc;

#[cfg(feature = "encode")]
const ENCODER: Option<Build> = Some(forward::build);
#[cfg(not(feature = "encode"))]
const ENCODER: Option<Build> = None;
#[cfg(feature = "decode")]
const DECODER: Option<Build> = Some(inverse::build);
#[cfg(not(feature = "decode"))]
const DECODER: Option<Build> = None;

/// The entries of this family.
pub static ENTRIES: &[&Entry] = &[&ENTRY];

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 51,
    name: "LosslessEncode",
    inverse_name: Some("LosslessDecode"),
    family: Family::Coder,
    takes: &[Kind::Image],
    gives: Kind::Bitstream,
    key: "Bitstream",
    params: &[
        Param::int("max_error", 0, 0, 65535, "largest error of a sample; 0: every sample comes back"),
        Param::int("effort", 5, 1, 9, "1 quickest to 9 smallest").optional(),
    ],
    infer,
    exact: Exactness::Within("max_error"),
    levels: Levels::Rows,
    forward: ENCODER,
    inverse: DECODER,
    summary: words("predictive coder of photos, or coder of screens, whichever is smaller; a section for 128 rows"),
    ..Entry::BASE
};

/// How a tile is coded: what its one side byte says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// [`crate::codec::lossless`].
    Predictive = 0,
    /// [`crate::codec::screen`].
    Screen = 1,
}

/// Rows of a section, of both modes.
pub const SECTION_ROWS: usize = crate::codec::lossless::SLICE_ROWS;
const _: () = assert!(SECTION_ROWS == crate::codec::screen::SLICE_ROWS);

/// (height, width, channels) of a picture.
fn size_of(shape: &[usize]) -> Result<[usize; 3]> {
    match *shape {
        [h, w, c @ 1..=4] if h > 0 && w > 0 => Ok([h, w, c]),
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
