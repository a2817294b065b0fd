//! What is divided by its own size: softmax, layer, group and RMS normalisation.

use super::{float, int, Call, Infer, Op};
use crate::error::Result;
use crate::kernels::reference::nn::math;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&SOFTMAX, &LOG_SOFTMAX, &HARDMAX, &LAYER_NORM, &RMS_NORM, &GROUP_NORM];

/// A tensor as rows along one axis: how many before, along, and behind it.
#[derive(Debug, Clone, Copy)]
struct Rows {
    outer: usize,
    n: usize,
    inner: usize,
}

impl Rows {
    fn of(shape: Shape, axis: usize) -> Rows {
        let product = |dims: &[usize]| dims.iter().product();
        Rows { outer: product(&shape[..axis]), n: shape[axis], inner: product(&shape[axis + 1..]) }
    }

    /// Where each row begins; its numbers are `inner` apart.
    fn starts(self) -> impl Iterator<Item = usize> {
        (0..self.outer * self.inner).map(move |i| i / self.inner * self.inner * self.n + i % self.inner)
    }
}

const fn along(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    const ATTRIBUTES: &[super::Declared] = &[int("axis")];
    Op { number, name, attributes: ATTRIBUTES, infer: floats_along, run, summary, ..Op::BASE }
}

fn floats_along(infer: &mut Infer) -> Result<()> {
    let from = infer.input(0)?;
    infer.axis(infer.int(0, -1), from.shape.rank())?;
    match from.ty {
        Type::F32 => super::infer::same(infer),
        other => Err(infer.refuse(format_args!("elements of {}", other.name()))),
    }
}

static SOFTMAX: Op =
    along(180, "Softmax", |call| soft(call, |e, sum| e / sum, false), "exponentials divided by their sum");
static LOG_SOFTMAX: Op =
    along(181, "LogSoftmax", |call| soft(call, |d, sum| d - math::log(sum), true), "logarithm of the softmax");

/// The greatest is taken out first. `finish` takes the exponential, or its exponent if `keeps_exponent`, and the sum of all.
fn soft(call: &mut Call, finish: fn(f32, f32) -> f32, keeps_exponent: bool) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let rows = Rows::of(shape, call.axis(call.int(0, -1), shape.rank()));
    let out = call.output::<f32>(0)?;
    for start in rows.starts() {
        let places = (0..rows.n).map(|k| start + k * rows.inner);
        let most =
            places.clone().fold(f32::NEG_INFINITY, |m, i| if from[i] > m || from[i].is_nan() { from[i] } else { m });
        let mut sum = 0.0;
        for i in places.clone() {
            let exponent = from[i] - most;
            let e = math::exp(exponent);
            sum += e;
            out[i] = if keeps_exponent { exponent } else { e };
        }
        places.for_each(|i| out[i] = finish(out[i], sum));
    }
    Ok(())
}

static HARDMAX: Op = along(
    182,
    "Hardmax",
    |call| {
        let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
        let rows = Rows::of(shape, call.axis(call.int(0, -1), shape.rank()));
        let out = call.output::<f32>(0)?;
        for start in rows.starts() {
            let places = (0..rows.n).map(|k| start + k * rows.inner);
            let best = places.clone().reduce(|a, b| if from[b] > from[a] { b } else { a });
            places.for_each(|i| out[i] = if Some(i) == best { 1.0 } else { 0.0 });
        }
        Ok(())
    },
    "1 where the greatest is, else 0",
);

static LAYER_NORM: Op = Op {
    number: 208,
    name: "LayerNormalization",
    inputs: (2, 3),
    attributes: &[int("axis"), float("epsilon")],
    infer: floats_along,
    run: |call| layer(call, true),
    summary: "less its mean, divided by its deviation, over all axes from `axis` on; then scale and bias",
    ..Op::BASE
};

static RMS_NORM: Op = Op {
    number: 209,
    name: "RMSNormalization",
    inputs: (2, 2),
    attributes: &[int("axis"), float("epsilon")],
    infer: floats_along,
    run: |call| layer(call, false),
    summary: "divided by the root of the mean of its squares, over all axes from `axis` on; then scale",
    ..Op::BASE
};

fn layer(call: &mut Call, centred: bool) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let axis = call.axis(call.int(0, -1), shape.rank());
    let epsilon = call.float(1, 1e-5);
    let n: usize = shape[axis..].iter().product();
    let (scale, bias) = (call.input::<f32>(1)?, call.optional::<f32>(2)?);
    let out = call.output::<f32>(0)?;
    for (x, y) in from.chunks_exact(n.max(1)).zip(out.chunks_exact_mut(n.max(1))) {
        let mean = if centred { sum(x.iter().copied()) / n as f32 } else { 0.0 };
        let variance = sum(x.iter().map(|v| (v - mean) * (v - mean))) / n as f32;
        let factor = 1.0 / (variance + epsilon).sqrt();
        for (i, (y, x)) in y.iter_mut().zip(x).enumerate() {
            let v = (x - mean) * factor * scale[i % scale.len()];
            *y = bias.map_or(v, |bias| v + bias[i % bias.len()]);
        }
    }
    Ok(())
}

/// 16 partial sums, then those as a tree: the order of every kernel that sums a row.
fn sum(values: impl Iterator<Item = f32>) -> f32 {
    let mut lanes = [0.0; 16];
    for (i, v) in values.enumerate() {
        lanes[i % 16] += v;
    }
    for half in [8, 4, 2, 1] {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
    }
    lanes[0]
}

static GROUP_NORM: Op = Op {
    number: 210,
    name: "GroupNormalization",
    inputs: (3, 3),
    attributes: &[int("num_groups"), float("epsilon")],
    infer: |infer| {
        let from = infer.input(0)?;
        let channels = from.shape.last().copied().unwrap_or(0);
        let groups = infer.int(0, 1);
        let each = |i: usize| infer.optional(i).is_some_and(|s| s.shape.dims() == [channels]);
        if from.ty != Type::F32
            || from.shape.rank() < 2
            || groups < 1
            || channels as i64 % groups != 0
            || !each(1)
            || !each(2)
        {
            return Err(infer.refuse(format_args!("{} in {groups} groups", from.shape)));
        }
        super::infer::same(infer)
    },
    run: group,
    summary: "channels last: each group of channels less its mean, divided by its deviation; then scale and bias",
    ..Op::BASE
};

fn group(call: &mut Call) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let (groups, epsilon) = (call.int(0, 1) as usize, call.float(1, 1e-5));
    let (scale, bias) = (call.input::<f32>(1)?, call.input::<f32>(2)?);
    let (batch, channels) = (shape[0], shape[shape.rank() - 1]);
    let (area, wide) = (shape.len() / batch.max(1) / channels.max(1), channels / groups);
    let out = call.output::<f32>(0)?;
    for b in 0..batch {
        let x = &from[b * area * channels..][..area * channels];
        let y = &mut out[b * area * channels..][..area * channels];
        for g in 0..groups {
            let part = |i: usize| &x[i * channels + g * wide..][..wide];
            let n = (area * wide) as f32;
            let mean = sum((0..area).flat_map(|i| part(i).iter().copied())) / n;
            let variance = sum((0..area).flat_map(|i| part(i).iter().map(|v| (v - mean) * (v - mean)))) / n;
            let factor = 1.0 / (variance + epsilon).sqrt();
            for i in 0..area {
                for c in g * wide..(g + 1) * wide {
                    y[i * channels + c] = (x[i * channels + c] - mean) * factor * scale[c] + bias[c];
                }
            }
        }
    }
    Ok(())
}
