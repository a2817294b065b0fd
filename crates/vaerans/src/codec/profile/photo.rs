//! The profile `photo`: pictures without a network.

use super::{Fidelity, Profile, LOSSLESS, MAX_ERROR, QUALITY};
use crate::bitstream::format;
#[cfg(feature = "encode")]
use crate::codec::photo::picture::Tune;
use crate::component::Params;
use crate::error::{Error, Result};
use crate::registry::schema::{words, Param};

/// The profile.
pub static PROFILE: Profile = Profile {
    name: "photo",
    options: &[
        QUALITY,
        LOSSLESS,
        MAX_ERROR,
        Param::int("effort", 5, 1, 9, "1 quickest to 9 smallest"),
        Param::choice("tune", &TUNES, "what a lossy picture should look good by"),
        super::TARGET_BYTES,
        super::TARGET_PSNR,
        Param::flag("progressive", false, "lossless files that show a smaller picture first; they are larger"),
        Param::int(
            "tile",
            TILE as i64,
            MIN_TILE as i64,
            format::MAX_TILE as i64,
            "edge of the tiles in pixels, a multiple of 64; by default one tile up to 2 megapixels, 1024 above",
        )
        .optional(),
    ],
    summary: words("colour, wavelet, quantiser and entropy coder; no network"),
};

/// Edge of a tile of a picture of more than [`ONE_TILE`] pixels.
pub const TILE: usize = 1024;
/// Pictures of up to so many pixels are one tile.
pub const ONE_TILE: usize = 1 << 21;
/// Smallest edge of a tile; every edge is a multiple of it, so that tiles are whole coefficients of every level.
pub const MIN_TILE: usize = format::MIN_TILE as usize;

/// What a picture may look good by; the first is the default.
const TUNES: [&str; 3] = ["balanced", "psnr", "msssim"];

/// The tune of a name.
#[cfg(feature = "encode")]
pub fn tune_of(name: &str) -> Tune {
    match name {
        "psnr" => Tune::Psnr,
        "msssim" => Tune::MsSsim,
        _ => Tune::Balanced,
    }
}

/// Quality and step: between these points a step is as far from one as its quality is. Steps are those of `Params`, 64 to an octave: 550
/// samples at 0; at 50, 75 and 90 about the PSNR of JPEG at these qualities; 1.5 samples at 100.
const POINTS: [(u16, u16); 6] = [(0, 1095), (10, 1004), (50, 899), (75, 862), (90, 807), (100, 549)];

/// Number of the step of a quality of 0 to 100.
pub fn step_of(quality: u8) -> u16 {
    let q = u16::from(quality.min(100));
    let next = POINTS.iter().position(|p| p.0 >= q).unwrap_or(POINTS.len() - 1).max(1);
    let ((a, from), (b, to)) = (POINTS[next - 1], POINTS[next]);
    from - ((q - a) * (from - to) + (b - a) / 2) / (b - a)
}

/// From so many pixels on, quality moves in strides of so much.
const STRIDES: [(usize, u8); 5] = [(3 << 17, 1), (1 << 18, 2), (1 << 16, 4), (1 << 14, 5), (1 << 12, 20)];
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

/// Edge of the tiles of a picture.
///
/// # Errors
/// `param.range` for one that is no multiple of [`MIN_TILE`].
pub fn tile_of(options: &Params, width: usize, height: usize) -> Result<usize> {
    let edge = match options.get("tile") {
        Some(_) => options.int("tile") as usize,
        None if width.saturating_mul(height) <= ONE_TILE => width.max(height).next_multiple_of(MIN_TILE),
        None => TILE,
    };
    match edge % MIN_TILE {
        0 => Ok(edge),
        _ => Err(Error::new("param.range", format!("tile={edge}; a multiple of {MIN_TILE}"))),
    }
}

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
        let steps: Vec<u16> = (0..=100).map(step_of).collect();
        assert!(steps.windows(2).all(|w| w[1] < w[0]), "{steps:?}");
        assert_eq!([steps[0], steps[50], steps[75], steps[100]], [1095, 899, 862, 549]);
    }

    #[test]
    fn strides_divide_the_scale() {
        for pixels in [1, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 3 << 17] {
            let settled: Vec<u8> = (0..=100).map(|q| settled_quality(q, pixels)).collect();
            assert!(settled.is_sorted() && settled[0] == 0 && settled[100] == 100, "{pixels} pixels");
        }
        assert_eq!([3 << 17, 1 << 18, 1000].map(|pixels| settled_quality(75, pixels)), [75, 76, 100]);
    }

    #[test]
    fn large_pictures_have_tiles() {
        let edge = |w, h| tile_of(&Params::new(), w, h).unwrap();
        assert_eq!([edge(1, 1), edge(2048, 1024), edge(2049, 1024)], [64, 2048, 1024]);
        assert!(tile_of(&Params::new().with("tile", 100i64.into()), 1, 1).is_err());
    }
}
