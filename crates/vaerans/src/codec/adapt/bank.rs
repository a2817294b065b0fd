//! The bank: thresholds and weights for seven steps, between which the others lie.

use super::{pairs, MOST_WEIGHTS, PLANES};
use vaerans_kernels::adapt::CLASSES;

/// Number of the finest step of the bank (8 samples); the others follow [`GAP`] apart.
pub const FIRST: u16 = 704;
/// Numbers from one step of the bank to the next: three quarters of an octave.
pub const GAP: u16 = 48;
/// Steps of the bank.
pub const RATES: usize = 7;

/// For each step four thresholds (u32, little-endian), then for each plane and class its weights (i8).
static BYTES: &[u8] = include_bytes!("bank.bin");

/// Bytes of the thresholds of a step.
const THRESHOLDS: usize = 16;
/// Weights of all classes of luma, and of luma and both planes of chroma.
const OF_LUMA: usize = CLASSES * 24;
const OF_ALL: usize = 2 * OF_LUMA;
/// Length of a bank.
pub const LENGTH: usize = RATES * (THRESHOLDS + OF_ALL);

/// Where a step lies: the step of the bank before it, and its distance from that.
fn place(number: u16) -> (usize, i64) {
    let past = number.clamp(FIRST, FIRST + GAP * (RATES as u16 - 1)) - FIRST;
    let rate = (past / GAP).min(RATES as u16 - 2);
    (usize::from(rate), i64::from(past - rate * GAP))
}

fn between(a: i64, b: i64, t: i64) -> i64 {
    let gap = i64::from(GAP);
    (a * (gap - t) + b * t + gap / 2).div_euclid(gap)
}

/// The four thresholds of the activity at a step: (V + H) / step with 16 bits behind the point.
pub fn thresholds(number: u16) -> [u64; 4] {
    let (rate, t) = place(number);
    std::array::from_fn(|i| {
        let at = |r: usize| {
            let b = &BYTES[r * THRESHOLDS + 4 * i..];
            i64::from(u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        };
        between(at(rate), at(rate + 1), t) as u64
    })
}

/// The weights of a class of a plane, in 1/128: the linear ones of all pairs, then the clipped ones.
pub fn weights(plane: usize, class: usize, number: u16) -> [i32; MOST_WEIGHTS] {
    debug_assert!(plane < PLANES && class < CLASSES);
    let (rate, t) = place(number);
    let n = 2 * pairs(plane);
    let first = [0, OF_LUMA, OF_LUMA + OF_LUMA / 2][plane] + class * n;
    let at = |r: usize, i: usize| i64::from(BYTES[RATES * THRESHOLDS + r * OF_ALL + first + i] as i8);
    std::array::from_fn(|i| if i < n { between(at(rate, i), at(rate + 1, i), t) as i32 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bank_is_whole_and_steps_between_lie_between() {
        assert_eq!(BYTES.len(), LENGTH);
        assert_eq!(place(0), (0, 0));
        assert_eq!(place(FIRST + 47), (0, 47));
        assert_eq!(place(FIRST + 48), (1, 0));
        assert_eq!(place(u16::MAX), (5, 48));
        for number in FIRST..FIRST + 6 * GAP {
            assert!(thresholds(number).is_sorted() && thresholds(number)[3] < 1 << 24);
        }
        let (a, b) = (weights(0, 3, FIRST), weights(0, 3, FIRST + GAP));
        let middle = weights(0, 3, FIRST + GAP / 2);
        (0..24).for_each(|i| assert_eq!(middle[i], (a[i] + b[i] + 1).div_euclid(2)));
        assert_eq!(between(-3, -2, 24), -2);
    }
}
