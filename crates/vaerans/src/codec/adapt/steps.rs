//! Steps in integers, and what follows from them: no float decides anything about a filter.

/// `2^(16 + i / 64)`, rounded.
const ROOTS: [u32; 64] = [
    65_536, 66_250, 66_971, 67_700, 68_438, 69_183, 69_936, 70_698,
    71_468, 72_246, 73_032, 73_828, 74_632, 75_444, 76_266, 77_096,
    77_936, 78_785, 79_642, 80_510, 81_386, 82_273, 83_169, 84_074,
    84_990, 85_915, 86_851, 87_796, 88_752, 89_719, 90_696, 91_684,
    92_682, 93_691, 94_711, 95_743, 96_785, 97_839, 98_905, 99_982,
    101_070, 102_171, 103_283, 104_408, 105_545, 106_694, 107_856, 109_031,
    110_218, 111_418, 112_631, 113_858, 115_098, 116_351, 117_618, 118_899,
    120_194, 121_502, 122_825, 124_163, 125_515, 126_882, 128_263, 129_660,
];

/// Numbers of steps: as those of the photo coder, 64 to an octave, the first of 2^-8.
const NUMBERS: i32 = 1536;
/// Numbers between the steps of neighbouring blocks' factors 2^(k / 4).
const QUARTER: i32 = 16;

/// The step of a number, in 8-bit samples with 16 bits behind the point; numbers beyond the ends count as the ends.
pub fn step(number: i32) -> u64 {
    let n = number.clamp(0, NUMBERS - 1) as usize;
    (u64::from(ROOTS[n % 64]) << (n / 64)) >> 8
}

/// The step of a block with factor 2^(k / 4).
pub fn of_block(number: u16, k: i32) -> u64 {
    step(i32::from(number) + QUARTER * k)
}

/// What differences are clipped to where the step is `step`: 3/10 of it, in eighths of a sample.
pub fn bound(step: u64) -> i16 {
    ((12 * step + (5 << 15)) / (5 << 16)).clamp(1, 16383) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_those_of_the_photo_coder() {
        for n in 0..NUMBERS {
            let exact = 65536.0 * 2f64.powf(f64::from(n) / 64.0 - 8.0);
            assert!((step(n) as f64 - exact).abs() <= 1.0 + exact / 1e5, "{n}");
            let ours = f64::from(crate::codec::photo::params::step(n as u16)) * 65536.0;
            assert!((ours - exact).abs() < 1e-3 + exact * 1e-6, "{n}");
        }
        assert_eq!([bound(step(0)), bound(step(704)), bound(step(1535))], [1, 19, 16383]);
        assert_eq!(of_block(704, 4), 2 * of_block(704, 0));
    }
}
