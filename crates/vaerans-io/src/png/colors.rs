//! Colours that chunks other than iCCP describe: kept as an ICC profile, so that the picture looks as it did.
//!
//! The order is that of PNG (third edition, 4.3): cICP, then iCCP, then sRGB, then gAMA and cHRM. sRGB is what a picture
//! without a profile is taken for.

use super::icc::{grey, rgb, Chromaticities};
use crate::decode::kind;
use crate::{Format, Result};

const SRGB: Chromaticities = [[0.3127, 0.3290], [0.64, 0.33], [0.30, 0.60], [0.15, 0.06]];
const SRGB_CURVE: [f64; 5] = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45];
/// The inverse of what BT.709 and BT.2020 say of cameras.
const CAMERA_CURVE: [f64; 5] = [1.0 / 0.45, 1.0 / 1.099_3, 0.099_3 / 1.099_3, 1.0 / 4.5, 0.081_24];
/// What counts as equal: encoders round.
const NEAR: f64 = 0.002;
/// The exponent that stands for sRGB in gAMA, 1 / 2.2.
const SRGB_GAMMA: f64 = 0.454_55;

/// The chunks that describe colours.
#[derive(Debug, Default)]
pub(super) struct Colors {
    code: Option<[u8; 4]>,
    is_srgb: bool,
    gamma: Option<f64>,
    chromaticities: Option<Chromaticities>,
}

impl Colors {
    pub(super) fn add(&mut self, name: &[u8; 4], data: &[u8]) {
        let number = |at: usize| {
            let four = data.get(at * 4..).and_then(|rest| rest.first_chunk::<4>())?;
            Some(f64::from(u32::from_be_bytes(*four)) / 100_000.0)
        };
        match name {
            // 2 is "unspecified": it says nothing of the colours.
            b"cICP" => self.code = data.first_chunk().copied().filter(|code| code[..2] != [2, 2]),
            b"sRGB" => self.is_srgb = true,
            b"gAMA" => self.gamma = number(0).filter(|gamma| (0.01..=10.0).contains(gamma)),
            b"cHRM" => {
                let pairs = [0, 2, 4, 6].map(|at| Some([number(at)?, number(at + 1)?]));
                if let [Some(white), Some(red), Some(green), Some(blue)] = pairs {
                    let all = [white, red, green, blue];
                    self.chromaticities = is_a_triangle(&all).then_some(all);
                }
            }
            _ => {}
        }
    }

    /// A profile for the code points of ITU-T H.273, unless they mean sRGB.
    ///
    /// # Errors
    /// `data.image_kind` for light that no profile of this kind describes: HDR.
    pub(super) fn of_code(&self, is_grey: bool) -> Result<Option<Vec<u8>>> {
        let Some([primaries, transfer, matrix, range]) = self.code else { return Ok(None) };
        if (primaries, transfer, matrix, range) == (1, 13, 0, 1) {
            return Ok(None);
        }
        match (primaries_of(primaries), curve_of(transfer)) {
            (Some(_), Some(curve)) if matrix == 0 && range == 1 && is_grey => Ok(Some(grey(curve))),
            (Some(colors), Some(curve)) if matrix == 0 && range == 1 => Ok(rgb(&colors, curve)),
            _ => Err(kind(Format::Png, &format!("colours of code {primaries}/{transfer}/{matrix}/{range} (cICP)"))),
        }
    }

    /// Whether code points describe the colours, whatever else does.
    pub(super) fn has_code(&self) -> bool {
        self.code.is_some()
    }

    /// A profile for gamma and chromaticities, unless they are those of sRGB.
    pub(super) fn of_gamma(&self, is_grey: bool) -> Option<Vec<u8>> {
        if self.is_srgb {
            return None;
        }
        let gamma = self.gamma.filter(|gamma| (gamma - SRGB_GAMMA).abs() > NEAR).map(|gamma| [1.0 / gamma]);
        let colors = self.chromaticities.filter(|colors| !is_srgb(colors));
        let curve = gamma.as_ref().map_or(&SRGB_CURVE[..], |gamma| gamma);
        match (is_grey, colors) {
            (true, _) => gamma.map(|gamma| grey(&gamma)),
            (false, Some(colors)) => rgb(&colors, curve),
            (false, None) => gamma.and_then(|gamma| rgb(&SRGB, &gamma)),
        }
    }
}

fn primaries_of(code: u8) -> Option<Chromaticities> {
    let d65 = [0.3127, 0.3290];
    Some(match code {
        1 => SRGB,
        4 => [[0.310, 0.316], [0.67, 0.33], [0.21, 0.71], [0.14, 0.08]],
        5 => [d65, [0.64, 0.33], [0.29, 0.60], [0.15, 0.06]],
        6 | 7 => [d65, [0.630, 0.340], [0.310, 0.595], [0.155, 0.070]],
        9 => [d65, [0.708, 0.292], [0.170, 0.797], [0.131, 0.046]],
        11 => [[0.314, 0.351], [0.680, 0.320], [0.265, 0.690], [0.150, 0.060]],
        12 => [d65, [0.680, 0.320], [0.265, 0.690], [0.150, 0.060]],
        _ => return None,
    })
}

/// From samples to light.
fn curve_of(code: u8) -> Option<&'static [f64]> {
    match code {
        1 | 6 | 14 | 15 => Some(&CAMERA_CURVE),
        13 => Some(&SRGB_CURVE),
        4 => Some(&[2.2]),
        5 => Some(&[2.8]),
        8 => Some(&[1.0]),
        _ => None,
    }
}

fn is_srgb(colors: &Chromaticities) -> bool {
    colors.iter().flatten().zip(SRGB.iter().flatten()).all(|(a, b)| (a - b).abs() < NEAR)
}

/// Whether the primaries span colours and the white has a place among them.
fn is_a_triangle([white, red, green, blue]: &Chromaticities) -> bool {
    let area = (green[0] - red[0]) * (blue[1] - red[1]) - (blue[0] - red[0]) * (green[1] - red[1]);
    area.abs() > 1e-3 && [white, red, green, blue].iter().all(|[_, y]| *y > 1e-3 && *y <= 1.0)
}
