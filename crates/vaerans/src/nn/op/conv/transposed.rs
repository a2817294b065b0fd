//! A transposed convolution: each pixel is the sum of the taps that reach it, and neighbours a stride apart are reached by the same ones.

use super::depthwise::Depthwise;
use super::describe::{Conv, Way, MOST_TAPS};
use super::starts::ZEROS;
use super::{described, int, ints, shaped, weights, word, Call, Op, ACTIVATION, AUTO_PAD, HIGH, LOW, RESIDUAL_LAST};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::kernels::reference::nn::gemm::{Panels, Rows};
use crate::nn::memory::in_parts;

pub(in super::super) static OPS: &[&Op] = &[&CONV_TRANSPOSE];

static CONV_TRANSPOSE: Op = Op {
    number: 194,
    name: "ConvTranspose",
    inputs: (2, 4),
    attributes: attributes![ints("output_padding"), ints("output_shape")],
    factor: true,
    infer: |infer| shaped(infer, true),
    run,
    summary: "transposed convolution; weights are [height, width, channels of a group, output channels]",
    ..Op::BASE
};

fn run(call: &mut Call) -> Result<()> {
    let (c, way, x, epilogue) = described(call, true)?;
    let (kernels, threads, panel) = (call.kernels, call.threads, call.kernels.panel());
    if way == Way::Depthwise {
        let weights = call.input::<f32>(1)?;
        return Depthwise { c, x, weights, epilogue }.run(&kernels, threads, call.output(0)?);
    }
    let (data, _) = weights(call, c.groups)?;
    Transposed { c, x, data, panel, epilogue }.run(&kernels, threads, call.output(0)?)
}

/// A transposed convolution with what it reads.
pub(super) struct Transposed<'a> {
    pub c: Conv,
    pub x: &'a [f32],
    /// Weights in panels, group after group.
    pub data: &'a [f32],
    pub panel: usize,
    pub epilogue: Epilogue<'a>,
}

impl Transposed<'_> {
    /// All results.
    pub fn run(&self, kernels: &NnKernels, threads: usize, out: &mut [f32]) -> Result<()> {
        let (height, width) = self.c.size().unwrap_or((0, 0));
        let row = width * self.c.channels[1];
        in_parts(threads, self.c.batch * height, row, out, |i, part| {
            let residual = self.epilogue.residual.map(|r| &r[i * row..]);
            let epilogue = Epilogue { residual, ..self.epilogue };
            for phase in 0..self.c.x.stride.min(width) {
                self.phase(kernels, (i / height, i % height), phase, width, &epilogue, part);
            }
            Ok(())
        })
    }

    /// Pixels `phase`, one stride further, and so on, of the row `y` of a picture.
    fn phase(
        &self,
        kernels: &NnKernels,
        (batch, y): (usize, usize),
        phase: usize,
        width: usize,
        epilogue: &Epilogue,
        out: &mut [f32],
    ) {
        let Conv { y: axis_y, x: axis_x, channels: [c, n], groups, .. } = self.c;
        let (deep, wide, size) = (c / groups, n / groups, self.data.len() / groups);
        let all = self.c.taps();
        let mut which = [0; MOST_TAPS];
        let taps = self.reaching(y, phase, &mut which);
        let pixels = (width - phase).div_ceil(axis_x.stride);
        let at_once = (MOST_TAPS / taps.max(1)).clamp(1, pixels);
        let mut starts = [ZEROS; MOST_TAPS];
        for g in 0..groups {
            for first in (0..pixels).step_by(at_once) {
                let count = at_once.min(pixels - first);
                for (&t, starts) in which[..taps].iter().zip(starts.chunks_exact_mut(count)) {
                    let from = axis_y.read(y, t / axis_x.kernel).unwrap_or(0);
                    let line = (batch * axis_y.input + from) * axis_x.input * c + g * deep;
                    // One pixel further, one element of the input further.
                    for (i, start) in starts.iter_mut().enumerate() {
                        let at = axis_x.read(phase + (first + i) * axis_x.stride, t % axis_x.kernel);
                        *start = at.map_or(ZEROS, |at| line + at * c);
                    }
                }
                // What no tap reaches is a row of zeros times any of them.
                let used = taps.max(1);
                if taps == 0 {
                    starts[..count].fill(ZEROS);
                }
                let rows = Rows { from: self.x, starts: &starts[..used * count], taps: used, k: deep };
                let panels =
                    Panels { data: &self.data[g * size..][..size], depth: all * deep, n: wide, panel: self.panel };
                let at = (phase + first * axis_x.stride) * n + g * wide;
                let epilogue = Epilogue {
                    bias: epilogue.bias.map(|b| &b[g * wide..][..wide]),
                    residual: epilogue.residual.map(|r| &r[at..]),
                    ..*epilogue
                };
                let stride = axis_x.stride * n;
                kernels.gemm_taps(rows, &which[..used], panels, 0..wide, &mut out[at..], stride, &epilogue);
            }
        }
    }

    /// The taps that reach pixels of a phase of row `y`; how many there are.
    fn reaching(&self, y: usize, phase: usize, which: &mut [usize; MOST_TAPS]) -> usize {
        let Conv { y: axis_y, x: axis_x, .. } = self.c;
        let mut count = 0;
        for ty in (0..axis_y.kernel).filter(|&ty| axis_y.read(y, ty).is_some()) {
            for tx in 0..axis_x.kernel {
                let residue = (phase + axis_x.before) % axis_x.stride;
                if tx * axis_x.dilation % axis_x.stride == residue {
                    which[count] = ty * axis_x.kernel + tx;
                    count += 1;
                }
            }
        }
        count
    }
}
