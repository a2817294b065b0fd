//! Tensors with more of themselves, or of something else, along each axis.

use super::index::{index_of, place_of};
use super::{word, Call, Op};
use crate::error::Result;
use crate::nn::ty::MAX_RANK;

pub(super) static OPS: &[&Op] = &[&TILE, &PAD];

static TILE: Op = Op {
    number: 102,
    name: "Tile",
    inputs: (2, 2),
    infer: |infer| {
        let from = infer.input(0)?;
        let times = infer.numbers(1)?;
        if times.len() != from.shape.rank() {
            return Err(infer.refuse(format_args!("{} repeats of {}", times.len(), from.shape)));
        }
        let mut shape = from.shape;
        for (extent, &n) in shape.dims_mut().iter_mut().zip(&times) {
            let n = usize::try_from(n).ok().and_then(|n| n.checked_mul(*extent));
            *extent = n.ok_or_else(|| infer.refuse("repeats that are too many or negative"))?;
        }
        infer.gives(from.ty, shape);
        Ok(())
    },
    run: |call| {
        let from = call.bytes(0)?;
        let (shape, size) = (from.spec.shape, from.spec.ty.size());
        let out = call.output_bytes(0)?;
        let wide = out.spec.shape;
        for (i, o) in out.raw().chunks_exact_mut(size).enumerate() {
            let mut index = index_of(i, wide);
            (0..shape.rank()).for_each(|axis| index[axis] %= shape[axis]);
            let at = place_of(&index[..shape.rank()], shape) * size;
            o.copy_from_slice(&from.raw()[at..at + size]);
        }
        Ok(())
    },
    summary: "so many times beside itself along each axis",
    ..Op::BASE
};

static PAD: Op = Op {
    number: 103,
    name: "Pad",
    inputs: (2, 4),
    attributes: &[word("mode", &["constant", "reflect", "edge", "wrap"])],
    infer: |infer| {
        let from = infer.input(0)?;
        let rank = from.shape.rank();
        let given = infer.numbers(1)?;
        let axes: Vec<usize> = match infer.optional(3) {
            Some(_) => infer.numbers(3)?.iter().map(|&a| infer.axis(a, rank)).collect::<Result<_>>()?,
            None => (0..rank).collect(),
        };
        if given.len() != 2 * axes.len() || given.iter().any(|n| n.unsigned_abs() > u32::MAX.into()) {
            return Err(infer.refuse("paddings that are not those of the axes"));
        }
        if infer.optional(2).is_some_and(|value| value.ty != from.ty || value.shape.len() != 1) {
            return Err(infer.refuse("a value that is no element"));
        }
        let mut pads = [0i64; 2 * MAX_RANK];
        for (i, &axis) in axes.iter().enumerate() {
            pads[2 * axis] = given[i];
            pads[2 * axis + 1] = given[axes.len() + i];
        }
        let mut shape = from.shape;
        for axis in 0..rank {
            let extent = (from.shape[axis] as i64).checked_add(pads[2 * axis] + pads[2 * axis + 1]);
            let extent = extent.and_then(|extent| usize::try_from(extent).ok());
            shape.dims_mut()[axis] = extent.ok_or_else(|| infer.refuse("paddings that leave nothing"))?;
            let mirrors = infer.int(0, 0) == 1 && pads[2 * axis].max(pads[2 * axis + 1]) >= from.shape[axis] as i64;
            if (mirrors || infer.int(0, 0) > 1) && from.shape[axis] == 0 {
                return Err(infer.refuse("nothing to pad with"));
            }
        }
        infer.keep = pads[..2 * rank].to_vec();
        infer.gives(from.ty, shape);
        Ok(())
    },
    run: pad,
    summary: "more along each axis: a constant, mirrored, the edge, or from the other end",
    ..Op::BASE
};

/// Where an element beyond the ends comes from; nothing for a constant.
fn source(at: i64, n: i64, mode: i64) -> Option<i64> {
    if (0..n).contains(&at) {
        return Some(at);
    }
    match mode {
        1 if n == 1 => Some(0),
        1 => {
            let period = 2 * (n - 1);
            let at = at.rem_euclid(period);
            Some(if at < n { at } else { period - at })
        }
        2 => Some(at.clamp(0, n - 1)),
        3 => Some(at.rem_euclid(n)),
        _ => None,
    }
}

fn pad(call: &mut Call) -> Result<()> {
    let from = call.bytes(0)?;
    let (shape, size, mode) = (from.spec.shape, from.spec.ty.size(), call.int(0, 0));
    let value = match call.spec(2) {
        Some(_) => call.bytes(2)?.raw(),
        None => &[0; 8][..size],
    };
    let pads = call.kept;
    let out = call.output_bytes(0)?;
    let wide = out.spec.shape;
    let last = shape.rank().saturating_sub(1);
    let read = |axis: usize, index: usize| {
        let at = source(index as i64 - pads[2 * axis], shape[axis] as i64, mode);
        at.map(|at| at as usize)
    };
    let strides = shape.strides();
    let row = wide[last..].iter().product::<usize>() * size;
    for (i, row) in out.raw().chunks_exact_mut(row.max(1)).enumerate() {
        // The elements behind the place of all axes but the last; none where one of them is padding.
        let index = index_of(i * wide[last..].iter().product::<usize>(), wide);
        let base = (0..last).try_fold(0, |at, axis| Some(at + read(axis, index[axis])? * strides[axis]));
        let Some(base) = base else {
            row.chunks_exact_mut(size).for_each(|o| o.copy_from_slice(&value[..size]));
            continue;
        };
        for (i, o) in row.chunks_exact_mut(size).enumerate() {
            let at = if shape.rank() == 0 { Some(0) } else { read(last, i) };
            o.copy_from_slice(at.map_or(&value[..size], |at| &from.raw()[(base + at) * size..][..size]));
        }
    }
    Ok(())
}
