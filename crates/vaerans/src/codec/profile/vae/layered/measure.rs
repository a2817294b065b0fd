//! How much of a picture a coded one keeps.

use super::encoder::Encoder;
use crate::arena::{zeros, Element};
use crate::codec::tile::{Image, ImageView, SampleBuf, Samples};
use crate::error::{Error, Result};
use crate::metric::{ms_ssim, psnr, Pictures, Sample};

/// What is measured, alpha left out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Metric {
    /// In dB.
    Psnr,
    /// In 0 to 1; not defined for small pictures.
    MsSsim,
}

impl Metric {
    /// Of a picture against the one that is encoded.
    ///
    /// # Errors
    /// `limit.memory`; `param.shape` for MS-SSIM of a small picture.
    pub fn of(self, encoder: &Encoder, made: &Image) -> Result<f64> {
        let shape = [made.height, made.width, colours(made.channels)];
        match (&colour(encoder.image)?, &colour(&made.view())?) {
            (SampleBuf::U8(a), SampleBuf::U8(b)) => self.between(encoder, &Pictures::new(a, b, shape)?),
            (SampleBuf::U16(a), SampleBuf::U16(b)) => self.between(encoder, &Pictures::new(a, b, shape)?),
            _ => Err(Error::new("internal.bug", "a picture that came back in another depth")),
        }
    }

    fn between<T: Sample>(self, encoder: &Encoder, pictures: &Pictures<T>) -> Result<f64> {
        match self {
            Metric::Psnr => Ok(psnr(encoder.kernels, pictures)),
            Metric::MsSsim => ms_ssim(encoder.kernels, encoder.threads, pictures, 5),
        }
    }
}

/// Channels without alpha.
fn colours(channels: usize) -> usize {
    if channels > 2 {
        3
    } else {
        1
    }
}

/// The samples without alpha.
fn colour(image: &ImageView) -> Result<SampleBuf> {
    fn of<S: Element>(samples: &[S], channels: usize) -> Result<Vec<S>> {
        let count = colours(channels);
        let mut all = zeros(samples.len() / channels * count)?;
        let pixels = all.chunks_exact_mut(count).zip(samples.chunks_exact(channels));
        pixels.for_each(|(to, from)| to.copy_from_slice(&from[..count]));
        Ok(all)
    }
    Ok(match image.samples {
        Samples::U8(s) => SampleBuf::U8(of(s, image.channels)?),
        Samples::U16(s) => SampleBuf::U16(of(s, image.channels)?),
    })
}
