//! Products of matrices whose rows lie anywhere.

use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::epilogue::Epilogue;
use crate::reference::nn::gemm::{self, Panels, Rows, ZEROS};
use std::ops::Range;

/// Most numbers of a row in one tap that may be zeros.
pub const MOST_ZEROS: usize = 1 << 14;
pub(super) static NOUGHT: [f32; MOST_ZEROS] = [0.0; MOST_ZEROS];

impl NnKernels {
    /// Columns of a panel.
    pub fn panel(&self) -> usize {
        self.table.map_or(8, |t| t.gemm.panel)
    }

    /// Columns `columns` of the product of `a` and `b` into `out`, whose rows are `stride` apart; see [`gemm::gemm`].
    ///
    /// # Panics
    /// If a row lies outside, lengths do not fit, `columns` does not begin at a panel, or rows of zeros are longer than [`MOST_ZEROS`].
    pub fn gemm(&self, a: Rows, b: Panels, columns: Range<usize>, out: &mut [f32], stride: usize, epilogue: &Epilogue) {
        assert_eq!(a.taps * a.k, b.depth, "gemm: factors differ in depth");
        self.gemm_of(a, None, b, columns, out, stride, epilogue);
    }

    /// The same with some of the taps that `b` has: tap `t` of `a` takes the rows of tap `which[t]`.
    ///
    /// # Panics
    /// As [`NnKernels::gemm`]; if `b` has no such tap.
    #[allow(clippy::too_many_arguments)]
    pub fn gemm_taps(
        &self,
        a: Rows,
        which: &[usize],
        b: Panels,
        columns: Range<usize>,
        out: &mut [f32],
        stride: usize,
        epilogue: &Epilogue,
    ) {
        let end = |&t: &usize| t.checked_add(1).and_then(|t| t.checked_mul(a.k));
        assert!(which.len() == a.taps && which.iter().all(|t| end(t).is_some_and(|e| e <= b.depth)), "gemm: taps");
        self.gemm_of(a, Some(which), b, columns, out, stride, epilogue);
    }

    #[allow(clippy::too_many_arguments)]
    fn gemm_of(
        &self,
        a: Rows,
        which: Option<&[usize]>,
        b: Panels,
        columns: Range<usize>,
        out: &mut [f32],
        stride: usize,
        epilogue: &Epilogue,
    ) {
        check(&a, &b, &columns, out, stride, epilogue);
        if a.is_empty() || columns.is_empty() {
            return;
        }
        let Some(table) = self.table_of_panels(b.panel) else {
            return gemm::gemm(a, which, b, columns, out, stride, epilogue);
        };
        let at = columns.start;
        let call = native::Gemm {
            from: a.from.as_ptr(),
            starts: a.starts.as_ptr(),
            m: a.len(),
            taps: a.taps,
            k: a.k,
            zeros: NOUGHT.as_ptr(),
            which: which.map_or(std::ptr::null(), <[usize]>::as_ptr),
            depth: b.depth,
            panels: b.data[at / b.panel * b.depth * b.panel..].as_ptr(),
            n: columns.len(),
            out: out[at..].as_mut_ptr(),
            stride,
            epilogue: epilogue.native(at),
        };
        let run = self.form(&table.gemm.forms);
        // SAFETY: `check` held every pointer against the lengths of its slice; `out` is borrowed for writing, the rest for reading.
        unsafe { run(&call) }
    }
}

/// Whether every row lies where it can be read; rows of zeros are no longer than `zeros`.
pub(super) fn are_inside(a: &Rows, zeros: usize) -> bool {
    // There are many rows, so that each takes one comparison: the place where it begins and one more, which is 0 for those of zeros.
    let most = (a.from.len() + 1).saturating_sub(a.k);
    let zeros_fit = a.k <= zeros || !a.starts.contains(&ZEROS);
    a.taps * a.len() == a.starts.len() && zeros_fit && a.starts.iter().all(|start| start.wrapping_add(1) <= most)
}

fn check(a: &Rows, b: &Panels, columns: &Range<usize>, out: &[f32], stride: usize, epilogue: &Epilogue) {
    let m = a.len();
    assert!(are_inside(a, MOST_ZEROS), "gemm: a row lies outside");
    assert!(b.data.len() >= b.n.div_ceil(b.panel) * b.depth * b.panel, "gemm: too few panels");
    assert!(
        columns.start % b.panel == 0 && columns.start <= columns.end && columns.end <= b.n && b.n <= stride,
        "gemm: columns"
    );
    let end = m.checked_sub(1).map_or(0, |last| last * stride + columns.end);
    assert!(out.len() >= end && epilogue.residual.is_none_or(|r| r.len() >= end), "gemm: rows lie outside");
    assert!(epilogue.bias.is_none_or(|bias| bias.len() >= columns.end), "gemm: too short a bias");
}
