//! The profile `photo`: pictures without a network.

use super::{forward, Fidelity, Profile, LOSSLESS, MAX_ERROR, QUALITY, RESIDUAL};
use crate::bitstream::format;
use crate::codec::color::ycocg;
use crate::codec::entropy::ans;
use crate::codec::filter::residual;
use crate::codec::quantize::dead_zone;
use crate::codec::transform::{wavelet_cdf53, wavelet_cdf97};
use crate::component::{Params, Value};
use crate::ecs::{Cursor, Planned, Planner, Step, Ty};
use crate::error::{Error, Result};
use crate::registry::keys;
use crate::registry::schema::{words, Param};

/// The profile.
pub static PROFILE: Profile = Profile {
    name: "photo",
    options: &[
        QUALITY,
        LOSSLESS,
        MAX_ERROR,
        Param::int(
            "tile",
            TILE as i64,
            MIN_TILE as i64,
            format::MAX_TILE as i64,
            "edge of the independent tiles in pixels",
        ),
    ],
    summary: words("colour, wavelet, quantiser and entropy coder; no network"),
};

/// Default edge of a tile in pixels.
pub const TILE: usize = 768;
/// Smallest edge of a tile that may be asked for; smaller ones waste bits.
pub const MIN_TILE: usize = format::MIN_TILE as usize;
/// Most splits of `photo`'s pyramids.
const MAX_LEVELS: u32 = 6;
/// A low band is not split below this side.
const MIN_LOW: usize = 8;

/// Quantiser step of quality 0..=100 in 1/64 of an 8-bit sample. A table, so that every machine takes the
/// same steps: the logarithm of the step is interpolated (PCHIP) between 384 at 0, 44 at 50, 23 at 75, 10 at 90
/// and 1.5 at 100; 50, 75 and 90 stand near the PSNR of JPEG at these qualities.
const STEPS: [u16; 101] = [
    24576, 23268, 22040, 20886, 19802, 18782, 17823, 16921, 16072, 15273, 14520, 13810, 13142, 12511, 11916, 11355,
    10825, 10325, 9852, 9405, 8983, 8584, 8206, 7849, 7510, 7190, 6886, 6599, 6326, 6067, 5822, 5589, 5368, 5159, 4959,
    4770, 4590, 4419, 4257, 4102, 3955, 3814, 3681, 3554, 3433, 3317, 3207, 3102, 3002, 2907, 2816, 2731, 2652, 2580,
    2513, 2450, 2391, 2335, 2282, 2232, 2183, 2136, 2090, 2045, 2000, 1955, 1910, 1865, 1819, 1773, 1726, 1677, 1628,
    1577, 1525, 1472, 1419, 1366, 1314, 1261, 1208, 1154, 1099, 1043, 987, 930, 872, 814, 756, 697, 640, 577, 507, 434,
    365, 301, 244, 196, 155, 122, 96,
];

/// From so many pixels on, quality moves in strides of so much.
const STRIDES: [(usize, u8); 4] = [(1 << 18, 1), (1 << 16, 2), (1 << 14, 5), (1 << 12, 20)];
/// Below all of those.
const LONGEST_STRIDE: u8 = 50;

/// The quality that a picture of `pixels` pixels is coded at: `quality`, raised to the next stride.
///
/// A small picture has so few coefficients that one finer step can, by chance, hit them worse: its quality moves in
/// longer strides, so that size and PSNR do not fall as quality rises.
pub fn settled_quality(quality: u8, pixels: usize) -> u8 {
    let stride = STRIDES.iter().find(|s| pixels >= s.0).map_or(LONGEST_STRIDE, |s| s.1);
    quality.next_multiple_of(stride)
}

/// The steps of a tile, and the slots of the streams that they make.
pub struct Steps {
    /// The steps.
    pub steps: Vec<Planned>,
    /// Slot of the picture's stream, then that of the residual, if there is one.
    pub streams: Vec<usize>,
}

fn flag(name: &str) -> Params {
    Params::new().with(name, Value::Bool(true))
}

/// Quantiser step of a quality, in units of a sample.
fn step(quality: u8, depth: u8) -> f64 {
    let scale = if depth == 16 { 257.0 } else { 1.0 };
    f64::from(STEPS[usize::from(quality)]) / 64.0 * scale
}

/// The steps of a picture whose tiles have `side` pixels (the longer one), up to the coder.
fn forward_steps(what: Fidelity, side: usize, depth: u8) -> Result<Vec<Step>> {
    let levels = (side / MIN_LOW).max(1).ilog2().min(MAX_LEVELS);
    let levels = Params::new().with("levels", Value::Int(i64::from(levels)));
    Ok(match what {
        Fidelity::Lossless => {
            vec![forward(&ycocg::ENTRY, Params::new())?, forward(&wavelet_cdf53::ENTRY, levels)?]
        }
        Fidelity::Lossy(quality) | Fidelity::Bounded(quality, _) => {
            let quantizer = flag("weighted").with("step", Value::Float(step(quality, depth)));
            vec![
                forward(&ycocg::ENTRY, flag("float"))?,
                forward(&wavelet_cdf97::ENTRY, levels)?,
                forward(&dead_zone::ENTRY, quantizer)?,
            ]
        }
    })
}

/// Plans the steps of a tile of type `tile` in a picture whose tiles have `side` pixels (the longer one).
///
/// # Errors
/// `param.range` for an error bound that no sample of this depth reaches.
pub fn plan(what: Fidelity, tile: Ty, side: usize, depth: u8) -> Result<Steps> {
    let mut planner = Planner::new(None, vec![tile]);
    let (mut at, mut undone) = (0, Vec::new());
    for step in forward_steps(what, side, depth)? {
        if let Step::Native(native) = &step {
            undone.push(Step::Native(native.undo()?));
        }
        at = planner.add(&step, Cursor::Slot(at), None)?;
    }
    let coder = forward(&ans::ENTRY, flag("adaptive"))?;
    let mut streams = vec![planner.add(&coder, Cursor::Slot(at), None)?];
    if let Fidelity::Bounded(_, bound) = what {
        // What a decoder will have: the residual is made over that.
        for step in undone.iter().rev() {
            at = planner.add(step, Cursor::Slot(at), None)?;
        }
        let bound = Params::new().with("max_error", Value::Int(i64::from(bound)));
        at = planner.add(&forward(&residual::ENTRY, bound)?, Cursor::Slot(at), None)?;
        streams.push(planner.add(&coder, Cursor::Slot(at), Some(RESIDUAL))?);
    }
    Ok(Steps { steps: planner.steps, streams })
}

/// Keys of the streams of a file: the picture's, and the residual's.
pub const STREAMS: [&str; 2] = [keys::BITSTREAM, RESIDUAL];

/// A bound that no difference of two samples of this depth reaches is a mistake.
///
/// # Errors
/// `param.range`.
pub fn check_bound(what: Fidelity, depth: u8) -> Result<()> {
    let most = (1u32 << depth) - 1;
    match what {
        Fidelity::Bounded(_, k) if k > most => {
            Err(Error::new("param.range", format!("max_error={k}; at most {most} of {depth} bits")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_shrink_with_quality() {
        assert!(STEPS.windows(2).all(|w| w[1] < w[0]));
    }

    #[test]
    fn strides_divide_the_scale() {
        for pixels in [1, 1 << 12, 1 << 14, 1 << 16, 1 << 18] {
            let settled: Vec<u8> = (0..=100).map(|q| settled_quality(q, pixels)).collect();
            assert!(settled.is_sorted() && settled[0] == 0 && settled[100] == 100, "{pixels} pixels");
        }
        assert_eq!([settled_quality(75, 1 << 18), settled_quality(75, 1000)], [75, 100]);
    }
}
