//! The greatest, or the sum, of windows.

use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::gemm::ZEROS;
use crate::reference::nn::pool::{self, PoolWindows};

impl NnKernels {
    /// Folds windows into `out`; see [`pool::pool`].
    ///
    /// # Panics
    /// If a window lies outside, or lengths do not fit.
    pub fn pool(&self, w: &PoolWindows, maximum: bool, out: &mut [f32]) {
        let m = w.starts.len() / w.taps.max(1);
        let is_row = |&start: &usize| start == ZEROS || start.checked_add(w.c).is_some_and(|end| end <= w.from.len());
        assert!(w.taps * m == w.starts.len() && w.starts.iter().all(is_row), "pool: a window lies outside");
        assert!(m.checked_mul(w.c).is_some_and(|n| n <= out.len()), "pool: lengths");
        let Some(table) = self.table else { return pool::pool(w, maximum, out) };
        let call = native::Pool {
            from: w.from.as_ptr(),
            starts: w.starts.as_ptr(),
            m,
            taps: w.taps,
            c: w.c,
            maximum: maximum.into(),
            out: out.as_mut_ptr(),
        };
        // SAFETY: held against the lengths of the slices above.
        unsafe { (table.pool.run)(&call) }
    }
}
