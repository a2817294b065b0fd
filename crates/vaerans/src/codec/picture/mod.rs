//! Pictures to files and back: `compress`, `decompress`, `info`.

mod decode;
mod encode;
mod info;
mod join;
mod reduce;
mod window;

pub use decode::{decompress, DecodeOptions};
pub use encode::{compress, compress_part, photo_systems, Options, Whole};
pub use info::{info, Info, StepInfo};
pub use join::Joiner;

use crate::bitstream::Geometry;
use crate::error::{Error, Result};
use crate::wire::Limits;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod reduce_tests;
#[cfg(test)]
mod tests;

/// Bytes of working memory per sample: the pipe of a photo holds a step's input and output of 4 bytes each at a time; what
/// other pipes take is not known.
const PHOTO_BYTES: usize = 10;
const ANY_BYTES: usize = 24;

/// Working memory of one tile in bytes: so many per sample, and room for the coder's bytes and for alignment.
fn tile_budget(samples: usize, each: usize) -> usize {
    samples.saturating_mul(each).saturating_add(1 << 20)
}

/// How many tiles, of so many bytes of working memory each, may be worked on at once so that they and a picture of this size stay
/// within `max_bytes`.
fn workers(threads: usize, g: &Geometry, tile: usize, limits: &Limits) -> Result<usize> {
    let picture = g.width as u64 * g.height as u64 * g.colour.channels() as u64 * u64::from(g.depth / 8);
    match limits.max_bytes.saturating_sub(picture) / tile as u64 {
        0 => Err(Error::new(
            "limit.memory",
            format!(
                "{picture} bytes of a picture of {} x {} and {tile} for each tile; at most {} (raise max_bytes)",
                g.width, g.height, limits.max_bytes
            ),
        )),
        most => Ok(threads.min(usize::try_from(most).unwrap_or(usize::MAX))),
    }
}
