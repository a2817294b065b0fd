//! Trained weights, for seven steps; between them those of the two nearest are mixed.

use super::pairs_of;
use crate::codec::packed::{unpacked, BANK};
use once_cell::race::OnceBox;
use vaerans_kernels::adapt::CLASSES;

/// tools/train_tables makes it: of each step four limits of the activity (u16, 1/1024), then of each step, plane and class its weights (i8, 1/128):
/// the linear ones, then the clipped ones. Unpacked when first used.
fn bytes() -> &'static [u8] {
    static BYTES: OnceBox<Vec<u8>> = OnceBox::new();
    BYTES.get_or_init(|| Box::new(unpacked(include_bytes!(concat!(env!("OUT_DIR"), "/filter.packed")), BANK)))
}

/// Numbers of the steps.
pub const KNOTS: [u16; 7] = [704, 756, 805, 853, 902, 946, 986];
/// Weights of a step.
const EACH: usize = CLASSES * (24 + 12 + 12);

/// What is trained, at a step.
#[derive(Debug, Clone)]
pub struct Bank {
    /// Limits of the activity, 1/1024.
    pub limits: [u32; 4],
    /// Weights of a plane by class, 1/128.
    pub weights: [Vec<i32>; 3],
}

impl Bank {
    /// At the step of a number.
    pub fn at(step: u16) -> Bank {
        let (bytes, last) = (bytes(), KNOTS.len() - 1);
        let low = KNOTS[1..last].iter().take_while(|&&s| s <= step).count();
        let (a, b) = (i32::from(KNOTS[low]), i32::from(KNOTS[low + 1]));
        let part = ((i32::from(step) - a) * 64 / (b - a)).clamp(0, 64);
        let mix = |x: i32, y: i32| (x * (64 - part) + y * part + 32) >> 6;
        let limit =
            |at: usize, i: usize| i32::from(u16::from_le_bytes([bytes[8 * at + 2 * i], bytes[8 * at + 2 * i + 1]]));
        let weight = |at: usize, i: usize| i32::from(bytes[8 * KNOTS.len() + at * EACH + i] as i8);
        let first = |plane: usize| (0..plane).map(|p| CLASSES * 2 * pairs_of(p)).sum::<usize>();
        let weights =
            |plane: usize| (first(plane)..first(plane + 1)).map(|i| mix(weight(low, i), weight(low + 1, i))).collect();
        Bank {
            limits: std::array::from_fn(|i| mix(limit(low, i), limit(low + 1, i)) as u32),
            weights: [weights(0), weights(1), weights(2)],
        }
    }

    /// Weights of a class of a plane.
    pub fn of(&self, plane: usize, class: usize) -> &[i32] {
        let n = 2 * pairs_of(plane);
        &self.weights[plane][class * n..][..n]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bank_comes_back() {
        assert_eq!(bytes(), include_bytes!("bank.bin"));
    }

    #[test]
    fn steps_between_are_mixed() {
        let (a, b, c) = (Bank::at(704), Bank::at(730), Bank::at(756));
        assert!(a.limits[0] > b.limits[0] && b.limits[0] > c.limits[0]);
        assert_eq!((Bank::at(0).limits, Bank::at(1500).limits), (a.limits, Bank::at(986).limits));
        assert_eq!(c.weights.each_ref().map(Vec::len), [600, 300, 300]);
    }
}
