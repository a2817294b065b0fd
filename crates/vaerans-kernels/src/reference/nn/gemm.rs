//! Products of matrices whose rows lie anywhere: what dense layers and convolutions are made of.

use super::epilogue::Epilogue;

/// A row of zeros, in place of where a row begins.
pub const ZEROS: usize = usize::MAX;

/// Rows of the left factor: row `i` is what stands at `starts[t * m + i]` for each tap `t`, `k` numbers each, one behind the other.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// Where all of them lie.
    pub from: &'a [f32],
    /// Where each begins, tap by tap; [`ZEROS`] is a row of zeros.
    pub starts: &'a [usize],
    /// How many taps there are.
    pub taps: usize,
    /// Numbers of a row in each tap.
    pub k: usize,
}

impl Rows<'_> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.starts.len() / self.taps.max(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }
}

/// The right factor: columns in panels of `panel`, each with all rows of its columns; columns beyond `n` are 0.
#[derive(Debug, Clone, Copy)]
pub struct Panels<'a> {
    /// `[n.div_ceil(panel)][depth][panel]`.
    pub data: &'a [f32],
    /// Rows.
    pub depth: usize,
    /// Columns.
    pub n: usize,
    /// Columns of a panel.
    pub panel: usize,
}

/// Packs the first `n` columns of a matrix of `depth` rows, which are `stride` numbers apart.
pub fn pack(depth: usize, n: usize, panel: usize, out: &mut [f32], matrix: &[f32], stride: usize) {
    for (p, block) in out.chunks_exact_mut((depth * panel).max(1)).enumerate().take(n.div_ceil(panel)) {
        let (first, wide) = (p * panel, panel.min(n - p * panel));
        for (r, row) in block.chunks_exact_mut(panel).enumerate() {
            row[..wide].copy_from_slice(&matrix[r * stride + first..][..wide]);
            row[wide..].fill(0.0);
        }
    }
}

/// Columns `columns` of the product into `out`, whose rows are `stride` apart. Each sum begins at 0 and adds the products in the order of
/// the taps and of the numbers within one. Tap `t` takes the rows of tap `which[t]` of `b`, or its own.
pub fn gemm(
    a: Rows,
    which: Option<&[usize]>,
    b: Panels,
    columns: std::ops::Range<usize>,
    out: &mut [f32],
    stride: usize,
    epilogue: &Epilogue,
) {
    let m = a.len();
    for i in 0..m {
        for c in columns.clone() {
            let panel = &b.data[c / b.panel * b.depth * b.panel..];
            let mut sum = 0.0;
            for t in 0..a.taps {
                let start = a.starts[t * m + i];
                let t = which.map_or(t, |which| which[t]);
                if start == ZEROS {
                    // What a kernel adds for a row of zeros: 0 times the weight.
                    for k in 0..a.k {
                        sum += 0.0 * panel[(t * a.k + k) * b.panel + c % b.panel];
                    }
                    continue;
                }
                for k in 0..a.k {
                    sum += a.from[start + k] * panel[(t * a.k + k) * b.panel + c % b.panel];
                }
            }
            let at = i * stride + c;
            out[at] = epilogue.of(sum, c, at);
        }
    }
}
