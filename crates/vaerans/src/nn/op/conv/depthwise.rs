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

impl Depthwise<'_> {
    /// All results.
    pub fn run(&self, kernels: &NnKernels, threads: usize, out: &mut [f32]) -> Result<()> {
        let (height, width) = self.c.size().unwrap_or((0, 0));
        let line = width * self.c.channels[1];
        // A few parts for each thread.
        let parts = if threads > 1 { 4 * threads } else { 1 };
        let at_once = height.div_ceil(parts).min(MOST_TAPS / self.c.y.kernel.max(1)).max(1);
        for batch in 0..self.c.batch {
            let picture = &mut out[batch * height * line..][..height * line];
            in_parts(threads, height.div_ceil(at_once), at_once * line, picture, |block, part| {
                let first = block * at_once;
                let residual = self.epilogue.residual.map(|r| &r[(batch * height + first) * line..]);
                self.rows(kernels, batch, first, width, part, &Epilogue { residual, ..self.epilogue });
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Rows from `first` on, as many as `out` has.
    fn rows(
        &self,
        kernels: &NnKernels,
        batch: usize,
        first: usize,
        width: usize,
        out: &mut [f32],
        epilogue: &Epilogue,
    ) {
        let Conv { y, x, channels: [c, _], .. } = self.c;
        let line = width * c;
        let mut rows = [ZEROS; MOST_TAPS];
        let rows = &mut rows[..out.len() / line.max(1) * y.kernel];
        for (i, row) in rows.iter_mut().enumerate() {
            let at = y.read(first + i / y.kernel, i % y.kernel);
            *row = at.map_or(ZEROS, |at| (batch * y.stored() + at) * x.stored() * c);
        }
        let at_once = (MOST_TAPS / x.kernel.max(1)).max(1);
        let mut columns = [ZEROS; MOST_TAPS];
        for window in (0..width).step_by(at_once) {
            let count = at_once.min(width - window);
            let columns = &mut columns[..count * x.kernel];
            let inner = columns_of(&x, window, c, columns);
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
        for (input, kernel, stride, dilation, before) in
            [(9, 3, 1, 1, 1), (9, 3, 2, 1, 1), (4, 5, 3, 2, 6), (1, 1, 1, 1, 0), (7, 2, 4, 3, 0), (2, 3, 1, 1, 9)]
        {
            let axis = Axis { input, kernel, stride, dilation, before, after: before, ..Axis::FLAT };
            let Some(outputs) = axis.output() else { continue };
            for first in 0..outputs {
                let mut columns = vec![7; (outputs - first) * kernel];
                let inner = columns_of(&axis, first, 5, &mut columns);
                for (i, got) in columns.iter().enumerate() {
                    let want = axis.read(first + i / kernel, i % kernel).map_or(ZEROS, |at| 5 * at);
                    assert_eq!(*got, want, "{axis:?} {first} {i}");
                }
                for (i, taps) in columns.chunks_exact(kernel).enumerate() {
                    assert_eq!(inner.contains(&i), !taps.contains(&ZEROS), "{axis:?} {first} {i} {inner:?}");
                }
            }
        }
    }
}
