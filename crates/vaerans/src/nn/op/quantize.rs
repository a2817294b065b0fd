//! Between floats and whole numbers with a scale and a zero.

use super::strided::{broadcast_strides, Walk};
use super::{word, Call, Infer, Op};
use crate::error::Result;
use crate::nn::memory::Number;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&QUANTIZE, &DEQUANTIZE];

static QUANTIZE: Op = Op {
    number: 128,
    name: "QuantizeLinear",
    inputs: (2, 3),
    attributes: &[word("type", &["uint8", "int8"])],
    infer: |infer| {
        let plain = if infer.int(0, 0) == 0 { Type::U8 } else { Type::I8 };
        let ty = infer.optional(2).map_or(plain, |zero| zero.ty);
        if infer.input(0)?.ty != Type::F32 || !matches!(ty, Type::U8 | Type::I8) {
            return Err(infer.refuse(format_args!("{} from {}", ty.name(), infer.input(0)?.ty.name())));
        }
        scaled(infer)?;
        infer.gives(ty, infer.input(0)?.shape);
        Ok(())
    },
    run: |call| match call.output_bytes(0)?.spec.ty {
        Type::I8 => each(call, nearest, |x: f32| x, |y| y as i8, |z: i8| z.into()),
        _ => each(call, nearest, |x: f32| x, |y| y as u8, |z: u8| z.into()),
    },
    summary: "x / scale, rounded (ties to even), with the zero added, within the type; scale and zero as NumPy broadcasts them",
    ..Op::BASE
};

static DEQUANTIZE: Op = Op {
    number: 129,
    name: "DequantizeLinear",
    inputs: (2, 3),
    infer: |infer| {
        let x = infer.input(0)?;
        let fits = matches!(x.ty, Type::U8 | Type::I8 | Type::I32) && infer.optional(2).is_none_or(|z| z.ty == x.ty);
        if !fits {
            return Err(infer.refuse(format_args!("elements of {}", x.ty.name())));
        }
        scaled(infer)?;
        infer.gives(Type::F32, x.shape);
        Ok(())
    },
    run: |call| match call.ty() {
        Type::I8 => each(call, |x, scale, zero| (x - zero) * scale, |x: i8| x.into(), |y| y, |z: i8| z.into()),
        Type::I32 => each(call, |x, scale, zero| (x - zero) * scale, |x: i32| x as f32, |y| y, |z: i32| z as f32),
        _ => each(call, |x, scale, zero| (x - zero) * scale, |x: u8| x.into(), |y| y, |z: u8| z.into()),
    },
    summary: "(x - zero) scale; scale and zero as NumPy broadcasts them",
    ..Op::BASE
};

fn nearest(x: f32, scale: f32, zero: f32) -> f32 {
    (x / scale).round_ties_even() + zero
}

/// Scale and zero are repeated to the shape of the first input.
fn scaled(infer: &Infer) -> Result<()> {
    let (x, scale) = (infer.input(0)?, infer.input(1)?);
    let fits = |shape| super::broadcast(x.shape, shape) == Some(x.shape);
    match scale.ty == Type::F32 && fits(scale.shape) && infer.optional(2).is_none_or(|z| fits(z.shape)) {
        true => Ok(()),
        false => Err(infer.refuse(format_args!("{} by a scale of {}", x.shape, scale.shape))),
    }
}

/// Row after row: `f` of an element, its scale and its zero.
fn each<X: Number, Y: Number, Z: Number>(
    call: &mut Call,
    f: fn(f32, f32, f32) -> f32,
    wide: fn(X) -> f32,
    narrow: fn(f32) -> Y,
    zero_of: fn(Z) -> f32,
) -> Result<()> {
    let (from, scale, zero) = (call.input::<X>(0)?, call.input::<f32>(1)?, call.optional::<Z>(2)?);
    let shapes: [Shape; 3] = std::array::from_fn(|i| call.shape(i));
    let walk = Walk::new(shapes[0], shapes.map(|s| broadcast_strides(s, shapes[0])));
    let (n, steps) = walk.row();
    let mut rows = call.output::<Y>(0)?.chunks_exact_mut(n.max(1));
    walk.rows(|at| {
        for (i, y) in rows.next().unwrap_or_default().iter_mut().enumerate() {
            let [x, s, z] = std::array::from_fn(|k| at[k] + i * steps[k]);
            *y = narrow(f(wide(from[x]), scale[s], zero.map_or(0.0, |zero| zero_of(zero[z]))));
        }
    });
    Ok(())
}
