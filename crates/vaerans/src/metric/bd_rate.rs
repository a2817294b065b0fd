//! Bjøntegaard's delta rate: how many bytes one codec takes more (or less) than another at equal quality.
//!
//! G. Bjøntegaard, "Calculation of average PSNR differences between RD-curves", VCEG-M33, 2001, with a monotone piecewise
//! cubic in place of his polynomial (as in the reference software of AV1 and VVC).

use super::Pchip;
use crate::error::{Error, Result};

/// Fewest points of a curve.
pub const MIN_POINTS: usize = 8;

/// The range of PSNR in dB that curves are compared over.
pub const PSNR_WINDOW: (f64, f64) = (27.0, 40.0);

/// One point of a rate-distortion curve: means over the pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatePoint {
    /// Bits per pixel, or any other size; of the whole file.
    pub rate: f64,
    /// Quality in dB.
    pub quality: f64,
}

/// MS-SSIM (or SSIM) as decibels, `-10 log10(1 - value)`, in which curves are close to straight.
pub fn ms_ssim_db(value: f64) -> f64 {
    -10.0 * (1.0 - value).log10()
}

/// Bytes that `test` takes more than `anchor` at equal quality, in percent (negative: fewer), over the range of quality that
/// both curves cover, within `window` where there is one.
///
/// `100 (exp(mean of ln(rate of test) - ln(rate of anchor)) - 1)`, the mean being that of monotone cubics
/// ([`Pchip`]) through the points.
///
/// ```
/// use vaerans::metric::{bd_rate, RatePoint, PSNR_WINDOW};
/// let curve = |size: f64| (0..8).map(move |i| RatePoint { rate: size * 2f64.powi(i), quality: 25.0 + 2.5 * i as f64 });
/// let (anchor, test): (Vec<_>, Vec<_>) = (curve(0.2).collect(), curve(0.1).collect());
/// assert!((bd_rate(&anchor, &test, Some(PSNR_WINDOW))? + 50.0).abs() < 1e-9);
/// # Ok::<(), vaerans::Error>(())
/// ```
///
/// # Errors
/// `param.shape` for fewer than [`MIN_POINTS`] points, `data.not_finite`, `param.range` for a rate that is not positive or
/// a quality that stands twice in one curve, `data.range` where the curves share no quality.
pub fn bd_rate(anchor: &[RatePoint], test: &[RatePoint], window: Option<(f64, f64)>) -> Result<f64> {
    let curves = [("anchor", anchor), ("test", test)].map(|(name, points)| curve(points).map_err(|e| e.at(name)));
    let [anchor, test] = curves;
    let (anchor, test) = (anchor?, test?);
    let (low, high) = window.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    let ((a0, a1), (t0, t1)) = (anchor.domain(), test.domain());
    let (from, to) = (low.max(a0).max(t0), high.min(a1).min(t1));
    if from >= to {
        let text =
            format!("the curves ({a0:.2} to {a1:.2} dB, {t0:.2} to {t1:.2} dB) share no quality in {low} to {high} dB");
        return Err(Error::new("data.range", text));
    }
    let mean = (test.integral(from, to) - anchor.integral(from, to)) / (to - from);
    Ok(100.0 * mean.exp_m1())
}

/// ln(rate) over quality.
fn curve(points: &[RatePoint]) -> Result<Pchip> {
    if points.len() < MIN_POINTS {
        return Err(Error::new("param.shape", format!("{} points; {MIN_POINTS} at least", points.len())));
    }
    if let Some(p) = points.iter().find(|p| p.rate <= 0.0) {
        return Err(Error::new("param.range", format!("rate {}; a positive number expected", p.rate)));
    }
    let mut points = points.to_vec();
    points.sort_by(|p, q| p.quality.total_cmp(&q.quality));
    Pchip::new(points.iter().map(|p| p.quality).collect(), points.iter().map(|p| p.rate.ln()).collect())
}
