//! The quality that meets a target.

use super::encoder::{Coded, Encoder};
use super::measure::Metric;
use crate::codec::network::layered::Analysis;
use crate::component::{Params, Value};
use crate::error::{Error, Result};

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

/// The best quality within a number of bytes, or the least that reaches a PSNR.
///
/// # Errors
/// `param.range` where none does, with what is nearest.
pub(super) fn step(encoder: &Encoder, analysis: &Analysis, target: Target) -> Result<usize> {
    let steps = encoder.codec.predictor.steps();
    let coded = |step: usize| encoder.code(analysis, step);
    match target {
        Target::Bytes(most) => {
            let bytes = |coded: &Coded| Ok::<_, Error>(encoder.file(coded, None)?.len());
            last(steps, |step| Ok(bytes(&coded(step)?)? <= most))?.ok_or_else(|| {
                let least = coded(0).and_then(|c| bytes(&c));
                let text = |least| format!("target_bytes={most}; the smallest file of this picture has {least} bytes");
                least.map_or_else(|error| error, |least| Error::new("param.range", text(least)))
            })
        }
        Target::Psnr(least) => {
            let decibels = |coded: &Coded| Metric::Psnr.of(encoder, &encoder.decoded(coded)?);
            let first = last(steps, |step| Ok(decibels(&coded(step)?)? < least))?.map_or(0, |below| below + 1);
            if first < steps {
                return Ok(first);
            }
            let most = decibels(&coded(steps - 1)?)?;
            let text = format!("target_psnr={least}; the best file of this picture has {most:.2} dB");
            Err(Error::new("param.range", text))
        }
    }
}

/// The last of `count` steps that `fits`, as all before it do; none where the first does not. Found by halving.
///
/// # Errors
/// Those of `fits`.
pub(super) fn last(count: usize, mut fits: impl FnMut(usize) -> Result<bool>) -> Result<Option<usize>> {
    // All below `low` fit, what is at `high` does not.
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = (low + high) / 2;
        match fits(middle)? {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    Ok(low.checked_sub(1))
}
