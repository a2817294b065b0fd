//! Elements and slices written at indices.

use super::index::{index_of, indices, place_of, whole, within};
use super::{int, word, Call, Op};
use crate::error::Result;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&SCATTER_ELEMENTS, &SCATTER_ND];

const REDUCTIONS: &[&str] = &["none", "add", "mul", "max", "min"];

/// An element of the output and one that comes to it.
fn combine(call: &mut Call, at: usize, update: &[u8]) -> Result<()> {
    let how = call.int(usize::from(call.attributes.len() > 1), 0);
    let out = call.output_bytes(0)?;
    let size = out.spec.ty.size();
    let ty = out.spec.ty;
    let place = &mut out.raw()[at * size..][..update.len()];
    if how == 0 {
        place.copy_from_slice(update);
        return Ok(());
    }
    for (o, u) in place.chunks_exact_mut(size).zip(update.chunks_exact(size)) {
        match ty {
            Type::F32 => {
                let (a, b) =
                    (f32::from_ne_bytes([o[0], o[1], o[2], o[3]]), f32::from_ne_bytes([u[0], u[1], u[2], u[3]]));
                let new = [b, a + b, a * b, if b > a { b } else { a }, if b < a { b } else { a }][how as usize];
                o.copy_from_slice(&new.to_ne_bytes());
            }
            _ => {
                let (a, b) = (number(o), number(u));
                let new = [b, a.wrapping_add(b), a.wrapping_mul(b), a.max(b), a.min(b)][how as usize];
                o.copy_from_slice(&new.to_ne_bytes()[..size]);
            }
        }
    }
    Ok(())
}

/// A whole number of a few bytes, little endian.
fn number(bytes: &[u8]) -> i64 {
    let mut all = [if bytes.last().is_some_and(|b| *b >= 128) { 255 } else { 0 }; 8];
    all[..bytes.len()].copy_from_slice(bytes);
    i64::from_le_bytes(all)
}

static SCATTER_ELEMENTS: Op = Op {
    number: 106,
    name: "ScatterElements",
    inputs: (3, 3),
    attributes: &[int("axis"), word("reduction", REDUCTIONS)],
    infer: |infer| {
        let (from, index, update) = (infer.input(0)?, indices(infer, 1)?, infer.input(2)?);
        infer.axis(infer.int(0, 0), from.shape.rank())?;
        if index.shape != update.shape || index.shape.rank() != from.shape.rank() || update.ty != from.ty {
            return Err(infer.refuse(format_args!("{} at {} from {}", from.shape, index.shape, update.shape)));
        }
        super::infer::same(infer)
    },
    run: |call| {
        super::control::copy(call)?;
        let (shape, wide, update) = (call.shape(0), call.shape(1), call.bytes(2)?);
        let (axis, size) = (call.axis(call.int(0, 0), shape.rank()), update.spec.ty.size());
        for i in 0..wide.len() {
            let mut index = index_of(i, wide);
            index[axis] = within(call, whole(call, 1, i)?, shape[axis])?;
            if (0..shape.rank()).any(|a| index[a] >= shape[a]) {
                return Err(call.refuse("an index outside"));
            }
            combine(call, place_of(&index[..shape.rank()], shape), &update.raw()[i * size..][..size])?;
        }
        Ok(())
    },
    summary: "the first input with elements of the third at the indices of the second",
    ..Op::BASE
};

static SCATTER_ND: Op = Op {
    number: 107,
    name: "ScatterND",
    inputs: (3, 3),
    attributes: &[word("reduction", REDUCTIONS)],
    infer: |infer| {
        let (from, index, update) = (infer.input(0)?, indices(infer, 1)?, infer.input(2)?);
        let depth = index.shape.last().copied().unwrap_or(0);
        let rows = index.shape.len() / depth.max(1);
        let inner: usize = from.shape.get(depth..).unwrap_or_default().iter().product();
        if index.shape.rank() == 0
            || depth > from.shape.rank()
            || update.shape.len() != rows * inner
            || update.ty != from.ty
        {
            return Err(infer.refuse(format_args!("{} at {} from {}", from.shape, index.shape, update.shape)));
        }
        super::infer::same(infer)
    },
    run: |call| {
        super::control::copy(call)?;
        let (shape, index_shape, update) = (call.shape(0), call.shape(1), call.bytes(2)?);
        let depth = index_shape[index_shape.rank() - 1];
        let inner: usize = shape[depth..].iter().product();
        let bytes = inner * update.spec.ty.size();
        for i in 0..index_shape.len() / depth.max(1) {
            let mut at = 0;
            for d in 0..depth {
                at = at * shape[d] + within(call, whole(call, 1, i * depth + d)?, shape[d])?;
            }
            combine(call, at * inner, &update.raw()[i * bytes..][..bytes])?;
        }
        Ok(())
    },
    summary: "the first input with slices of the third at rows of indices",
    ..Op::BASE
};
