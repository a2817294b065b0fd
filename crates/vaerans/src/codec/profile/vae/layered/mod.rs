//! A picture to a file with a learned codec in layers: its integers, tile by tile; alpha, and what bounds the error, beside them.

mod encoder;
mod fallback;
mod measure;
mod refine;
mod search;

use super::PROFILE;
use crate::bitstream::{self, Colour, Content, Geometry, NewItem};
use crate::codec::network::layered::Analysis;
use crate::codec::network::Networks;
use crate::codec::profile::{photo, Fidelity};
use crate::codec::tile::ImageView;
use crate::codec::write::Options;
use crate::component::Params;
use crate::ecs::Models;
use crate::error::{Error, Result};
use crate::learned::Layered;
use crate::pool;
use encoder::{Coded, Encoder};
use search::Target;
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// Edge of a tile in pixels: what a decoder's memory, and its threads, work on.
const TILE: usize = 2048;
/// Quality in front of the residual of a lossless file.
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
    let asked = Asked::of(&PROFILE.complete(&options.profile)?)?;
    let geometry = geometry(image, tile)?;
    photo::check_bound(asked.fidelity, geometry.depth)?;
    let models: Arc<dyn Models> = Arc::new(Networks::layered(codec.clone()));
    let encoder = Encoder {
        kernels,
        image,
        geometry,
        threads: pool::resolve(options.threads)?,
        limits: &options.limits,
        codec,
        models: models.as_ref(),
        metadata: options.metadata.clone().settled(image.stored_channels())?,
    };
    let analysis = encoder.with_ctx(|ctx| Analysis::new(ctx, codec, image))?;
    let step = match (asked.target, asked.fidelity) {
        (Some(target), _) => search::step(&encoder, &analysis, target)?,
        (None, fidelity) => step_of(fidelity.quality().unwrap_or(REFINED), codec.predictor.steps()),
    };
    let coded = encoder.code(&analysis, step)?;
    let file = encoder.file(&coded, asked.fidelity.bound())?;
    match asked.fallback {
        true => Ok(fallback::better(&encoder, &coded, file.len(), options)?.unwrap_or(file)),
        false => Ok(file),
    }
}

/// What is asked of a file.
struct Asked {
    fidelity: Fidelity,
    target: Option<Target>,
    /// Whether another profile may be taken. Not where the error or the PSNR is promised: that holds for this one's file.
    fallback: bool,
}

impl Asked {
    /// Of options that are complete.
    fn of(options: &Params) -> Result<Asked> {
        let (fidelity, target) = (Fidelity::of(options)?, Target::of(options)?);
        if target.is_some() && fidelity.bound().is_some() {
            return Err(Error::new("param.range", "a target with lossless or max_error; one of the two"));
        }
        let is_free = fidelity.bound().is_none() && !matches!(target, Some(Target::Psnr(_)));
        Ok(Asked { fidelity, target, fallback: is_free && options.flag("fallback") })
    }
}

fn geometry(image: &ImageView, tile: usize) -> Result<Geometry> {
    Ok(Geometry {
        width: image.width,
        height: image.height,
        colour: Colour::of_channels(image.stored_channels())?,
        depth: Geometry::depth_of(image.samples.dtype()).unwrap_or(16),
        tile: if image.width.max(image.height) > tile { tile } else { 0 },
    })
}

impl Encoder<'_> {
    /// The file of what was coded, and of what bounds its error.
    fn file(&self, coded: &Coded, bound: Option<u32>) -> Result<Vec<u8>> {
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
