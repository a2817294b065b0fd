//! What the codec cannot do: a picture that the profile `photo` keeps better at equal bytes is coded so.

use super::encoder::{Coded, Encoder};
use super::measure::Metric;
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
/// How hard `photo` is tried.
const EFFORT: i64 = 3;

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
    let profile = Params::new().with("target_bytes", Value::Int(most as i64)).with("effort", Value::Int(EFFORT));
    match write::compress(encoder.kernels, *encoder.image, &Options { profile, ..options.clone() }) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.code() == "param.range" => Ok(None),
        Err(error) => Err(error),
    }
}
