//! Sums, products and other arithmetic of two operands, as NumPy broadcasts them.

use super::strided::{broadcast_strides, Walk};
use super::{Call, Infer, Local, Op};
use crate::error::Result;
use crate::kernels::reference::nn::elementwise::Function;
use crate::nn::memory::Number;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&ADD, &SUB, &MUL, &DIV, &POW, &MIN, &MAX, &MOD];

/// What is done to two floats.
pub(super) enum Float {
    /// By the kernels.
    Kernel(Function),
    /// One by one.
    Each(fn(f32, f32) -> f32),
}

/// Two operands of one type, and a result of theirs.
pub(super) struct Arithmetic {
    pub float: Float,
    pub long: fn(i64, i64) -> i64,
    pub int: fn(i32, i32) -> i32,
    pub byte: fn(u8, u8) -> u8,
    pub signed: fn(i8, i8) -> i8,
}

/// An operator of two operands of one type.
pub(super) const fn two(
    number: u16,
    name: &'static str,
    run: fn(&mut Call) -> Result<()>,
    summary: &'static str,
) -> Op {
    Op { number, name, inputs: (2, 2), local: Local::Elements, infer: alike, run, summary, ..Op::BASE }
}

/// What runs an operator: a function of floats, and a method that every whole number has.
macro_rules! arithmetic {
    ($float:expr, $whole:ident) => {
        |call| {
            $crate::nn::op::arithmetic::run(
                call,
                &$crate::nn::op::arithmetic::Arithmetic {
                    float: $float,
                    long: i64::$whole,
                    int: i32::$whole,
                    byte: u8::$whole,
                    signed: i8::$whole,
                },
            )
        }
    };
}

pub(super) use arithmetic;

static ADD: Op = two(16, "Add", arithmetic!(Float::Kernel(Function::Add), wrapping_add), "sum");
static SUB: Op = two(17, "Sub", arithmetic!(Float::Kernel(Function::Sub), wrapping_sub), "difference");
static MUL: Op = two(18, "Mul", arithmetic!(Float::Kernel(Function::Mul), wrapping_mul), "product");
static DIV: Op = two(19, "Div", divide, "quotient; of whole numbers cut toward zero, and 0 where the divisor is 0");
static MIN: Op = two(21, "Min", arithmetic!(Float::Kernel(Function::Min), min_of), "the lesser; NaN if one is");
static MAX: Op = two(22, "Max", arithmetic!(Float::Kernel(Function::Max), max_of), "the greater; NaN if one is");

/// `min` and `max` by names that every whole number has as a function of two.
trait Order: Ord + Copy {
    fn min_of(self, other: Self) -> Self {
        self.min(other)
    }

    fn max_of(self, other: Self) -> Self {
        self.max(other)
    }
}

impl<T: Ord + Copy> Order for T {}

/// Both of one type; the output too.
pub(super) fn alike(infer: &mut Infer) -> Result<()> {
    let (a, b) = (infer.input(0)?, infer.input(1)?);
    if a.ty != b.ty {
        return Err(infer.refuse(format_args!("operands of {} and {}", a.ty.name(), b.ty.name())));
    }
    let shape = infer.broadcast(a.shape, b.shape)?;
    infer.gives(a.ty, shape);
    Ok(())
}

pub(super) fn run(call: &mut Call, f: &Arithmetic) -> Result<()> {
    match call.ty() {
        Type::F32 => match f.float {
            Float::Kernel(function) => super::elementwise::two(call, function),
            Float::Each(float) => pairs::<f32, f32, f32>(call, float),
        },
        Type::I64 => pairs::<i64, i64, i64>(call, f.long),
        Type::I32 => pairs::<i32, i32, i32>(call, f.int),
        Type::U8 | Type::Bool => pairs::<u8, u8, u8>(call, f.byte),
        Type::I8 => pairs::<i8, i8, i8>(call, f.signed),
    }
}

/// Row after row of the output.
pub(super) fn pairs<A: Number, B: Number, O: Number>(call: &mut Call, f: fn(A, B) -> O) -> Result<()> {
    let (a, b) = (call.input::<A>(0)?, call.input::<B>(1)?);
    let (sa, sb) = (call.shape(0), call.shape(1));
    let out = call.output_bytes(0)?;
    let shape = out.spec.shape;
    let out = out.elements::<O>()?;
    let walk = Walk::new(shape, [broadcast_strides(sa, shape), broadcast_strides(sb, shape)]);
    let (n, [step_a, step_b]) = walk.row();
    let mut rows = out.chunks_exact_mut(n.max(1));
    walk.rows(|[at_a, at_b]| {
        for (i, o) in rows.next().unwrap_or_default().iter_mut().enumerate() {
            *o = f(a[at_a + i * step_a], b[at_b + i * step_b]);
        }
    });
    Ok(())
}

fn divide(call: &mut Call) -> Result<()> {
    run(
        call,
        &Arithmetic {
            float: Float::Kernel(Function::Div),
            long: |a, b| a.checked_div(b).unwrap_or(0),
            int: |a, b| a.checked_div(b).unwrap_or(0),
            byte: |a, b| a.checked_div(b).unwrap_or(0),
            signed: |a, b| a.checked_div(b).unwrap_or(0),
        },
    )
}

static POW: Op = Op {
    inputs: (2, 2),
    infer: |infer| {
        let (a, b) = (infer.input(0)?, infer.input(1)?);
        let shape = infer.broadcast(a.shape, b.shape)?;
        infer.gives(a.ty, shape);
        Ok(())
    },
    number: 20,
    name: "Pow",
    run: power,
    summary: "the first to the power of the second",
    ..Op::BASE
};

fn power(call: &mut Call) -> Result<()> {
    use crate::kernels::reference::nn::math::pow;
    let exponent = call.spec(1).map(|s| s.ty);
    match (call.ty(), exponent) {
        (Type::F32, Some(Type::F32)) => pairs::<f32, f32, f32>(call, pow),
        (Type::F32, Some(Type::I64)) => pairs::<f32, i64, f32>(call, |a, b| pow(a, b as f32)),
        (Type::F32, Some(Type::I32)) => pairs::<f32, i32, f32>(call, |a, b| pow(a, b as f32)),
        (Type::I64, Some(Type::I64)) => pairs::<i64, i64, i64>(call, whole_power),
        (Type::I64, Some(Type::F32)) => pairs::<i64, f32, i64>(call, |a, b| pow(a as f32, b) as i64),
        (Type::I32, Some(Type::I32)) => pairs::<i32, i32, i32>(call, |a, b| whole_power(a.into(), b.into()) as i32),
        (Type::I32, Some(Type::F32)) => pairs::<i32, f32, i32>(call, |a, b| pow(a as f32, b) as i32),
        _ => Err(call.refuse("operands of these types")),
    }
}

/// Wraps around where it does not fit.
fn whole_power(base: i64, exponent: i64) -> i64 {
    match u32::try_from(exponent) {
        Ok(n) => base.wrapping_pow(n),
        Err(_) => i64::from(base == 1),
    }
}

static MOD: Op = Op {
    attributes: &[super::int("fmod")],
    run: remainder,
    ..two(23, "Mod", remainder, "remainder with the sign of the divisor; of the dividend if `fmod`")
};

fn remainder(call: &mut Call) -> Result<()> {
    let by_dividend = call.int(0, 0) != 0;
    match by_dividend {
        true => run(
            call,
            &Arithmetic {
                float: Float::Each(|a, b| a % b),
                long: |a, b| a.checked_rem(b).unwrap_or(0),
                int: |a, b| a.checked_rem(b).unwrap_or(0),
                byte: |a, b| a.checked_rem(b).unwrap_or(0),
                signed: |a, b| a.checked_rem(b).unwrap_or(0),
            },
        ),
        false => run(
            call,
            &Arithmetic {
                float: Float::Each(float_remainder),
                long: |a, b| floor_remainder(a, b),
                int: |a, b| floor_remainder(a.into(), b.into()) as i32,
                byte: |a, b| a.checked_rem(b).unwrap_or(0),
                signed: |a, b| floor_remainder(a.into(), b.into()) as i8,
            },
        ),
    }
}

/// As NumPy's `mod`: 0 has the sign of the divisor.
fn float_remainder(a: f32, b: f32) -> f32 {
    let r = a % b;
    if r == 0.0 {
        0f32.copysign(b)
    } else if (r < 0.0) != (b < 0.0) {
        r + b
    } else {
        r
    }
}

fn floor_remainder(a: i64, b: i64) -> i64 {
    match a.checked_rem(b) {
        Some(r) if r != 0 && (r < 0) != (b < 0) => r + b,
        Some(r) => r,
        None => 0,
    }
}
