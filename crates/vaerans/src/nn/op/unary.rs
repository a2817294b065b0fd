//! Functions of one number.

use super::elementwise::one;
use super::whole;
use super::{Call, Infer, Local, Op, Operand};
use crate::error::Result;
use crate::kernels::reference::nn::elementwise::Function;
use crate::nn::memory::Number;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&ABS, &NEG, &EXP, &LOG, &SQRT, &RECIPROCAL, &FLOOR, &ERF, &NOT, &IS_NAN];

/// An operator on floats.
pub(super) const fn float_op(
    number: u16,
    name: &'static str,
    run: fn(&mut Call) -> Result<()>,
    summary: &'static str,
) -> Op {
    Op { number, name, in_place: true, local: Local::Elements, infer: floats, run, summary, ..Op::BASE }
}

pub(super) fn floats(infer: &mut Infer) -> Result<()> {
    match infer.input(0)?.ty {
        Type::F32 => super::infer::same(infer),
        other => Err(infer.refuse(format_args!("elements of {}", other.name()))),
    }
}

/// Each element by itself, where it stands or elsewhere.
pub(super) fn map<T: Number>(call: &mut Call, f: impl Fn(T) -> T) -> Result<()> {
    if let Operand::InPlace(_) = call.inputs[0] {
        call.output::<T>(0)?.iter_mut().for_each(|x| *x = f(*x));
        return Ok(());
    }
    let from = call.input::<T>(0)?;
    call.output::<T>(0)?.iter_mut().zip(from).for_each(|(y, &x)| *y = f(x));
    Ok(())
}

/// Floats and whole numbers.
pub(super) fn signed(call: &mut Call, f: impl Fn(&mut Call) -> Result<()>, whole: fn(i64) -> i64) -> Result<()> {
    match call.ty() {
        Type::F32 => f(call),
        _ => whole::map(call, whole),
    }
}

pub(super) const fn any(op: Op) -> Op {
    Op { infer: super::infer::same, ..op }
}

static ABS: Op =
    any(float_op(40, "Abs", |call| signed(call, |call| one(call, Function::Abs), i64::wrapping_abs), "magnitude"));
static NEG: Op = any(float_op(
    41,
    "Neg",
    |call| signed(call, |call| one(call, Function::Neg), i64::wrapping_neg),
    "with the other sign",
));
static EXP: Op = float_op(43, "Exp", |call| one(call, Function::Exp), "e to its power");
static LOG: Op = float_op(44, "Log", |call| one(call, Function::Log), "natural logarithm");
static SQRT: Op = float_op(45, "Sqrt", |call| one(call, Function::Sqrt), "square root");
static RECIPROCAL: Op = float_op(46, "Reciprocal", |call| one(call, Function::Reciprocal), "1 divided by it");
static FLOOR: Op = float_op(47, "Floor", |call| map(call, f32::floor), "next whole number below");
static ERF: Op = float_op(50, "Erf", |call| one(call, Function::Erf), "error function");

static NOT: Op = Op {
    in_place: true,
    infer: |infer| match infer.input(0)?.ty {
        Type::Bool => super::infer::same(infer),
        other => Err(infer.refuse(format_args!("elements of {}", other.name()))),
    },
    run: |call| map(call, |x: u8| u8::from(x == 0)),
    number: 36,
    name: "Not",
    summary: "whether it does not hold",
    ..Op::BASE
};

/// Whether something holds of each float.
pub(super) const fn test(
    number: u16,
    name: &'static str,
    run: fn(&mut Call) -> Result<()>,
    summary: &'static str,
) -> Op {
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

pub(super) fn holds(call: &mut Call, f: impl Fn(f32) -> bool) -> Result<()> {
    let from = call.input::<f32>(0)?;
    call.output::<u8>(0)?.iter_mut().zip(from).for_each(|(y, &x)| *y = f(x).into());
    Ok(())
}

static IS_NAN: Op = test(37, "IsNaN", |call| holds(call, f32::is_nan), "whether it is NaN");
