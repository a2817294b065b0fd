//! Numbers within bounds, and as other types.

use super::unary::map;
use super::{float, word, Call, Op};
use crate::error::Result;
use crate::nn::memory::Number;
use crate::nn::ty::{Spec, Type};

pub(super) static OPS: &[&Op] = &[&CLIP, &CAST, &BIT_CAST];

/// Names of the types, in the order of [`Type::ALL`].
const TYPES: &[&str] = &["bool", "uint8", "int8", "int32", "int64", "float32"];

static CLIP: Op = Op {
    number: 71,
    name: "Clip",
    inputs: (1, 3),
    attributes: &[float("min"), float("max")],
    run: |call| match call.ty() {
        // Before opset 11 the limits were attributes.
        Type::F32 => clip(call, call.float(0, f32::MIN), call.float(1, f32::MAX), |v: f32, low, high| {
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
    attributes: &[word("type", TYPES)],
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

static BIT_CAST: Op = Op {
    number: 125,
    name: "BitCast",
    attributes: &[word("type", TYPES)],
    infer: |infer| {
        let from = infer.input(0)?;
        match Type::ALL.get(infer.int(0, 0) as usize).copied() {
            Some(ty) if ty.size() == from.ty.size() && ty != Type::Bool => infer.gives(ty, from.shape),
            _ => return Err(infer.refuse("elements of another size")),
        }
        Ok(())
    },
    run: super::control::copy,
    summary: "the same bits as another type of that size",
    ..Op::BASE
};
