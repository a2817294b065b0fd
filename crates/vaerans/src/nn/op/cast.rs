//! Numbers within bounds, and as other types.

use super::unary::map;
use super::whole::{self, Whole, WholeMut};
use super::{float, word, Call, Op};
use crate::error::Result;
use crate::nn::memory::BytesMut;
use crate::nn::ty::{Spec, Type};

pub(super) static OPS: &[&Op] = &[&CLIP, &CAST];

/// Names of the types, in the order of [`Type::ALL`].
pub(super) const TYPES: &[&str] = &["bool", "uint8", "int8", "int32", "int64", "float32"];

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
        _ => clip_whole(call),
    },
    summary: "no less than the second, no more than the third",
    ..Op::BASE
};

fn clip(call: &mut Call, low: f32, high: f32, f: fn(f32, f32, f32) -> f32) -> Result<()> {
    let low = call.optional::<f32>(1)?.and_then(|v| v.first().copied()).unwrap_or(low);
    let high = call.optional::<f32>(2)?.and_then(|v| v.first().copied()).unwrap_or(high);
    map(call, |x| f(x, low, high))
}

/// The upper bound wins where they cross, as in ONNX.
fn clip_whole(call: &mut Call) -> Result<()> {
    let bound = |i: usize, other: i64| match call.spec(i) {
        Some(spec) if !spec.shape.is_empty() => call.bytes(i).and_then(Whole::of).map(|v| v.at(0)),
        _ => Ok(other),
    };
    let (low, high) = (bound(1, i64::MIN)?, bound(2, i64::MAX)?);
    whole::map(call, |v| v.max(low).min(high))
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
    let from = call.bytes(0)?;
    let out = call.output_bytes(0)?;
    match (from.spec.ty, out.spec.ty) {
        (Type::F32, Type::F32) => out.elements::<f32>()?.copy_from_slice(from.elements()?),
        (Type::F32, Type::Bool) => put(out.elements::<u8>()?, from.elements()?, |x: f32| u8::from(x != 0.0)),
        (Type::F32, _) => {
            let (from, mut out) = (from.elements::<f32>()?, WholeMut::of(out)?);
            let mut room = whole::ROOM;
            for (at, len) in whole::blocks(from.len()) {
                put(&mut room[..len], &from[at..], |x| x as i64);
                out.write(at, &room[..len]);
            }
        }
        (_, ty) => from_whole(Whole::of(from)?, out, ty)?,
    }
    Ok(())
}

fn from_whole(from: Whole, out: &mut BytesMut, ty: Type) -> Result<()> {
    let mut room = whole::ROOM;
    for (at, len) in whole::blocks(out.spec.shape.len()) {
        let x = &mut room[..len];
        from.read(at, 1, x);
        match ty {
            Type::F32 => put(&mut out.elements::<f32>()?[at..], x, |x| x as f32),
            Type::Bool => put(&mut out.elements::<u8>()?[at..], x, |x| u8::from(x != 0)),
            _ => WholeMut::of(out)?.write(at, x),
        }
    }
    Ok(())
}

fn put<T: Copy, O>(out: &mut [O], from: &[T], f: impl Fn(T) -> O) {
    out.iter_mut().zip(from).for_each(|(o, &x)| *o = f(x));
}
