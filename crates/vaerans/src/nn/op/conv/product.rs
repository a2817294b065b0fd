//! A convolution as a product of matrices: what a window reads is a row, wherever its parts lie.

use super::describe::{Conv, MOST_TAPS};
use super::starts::{Places, ZEROS};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::kernels::reference::nn::gemm::{Panels, Rows};
use crate::nn::memory::in_parts;

/// Starts of rows that one call of the kernel takes.
const STARTS: usize = MOST_TAPS;

/// A convolution with what it reads.
pub(super) struct Product<'a> {
    pub c: Conv,
    pub x: &'a [f32],
    /// Weights in panels, group after group.
    pub data: &'a [f32],
    pub panel: usize,
    pub epilogue: Epilogue<'a>,
}

impl Product<'_> {
    /// All results.
    pub fn run(&self, kernels: &NnKernels, threads: usize, out: &mut [f32]) -> Result<()> {
        let (height, width) = self.c.size().unwrap_or((0, 0));
        let (at_once, n) = ((STARTS / self.c.taps().max(1)).max(1), self.c.channels[1]);
        let pixels = height * width;
        let blocks = pixels.div_ceil(at_once);
        // A block ends with its picture.
        for batch in 0..self.c.batch {
            let picture = &mut out[batch * pixels * n..][..pixels * n];
            in_parts(threads, blocks, at_once * n, picture, |block, part| {
                self.block(kernels, batch, block * at_once, width, part)
            })?;
        }
        Ok(())
    }

    /// The pixels from `first` on, as many as `out` has.
    fn block(&self, kernels: &NnKernels, batch: usize, first: usize, width: usize, out: &mut [f32]) -> Result<()> {
        let Conv { channels: [c, n], groups, .. } = self.c;
        let taps = self.c.taps();
        let (deep, wide, size) = (c / groups, n / groups, self.data.len() / groups);
        let count = out.len() / n.max(1);
        let base = (batch * self.c.y.output().unwrap_or(0) * width + first) * n;
        let mut starts = [ZEROS; STARTS];
        for g in 0..groups {
            let starts = &mut starts[..taps * count];
            Places { c: &self.c, batch, first, width }.starts(g * deep, starts);
            let rows = Rows { from: self.x, starts, taps, k: deep };
            let data = &self.data[g * size..][..size];
            let panels = Panels { data, depth: taps * deep, n: wide, panel: self.panel };
            let epilogue = Epilogue {
                bias: self.epilogue.bias.map(|b| &b[g * wide..][..wide]),
                residual: self.epilogue.residual.map(|r| &r[base + g * wide..]),
                ..self.epilogue
            };
            kernels.gemm(rows, panels, 0..wide, &mut out[g * wide..], n, &epilogue);
        }
        Ok(())
    }
}
