//! What the codec cannot do: a picture that the profile `photo` keeps better at equal bytes is coded so.

use super::encoder::{Coded, Encoder};
use super::measure::Metric;
use super::search::last;
use crate::codec::open::{DecodeOptions, Opened};
use crate::codec::write::{self, Options};
use crate::component::{Params, Value};
use crate::error::Result;
use crate::wire::Slice;
use crate::REGISTRY;

/// Least side of a picture whose MS-SSIM is known.
const LEAST_SIDE: usize = 161;
/// How much higher `photo`'s PSNR has to be where MS-SSIM is not known, in dB.
const CLEARLY: f64 = 3.0;
/// Qualities of `photo`.
const QUALITIES: usize = 101;

/// The file of the profile `photo` of at most as many bytes as the coded picture's, where it is better.
///
/// # Errors
/// `limit.memory`.
pub(super) fn better(encoder: &Encoder, coded: &Coded, most: usize, options: &Options) -> Result<Option<Vec<u8>>> {
    let Some(file) = photo(encoder, most, options)? else { return Ok(None) };
    let source = Slice(&file);
    let decode = DecodeOptions { threads: Some(encoder.threads), ..DecodeOptions::default() };
    let theirs = Opened::new(&source, &REGISTRY, encoder.limits)?.picture(encoder.kernels, &decode)?;
    let ours = encoder.decoded(coded)?;
    let (metric, clearly) = match encoder.image.width.min(encoder.image.height) >= LEAST_SIDE {
        true => (Metric::MsSsim, 0.0),
        false => (Metric::Psnr, CLEARLY),
    };
    let is_better = metric.of(encoder, &theirs)? > metric.of(encoder, &ours)? + clearly;
    Ok(is_better.then_some(file))
}

/// The best file of the profile `photo` that has at most so many bytes; none where its smallest has more.
fn photo(encoder: &Encoder, most: usize, options: &Options) -> Result<Option<Vec<u8>>> {
    let mut best = None;
    last(QUALITIES, |quality| {
        let profile = Params::new().with("quality", Value::Int(quality as i64));
        let file = write::compress(encoder.kernels, *encoder.image, &Options { profile, ..options.clone() })?;
        let fits = file.len() <= most;
        if fits {
            best = Some(file);
        }
        Ok(fits)
    })?;
    Ok(best)
}
