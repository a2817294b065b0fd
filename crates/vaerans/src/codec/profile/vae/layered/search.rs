//! The quality that meets a target.

use super::encoder::{Coded, Encoder};
use super::measure::Metric;
use crate::codec::network::layered::Analysis;
use crate::error::{Error, Result};

pub(super) use crate::codec::profile::Target;

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
