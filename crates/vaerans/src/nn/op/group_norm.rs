//! Groups of channels that are divided by their own size.

use super::elementwise::{in_block, Source};
use super::epilogue::{self, ACTIVATION, HIGH, LOW};
use super::{float, int, Call, Op};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::elementwise::{Function, Step};
use crate::nn::memory::in_parts;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&GROUP_NORM];

static GROUP_NORM: Op = Op {
    number: 210,
    name: "GroupNormalization",
    inputs: (3, 3),
    attributes: &[int("num_groups"), float("epsilon"), ACTIVATION, LOW, HIGH],
    infer: |infer| {
        let from = infer.input(0)?;
        let channels = from.shape.last().copied().unwrap_or(0);
        let groups = infer.int(0, 1);
        let each = |i: usize| infer.optional(i).is_some_and(|s| s.shape.dims() == [channels] && s.ty == Type::F32);
        if from.ty != Type::F32
            || from.shape.rank() < 2
            || groups < 1
            || channels as i64 % groups != 0
            || !each(1)
            || !each(2)
        {
            return Err(infer.refuse(format_args!("{} in {groups} groups", from.shape)));
        }
        infer.scratch = channels * (2 + blocks(from.shape.len() / from.shape[0].max(1) / channels.max(1)));
        super::infer::same(infer)
    },
    run: group,
    summary:
        "channels last: each group of channels less its mean, divided by its deviation; then scale, bias, a function",
    ..Op::BASE
};

/// Pixels whose sums are formed by one thread.
const PIXELS: usize = 1 << 12;

fn blocks(area: usize) -> usize {
    area.div_ceil(PIXELS).max(1)
}

fn group(call: &mut Call) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let (batch, channels) = (shape[0], shape[shape.rank() - 1]);
    let group = Group {
        kernels: call.kernels,
        threads: call.threads,
        groups: call.int(0, 1) as usize,
        epsilon: call.float(1, 1e-5),
        scale: call.input::<f32>(1)?,
        bias: call.input::<f32>(2)?,
        activation: Function::Activation(epilogue::activation(call.attributes, 2)),
    };
    let scratch = std::mem::take(&mut call.scratch);
    let size = shape.len() / batch.max(1);
    for (x, y) in from.chunks_exact(size.max(1)).zip(call.output::<f32>(0)?.chunks_exact_mut(size.max(1))) {
        group.run(x, channels, scratch, y)?;
    }
    Ok(())
}

struct Group<'a> {
    kernels: NnKernels,
    threads: usize,
    groups: usize,
    epsilon: f32,
    scale: &'a [f32],
    bias: &'a [f32],
    activation: Function,
}

impl Group<'_> {
    /// One picture: a factor and an offset for each channel, from the sums of its group.
    fn run(&self, x: &[f32], channels: usize, scratch: &mut [f32], out: &mut [f32]) -> Result<()> {
        let (factors, rest) = scratch.split_at_mut(channels);
        let (offsets, sums) = rest.split_at_mut(channels);
        let sums = &mut sums[..blocks(x.len() / channels) * channels];
        // Until they are offsets they are means.
        self.sums(x, None, sums, offsets)?;
        self.sums(x, Some(offsets), sums, factors)?;
        for c in 0..channels {
            let factor = 1.0 / (factors[c] + self.epsilon).sqrt() * self.scale[c];
            (factors[c], offsets[c]) = (factor, self.bias[c] - offsets[c] * factor);
        }
        let column = |data| Source { data: Some(data), row: 0, moves: true };
        let sources = [Source { data: Some(x), row: channels, moves: true }, column(factors), column(offsets)];
        let step = |function, a, b| Step { function, a, b };
        let steps = [step(Function::Mul, 0, 1), step(Function::Add, 3, 2), step(self.activation, 4, 4)];
        in_block(&self.kernels, self.threads, &steps, &sources, channels, out)
    }

    /// For each channel the mean of its group, of the numbers or of their squared distances from `mean`.
    fn sums(&self, x: &[f32], mean: Option<&[f32]>, sums: &mut [f32], out: &mut [f32]) -> Result<()> {
        let channels = out.len();
        let block = channels.saturating_mul(PIXELS);
        in_parts(self.threads, sums.len() / channels, channels, sums, |i, part| {
            self.kernels.column_sums(&x[i * block..x.len().min((i + 1).saturating_mul(block))], mean, part);
            Ok(())
        })?;
        let wide = channels / self.groups;
        let n = (x.len() / channels * wide) as f64;
        for (g, out) in out.chunks_exact_mut(wide).enumerate() {
            let of_group = |row: &[f32]| row[g * wide..][..wide].iter().map(|&v| f64::from(v)).sum::<f64>();
            let all: f64 = sums.chunks_exact(channels).map(of_group).sum();
            out.fill((all / n) as f32);
        }
        Ok(())
    }
}
