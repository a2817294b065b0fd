//! What is divided by its own size: layer, group and RMS normalisation.

use super::elementwise::{in_block, Source};
use super::epilogue::{self, ACTIVATION, HIGH, LOW};
use super::{float, int, Call, Infer, Op};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::elementwise::{Function, Step};
use crate::nn::memory::in_parts;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&LAYER_NORM, &RMS_NORM, &GROUP_NORM];

static LAYER_NORM: Op = Op {
    number: 208,
    name: "LayerNormalization",
    inputs: (2, 3),
    attributes: &[int("axis"), float("epsilon"), ACTIVATION, LOW, HIGH],
    infer: infer_layer,
    run: |call| layer(call, true),
    summary: "less its mean, divided by its deviation, over all axes from `axis` on; then scale, bias, a function",
    ..Op::BASE
};

static RMS_NORM: Op = Op {
    number: 209,
    name: "RMSNormalization",
    inputs: (2, 2),
    attributes: &[int("axis"), float("epsilon"), ACTIVATION, LOW, HIGH],
    infer: infer_layer,
    run: |call| layer(call, false),
    summary: "divided by the root of the mean of its squares, over all axes from `axis` on; then scale, a function",
    ..Op::BASE
};

fn infer_layer(infer: &mut Infer) -> Result<()> {
    let (from, scale) = (infer.input(0)?, infer.input(1)?);
    let axis = infer.axis(infer.int(0, -1), from.shape.rank())?;
    let n: usize = from.shape[axis..].iter().product();
    let lengths = [Some(scale), infer.optional(2)].map(|s| s.map_or(1, |s| s.shape.len()));
    let width = lengths[0].max(lengths[1]);
    let fits = width > 0 && n % width == 0 && lengths.iter().all(|&l| l == 1 || l == width);
    match from.ty == Type::F32 && (fits || n == 0) {
        true => super::infer::same(infer),
        false => Err(infer.refuse(format_args!("{} with a scale of {}", from.shape, scale.shape))),
    }
}

/// Rows whose means are known at a time.
const ROWS: usize = 64;

fn layer(call: &mut Call, centred: bool) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let axis = call.axis(call.int(0, -1), shape.rank());
    let n: usize = shape[axis..].iter().product();
    let layer = Layer {
        kernels: call.kernels,
        n,
        centred,
        epsilon: call.float(1, 1e-5),
        scale: call.input::<f32>(1)?,
        bias: call.optional::<f32>(2)?,
        activation: Function::Activation(epilogue::activation(call.attributes, 2)),
    };
    let threads = call.threads;
    let out = call.output::<f32>(0)?;
    in_parts(threads, out.len().div_ceil((ROWS * n).max(1)), ROWS * n, out, |i, part| {
        layer.rows(&from[i * ROWS * n..][..part.len()], part)
    })
}

struct Layer<'a> {
    kernels: NnKernels,
    n: usize,
    centred: bool,
    epsilon: f32,
    scale: &'a [f32],
    bias: Option<&'a [f32]>,
    activation: Function,
}

impl Layer<'_> {
    /// At most [`ROWS`] rows.
    fn rows(&self, x: &[f32], out: &mut [f32]) -> Result<()> {
        let rows = x.len() / self.n;
        let (mut means, mut factors) = ([0.0; ROWS], [0.0; ROWS]);
        let (means, factors) = (&mut means[..rows], &mut factors[..rows]);
        if self.centred {
            self.kernels.row_sums(x, self.n, None, means);
            means.iter_mut().for_each(|m| *m /= self.n as f32);
        }
        self.kernels.row_sums(x, self.n, Some(means), factors);
        factors.iter_mut().for_each(|f| *f = 1.0 / (*f / self.n as f32 + self.epsilon).sqrt());
        let width = self.scale.len().max(self.bias.map_or(1, <[f32]>::len));
        if width == self.n {
            return self.apply(x, means, factors, 1, width, out);
        }
        for (i, (x, out)) in x.chunks_exact(self.n).zip(out.chunks_exact_mut(self.n)).enumerate() {
            self.apply(x, &means[i..=i], &factors[i..=i], 0, width, out)?;
        }
        Ok(())
    }

    /// (x - mean) factor scale + bias of rows of `width` numbers; means and factors are `step` apart from row to row.
    fn apply(
        &self,
        x: &[f32],
        means: &[f32],
        factors: &[f32],
        step: usize,
        width: usize,
        out: &mut [f32],
    ) -> Result<()> {
        let of_row = |data| Source { data: Some(data), row: step, moves: false };
        let column = |data: &[f32]| data.len() == width;
        let zero = [-0.0];
        let bias = self.bias.unwrap_or(&zero);
        let sources = [
            Source { data: Some(x), row: width, moves: true },
            of_row(means),
            of_row(factors),
            Source { data: Some(self.scale), row: 0, moves: column(self.scale) },
            Source { data: Some(bias), row: 0, moves: column(bias) },
        ];
        let step = |function, a, b| Step { function, a, b };
        let steps = [
            step(Function::Sub, 0, 1),
            step(Function::Mul, 5, 2),
            step(Function::Mul, 6, 3),
            step(Function::Add, 7, 4),
            step(self.activation, 8, 8),
        ];
        in_block(&self.kernels, 1, &steps, &sources, width, out)
    }
}

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
        let block = PIXELS * channels;
        in_parts(self.threads, sums.len() / channels, channels, sums, |i, part| {
            self.kernels.column_sums(&x[i * block..x.len().min((i + 1) * block)], mean, part);
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
