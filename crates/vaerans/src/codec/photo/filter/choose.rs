//! The filter of a picture that is encoded.

use super::apply::Eighths;
use super::params::{Correction, Filter};
use super::solve::correction;
use super::{pairs_of, Bank};
use crate::codec::photo::scale::step;
use crate::error::Result;
use crate::pool;
use vaerans_kernels::adapt::{Plane, Sums};
use vaerans_kernels::Kernels;

/// Rows of blocks that are looked at, at most; of higher pictures some are left out.
const ROWS: usize = 512;
/// A bit is worth so many squared steps of error.
const LAMBDA: f64 = 0.09;

/// Looks for the filter that brings decoded planes nearest to the original ones.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Trained weights at the picture's step.
    pub bank: &'a Bank,
    /// Number of that step.
    pub number: u16,
    /// Threads.
    pub threads: usize,
}

/// Every so many rows of blocks are looked at.
fn every(rows: usize) -> usize {
    rows.div_ceil(ROWS)
}

impl Search<'_> {
    /// Products of a plane.
    fn sums(&self, kernels: Kernels, decoded: &Eighths, original: &Plane, plane: usize) -> Result<Sums> {
        let (made, blocks) = (&decoded.planes[plane], decoded.blocks());
        let (every, parts) = (every(made.down()), self.threads.clamp(1, made.down()));
        let sums = pool::map(self.threads, parts, |part| {
            let mut sums = Sums::new(pairs_of(plane));
            for row in (0..made.down()).step_by(every).skip(part).step_by(parts) {
                kernels.adapt_gather(made, original, &blocks.rows(made, row..row + 1), &mut sums);
            }
            sums.settle();
            Ok(sums)
        })?;
        let mut all = Sums::new(pairs_of(plane));
        sums.iter().for_each(|s| all.join(s));
        Ok(all)
    }

    fn plane(&self, sums: &Sums, plane: usize, rows: usize) -> Option<Option<Correction>> {
        // In squared eighths of samples, of the rows that were looked at.
        let step = 8.0 * f64::from(step(self.number));
        let lambda = LAMBDA * step * step / every(rows) as f64;
        let found = correction(sums, &self.bank.weights[plane], lambda);
        (found.gain > 0.0).then_some(found.correction)
    }

    /// The filter.
    ///
    /// # Errors
    /// `internal.bug` only.
    pub fn choose(&self, kernels: Kernels, decoded: &Eighths, original: &[Plane]) -> Result<Filter> {
        let count = decoded.planes.len();
        let sums = (0..count).map(|p| self.sums(kernels, decoded, &original[p], p)).collect::<Result<Vec<_>>>()?;
        let rows = decoded.planes[0].down();
        Ok(Filter { planes: pool::map(self.threads, count, |p| Ok(self.plane(&sums[p], p, rows)))? })
    }
}
