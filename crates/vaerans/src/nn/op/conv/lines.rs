//! A convolution over few channels: rows of the input are copied with their padding, and the taps of a row are read as one.

use super::describe::{Conv, MOST_TAPS};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::kernels::reference::nn::gemm::{Panels, Rows};
use crate::nn::memory::{in_parts, PerThread};

/// Numbers of the copied rows that stay near.
const NEAR: usize = 1 << 13;

/// Sizes of what is copied.
#[derive(Debug, Clone, Copy)]
struct Copied {
    /// Rows of the output that are worked out from it.
    rows: usize,
    /// Rows of the input.
    lines: usize,
    /// Numbers of each.
    line: usize,
}

impl Copied {
    fn of(c: &Conv) -> Copied {
        let (height, width) = c.size().unwrap_or((0, 0));
        let line = (c.x.input + c.x.before + c.x.after).max(width * c.x.stride + c.x.kernel) * c.channels[0];
        let span = (c.y.kernel - 1) * c.y.dilation + 1;
        let fit = (NEAR / line.max(1)).saturating_sub(span) / c.y.stride + 1;
        let rows = fit.clamp(1, height.max(1));
        Copied { rows, lines: (rows - 1) * c.y.stride + span, line }
    }
}

/// Floats that it needs for itself.
pub(super) fn scratch(c: &Conv, threads: usize) -> usize {
    let copied = Copied::of(c);
    copied.lines.saturating_mul(copied.line).next_multiple_of(16).saturating_mul(threads.max(1))
}

/// A convolution with what it reads.
pub(super) struct Lines<'a> {
    pub c: Conv,
    pub x: &'a [f32],
    /// Weights in panels.
    pub data: &'a [f32],
    pub panel: usize,
    pub epilogue: Epilogue<'a>,
}

impl Lines<'_> {
    /// All results.
    pub fn run(&self, kernels: &NnKernels, threads: usize, scratch: &mut [f32], out: &mut [f32]) -> Result<()> {
        let (height, width) = self.c.size().unwrap_or((0, 0));
        let (copied, n) = (Copied::of(&self.c), self.c.channels[1]);
        let spaces = PerThread::new(scratch, threads);
        for batch in 0..self.c.batch {
            let picture = &mut out[batch * height * width * n..][..height * width * n];
            in_parts(threads, height.div_ceil(copied.rows), copied.rows * width * n, picture, |block, part| {
                let mut space = spaces.take()?;
                let y = block * copied.rows;
                self.copy(batch, y, &copied, &mut space);
                let residual = self.epilogue.residual.map(|r| &r[(batch * height + y) * width * n..]);
                self.rows(kernels, &copied, &space, &Epilogue { residual, ..self.epilogue }, width, part);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// The lines that the rows from `y` on read, with 0 for padding.
    fn copy(&self, batch: usize, y: usize, copied: &Copied, space: &mut [f32]) {
        let Conv { y: axis_y, x: axis_x, channels: [c, _], .. } = self.c;
        for (i, line) in space.chunks_exact_mut(copied.line).enumerate().take(copied.lines) {
            let at =
                (y * axis_y.stride + i + axis_y.skipped).checked_sub(axis_y.before).filter(|&at| at < axis_y.input);
            let Some(at) = at.map(|at| at / axis_y.repeat) else {
                line.fill(0.0);
                continue;
            };
            let from = &self.x[(batch * axis_y.stored() + at) * axis_x.stored() * c..][..axis_x.stored() * c];
            let (front, rest) = line.split_at_mut(axis_x.before * c);
            let (inside, behind) = rest.split_at_mut(axis_x.input * c);
            front.fill(0.0);
            behind.fill(0.0);
            if axis_x.repeat == 1 {
                inside.copy_from_slice(from);
                continue;
            }
            for (pixels, pixel) in inside.chunks_exact_mut(axis_x.repeat * c).zip(from.chunks_exact(c)) {
                pixels.chunks_exact_mut(c).for_each(|p| p.copy_from_slice(pixel));
            }
        }
    }

    /// Rows of the output, as many as `out` has, from the lines that were copied for them.
    fn rows(
        &self,
        kernels: &NnKernels,
        copied: &Copied,
        lines: &[f32],
        epilogue: &Epilogue,
        width: usize,
        out: &mut [f32],
    ) {
        let Conv { y, x, channels: [c, n], .. } = self.c;
        let (k, at_once) = (x.kernel * c, (MOST_TAPS / y.kernel).max(1));
        let panels = Panels { data: self.data, depth: y.kernel * k, n, panel: self.panel };
        let mut starts = [0; MOST_TAPS];
        for (block, part) in out.chunks_mut(at_once * n).enumerate() {
            let count = part.len() / n;
            for (ty, starts) in starts.chunks_exact_mut(count).enumerate().take(y.kernel) {
                for (i, start) in starts.iter_mut().enumerate() {
                    let pixel = block * at_once + i;
                    let (row, column) = (pixel / width, pixel % width);
                    *start = (row * y.stride + ty * y.dilation) * copied.line + column * x.stride * c;
                }
            }
            let rows = Rows { from: lines, starts: &starts[..y.kernel * count], taps: y.kernel, k };
            let residual = epilogue.residual.map(|r| &r[block * at_once * n..]);
            kernels.gemm(rows, panels, 0..n, part, n, &Epilogue { residual, ..*epilogue });
        }
    }
}
