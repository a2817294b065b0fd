//! The filter of a picture that is encoded.

use super::apply::Eighths;
use super::params::Filter;
use super::solve::correction;
use super::{pairs_of, Bank};
use crate::codec::photo::params::step;
use vaerans_kernels::adapt::{Plane, Sums};
use vaerans_kernels::Kernels;

/// Rows of blocks that are looked at, at most; of higher pictures some are left out.
const ROWS: usize = 512;

/// The filter that brings decoded planes nearest to the original ones. `effort`: below 3 trained weights alone.
pub fn choose(kernels: Kernels, decoded: &Eighths, original: &[Plane], bank: &Bank, number: u16, effort: u8) -> Filter {
    let (d, blocks) = (f64::from(step(number)), decoded.blocks());
    // A bit is worth so many squares of eighths.
    let lambda = 0.09 * d * d * 64.0;
    let rows = decoded.planes[0].down();
    let stride = rows.div_ceil(ROWS) * if effort < 3 { 4 } else { 1 };
    let shifts: &[u32] = match effort {
        0..3 => &[],
        3..7 => &[1],
        _ => &[0, 1, 2],
    };
    let plane = |i: usize| {
        let mut sums = Sums::new(pairs_of(i));
        (0..rows).step_by(stride).for_each(|row| {
            kernels.adapt_gather(&decoded.planes[i], &original[i], &blocks.row(&decoded.planes[i], row), &mut sums)
        });
        sums.settle();
        let found = correction(&sums, &bank.weights[i], lambda / stride as f64, shifts);
        (found.gain > 0.0).then_some(found.correction)
    };
    Filter { planes: (0..decoded.planes.len()).map(plane).collect() }
}
