//! A picture to a file with a learned codec in layers: its integers, tile by tile; alpha, and what bounds the error, beside them.

mod encoder;
mod fallback;
mod refine;
mod search;

use super::PROFILE;
use crate::bitstream::{self, Colour, Content, Geometry, NewItem};
use crate::codec::network::layered::Analysis;
use crate::codec::network::Networks;
use crate::codec::profile::{photo, Fidelity};
use crate::codec::tile::ImageView;
use crate::codec::write::Options;
use crate::ecs::Models;
use crate::error::{Error, Result};
use crate::learned::Layered;
use crate::pool;
use encoder::Encoder;
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// Edge of a tile in pixels: what a decoder's memory, and its threads, work on.
const TILE: usize = 2048;
/// Quality that a file of a bounded error has in front of its residual.
const REFINED: u8 = 60;

/// The quality of the codec at one of 0 to 100: `steps` of them, spread evenly.
pub fn step_of(quality: u8, steps: usize) -> usize {
    (usize::from(quality.min(100)) * (steps - 1) + 50) / 100
}

/// A whole file of a picture. Same bytes for every number of threads and every instruction set.
///
/// # Errors
/// `param.*` for impossible options, `param.range` with the nearest value for a target that is out of reach, `data.empty`, `limit.*`;
/// `model.missing_file` for a codec without its encoder.
pub fn compress(kernels: Kernels, image: &ImageView, options: &Options, codec: &Arc<Layered>) -> Result<Vec<u8>> {
    compress_in(TILE, kernels, image, options, codec)
}

/// The same in tiles of another edge.
fn compress_in(
    tile: usize,
    kernels: Kernels,
    image: &ImageView,
    options: &Options,
    codec: &Arc<Layered>,
) -> Result<Vec<u8>> {
    image.check()?;
    options.limits.check_picture(image.width as u64, image.height as u64)?;
    let asked = PROFILE.complete(&options.profile)?;
    let fidelity = Fidelity::of(&asked)?;
    let channels = image.stored_channels();
    let metadata = options.metadata.clone().settled(channels)?;
    let depth = Geometry::depth_of(image.samples.dtype()).unwrap_or(16);
    photo::check_bound(fidelity, depth)?;
    let edge = if image.width.max(image.height) > tile { tile } else { 0 };
    let geometry = Geometry {
        width: image.width,
        height: image.height,
        colour: Colour::of_channels(channels)?,
        depth,
        tile: edge,
    };
    let threads = pool::resolve(options.threads)?;
    let models: Arc<dyn Models> = Arc::new(Networks::layered(codec.clone()));
    let encoder = Encoder {
        kernels,
        image,
        geometry,
        threads,
        limits: &options.limits,
        codec,
        models: models.as_ref(),
        metadata,
    };
    let analysis = encoder.with_ctx(|ctx| Analysis::new(ctx, codec, image))?;
    let target = search::Target::of(&asked)?;
    let step = match (target, fidelity) {
        (Some(_), Fidelity::Bounded(..) | Fidelity::Lossless) => {
            return Err(Error::new("param.range", "a target with lossless or max_error; one of the two"));
        }
        (Some(target), _) => search::step(&encoder, &analysis, target)?,
        (None, Fidelity::Lossy(q) | Fidelity::Bounded(q, _)) => step_of(q, codec.predictor.steps()),
        (None, Fidelity::Lossless) => step_of(REFINED, codec.predictor.steps()),
    };
    let coded = encoder.code(&analysis, step)?;
    let bound = match fidelity {
        // What was promised of the PSNR holds for this file.
        Fidelity::Lossy(_) if !asked.flag("fallback") || matches!(target, Some(search::Target::Psnr(_))) => None,
        Fidelity::Lossy(_) => {
            if let Some(file) = fallback::better(&encoder, &coded, options)? {
                return Ok(file);
            }
            None
        }
        Fidelity::Bounded(_, bound) => Some(bound),
        Fidelity::Lossless => Some(0),
    };
    encoder.file(&coded, bound)
}

impl Encoder<'_> {
    /// The file of what was coded, and of what bounds its error.
    fn file(&self, coded: &encoder::Coded, bound: Option<u32>) -> Result<Vec<u8>> {
        let mut streams = vec![self.stream(coded)?];
        streams.extend(self.refinements(coded, bound)?);
        bitstream::to_vec(&NewItem {
            content: Content::Picture(self.geometry),
            metadata: self.metadata.clone(),
            streams,
        })
    }
}

#[cfg(test)]
mod tests;
