//! Colours that chunks other than iCCP describe: kept as an ICC profile, so that the picture looks as it did.
//!
//! The order is that of PNG (third edition, 4.3): cICP, then iCCP, then sRGB, then gAMA and cHRM. sRGB is what a picture
//! without a profile is taken for.

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, MatrixCoefficients, ToneReprCurve,
    TransferCharacteristics, XyY,
};

/// White, red, green and blue as x and y.
type Chromaticities = [[f32; 2]; 4];

const SRGB: Chromaticities = [[0.3127, 0.3290], [0.64, 0.33], [0.30, 0.60], [0.15, 0.06]];
/// What counts as equal: encoders round.
const NEAR: f32 = 0.002;
/// The exponent that stands for sRGB in gAMA, 1 / 2.2.
const SRGB_GAMMA: f32 = 0.45455;

/// The chunks that describe colours.
#[derive(Debug, Default)]
pub(super) struct Colors {
    code: Option<[u8; 4]>,
    is_srgb: bool,
    gamma: Option<f32>,
    chromaticities: Option<Chromaticities>,
}

impl Colors {
    pub(super) fn add(&mut self, name: &[u8; 4], data: &[u8]) {
        let number = |at: usize| {
            let four = data.get(at * 4..).and_then(|rest| rest.first_chunk::<4>())?;
            Some(u32::from_be_bytes(*four) as f32 / 100_000.0)
        };
        match name {
            b"cICP" => self.code = data.first_chunk().copied(),
            b"sRGB" => self.is_srgb = true,
            b"gAMA" => self.gamma = number(0).filter(|gamma| (0.01..=10.0).contains(gamma)),
            b"cHRM" => {
                let pairs = [0, 2, 4, 6].map(|at| Some([number(at)?, number(at + 1)?]));
                if let [Some(white), Some(red), Some(green), Some(blue)] = pairs {
                    self.chromaticities =
                        is_a_triangle(&[white, red, green, blue]).then_some([white, red, green, blue]);
                }
            }
            _ => {}
        }
    }

    /// A profile for the code points of ITU-T H.273, unless they mean sRGB.
    pub(super) fn of_code(&self, is_grey: bool) -> Option<Vec<u8>> {
        let [primaries, transfer, _, range] = self.code?;
        if is_grey || range != 1 || (primaries, transfer) == (1, 13) {
            return None;
        }
        let code = CicpProfile {
            color_primaries: CicpColorPrimaries::try_from(primaries).ok()?,
            transfer_characteristics: TransferCharacteristics::try_from(transfer).ok()?,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        let profile = ColorProfile::new_from_cicp(code);
        profile.red_trc.is_some().then(|| profile.encode().ok()).flatten()
    }

    /// A profile for gamma and chromaticities, unless they are those of sRGB.
    pub(super) fn of_gamma(&self, is_grey: bool) -> Option<Vec<u8>> {
        if self.is_srgb {
            return None;
        }
        let gamma = self.gamma.filter(|gamma| (gamma - SRGB_GAMMA).abs() > NEAR);
        let colors = self.chromaticities.filter(|colors| !is_srgb(colors) && !is_grey);
        if gamma.is_none() && colors.is_none() {
            return None;
        }
        let mut profile = ColorProfile::new_srgb();
        if let Some(gamma) = gamma {
            let curve = ToneReprCurve::Parametric(vec![1.0 / gamma]);
            if is_grey {
                profile = ColorProfile::new_gray_with_gamma(1.0 / gamma);
            } else {
                profile.red_trc = Some(curve.clone());
                profile.green_trc = Some(curve.clone());
                profile.blue_trc = Some(curve);
            }
        }
        if let Some([white, red, green, blue]) = colors {
            let at = |[x, y]: [f32; 2]| Chromaticity { x, y };
            let white = XyY { x: white[0].into(), y: white[1].into(), yb: 1.0 };
            let primaries = ColorPrimaries { red: at(red), green: at(green), blue: at(blue) };
            profile.update_rgb_colorimetry(white, primaries);
        }
        (profile.cicp, profile.description) = (None, None);
        profile.encode().ok()
    }
}

fn is_srgb(colors: &Chromaticities) -> bool {
    colors.iter().flatten().zip(SRGB.iter().flatten()).all(|(a, b)| (a - b).abs() < NEAR)
}

/// Whether the primaries span colours and the white has a place among them.
fn is_a_triangle([white, red, green, blue]: &Chromaticities) -> bool {
    let area = (green[0] - red[0]) * (blue[1] - red[1]) - (blue[0] - red[0]) * (green[1] - red[1]);
    area.abs() > 1e-3 && [white, red, green, blue].iter().all(|[_, y]| *y > 0.0 && *y <= 1.0)
}
