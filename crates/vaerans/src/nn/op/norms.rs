//! Reductions that few networks have.

use super::reduce::{each, floats, reduction, Float, ADDED, GREATEST};
use super::{Call, Op};
use crate::error::Result;
use crate::kernels::reference::nn::math;
use std::cell::Cell;

pub(super) static OPS: &[&Op] = &[&L1, &SUM_SQUARE, &LOG_SUM, &LOG_SUM_EXP];

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
