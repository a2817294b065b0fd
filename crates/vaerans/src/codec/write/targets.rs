//! The step that meets a target.

use crate::codec::entropy::log2::log2;
use crate::codec::photo::picture::MOST_THRIFT;
use crate::codec::photo::scale::{STEPS, UNIT};
use crate::error::{Error, Result};

/// How a picture at a step stands to its target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Met {
    /// Whether it keeps the target.
    pub fits: bool,
    /// Whether it keeps it about as well as can be.
    pub is_close: bool,
    /// The part of the target that it leaves.
    pub gap: f64,
    /// Steps that it seems to be away from it.
    pub away: i32,
}

/// 64 times log2 of a quotient, rounded.
pub(super) fn octaves(a: u64, b: u64) -> i32 {
    let narrow = |n: u64| {
        let shift = (64 - n.leading_zeros()).saturating_sub(32);
        (log2((n.max(1) >> shift) as u32) as i64) + (i64::from(shift) << 16)
    };
    ((narrow(a) - narrow(b)) >> 10) as i32
}

/// Steps at which it is tried what a bit may cost.
const FINER: usize = 8;

/// Tries steps, from `start` on, until one is close, then between two steps what a bit may cost; `finer`: whether smaller steps are those
/// that fit. `at` is told step and thrift.
///
/// # Errors
/// Those of `at`; none fits: `param.range` from `refuse`, which is told the last one tried.
pub(super) fn meet<T>(
    start: u16,
    finer: bool,
    mut at: impl FnMut(u16, u8) -> Result<(T, Met)>,
    refuse: impl FnOnce(T) -> Error,
) -> Result<T> {
    // What fits lies on one side of what does not.
    let mut best: Option<(i32, T, Met)> = None;
    let mut bad: Option<(i32, i32)> = None;
    let mut step = i32::from(start);
    loop {
        let (made, met) = at(step as u16, 0)?;
        let ends = (0, i32::from(STEPS) - 1);
        let toward_fit = if finer { -1 } else { 1 };
        let far = if finer { ends.0 } else { ends.1 };
        if met.fits {
            best = Some((step, made, met));
            if met.is_close {
                break;
            }
        } else if step == far {
            return Err(refuse(made));
        } else {
            bad = Some((step, met.away));
        }
        let wanted = match met.away {
            0 => step + if met.fits { -toward_fit } else { toward_fit },
            away => step + away,
        };
        let fit = best.as_ref().map(|b| (b.0, b.2.away));
        step = match (fit, bad) {
            (Some((fit, _)), Some((bad, _))) if (fit - bad).abs() <= 1 => break,
            (Some(fit), Some(bad)) => inside(fit, bad),
            // Beyond what was tried, at least by one.
            (Some((fit, _)), None) if fit == ends.0 + ends.1 - far => break,
            (Some((fit, _)), None) if finer => wanted.clamp(fit + 1, ends.1),
            (Some((fit, _)), None) => wanted.clamp(ends.0, fit - 1),
            (None, Some((bad, _))) if finer => wanted.clamp(ends.0, bad - 1),
            (None, Some((bad, _))) => wanted.clamp(bad + 1, ends.1),
            (None, None) => break,
        };
    }
    let (step, made, met) = best.ok_or_else(|| Error::new("internal.bug", "a search that tried nothing"))?;
    let mut best = (made, met);
    if let Some((bad, _)) = bad {
        // Of small pictures what a bit costs changes much at once: one of the finer steps may do.
        let first = if finer { step } else { bad };
        for step in (0..=first).rev().take(FINER) {
            if best.1.is_close {
                break;
            }
            best = between(step, finer, best, &mut at)?;
        }
    }
    Ok(best.0)
}

/// A step between two, of which one fits: about where the target would be on a line, and not near the end of a wide gap.
fn inside((a, from_a): (i32, i32), (b, from_b): (i32, i32)) -> i32 {
    let far = |n: i32| i64::from(n).abs().max(1);
    let (gap, margin) = (i64::from(b - a), ((b - a).abs() / 8).max(1));
    let (low, high) = (a.min(b), a.max(b));
    (a + (gap * far(from_a) / (far(from_a) + far(from_b))) as i32).clamp(low + margin, high - margin)
}

/// Tries what a bit may cost at a step, which without thrift fits if `finer`, and does not otherwise; the best of what fits, `best` among it.
fn between<T>(
    step: i32,
    finer: bool,
    mut best: (T, Met),
    at: &mut impl FnMut(u16, u8) -> Result<(T, Met)>,
) -> Result<(T, Met)> {
    let (mut low, mut high) = (0u16, u16::from(MOST_THRIFT) + 1);
    while high - low > 1 {
        let thrift = (low + high) / 2;
        let (made, met) = at(step as u16, thrift as u8)?;
        if met.fits && met.gap < best.1.gap {
            best = (made, met);
            if met.is_close {
                break;
            }
        }
        // More thrift: smaller files of less PSNR.
        if met.fits == finer {
            low = thrift;
        } else {
            high = thrift;
        }
    }
    Ok(best)
}

/// The step to begin with for so many bytes of so many pixels: those of a photo.
pub(super) fn start(bytes: u64, pixels: u64) -> u16 {
    // One bit a pixel at a step of 24; an octave of steps less than halves the bytes.
    let away = octaves(pixels.max(1), bytes.saturating_mul(8)) * 5 / 4;
    (i32::from(UNIT) + 293 + away).clamp(0, i32::from(STEPS) - 1) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of a picture at a step: fewer for larger ones, not evenly.
    fn bytes(step: u16) -> u64 {
        (1_000_000.0 * 2f64.powf(-f64::from(step) / 71.0)) as u64 + 40 + u64::from(step % 3)
    }

    #[test]
    fn a_size_is_met_from_below_in_few_steps() {
        for target in [90u64, 1000, 5000, 77_777, 900_000] {
            let mut tried = 0;
            let at = |step: u16, thrift: u8| {
                tried += 1;
                let n = bytes(step) * 1000 / (1000 + u64::from(thrift));
                let gap = 1.0 - n as f64 / target as f64;
                let met = Met { fits: gap >= 0.0, is_close: gap <= 0.02, gap, away: octaves(n, target) };
                Ok((n, met))
            };
            let found = meet(start(target, 100_000), false, at, |_| Error::new("param.range", "")).unwrap();
            assert!(found <= target && found * 50 >= target * 49, "{target}: {found}");
            assert!(tried < 12, "{target}: {tried} tries");
        }
    }

    #[test]
    fn what_cannot_be_met_is_refused() {
        let at = |step: u16, _| Ok((step, Met { fits: false, is_close: false, gap: -1.0, away: 500 }));
        let refused = meet(700, false, at, |last| Error::new("param.range", format!("{last}")));
        assert_eq!(refused.unwrap_err().message(), "1535");
    }
}
