//! Tensors made of little: ranges and constants.

use super::whole::{Whole, WholeMut};
use super::{Call, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&CONSTANT_OF_SHAPE, &RANGE];

static CONSTANT_OF_SHAPE: Op = Op {
    number: 112,
    name: "ConstantOfShape",
    inputs: (2, 2),
    infer: |infer| {
        let value = infer.input(1)?;
        if value.shape.len() != 1 {
            return Err(infer.refuse(format_args!("a value of {}", value.shape)));
        }
        let mut shape = Shape::SCALAR;
        for n in infer.numbers(0)? {
            shape.push(usize::try_from(n).map_err(|_| infer.refuse(format_args!("an extent of {n}")))?)?;
        }
        infer.gives(value.ty, shape);
        Ok(())
    },
    run: |call| {
        let value = call.bytes(1)?.raw();
        call.output_bytes(0)?.raw().chunks_exact_mut(value.len().max(1)).for_each(|o| o.copy_from_slice(value));
        Ok(())
    },
    summary: "the second input everywhere, in the shape that the first says",
    ..Op::BASE
};

static RANGE: Op = Op {
    number: 113,
    name: "Range",
    inputs: (3, 3),
    infer: |infer| {
        let ty = infer.input(0)?.ty;
        for i in 0..3 {
            let spec = infer.input(i)?;
            if spec.ty != ty || spec.shape.len() != 1 || !matches!(ty, Type::F32 | Type::I64 | Type::I32) {
                return Err(infer.refuse(format_args!("input {i}: {} of {}", spec.shape, spec.ty.name())));
            }
        }
        let count = match ty {
            Type::F32 => {
                let [start, limit, step] =
                    [infer.floats(0)?[0], infer.floats(1)?[0], infer.floats(2)?[0]].map(f64::from);
                ((limit - start) / step).ceil().max(0.0) as usize
            }
            _ => {
                let [start, limit, step] = [infer.numbers(0)?[0], infer.numbers(1)?[0], infer.numbers(2)?[0]];
                if step == 0 {
                    return Err(infer.refuse("a step of 0"));
                }
                let span = if step > 0 { limit.checked_sub(start) } else { start.checked_sub(limit) };
                let steps = span.map_or(u64::MAX, |span| (span.max(0) as u64).div_ceil(step.unsigned_abs()));
                usize::try_from(steps).unwrap_or(usize::MAX)
            }
        };
        infer.gives(ty, Shape::of(&[count])?);
        Ok(())
    },
    run: range,
    summary: "from the first up to the second in steps of the third",
    ..Op::BASE
};

fn range(call: &mut Call) -> Result<()> {
    if call.ty() == Type::F32 {
        let [start, step] = [call.input::<f32>(0)?[0], call.input::<f32>(2)?[0]].map(f64::from);
        let out = call.output::<f32>(0)?;
        out.iter_mut().enumerate().for_each(|(i, o)| *o = (start + step * i as f64) as f32);
        return Ok(());
    }
    let (start, step) = (Whole::of(call.bytes(0)?)?.at(0), Whole::of(call.bytes(2)?)?.at(0));
    let out = call.output_bytes(0)?;
    let n = out.spec.shape.len();
    let mut out = WholeMut::of(out)?;
    (0..n).for_each(|i| out.set(i, start.wrapping_add(step.wrapping_mul(i as i64))));
    Ok(())
}
