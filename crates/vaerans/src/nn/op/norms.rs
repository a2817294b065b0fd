//! Reductions that few networks have.

use super::reduce::{each, floats, reduction, whole, Float, ADDED, GREATEST};
use super::{Call, Op};
use crate::error::Result;
use crate::kernels::reference::nn::math;
use crate::nn::ty::Type;
use std::cell::Cell;

pub(super) static OPS: &[&Op] = &[&MIN, &PROD, &L1, &L2, &SUM_SQUARE, &LOG_SUM, &LOG_SUM_EXP];

static MIN: Op = reduction(
    163,
    "ReduceMin",
    |call| match call.ty() {
        Type::F32 => floats(call, &LEAST),
        _ => whole(call, i64::MAX, Ord::min),
    },
    "least",
);
static PROD: Op = reduction(
    164,
    "ReduceProd",
    |call| match call.ty() {
        Type::F32 => floats(call, &Float { start: 1.0, fold: |a, b| a * b, ..ADDED }),
        _ => whole(call, 1, i64::wrapping_mul),
    },
    "product",
);
static L2: Op = reduction(
    166,
    "ReduceL2",
    |call| floats(call, &Float { before: |x| x * x, after: f32::sqrt, ..ADDED }),
    "square root of the sum of squares",
);
const LEAST: Float = Float { start: f32::INFINITY, fold: |a, b| if b < a || b.is_nan() { b } else { a }, ..ADDED };

static L1: Op =
    reduction(165, "ReduceL1", |call| floats(call, &Float { before: f32::abs, ..ADDED }), "sum of magnitudes");
static SUM_SQUARE: Op =
    reduction(167, "ReduceSumSquare", |call| floats(call, &Float { before: |x| x * x, ..ADDED }), "sum of squares");
static LOG_SUM: Op =
    reduction(168, "ReduceLogSum", |call| floats(call, &Float { after: math::log, ..ADDED }), "logarithm of the sum");
static LOG_SUM_EXP: Op = reduction(169, "ReduceLogSumExp", log_sum_exp, "logarithm of the sum of exponentials");

/// The greatest is taken out first, so that no exponential overflows.
fn log_sum_exp(call: &mut Call) -> Result<()> {
    floats(call, &GREATEST)?;
    let (shape, reduced, from) = (call.shape(0), call.kept, call.input::<f32>(0)?);
    let out = Cell::from_mut(call.output::<f32>(0)?).as_slice_of_cells();
    let greatest = |o: usize| Some(out[o].get()).filter(|m| m.is_finite()).unwrap_or(0.0);
    each(
        shape,
        reduced,
        0.0,
        |o, sum, at| sum + math::exp(from[at] - greatest(o)),
        |o, sum| out[o].set(greatest(o) + math::log(sum)),
    );
    Ok(())
}
