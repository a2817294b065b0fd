//! The quality that meets a target.

use super::encoder::{Coded, Encoder};
use crate::arena::{zeros, Element};
use crate::codec::network::layered::Analysis;
use crate::codec::tile::{Image, ImageView, SampleBuf, Samples};
use crate::component::{Params, Value};
use crate::error::{Error, Result};
use crate::metric::{psnr, Pictures};

/// What a file is to be like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// At most so many bytes.
    Bytes(usize),
    /// At least so many dB.
    Psnr(f64),
}

impl Target {
    /// Of options that are complete.
    ///
    /// # Errors
    /// `param.range` for two targets.
    pub fn of(asked: &Params) -> Result<Option<Target>> {
        let bytes = asked.get("target_bytes").map(|_| Target::Bytes(asked.int("target_bytes") as usize));
        let psnr = match asked.get("target_psnr") {
            Some(Value::Float(least)) => Some(Target::Psnr(*least)),
            Some(Value::Int(least)) => Some(Target::Psnr(*least as f64)),
            _ => None,
        };
        match (bytes, psnr) {
            (Some(_), Some(_)) => Err(Error::new("param.range", "target_bytes and target_psnr; one of the two")),
            (bytes, psnr) => Ok(bytes.or(psnr)),
        }
    }
}

/// The best quality within a number of bytes, or the least that reaches a PSNR: found by halving.
///
/// # Errors
/// `param.range` where none does, with what is nearest.
pub(super) fn step(encoder: &Encoder, analysis: &Analysis, target: Target) -> Result<usize> {
    let last = encoder.codec.predictor.steps() - 1;
    let reached = |step: usize| measured(encoder, &encoder.code(analysis, step)?, target);
    match target {
        Target::Bytes(most) => {
            let least = reached(0)?;
            if least > most as f64 {
                let text = format!("target_bytes={most}; the smallest file of this picture has {least} bytes");
                return Err(Error::new("param.range", text));
            }
            // At `low` the file fits, at `high` it does not.
            let (mut low, mut high) = (0, last + 1);
            while high - low > 1 {
                let middle = (low + high) / 2;
                *(if reached(middle)? <= most as f64 { &mut low } else { &mut high }) = middle;
            }
            Ok(low)
        }
        Target::Psnr(least) => {
            let most = reached(last)?;
            if most < least {
                let text = format!("target_psnr={least}; the best file of this picture has {most:.2} dB");
                return Err(Error::new("param.range", text));
            }
            let (mut low, mut high) = (-1, last as i64);
            while high - low > 1 {
                let middle = (low + high) / 2;
                *(if reached(middle as usize)? >= least { &mut high } else { &mut low }) = middle;
            }
            Ok(high as usize)
        }
    }
}

fn measured(encoder: &Encoder, coded: &Coded, target: Target) -> Result<f64> {
    match target {
        Target::Bytes(_) => Ok(encoder.file(coded, None)?.len() as f64),
        Target::Psnr(_) => decibels(encoder, &encoder.decoded(coded)?),
    }
}

/// PSNR of a picture against the one that is encoded, alpha left out.
pub(super) fn decibels(encoder: &Encoder, made: &Image) -> Result<f64> {
    let shape = [made.height, made.width, colours(made.channels)];
    let is = colour(&made.view())?;
    let was = colour(encoder.image)?;
    match (&was, &is) {
        (SampleBuf::U8(a), SampleBuf::U8(b)) => Ok(psnr(encoder.kernels, &Pictures::new(a, b, shape)?)),
        (SampleBuf::U16(a), SampleBuf::U16(b)) => Ok(psnr(encoder.kernels, &Pictures::new(a, b, shape)?)),
        _ => Err(Error::new("internal.bug", "a picture that came back in another depth")),
    }
}

/// Channels without alpha.
pub(super) fn colours(channels: usize) -> usize {
    if channels > 2 {
        3
    } else {
        1
    }
}

/// The samples without alpha.
///
/// # Errors
/// `limit.memory`.
pub(super) fn colour(image: &ImageView) -> Result<SampleBuf> {
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
