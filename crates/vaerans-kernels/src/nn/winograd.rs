//! Convolutions by Winograd's F(4x4, 3x3).

use super::NnKernels;
use crate::native::nn as native;
use crate::reference::nn::epilogue::Epilogue;
use crate::reference::nn::gemm::ZEROS;
use crate::reference::nn::winograd::{self, Block, Results};
use std::ops::Range;

impl NnKernels {
    /// Numbers that [`NnKernels::winograd`] needs for itself: so many tiles, `c` channels read.
    pub fn winograd_scratch(&self, tiles: usize, c: usize) -> usize {
        winograd::scratch(tiles, c, self.panel())
    }

    /// Transforms taps, `[9][channels][n]`, of some of the `c` channels read, into zeros; see [`winograd::pack`].
    ///
    /// # Panics
    /// If there are too few taps, or `out` is no [`winograd::packed`].
    pub fn winograd_pack(&self, c: usize, channels: Range<usize>, n: usize, out: &mut [f32], taps: &[f32]) {
        let (panel, size) = (self.panel(), channels.len() * n);
        assert!(
            channels.end <= c && taps.len() >= 9 * size && out.len() >= winograd::packed(c, n, panel),
            "winograd: taps"
        );
        if n == 0 {
            return;
        }
        let Some(table) = self.table() else { return winograd::pack(c, channels, n, panel, out, taps) };
        for (i, k) in channels.enumerate() {
            let (taps, out) = (&taps[i * n..], &mut out[k * panel..]);
            // SAFETY: column n - 1 of tap 8 lies among `taps`, and of its parts the last in the last panel, whose first is `out`'s, k rows on.
            unsafe { (table.winograd.pack)(taps.as_ptr(), size, n, c, out.as_mut_ptr()) };
        }
    }

    /// The results of a block of tiles; see [`winograd::winograd`].
    ///
    /// # Panics
    /// If something lies outside of its slice.
    pub fn winograd(&self, block: &Block, out: &mut Results, scratch: &mut [f32], epilogue: &Epilogue) {
        check(block, out, epilogue);
        assert!(scratch.len() >= self.winograd_scratch(block.tile_rows * block.tiles, block.c), "winograd: scratch");
        let Some(table) = self.table_of_panels(block.panel) else {
            return winograd::winograd(block, out, epilogue);
        };
        let call = native::Winograd {
            from: block.from.as_ptr(),
            rows: block.rows.as_ptr(),
            columns: block.columns.as_ptr(),
            tile_rows: block.tile_rows,
            tiles: block.tiles,
            c: block.c,
            panels: block.panels.as_ptr(),
            n: block.n,
            out: out.data.as_mut_ptr(),
            height: out.height,
            width: out.width,
            row_stride: out.row_stride,
            column_stride: out.column_stride,
            scratch: scratch.as_mut_ptr(),
            epilogue: epilogue.native(0),
        };
        let run = self.form(&table.winograd.forms);
        // SAFETY: `check` held every pointer against the lengths of its slice; what is written is borrowed for writing.
        unsafe { run(&call) }
    }
}

fn check(b: &Block, out: &Results, epilogue: &Epilogue) {
    assert!(b.rows.len() == 6 * b.tile_rows && b.columns.len() == 4 * b.tiles + 2, "winograd: rows and columns");
    let furthest = |all: &[usize]| all.iter().copied().filter(|&at| at != ZEROS).max();
    if let (Some(row), Some(column)) = (furthest(b.rows), furthest(b.columns)) {
        let end = row.checked_add(column).and_then(|at| at.checked_add(b.c));
        assert!(end.is_some_and(|end| end <= b.from.len()), "winograd: a pixel lies outside");
    }
    assert!(b.panels.len() >= b.n.div_ceil(b.panel) * 36 * b.c * b.panel, "winograd: too few panels");
    assert!(out.height <= 4 * b.tile_rows && out.width <= 4 * b.tiles, "winograd: more results than tiles");
    let end = match (out.height, out.width) {
        (0, _) | (_, 0) => 0,
        (h, w) => (h - 1) * out.row_stride + (w - 1) * out.column_stride + b.n,
    };
    assert!(out.data.len() >= end && epilogue.residual.is_none_or(|r| r.len() >= end), "winograd: results lie outside");
    assert!(epilogue.bias.is_none_or(|bias| bias.len() >= b.n), "winograd: too short a bias");
}
