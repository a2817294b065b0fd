//! What stands behind layers: functions of one number with a bend.

use super::unary::{any, float_op, floats, map, signed};
use super::{float, word, Op};
use crate::kernels::reference::nn::math;

pub(super) static OPS: &[&Op] = &[
    &TANH,
    &SIGMOID,
    &RELU,
    &LEAKY_RELU,
    &ELU,
    &SELU,
    &CELU,
    &THRESHOLDED_RELU,
    &GELU,
    &SWISH,
    &HARD_SIGMOID,
    &HARD_SWISH,
    &SOFTPLUS,
    &SOFTSIGN,
    &MISH,
    &SHRINK,
    &PRELU,
];

static TANH: Op = float_op(51, "Tanh", |call| map(call, math::tanh), "hyperbolic tangent");
static SIGMOID: Op = float_op(52, "Sigmoid", |call| map(call, math::sigmoid), "1 / (1 + e^-x)");
static RELU: Op = any(float_op(
    53,
    "Relu",
    |call| signed(call, |x| if x < 0.0 { 0.0 } else { x }, |x| x.max(0), |x| x.max(0), |x| x.max(0)),
    "0 where it is negative",
));

/// With one or two numbers of its own.
macro_rules! with_numbers {
    ($name:ident, $number:literal, $onnx:literal, [$($attribute:literal = $default:literal),+], $f:expr, $summary:literal) => {
        static $name: Op = Op {
            attributes: &[$(float($attribute)),+],
            ..float_op(
                $number,
                $onnx,
                |call| {
                    let defaults = [$($default),+];
                    let numbers = std::array::from_fn(|i| call.float(i, defaults[i]));
                    map(call, |x| $f(x, numbers))
                },
                $summary,
            )
        };
    };
}

with_numbers!(
    LEAKY_RELU,
    54,
    "LeakyRelu",
    ["alpha" = 0.01],
    |x: f32, [a]: [f32; 1]| if x < 0.0 { a * x } else { x },
    "alpha x where it is negative"
);
with_numbers!(
    ELU,
    55,
    "Elu",
    ["alpha" = 1.0],
    |x: f32, [a]: [f32; 1]| if x < 0.0 { a * (math::exp(x) - 1.0) } else { x },
    "alpha (e^x - 1) where it is negative"
);
with_numbers!(
    SELU,
    56,
    "Selu",
    ["alpha" = 1.673_263_2, "gamma" = 1.050_701],
    |x: f32, [a, g]: [f32; 2]| if x > 0.0 { g * x } else { g * (a * math::exp(x) - a) },
    "scaled exponential linear unit"
);
with_numbers!(
    CELU,
    57,
    "Celu",
    ["alpha" = 1.0],
    |x: f32, [a]: [f32; 1]| if x < 0.0 { a * (math::exp(x / a) - 1.0) } else { x },
    "continuously differentiable Elu"
);
with_numbers!(
    THRESHOLDED_RELU,
    58,
    "ThresholdedRelu",
    ["alpha" = 1.0],
    |x: f32, [a]: [f32; 1]| if x > a { x } else { 0.0 },
    "0 up to alpha"
);
with_numbers!(
    SWISH,
    60,
    "Swish",
    ["alpha" = 1.0],
    |x: f32, [a]: [f32; 1]| x * math::sigmoid(a * x),
    "x sigmoid(alpha x); SiLU with alpha 1"
);
with_numbers!(
    HARD_SIGMOID,
    61,
    "HardSigmoid",
    ["alpha" = 0.2, "beta" = 0.5],
    |x: f32, [a, b]: [f32; 2]| (a * x + b).clamp(0.0, 1.0),
    "alpha x + beta within 0..1"
);
with_numbers!(
    SHRINK,
    33,
    "Shrink",
    ["bias" = 0.0, "lambd" = 0.5],
    |x: f32, [bias, l]: [f32; 2]| if x < -l {
        x + bias
    } else if x > l {
        x - bias
    } else {
        0.0
    },
    "0 near 0, else nearer to it by bias"
);

static GELU: Op = Op {
    attributes: &[word("approximate", &["none", "tanh"])],
    ..float_op(
        59,
        "Gelu",
        |call| match call.int(0, 0) {
            0 => map(call, |x: f32| 0.5 * x * (1.0 + math::erf(x * std::f32::consts::FRAC_1_SQRT_2))),
            _ => map(call, |x: f32| {
                let inner = 0.797_884_6 * (x + 0.044_715 * (x * x * x));
                0.5 * x * (1.0 + math::tanh(inner))
            }),
        },
        "x times the Gaussian distribution function, or its approximation by tanh",
    )
};
static HARD_SWISH: Op = float_op(
    62,
    "HardSwish",
    |call| map(call, |x: f32| x * (x * (1.0 / 6.0) + 0.5).clamp(0.0, 1.0)),
    "x times its hard sigmoid",
);
static SOFTPLUS: Op = float_op(63, "Softplus", |call| map(call, softplus), "log(1 + e^x)");
static SOFTSIGN: Op = float_op(34, "Softsign", |call| map(call, |x: f32| x / (1.0 + x.abs())), "x / (1 + |x|)");
static MISH: Op = float_op(35, "Mish", |call| map(call, |x| x * math::tanh(softplus(x))), "x tanh(softplus(x))");
fn softplus(x: f32) -> f32 {
    let positive = if x > 0.0 { x } else { 0.0 };
    positive + math::log(1.0 + math::exp(-x.abs()))
}

static PRELU: Op = Op {
    number: 73,
    name: "PRelu",
    inputs: (2, 2),
    run: |call| super::arithmetic::pairs::<f32, f32, f32>(call, |x, slope| if x < 0.0 { slope * x } else { x }),
    infer: floats,
    summary: "slope x where it is negative",
    ..Op::BASE
};
