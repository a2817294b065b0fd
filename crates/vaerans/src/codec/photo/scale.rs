//! Steps of quantisers, and how much a coefficient weighs in samples.

use super::geometry::Orientation;

/// Number of steps of quantisers: 64 to an octave, the first of 2^-8.
pub const STEPS: u16 = 1536;
/// The step of 1: an 8-bit sample.
pub const UNIT: u16 = 512;

/// `2^(i / 64)`, the nearest floats.
fn sixty_fourth(i: u16) -> f32 {
    let (coarse, fine) = (usize::from(i) / 8, usize::from(i) % 8);
    (EIGHTHS[coarse] * FINE[fine]) as f32
}

/// `2^(i / 8)`.
pub const EIGHTHS: [f64; 8] = [
    1.0,
    1.0905077326652577,
    1.189207115002721,
    1.2968395546510096,
    std::f64::consts::SQRT_2,
    1.5422108254079407,
    1.681792830507429,
    1.8340080864093424,
];
/// `2^(i / 64)`.
const FINE: [f64; 8] = [
    1.0,
    1.0108892860517005,
    1.0218971486541166,
    1.0330248790212284,
    1.0442737824274138,
    1.0556451783605572,
    1.0671404006768237,
    1.0787607977571199,
];

/// 2^n as a float, -126 to 127.
fn power(n: i32) -> f32 {
    f32::from_bits(((n + 127) as u32) << 23)
}

/// The full step of a number, in 8-bit samples.
pub fn step(number: u16) -> f32 {
    sixty_fourth(number % 64) * power(i32::from(number / 64) - 8)
}

/// `2^(k / 8)`.
pub fn eighths(k: i8) -> f32 {
    EIGHTHS[k.rem_euclid(8) as usize] as f32 * power(i32::from(k.div_euclid(8)))
}

/// L2 norms of the synthesis of one coefficient along one dimension: of low bands, of details; levels 1 to 6.
const NORMS: [[f32; 6]; 2] = [
    [1.402_108_1, 2.030_372, 2.901_162_4, 4.115_284_4, 5.824_509_8, 8.238_758],
    [0.721_261_5, 0.983_471_4, 1.441_962_3, 2.073_76, 2.947_324, 4.173_588],
];

/// Norm of a coefficient of a band.
pub fn norm(level: usize, orientation: Option<Orientation>) -> f32 {
    let [low, high] = [0, 1].map(|i| NORMS[i][level.max(1) - 1]);
    match orientation {
        None if level == 0 => 1.0,
        None => low * low,
        Some(Orientation::HH) => high * high,
        Some(_) => low * high,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_powers_of_two() {
        for n in 0..STEPS {
            let exact = 2f64.powf((f64::from(n) - f64::from(UNIT)) / 64.0);
            assert!((f64::from(step(n)) / exact - 1.0).abs() < 2e-7, "step {n}");
        }
        for k in -7..9 {
            assert!((f64::from(eighths(k)) / 2f64.powf(f64::from(k) / 8.0) - 1.0).abs() < 2e-7);
        }
    }
}
