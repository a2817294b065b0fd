//! The greatest along an axis, in order.

use super::{int, Call, Op};
use crate::error::Result;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&TOP_K];

static TOP_K: Op = Op {
    number: 108,
    name: "TopK",
    inputs: (2, 2),
    outputs: (1, 2),
    attributes: &[int("axis"), int("largest"), int("sorted")],
    infer: |infer| {
        let from = infer.input(0)?;
        let axis = infer.axis(infer.int(0, -1), from.shape.rank())?;
        let k = infer.numbers(1)?.first().copied().unwrap_or(0);
        let k = usize::try_from(k).ok().filter(|&k| k <= from.shape[axis]);
        let mut shape = from.shape;
        shape.dims_mut()[axis] =
            k.ok_or_else(|| infer.refuse(format_args!("more than axis {axis} of {} has", from.shape)))?;
        infer.gives(from.ty, shape);
        infer.gives(Type::I64, shape);
        // The order of one row, as 64-bit numbers.
        infer.scratch = 2 * from.shape[axis];
        Ok(())
    },
    run: top,
    summary: "the greatest (or least) along an axis, and where they are; equal ones in their order",
    ..Op::BASE
};

fn top(call: &mut Call) -> Result<()> {
    match call.ty() {
        Type::F32 => top_of::<f32>(call, |a, b| a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))),
        Type::I64 => top_of::<i64>(call, |a, b| a.cmp(&b)),
        Type::I32 => top_of::<i32>(call, |a, b| a.cmp(&b)),
        _ => Err(call.refuse("elements of this type")),
    }
}

fn top_of<T: crate::nn::memory::Number>(call: &mut Call, order: fn(T, T) -> std::cmp::Ordering) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<T>(0)?);
    let axis = call.axis(call.int(0, -1), shape.rank());
    let largest = call.int(1, 1) != 0;
    let (n, inner) = (shape[axis], shape[axis + 1..].iter().product::<usize>());
    let scratch = std::mem::take(&mut call.scratch);
    let places: &mut [u32] = words(scratch);
    let places = &mut places[..n];
    for row in 0..shape.len() / n.max(1) {
        let start = row / inner * inner * n + row % inner;
        let at = |k: u32| from[start + k as usize * inner];
        places.iter_mut().enumerate().for_each(|(i, p)| *p = i as u32);
        places.sort_unstable_by(|&a, &b| {
            let by_value = order(at(a), at(b));
            (if largest { by_value.reverse() } else { by_value }).then(a.cmp(&b))
        });
        for output in 0..2 {
            if !call.wants(output) {
                continue;
            }
            let k = call.output_bytes(output)?.spec.shape[axis];
            let begin = row / inner * inner * k + row % inner;
            for (i, &p) in places[..k].iter().enumerate() {
                match output {
                    0 => call.output::<T>(0)?[begin + i * inner] = at(p),
                    _ => call.output::<i64>(1)?[begin + i * inner] = p.into(),
                }
            }
        }
    }
    Ok(())
}

/// Memory of floats as that of 32-bit whole numbers.
fn words(floats: &mut [f32]) -> &mut [u32] {
    // SAFETY: both are four bytes, aligned alike, and every pattern is one of either.
    unsafe { std::slice::from_raw_parts_mut(floats.as_mut_ptr().cast(), floats.len()) }
}
