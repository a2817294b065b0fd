//! What the codec cannot do: a picture that the profile `photo` keeps better at equal bytes is coded so.

use super::encoder::{Coded, Encoder};
use super::search::{colour, colours, decibels};
use crate::codec::open::{DecodeOptions, Opened};
use crate::codec::tile::{Image, SampleBuf};
use crate::codec::write::{self, Options};
use crate::component::{Params, Value};
use crate::error::{Error, Result};
use crate::metric::{ms_ssim, Pictures};
use crate::wire::Slice;
use crate::REGISTRY;

/// Least side of a picture whose MS-SSIM is known.
const LEAST_SIDE: usize = 161;
/// How much higher `photo`'s PSNR has to be where MS-SSIM is not known, in dB.
const CLEARLY: f64 = 3.0;

/// The file of the profile `photo` of at most as many bytes, where it is better.
///
/// # Errors
/// `limit.memory`.
pub(super) fn better(encoder: &Encoder, coded: &Coded, options: &Options) -> Result<Option<Vec<u8>>> {
    let most = encoder.file(coded, None)?.len();
    let Some(file) = photo(encoder, most, options)? else { return Ok(None) };
    let source = Slice(&file);
    let decode = DecodeOptions { threads: Some(encoder.threads), ..DecodeOptions::default() };
    let theirs = Opened::new(&source, &REGISTRY, encoder.limits)?.picture(encoder.kernels, &decode)?;
    let ours = encoder.decoded(coded)?;
    let is_better = match encoder.image.width.min(encoder.image.height) >= LEAST_SIDE {
        true => similarity(encoder, &theirs)? > similarity(encoder, &ours)?,
        false => decibels(encoder, &theirs)? > decibels(encoder, &ours)? + CLEARLY,
    };
    Ok(is_better.then_some(file))
}

/// The best file of the profile `photo` that has at most so many bytes; none where its smallest has more.
fn photo(encoder: &Encoder, most: usize, options: &Options) -> Result<Option<Vec<u8>>> {
    let code = |quality: i64| {
        let profile = Params::new().with("quality", Value::Int(quality));
        write::compress(encoder.kernels, *encoder.image, &Options { profile, ..options.clone() })
    };
    let (mut low, mut high, mut best) = (-1, 101, None);
    while high - low > 1 {
        let middle = (low + high) / 2;
        let file = code(middle)?;
        match file.len() <= most {
            true => (low, best) = (middle, Some(file)),
            false => high = middle,
        }
    }
    Ok(best)
}

fn similarity(encoder: &Encoder, made: &Image) -> Result<f64> {
    let shape = [made.height, made.width, colours(made.channels)];
    match (&colour(encoder.image)?, &colour(&made.view())?) {
        (SampleBuf::U8(a), SampleBuf::U8(b)) => {
            ms_ssim(encoder.kernels, encoder.threads, &Pictures::new(a, b, shape)?, 5)
        }
        (SampleBuf::U16(a), SampleBuf::U16(b)) => {
            ms_ssim(encoder.kernels, encoder.threads, &Pictures::new(a, b, shape)?, 5)
        }
        _ => Err(Error::new("internal.bug", "a picture that came back in another depth")),
    }
}
