//! A convolution of each channel by itself.

use super::axis::Axis;
use super::describe::{Conv, MOST_TAPS};
use super::starts::ZEROS;
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::depthwise::Windows;
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::nn::memory::in_parts;
use std::ops::Range;

/// A convolution with what it reads.
pub(super) struct Depthwise<'a> {
    pub c: Conv,
    pub x: &'a [f32],
    /// `[taps][channels]`.
    pub weights: &'a [f32],
    pub epilogue: Epilogue<'a>,
}

/// Some windows of a picture: rows from the first on, and of each some windows.
struct Part {
    batch: usize,
    row: usize,
    window: usize,
    /// Windows of each row.
    count: usize,
}

impl Depthwise<'_> {
    /// All results.
    pub fn run(&self, kernels: &NnKernels, threads: usize, out: &mut [f32]) -> Result<()> {
        let (height, width) = self.c.size().unwrap_or((0, 0));
        let n = self.c.channels[1];
        // A few parts for each thread; of a picture of one row parts of that.
        let parts = if threads > 1 { threads.saturating_mul(4) } else { 1 };
        let at_once = |all: usize| all.div_ceil(parts).max(1);
        let (rows, count) = match height {
            1 => (1, at_once(width)),
            _ => (at_once(height).min(MOST_TAPS / self.c.y.kernel.max(1)).max(1), width),
        };
        for batch in 0..self.c.batch {
            let picture = &mut out[batch * height * width * n..][..height * width * n];
            let each = rows * count;
            in_parts(threads, (height * width).div_ceil(each.max(1)), each * n, picture, |i, out| {
                let (row, window) = (i * each / width, i * each % width);
                let count = count.min(out.len() / n.max(1));
                let residual = self.epilogue.residual.map(|r| &r[(batch * height * width + i * each) * n..]);
                let epilogue = Epilogue { residual, ..self.epilogue };
                self.part(kernels, &Part { batch, row, window, count }, out, &epilogue);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// As many rows of a part as `out` has.
    fn part(&self, kernels: &NnKernels, part: &Part, out: &mut [f32], epilogue: &Epilogue) {
        let Conv { y, x, channels: [c, _], .. } = self.c;
        let line = part.count * c;
        let mut rows = [ZEROS; MOST_TAPS];
        let rows = &mut rows[..out.len() / line.max(1) * y.kernel];
        for (i, row) in rows.iter_mut().enumerate() {
            let at = y.read(part.row + i / y.kernel, i % y.kernel);
            *row = at.map_or(ZEROS, |at| (part.batch * y.stored() + at) * x.stored() * c);
        }
        let at_once = (MOST_TAPS / x.kernel.max(1)).max(1);
        let mut columns = [ZEROS; MOST_TAPS];
        for window in (0..part.count).step_by(at_once) {
            let columns = &mut columns[..at_once.min(part.count - window) * x.kernel];
            let inner = columns_of(&x, part.window + window, c, columns);
            let (rows, taps) = (&*rows, [y.kernel, x.kernel]);
            let windows = Windows { from: self.x, rows, columns, taps, c, inner: (&inner, x.dilation * c) };
            let residual = epilogue.residual.map(|r| &r[window * c..]);
            let epilogue = Epilogue { residual, ..*epilogue };
            kernels.depthwise(&windows, self.weights, &mut out[window * c..], line, &epilogue);
        }
    }
}

/// Where the windows from `first` on read with each tap, elements of `c` numbers; gives those that read no padding, a dilation from tap to
/// tap.
fn columns_of(axis: &Axis, first: usize, c: usize, columns: &mut [usize]) -> Range<usize> {
    let is_even = axis.repeat == 1 && axis.transposed.is_none();
    let mut inner = 0..0;
    for (i, columns) in columns.chunks_exact_mut(axis.kernel.max(1)).enumerate() {
        for (t, column) in columns.iter_mut().enumerate() {
            *column = axis.read(first + i, t).map_or(ZEROS, |at| at * c);
        }
        if is_even && !columns.contains(&ZEROS) {
            inner = if inner.is_empty() { i..i + 1 } else { inner.start..i + 1 };
        }
    }
    inner
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quick way against the definition.
    #[test]
    fn reads_where_the_axis_says() {
        for plain in Axis::examples() {
            let twice = Axis { input: 2 * plain.input, repeat: 2, ..plain };
            let turned = Axis { transposed: Some(plain.input * plain.stride), ..plain };
            for axis in [plain, twice, turned] {
                let Some(outputs) = axis.output() else { continue };
                (0..outputs).for_each(|first| check(&axis, first, outputs));
            }
        }
    }

    fn check(axis: &Axis, first: usize, outputs: usize) {
        let kernel = axis.kernel;
        let mut columns = vec![7; (outputs - first) * kernel];
        let inner = columns_of(axis, first, 5, &mut columns);
        for (i, got) in columns.iter().enumerate() {
            let want = axis.read(first + i / kernel, i % kernel).map_or(ZEROS, |at| 5 * at);
            assert_eq!(*got, want, "{axis:?} {first} {i}");
        }
        for (i, taps) in columns.chunks_exact(kernel).enumerate() {
            let even = taps.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == axis.dilation * 5);
            let is_inner = inner.contains(&i);
            assert!(!is_inner || (even && !taps.contains(&ZEROS)), "{axis:?} {first} {i} {inner:?}");
            let is_plain = axis.repeat == 1 && axis.transposed.is_none();
            assert!(is_inner || !is_plain || taps.contains(&ZEROS), "{axis:?} {first} {i} {inner:?}");
        }
    }
}
