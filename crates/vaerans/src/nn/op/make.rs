//! Tensors made of little: ranges, constants, triangles, running sums.

use super::{int, Call, Op};
use crate::error::Result;
use crate::nn::memory::Number;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&CONSTANT_OF_SHAPE, &RANGE, &TRILU, &CUM_SUM, &CUM_PROD];

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
                let span = i128::from(limit) - i128::from(start);
                let steps = (span + i128::from(step) - i128::from(step.signum())) / i128::from(step);
                usize::try_from(steps.max(0)).unwrap_or(usize::MAX)
            }
        };
        infer.gives(ty, Shape::of(&[count])?);
        Ok(())
    },
    run: |call| match call.ty() {
        Type::F32 => range(call, |start: f32, step, i| (f64::from(start) + f64::from(step) * i as f64) as f32),
        Type::I64 => range(call, |start: i64, step, i| start.wrapping_add(step.wrapping_mul(i as i64))),
        Type::I32 => range(call, |start: i32, step, i| start.wrapping_add(step.wrapping_mul(i as i32))),
        _ => Err(call.refuse("elements of this type")),
    },
    summary: "from the first up to the second in steps of the third",
    ..Op::BASE
};

fn range<T: Number>(call: &mut Call, at: fn(T, T, usize) -> T) -> Result<()> {
    let (start, step) = (call.input::<T>(0)?[0], call.input::<T>(2)?[0]);
    call.output::<T>(0)?.iter_mut().enumerate().for_each(|(i, o)| *o = at(start, step, i));
    Ok(())
}

static TRILU: Op = Op {
    number: 114,
    name: "Trilu",
    inputs: (1, 2),
    attributes: &[int("upper")],
    infer: |infer| match infer.input(0)?.shape.rank() {
        0 | 1 => Err(infer.refuse("a tensor that is no matrix")),
        _ => super::infer::same(infer),
    },
    run: |call| {
        let upper = call.int(0, 1) != 0;
        let k = call.optional::<i64>(1)?.and_then(|k| k.first().copied()).unwrap_or(0);
        let from = call.bytes(0)?;
        let shape = from.spec.shape;
        let (n, size) = (shape[shape.rank() - 1], from.spec.ty.size());
        let rows = shape[shape.rank() - 2];
        let out = call.output_bytes(0)?.raw();
        for (i, (o, x)) in out.chunks_exact_mut(size).zip(from.raw().chunks_exact(size)).enumerate() {
            let (row, column) = ((i / n % rows) as i64, (i % n) as i64);
            let diagonal = column.saturating_sub(row);
            let keeps = if upper { diagonal >= k } else { diagonal <= k };
            if keeps {
                o.copy_from_slice(x)
            } else {
                o.fill(0)
            }
        }
        Ok(())
    },
    summary: "one triangle of each matrix, 0 in the other",
    ..Op::BASE
};

/// Something that runs along an axis, which the second input names.
const fn running_op(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    const ATTRIBUTES: &[super::Declared] = &[int("exclusive"), int("reverse")];
    let infer = |infer: &mut super::Infer| {
        let rank = infer.input(0)?.shape.rank();
        let axis = infer.axis(infer.numbers(1)?.first().copied().unwrap_or(0), rank)?;
        infer.keep = vec![axis as i64];
        super::infer::same(infer)
    };
    Op { number, name, inputs: (2, 2), attributes: ATTRIBUTES, infer, run, summary, ..Op::BASE }
}

static CUM_SUM: Op = running_op(
    115,
    "CumSum",
    |call| match call.ty() {
        Type::F32 => running(call, 0.0f32, |a, b| a + b),
        Type::I64 => running(call, 0i64, i64::wrapping_add),
        Type::I32 => running(call, 0i32, i32::wrapping_add),
        _ => Err(call.refuse("elements of this type")),
    },
    "running sum along an axis",
);
static CUM_PROD: Op = running_op(
    116,
    "CumProd",
    |call| match call.ty() {
        Type::F32 => running(call, 1.0f32, |a, b| a * b),
        Type::I64 => running(call, 1i64, i64::wrapping_mul),
        Type::I32 => running(call, 1i32, i32::wrapping_mul),
        _ => Err(call.refuse("elements of this type")),
    },
    "running product along an axis",
);

fn running<T: Number>(call: &mut Call, start_with: T, fold: fn(T, T) -> T) -> Result<()> {
    let (exclusive, reverse) = (call.int(0, 0) != 0, call.int(1, 0) != 0);
    let (shape, from) = (call.shape(0), call.input::<T>(0)?);
    let axis = call.kept[0] as usize;
    let (n, inner) = (shape[axis], shape[axis + 1..].iter().product::<usize>());
    let out = call.output::<T>(0)?;
    for start in (0..shape.len() / n.max(1)).map(|i| i / inner * inner * n + i % inner) {
        let mut so_far = start_with;
        for k in 0..n {
            let at = start + if reverse { n - 1 - k } else { k } * inner;
            let next = fold(so_far, from[at]);
            out[at] = if exclusive { so_far } else { next };
            so_far = next;
        }
    }
    Ok(())
}
