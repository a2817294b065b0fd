//! Profiles: pipes of registry systems that `compress` picks by name.

use super::registry;
use crate::component::{Params, Value};
use crate::ecs::System;
use crate::error::{Error, Result};
use std::sync::Arc;

/// Default edge of a tile in pixels.
pub const TILE: usize = 768;
/// Smallest edge of a tile that may be asked for; smaller ones waste bits.
pub const MIN_TILE: usize = 64;
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

/// What `photo` is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Photo {
    /// Every sample comes back.
    Lossless,
    /// Quality 0..=100.
    Lossy(u8),
}

impl Photo {
    /// From the two arguments of `compress`.
    ///
    /// # Errors
    /// `param.range` for a quality above 100.
    pub fn new(quality: u8, lossless: bool) -> Result<Photo> {
        match (lossless, quality) {
            (true, _) => Ok(Photo::Lossless),
            (false, 0..=100) => Ok(Photo::Lossy(quality)),
            _ => Err(Error::new("param.range", format!("quality={quality}; from 0 to 100"))),
        }
    }
}

/// The pipe of the `photo` profile for tiles of `side` pixels (the longer one) with samples of `depth` bits.
///
/// # Errors
/// None but `internal.bug`.
pub fn photo(what: Photo, side: usize, depth: u8) -> Result<Vec<Arc<dyn System>>> {
    let levels = (side / MIN_LOW).max(1).ilog2().min(MAX_LEVELS);
    let levels = Params::new().with("levels", Value::Int(i64::from(levels)));
    let flag = |name: &str| Params::new().with(name, Value::Bool(true));
    let coder = registry::build("ANSEncode", &flag("adaptive"))?;
    Ok(match what {
        Photo::Lossless => {
            vec![registry::build("YCoCgR", &Params::new())?, registry::build("WaveletCDF53", &levels)?, coder]
        }
        Photo::Lossy(quality) => {
            let scale = if depth == 16 { 257.0 } else { 1.0 };
            let step = f64::from(STEPS[usize::from(quality)]) / 64.0 * scale;
            let quantizer = flag("weighted").with("step", Value::Float(step));
            vec![
                registry::build("YCoCgR", &flag("float"))?,
                registry::build("WaveletCDF97", &levels)?,
                registry::build("DeadZone", &quantizer)?,
                coder,
            ]
        }
    })
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

    #[test]
    fn impossible_qualities_are_refused() {
        assert_eq!(Photo::new(101, false).unwrap_err().code(), "param.range");
        assert_eq!(Photo::new(101, true).unwrap(), Photo::Lossless);
    }
}
