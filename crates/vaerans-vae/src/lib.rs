//! The trained model of the profile `vae`: photos at small sizes.
//!
//! | | |
//! |---|---|
//! | `codec` | the whole codec, for [`vaerans::codec::profile::vae::layered::compress`] and for files |
//! | [`decoder`] | what opens files alone |
//! | [`files`] | its files as they are, for a server that hands them out to pages |
//!
//! `codec` is there with the feature `encoder`, which is on unless you turn it off: the networks that only encoding needs are 1.2 of
//! the 2.1 MB. The kernels in C++ and the threads are features of [`vaerans`]: a program that depends on it too, as it is, has them.
//!
//! The file `vae1.md` of this crate tells what the model was trained on, and where it is weak; `NOTICE` whose photos those were.

mod model;

pub use model::{files, File};

use std::sync::Arc;
use vaerans::kernels::Kernels;
use vaerans::learned::Layered;
use vaerans::wire::Limits;
use vaerans::Result;

/// The whole codec.
///
/// ```
/// use std::sync::Arc;
/// use vaerans::codec::network::Networks;
/// use vaerans::codec::open::{DecodeOptions, Opened};
/// use vaerans::codec::profile::vae::layered::compress;
/// use vaerans::codec::tile::{ImageView, Samples};
/// use vaerans::codec::write::Options;
/// use vaerans::{kernels::Kernels, wire::{Limits, Slice}, REGISTRY};
///
/// let (kernels, limits) = (Kernels::active(), Limits::default());
/// let codec = vaerans_vae::codec(kernels, &limits)?;
/// let pixels: Vec<u8> = (0..48 * 32 * 3).map(|i| (i % 144 + i / 144) as u8).collect();
/// let view = ImageView { width: 48, height: 32, channels: 3, samples: Samples::U8(&pixels) };
/// let file = compress(kernels, &view, &Options::default().with("quality", 60i64), &codec)?;
///
/// let source = Slice(&file);
/// let opened = Opened::new(&source, &REGISTRY, &limits)?.with_models(Arc::new(Networks::layered(codec)));
/// let back = opened.picture(kernels, &DecodeOptions::default())?;
/// assert_eq!((back.width, back.height, back.channels), (48, 32, 3));
/// assert!(file.len() < pixels.len() / 4);
/// # Ok::<(), vaerans::Error>(())
/// ```
///
/// # Errors
/// `limit.memory` where the limits allow less memory than its weights take.
#[cfg(feature = "encoder")]
pub fn codec(kernels: Kernels, limits: &Limits) -> Result<Arc<Layered>> {
    Ok(Arc::new(Layered::load(model::WHOLE, kernels, limits)?))
}

/// The codec without what only encoding needs: it opens every file of the whole one, and has its name.
///
/// # Errors
/// `limit.memory` where the limits allow less memory than its weights take.
pub fn decoder(kernels: Kernels, limits: &Limits) -> Result<Arc<Layered>> {
    Ok(Arc::new(Layered::load(model::DECODER, kernels, limits)?))
}

#[cfg(test)]
mod tests;
