//! Rows that are divided by their own size: layer and RMS normalisation.

use super::epilogue::{self, ACTIVATION, HIGH, LOW};
use super::{float, int, Call, Infer, Op};
use crate::error::Result;
use crate::kernels::reference::nn::elementwise::Function;
use crate::kernels::reference::nn::epilogue::Activation;
use crate::kernels::reference::nn::norm::LayerNorm;
use crate::nn::memory::in_parts;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&LAYER_NORM, &RMS_NORM];

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
    let width = scale.shape.len();
    let rows = &from.shape[axis..];
    let fits = width > 0
        && ends_with(rows, &scale.shape)
        && scale.ty == Type::F32
        && infer.optional(2).is_none_or(|bias| bias.shape.len() == width && bias.ty == Type::F32);
    match from.ty == Type::F32 && (fits || n == 0) {
        true => super::infer::same(infer),
        false => Err(infer.refuse(format_args!("{} with a scale of {}", from.shape, scale.shape))),
    }
}

/// Whether a shape is the end of another, where ones in front do not count: then it is there again and again.
fn ends_with(whole: &[usize], end: &[usize]) -> bool {
    let ones = end.iter().take_while(|&&d| d == 1).count();
    whole.ends_with(&end[ones..])
}

/// Rows of a part.
const ROWS: usize = 64;

fn layer(call: &mut Call, centred: bool) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let axis = call.axis(call.int(0, -1), shape.rank());
    let columns: usize = shape[axis..].iter().product();
    let (scale, bias, epsilon) = (call.input::<f32>(1)?, call.optional::<f32>(2)?, call.float(1, 1e-5));
    let layer = LayerNorm { columns, centred, epsilon, scale, bias };
    let activation = epilogue::activation(call.attributes, 2);
    let (kernels, threads) = (call.kernels, call.threads);
    let out = call.output::<f32>(0)?;
    let each = columns.saturating_mul(ROWS);
    in_parts(threads, out.len().div_ceil(each.max(1)), each, out, |i, part| {
        kernels.layer_norm(&layer, &from[i * each..][..part.len()], part);
        if activation != Activation::None {
            kernels.apply(Function::Activation(activation), part);
        }
        Ok(())
    })
}
