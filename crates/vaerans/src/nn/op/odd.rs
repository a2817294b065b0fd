//! Functions of one number that few networks have.

use super::activation::with_numbers;
use super::unary::{any, float_op, holds, map, signed, test};
use super::{float, int, Call, Op};
use crate::kernels::reference::nn::{math, trigonometry};

pub(super) static OPS: &[&Op] =
    &[&SELU, &CELU, &THRESHOLDED_RELU, &SHRINK, &SOFTSIGN, &SIGN, &CEIL, &ROUND, &SIN, &COS, &ATAN, &IS_INF];

with_numbers!(
    SELU,
    56,
    "Selu",
    ["alpha" = 1.673_263_2, "gamma" = 1.050_701],
    |call: &mut Call, [a, g]: [f32; 2]| map(call, |x| if x > 0.0 { g * x } else { g * (a * math::exp(x) - a) }),
    "scaled exponential linear unit"
);
with_numbers!(
    CELU,
    57,
    "Celu",
    ["alpha" = 1.0],
    |call: &mut Call, [a]: [f32; 1]| map(call, |x| if x < 0.0 { a * (math::exp(x / a) - 1.0) } else { x }),
    "continuously differentiable Elu"
);
with_numbers!(
    THRESHOLDED_RELU,
    58,
    "ThresholdedRelu",
    ["alpha" = 1.0],
    |call: &mut Call, [a]: [f32; 1]| map(call, |x| if x > a { x } else { 0.0 }),
    "0 up to alpha"
);
with_numbers!(
    SHRINK,
    33,
    "Shrink",
    ["bias" = 0.0, "lambd" = 0.5],
    |call: &mut Call, [bias, l]: [f32; 2]| map(call, |x| if x < -l {
        x + bias
    } else if x > l {
        x - bias
    } else {
        0.0
    }),
    "0 near 0, else nearer to it by bias"
);
static SOFTSIGN: Op = float_op(34, "Softsign", |call| map(call, |x: f32| x / (1.0 + x.abs())), "x / (1 + |x|)");
static SIGN: Op = any(float_op(
    42,
    "Sign",
    |call| {
        signed(call, |call| map(call, |x: f32| if x == 0.0 || x.is_nan() { x } else { 1f32.copysign(x) }), i64::signum)
    },
    "-1, 0 or 1",
));
static CEIL: Op = float_op(48, "Ceil", |call| map(call, f32::ceil), "next whole number above");
static ROUND: Op = float_op(49, "Round", |call| map(call, f32::round_ties_even), "nearest whole number, ties to even");
static SIN: Op = float_op(38, "Sin", |call| map(call, trigonometry::sin), "sine");
static COS: Op = float_op(39, "Cos", |call| map(call, trigonometry::cos), "cosine");
static ATAN: Op = float_op(74, "Atan", |call| map(call, trigonometry::atan), "angle whose tangent it is");

static IS_INF: Op = Op {
    attributes: &[int("detect_negative"), int("detect_positive")],
    ..test(
        70,
        "IsInf",
        |call| {
            let (negative, positive) = (call.int(0, 1) != 0, call.int(1, 1) != 0);
            holds(call, |x| x.is_infinite() && if x < 0.0 { negative } else { positive })
        },
        "whether it is infinite",
    )
};
