//! What stands behind layers: functions of one number with a bend.

use super::elementwise::one;
use super::unary::{any, float_op, floats, map, signed};
use super::{float, word, Call, Local, Op};
use crate::kernels::reference::nn::elementwise::Function;
use crate::kernels::reference::nn::epilogue::Activation;
use crate::kernels::reference::nn::math;

pub(super) static OPS: &[&Op] =
    &[&TANH, &SIGMOID, &RELU, &LEAKY_RELU, &ELU, &GELU, &SWISH, &HARD_SIGMOID, &HARD_SWISH, &SOFTPLUS, &MISH, &PRELU];

static TANH: Op = float_op(51, "Tanh", |call| one(call, Function::Activation(Activation::Tanh)), "hyperbolic tangent");
static SIGMOID: Op =
    float_op(52, "Sigmoid", |call| one(call, Function::Activation(Activation::Sigmoid)), "1 / (1 + e^-x)");
static RELU: Op = any(float_op(
    53,
    "Relu",
    |call| signed(call, |call| one(call, RELU_FLOAT), |x| x.max(0)),
    "0 where it is negative",
));

/// 0 where it is negative; NaN stays.
const RELU_FLOAT: Function = Function::Activation(Activation::Clip(0.0, f32::INFINITY));

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
                    $f(call, numbers)
                },
                $summary,
            )
        };
    };
}

pub(super) use with_numbers;

with_numbers!(
    LEAKY_RELU,
    54,
    "LeakyRelu",
    ["alpha" = 0.01],
    |call: &mut Call, [a]: [f32; 1]| one(call, Function::Activation(Activation::Leaky(a))),
    "alpha x where it is negative"
);
with_numbers!(
    ELU,
    55,
    "Elu",
    ["alpha" = 1.0],
    |call: &mut Call, [a]: [f32; 1]| one(call, Function::Elu(a)),
    "alpha (e^x - 1) where it is negative"
);
with_numbers!(
    SWISH,
    60,
    "Swish",
    ["alpha" = 1.0],
    |call: &mut Call, [a]: [f32; 1]| match a {
        1.0 => one(call, Function::Activation(Activation::Silu)),
        a => map(call, |x: f32| x * math::sigmoid(a * x)),
    },
    "x sigmoid(alpha x); SiLU with alpha 1"
);
with_numbers!(
    HARD_SIGMOID,
    61,
    "HardSigmoid",
    ["alpha" = 0.2, "beta" = 0.5],
    |call: &mut Call, [a, b]: [f32; 2]| one(call, Function::HardSigmoid(a, b)),
    "alpha x + beta within 0..1"
);

static GELU: Op = Op {
    attributes: &[word("approximate", &["none", "tanh"])],
    ..float_op(
        59,
        "Gelu",
        |call| match call.int(0, 0) {
            0 => one(call, Function::Activation(Activation::Gelu)),
            _ => one(call, Function::GeluTanh),
        },
        "x times the Gaussian distribution function, or its approximation by tanh",
    )
};
static HARD_SWISH: Op = float_op(
    62,
    "HardSwish",
    |call| one(call, Function::Activation(Activation::HardSwish)),
    "x times its hard sigmoid",
);
static SOFTPLUS: Op = float_op(63, "Softplus", |call| one(call, Function::Softplus), "log(1 + e^x)");
static MISH: Op = float_op(35, "Mish", |call| one(call, Function::Mish), "x tanh(softplus(x))");

static PRELU: Op = Op {
    number: 73,
    name: "PRelu",
    inputs: (2, 2),
    local: Local::Elements,
    run: |call| super::elementwise::two(call, Function::Prelu),
    infer: |infer| {
        let (x, slope) = (infer.input(0)?, infer.input(1)?);
        match slope.ty == x.ty && super::broadcast(x.shape, slope.shape) == Some(x.shape) {
            true => floats(infer),
            false => Err(infer.refuse(format_args!("{} by a slope of {}", x.shape, slope.shape))),
        }
    },
    summary: "slope x where it is negative",
    ..Op::BASE
};
