//! The greatest, or the sum, of windows.

use super::gemm::are_inside;
use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::gemm::Rows;
use crate::reference::nn::pool;

impl NnKernels {
    /// Folds windows into `out`; see [`pool::pool`].
    ///
    /// # Panics
    /// If a window lies outside, or lengths do not fit.
    pub fn pool(&self, w: &Rows, maximum: bool, out: &mut [f32]) {
        assert!(are_inside(w, usize::MAX), "pool: a window lies outside");
        assert!(w.len().checked_mul(w.k).is_some_and(|n| n <= out.len()), "pool: lengths");
        let Some(table) = self.table() else { return pool::pool(w, maximum, out) };
        let call = native::Pool {
            from: w.from.as_ptr(),
            starts: w.starts.as_ptr(),
            m: w.len(),
            taps: w.taps,
            c: w.k,
            maximum: maximum.into(),
            out: out.as_mut_ptr(),
        };
        // SAFETY: held against the lengths of the slices above.
        unsafe { (table.pool.run)(&call) }
    }
}
