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
mod reduce_tests;
#[cfg(test)]
mod tests;

/// Working memory of one tile in bytes: a step's input and output of 4 bytes a sample each, the samples, the coder's
/// bytes, and room for alignment.
fn tile_budget(samples: usize) -> usize {
    samples.saturating_mul(24).saturating_add(1 << 20)
}

/// How many tiles may be worked on at once so that they and the picture stay within `max_bytes`.
fn workers(threads: usize, g: &Geometry, limits: &Limits) -> Result<usize> {
    let first = g.grid().rect(0);
    let tile = tile_budget(first.width * first.height * g.colour.channels()) as u64;
    let picture = g.width as u64 * g.height as u64 * g.colour.channels() as u64 * u64::from(g.depth / 8);
    match limits.max_bytes.saturating_sub(picture) / tile {
        0 => Err(Error::new(
            "limit.memory",
            format!(
                "{picture} bytes of a picture of {} x {} and {tile} for a tile of {} x {}; at most {} (raise max_bytes)",
                g.width, g.height, first.width, first.height, limits.max_bytes
            ),
        )),
        most => Ok(threads.min(usize::try_from(most).unwrap_or(usize::MAX))),
    }
}
