//! Between floats and whole numbers with a scale and a zero.

use super::strided::{broadcast_strides, Walk};
use super::whole::{self, Whole, WholeMut};
use super::{word, Call, Infer, Op};
use crate::error::Result;
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
    run: quantize,
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
    run: dequantize,
    summary: "(x - zero) scale; scale and zero as NumPy broadcasts them",
    ..Op::BASE
};

/// Scale and zero are repeated to the shape of the first input.
fn scaled(infer: &Infer) -> Result<()> {
    let (x, scale) = (infer.input(0)?, infer.input(1)?);
    let fits = |shape| super::broadcast(x.shape, shape) == Some(x.shape);
    match scale.ty == Type::F32 && fits(scale.shape) && infer.optional(2).is_none_or(|z| fits(z.shape)) {
        true => Ok(()),
        false => Err(infer.refuse(format_args!("{} by a scale of {}", x.shape, scale.shape))),
    }
}

/// Ties go to even; what the type does not hold is its nearest end.
fn quantize(call: &mut Call) -> Result<()> {
    let (from, scale, zero) = (call.input::<f32>(0)?, call.input::<f32>(1)?, zeros(call)?);
    let walk = walk(call);
    let out = call.output_bytes(0)?;
    let (least, most) = whole::bounds(out.spec.ty);
    let mut out = WholeMut::of(out)?;
    each(&walk, |o, [x, s, z]| {
        let y = (from[x] / scale[s]).round_ties_even() + zero.map_or(0.0, |zero| zero.at(z) as f32);
        out.set(o, (y as i64).clamp(least, most));
    });
    Ok(())
}

fn dequantize(call: &mut Call) -> Result<()> {
    let (from, scale, zero) = (Whole::of(call.bytes(0)?)?, call.input::<f32>(1)?, zeros(call)?);
    let walk = walk(call);
    let out = call.output::<f32>(0)?;
    each(&walk, |o, [x, s, z]| out[o] = (from.at(x) as f32 - zero.map_or(0.0, |zero| zero.at(z) as f32)) * scale[s]);
    Ok(())
}

fn zeros<'a>(call: &Call<'a, '_>) -> Result<Option<Whole<'a>>> {
    call.spec(2).map(|_| call.bytes(2).and_then(Whole::of)).transpose()
}

fn walk(call: &Call) -> Walk<3> {
    let shapes: [Shape; 3] = std::array::from_fn(|i| call.shape(i));
    Walk::new(shapes[0], shapes.map(|s| broadcast_strides(s, shapes[0])))
}

/// Each output, with where its element, its scale and its zero are.
fn each(walk: &Walk<3>, mut f: impl FnMut(usize, [usize; 3])) {
    let (n, steps) = walk.row();
    let mut o = 0;
    walk.rows(|at| {
        for i in 0..n {
            f(o, std::array::from_fn(|k| at[k] + i * steps[k]));
            o += 1;
        }
    });
}
