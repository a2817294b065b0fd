//! A convolution of each channel by itself.

use super::describe::{Conv, MOST_TAPS};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::kernels::reference::nn::gemm::Rows;
use crate::nn::memory::in_parts;
use crate::nn::op::conv::starts::{Places, ZEROS};

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
        let (taps, n, pixels) = (self.c.taps(), self.c.channels[1], height * width);
        let at_once = (MOST_TAPS / taps.max(1)).max(1);
        for batch in 0..self.c.batch {
            let picture = &mut out[batch * pixels * n..][..pixels * n];
            in_parts(threads, pixels.div_ceil(at_once), at_once * n, picture, |block, part| {
                let mut starts = [ZEROS; MOST_TAPS];
                let starts = &mut starts[..taps * (part.len() / n.max(1))];
                let first = block * at_once;
                Places { c: &self.c, batch, first, width }.starts(0, starts);
                let at = (batch * pixels + first) * n;
                let epilogue = Epilogue { residual: self.epilogue.residual.map(|r| &r[at..]), ..self.epilogue };
                let windows = Rows { from: self.x, starts, taps, k: n };
                kernels.depthwise(&windows, self.weights, part, &epilogue);
                Ok(())
            })?;
        }
        Ok(())
    }
}
