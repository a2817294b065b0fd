//! Functions of one number.

use super::{float, int, word, Call, Infer, Op, Operand};
use crate::error::Result;
use crate::kernels::reference::nn::math;
use crate::nn::memory::Number;
use crate::nn::ty::{Spec, Type};

pub(super) static OPS: &[&Op] = &[
    &ABS,
    &NEG,
    &EXP,
    &LOG,
    &SQRT,
    &RECIPROCAL,
    &FLOOR,
    &CEIL,
    &ROUND,
    &SIGN,
    &ERF,
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
    &NOT,
    &IS_NAN,
    &IS_INF,
    &CLIP,
    &CAST,
    &PRELU,
    &SIN,
    &COS,
];

/// An operator on floats.
const fn float_op(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    Op { number, name, in_place: true, infer: floats, run, summary, ..Op::BASE }
}

fn floats(infer: &mut Infer) -> Result<()> {
    match infer.input(0)?.ty {
        Type::F32 => super::infer::same(infer),
        other => Err(infer.refuse(format_args!("elements of {}", other.name()))),
    }
}

/// Each element by itself, where it stands or elsewhere.
fn map<T: Number>(call: &mut Call, f: impl Fn(T) -> T) -> Result<()> {
    if let Operand::InPlace(_) = call.inputs[0] {
        call.output::<T>(0)?.iter_mut().for_each(|x| *x = f(*x));
        return Ok(());
    }
    let from = call.input::<T>(0)?;
    call.output::<T>(0)?.iter_mut().zip(from).for_each(|(y, &x)| *y = f(x));
    Ok(())
}

/// Floats and whole numbers.
fn signed(
    call: &mut Call,
    f: fn(f32) -> f32,
    long: fn(i64) -> i64,
    int: fn(i32) -> i32,
    byte: fn(i8) -> i8,
) -> Result<()> {
    match call.ty() {
        Type::F32 => map(call, f),
        Type::I64 => map(call, long),
        Type::I32 => map(call, int),
        Type::I8 => map(call, byte),
        Type::U8 | Type::Bool => map(call, |x: u8| x),
    }
}

const fn any(op: Op) -> Op {
    Op { infer: super::infer::same, ..op }
}

static ABS: Op = any(float_op(
    40,
    "Abs",
    |call| signed(call, f32::abs, i64::wrapping_abs, i32::wrapping_abs, i8::wrapping_abs),
    "magnitude",
));
static NEG: Op = any(float_op(
    41,
    "Neg",
    |call| signed(call, |x| -x, i64::wrapping_neg, i32::wrapping_neg, i8::wrapping_neg),
    "with the other sign",
));
static SIGN: Op = any(float_op(
    42,
    "Sign",
    |call| {
        signed(
            call,
            |x| if x == 0.0 || x.is_nan() { x } else { 1f32.copysign(x) },
            i64::signum,
            i32::signum,
            i8::signum,
        )
    },
    "-1, 0 or 1",
));
static EXP: Op = float_op(43, "Exp", |call| map(call, math::exp), "e to its power");
static LOG: Op = float_op(44, "Log", |call| map(call, math::log), "natural logarithm");
static SQRT: Op = float_op(45, "Sqrt", |call| map(call, f32::sqrt), "square root");
static RECIPROCAL: Op = float_op(46, "Reciprocal", |call| map(call, |x: f32| 1.0 / x), "1 divided by it");
static FLOOR: Op = float_op(47, "Floor", |call| map(call, f32::floor), "next whole number below");
static CEIL: Op = float_op(48, "Ceil", |call| map(call, f32::ceil), "next whole number above");
static ROUND: Op = float_op(49, "Round", |call| map(call, f32::round_ties_even), "nearest whole number, ties to even");
static ERF: Op = float_op(50, "Erf", |call| map(call, math::erf), "error function");
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
static SIN: Op = float_op(38, "Sin", |call| map(call, |x: f32| f64::from(x).sin() as f32), "sine");
static COS: Op = float_op(39, "Cos", |call| map(call, |x: f32| f64::from(x).cos() as f32), "cosine");

fn softplus(x: f32) -> f32 {
    let positive = if x > 0.0 { x } else { 0.0 };
    positive + math::log(1.0 + math::exp(-x.abs()))
}

static NOT: Op = Op {
    in_place: true,
    run: |call| map(call, |x: u8| u8::from(x == 0)),
    number: 36,
    name: "Not",
    summary: "whether it does not hold",
    ..Op::BASE
};

/// Whether something holds of each float.
const fn test(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    Op {
        number,
        name,
        infer: |infer| {
            floats(infer)?;
            infer.outputs[0].ty = Type::Bool;
            Ok(())
        },
        run,
        summary,
        ..Op::BASE
    }
}

fn holds(call: &mut Call, f: impl Fn(f32) -> bool) -> Result<()> {
    let from = call.input::<f32>(0)?;
    call.output::<u8>(0)?.iter_mut().zip(from).for_each(|(y, &x)| *y = f(x).into());
    Ok(())
}

static IS_NAN: Op = test(37, "IsNaN", |call| holds(call, f32::is_nan), "whether it is NaN");
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

static CLIP: Op = Op {
    number: 71,
    name: "Clip",
    inputs: (1, 3),
    attributes: &[float("min"), float("max")],
    run: |call| match call.ty() {
        Type::F32 => clip(call, f32::MIN, f32::MAX, |v: f32, low, high| {
            let v = if v < low { low } else { v };
            if v > high {
                high
            } else {
                v
            }
        }),
        Type::I64 => clip(call, i64::MIN, i64::MAX, between),
        Type::I32 => clip(call, i32::MIN, i32::MAX, between),
        Type::I8 => clip(call, i8::MIN, i8::MAX, between),
        Type::U8 | Type::Bool => clip(call, u8::MIN, u8::MAX, between),
    },
    summary: "no less than the second, no more than the third",
    ..Op::BASE
};

/// The upper bound wins where they cross, as in ONNX.
fn between<T: Ord>(v: T, low: T, high: T) -> T {
    v.max(low).min(high)
}

fn clip<T: Number>(call: &mut Call, low: T, high: T, f: fn(T, T, T) -> T) -> Result<()> {
    let low = call.optional::<T>(1)?.and_then(|v| v.first().copied()).unwrap_or(low);
    let high = call.optional::<T>(2)?.and_then(|v| v.first().copied()).unwrap_or(high);
    map(call, |x| f(x, low, high))
}

static CAST: Op = Op {
    number: 72,
    name: "Cast",
    attributes: &[word("type", &["bool", "uint8", "int8", "int32", "int64", "float32"])],
    infer: |infer| {
        let from = infer.input(0)?;
        let ty = Type::ALL.get(infer.int(0, 0) as usize).copied();
        let ty = ty.ok_or_else(|| infer.refuse("another type"))?;
        infer.outputs.push(Spec::new(ty, from.shape));
        Ok(())
    },
    run: cast,
    summary: "as another type; floats are cut toward zero",
    ..Op::BASE
};

fn cast(call: &mut Call) -> Result<()> {
    match call.ty() {
        Type::F32 => cast_from(call, |x: f32| (x as f64, x as i64)),
        Type::I64 => cast_from(call, |x: i64| (x as f64, x)),
        Type::I32 => cast_from(call, |x: i32| (x as f64, x.into())),
        Type::I8 => cast_from(call, |x: i8| (x.into(), x.into())),
        Type::U8 | Type::Bool => cast_from(call, |x: u8| (x.into(), x.into())),
    }
}

/// `wide` gives the value as a float and as a whole number.
fn cast_from<T: Number>(call: &mut Call, wide: fn(T) -> (f64, i64)) -> Result<()> {
    let from = call.input::<T>(0)?;
    let out = call.output_bytes(0)?;
    match out.spec.ty {
        Type::F32 => put(out.elements::<f32>()?, from, |x| wide(x).0 as f32),
        Type::I64 => put(out.elements::<i64>()?, from, |x| wide(x).1),
        Type::I32 => put(out.elements::<i32>()?, from, |x| wide(x).1 as i32),
        Type::I8 => put(out.elements::<i8>()?, from, |x| wide(x).1 as i8),
        Type::U8 => put(out.elements::<u8>()?, from, |x| wide(x).1 as u8),
        Type::Bool => put(out.elements::<u8>()?, from, |x| u8::from(wide(x).0 != 0.0)),
    }
    Ok(())
}

fn put<T: Copy, O>(out: &mut [O], from: &[T], f: impl Fn(T) -> O) {
    out.iter_mut().zip(from).for_each(|(o, &x)| *o = f(x));
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
