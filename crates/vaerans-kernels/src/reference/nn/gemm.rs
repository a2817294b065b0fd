//! Products of matrices whose rows lie anywhere: what dense layers and convolutions are made of.

use super::math;

/// What is done to each sum before it is stored, in this order: bias, residual, activation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Epilogue<'a> {
    /// One number a column.
    pub bias: Option<&'a [f32]>,
    /// As many rows as the result, so far apart as the result's.
    pub residual: Option<&'a [f32]>,
    /// A function of each element.
    pub activation: Activation,
}

/// A function of one element.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Activation {
    /// As it is.
    #[default]
    None,
    /// No less than the first, no more than the second; NaN gives the first.
    Clip(f32, f32),
    /// So many times itself where it is negative.
    Leaky(f32),
    /// x sigmoid(x).
    Silu,
    /// 1 / (1 + e^-x).
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// x times the Gaussian distribution function.
    Gelu,
    /// x clip(x / 6 + 1/2, 0, 1).
    HardSwish,
}

impl Activation {
    /// Of one element.
    pub fn of(self, x: f32) -> f32 {
        match self {
            Activation::None => x,
            Activation::Clip(low, high) => {
                let x = if x > low { x } else { low };
                if x < high {
                    x
                } else {
                    high
                }
            }
            Activation::Leaky(slope) => {
                if x < 0.0 {
                    slope * x
                } else {
                    x
                }
            }
            Activation::Silu => x * math::sigmoid(x),
            Activation::Sigmoid => math::sigmoid(x),
            Activation::Tanh => math::tanh(x),
            Activation::Gelu => 0.5 * x * (1.0 + math::erf(x * std::f32::consts::FRAC_1_SQRT_2)),
            Activation::HardSwish => x * (x * (1.0 / 6.0) + 0.5).clamp(0.0, 1.0),
        }
    }
}

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

/// Packs a matrix of `depth` rows and `n` columns; element (r, c) is `at(r, c)`.
pub fn pack(depth: usize, n: usize, panel: usize, out: &mut [f32], at: impl Fn(usize, usize) -> f32) {
    for (p, block) in out.chunks_exact_mut((depth * panel).max(1)).enumerate().take(n.div_ceil(panel)) {
        for (r, row) in block.chunks_exact_mut(panel).enumerate() {
            for (i, x) in row.iter_mut().enumerate() {
                let c = p * panel + i;
                *x = if c < n { at(r, c) } else { 0.0 };
            }
        }
    }
}

/// Columns `columns` of the product into `out`, whose rows are `stride` apart. Each sum begins at 0 and adds the products in the order of
/// the taps and of the numbers within one.
pub fn gemm(a: Rows, b: Panels, columns: std::ops::Range<usize>, out: &mut [f32], stride: usize, epilogue: &Epilogue) {
    let m = a.len();
    for i in 0..m {
        for c in columns.clone() {
            let panel = &b.data[c / b.panel * b.depth * b.panel..];
            let mut sum = 0.0;
            for t in 0..a.taps {
                let start = a.starts[t * m + i];
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
            out[at] = finish(sum, at, c, epilogue);
        }
    }
}

fn finish(sum: f32, at: usize, column: usize, epilogue: &Epilogue) -> f32 {
    let sum = epilogue.bias.map_or(sum, |bias| sum + bias[column]);
    let sum = epilogue.residual.map_or(sum, |residual| sum + residual[at]);
    epilogue.activation.of(sum)
}
