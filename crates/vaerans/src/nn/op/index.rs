//! Elements by index: gathered, scattered, repeated, padded, ranked.

use super::{int, word, Call, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, Type, MAX_RANK};

pub(super) static OPS: &[&Op] = &[&TILE, &PAD, &GATHER_ELEMENTS, &GATHER_ND, &SCATTER_ELEMENTS, &SCATTER_ND, &TOP_K];

/// Where an element of index `i` of a shape is along each axis.
fn index_of(mut i: usize, shape: Shape) -> [usize; MAX_RANK] {
    let mut index = [0; MAX_RANK];
    for axis in (0..shape.rank()).rev() {
        index[axis] = i % shape[axis];
        i /= shape[axis];
    }
    index
}

fn place_of(index: &[usize], shape: Shape) -> usize {
    let strides = shape.strides();
    index.iter().zip(&strides).map(|(i, s)| i * s).sum()
}

/// The whole numbers of an input, of 32 or 64 bits.
pub(super) fn whole(call: &Call, input: usize, i: usize) -> Result<i64> {
    match call.spec(input).map(|s| s.ty) {
        Some(Type::I32) => Ok(call.input::<i32>(input)?[i].into()),
        _ => Ok(call.input::<i64>(input)?[i]),
    }
}

/// An index of `n`, counted from the end if it is negative.
fn within(call: &Call, given: i64, n: usize) -> Result<usize> {
    let at = if given < 0 { given + n as i64 } else { given };
    let at = usize::try_from(at).ok().filter(|&at| at < n);
    at.ok_or_else(|| call.refuse(format_args!("index {given} of {n}")))
}

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
        if given.len() != 2 * axes.len() {
            return Err(infer.refuse("paddings that are not those of the axes"));
        }
        let mut pads = [0i64; 2 * MAX_RANK];
        for (i, &axis) in axes.iter().enumerate() {
            pads[2 * axis] = given[i];
            pads[2 * axis + 1] = given[axes.len() + i];
        }
        let mut shape = from.shape;
        for axis in 0..rank {
            let extent = i128::from(pads[2 * axis]) + i128::from(pads[2 * axis + 1]) + from.shape[axis] as i128;
            shape.dims_mut()[axis] =
                usize::try_from(extent).map_err(|_| infer.refuse("paddings that leave nothing"))?;
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
    for (i, o) in out.raw().chunks_exact_mut(size).enumerate() {
        let mut index = index_of(i, wide);
        let inside = (0..shape.rank()).all(|axis| {
            let at = source(index[axis] as i64 - pads[2 * axis], shape[axis] as i64, mode);
            index[axis] = at.unwrap_or(0) as usize;
            at.is_some()
        });
        match inside {
            true => {
                let at = place_of(&index[..shape.rank()], shape) * size;
                o.copy_from_slice(&from.raw()[at..at + size]);
            }
            false => o.copy_from_slice(&value[..size]),
        }
    }
    Ok(())
}

static GATHER_ELEMENTS: Op = Op {
    number: 104,
    name: "GatherElements",
    inputs: (2, 2),
    attributes: &[int("axis")],
    infer: |infer| {
        let (from, index) = (infer.input(0)?, infer.input(1)?);
        let axis = infer.axis(infer.int(0, 0), from.shape.rank())?;
        let fits = index.shape.rank() == from.shape.rank()
            && (0..from.shape.rank()).all(|a| a == axis || index.shape[a] <= from.shape[a]);
        if !fits {
            return Err(infer.refuse(format_args!("{} at {}", from.shape, index.shape)));
        }
        infer.gives(from.ty, index.shape);
        Ok(())
    },
    run: |call| {
        let from = call.bytes(0)?;
        let (shape, size) = (from.spec.shape, from.spec.ty.size());
        let axis = call.axis(call.int(0, 0), shape.rank());
        let wide = call.shape(1);
        for i in 0..wide.len() {
            let mut index = index_of(i, wide);
            index[axis] = within(call, whole(call, 1, i)?, shape[axis])?;
            let at = place_of(&index[..shape.rank()], shape) * size;
            call.output_bytes(0)?.raw()[i * size..][..size].copy_from_slice(&from.raw()[at..at + size]);
        }
        Ok(())
    },
    summary: "an element for each index along an axis",
    ..Op::BASE
};

static GATHER_ND: Op = Op {
    number: 105,
    name: "GatherND",
    inputs: (2, 2),
    attributes: &[int("batch_dims")],
    infer: |infer| {
        let (from, index) = (infer.input(0)?, infer.input(1)?);
        let batch = usize::try_from(infer.int(0, 0)).unwrap_or(usize::MAX);
        let depth = index.shape.last().copied().unwrap_or(0);
        let fits = batch < index.shape.rank()
            && batch.saturating_add(depth) <= from.shape.rank()
            && index.shape[..batch] == from.shape[..batch];
        if !fits {
            return Err(infer.refuse(format_args!("{} at {}", from.shape, index.shape)));
        }
        let mut shape = Shape::of(&index.shape[..index.shape.rank() - 1])?;
        for &extent in &from.shape[batch + depth..] {
            shape.push(extent)?;
        }
        infer.gives(from.ty, shape);
        Ok(())
    },
    run: |call| {
        let from = call.bytes(0)?;
        let (shape, index_shape) = (from.spec.shape, call.shape(1));
        let batch = call.int(0, 0) as usize;
        let depth = index_shape[index_shape.rank() - 1];
        let inner = shape[batch + depth..].iter().product::<usize>() * from.spec.ty.size();
        let batches: usize = shape[..batch].iter().product();
        let each = index_shape.len() / depth.max(1) / batches.max(1);
        for i in 0..index_shape.len() / depth.max(1) {
            let mut at = i / each.max(1);
            for d in 0..depth {
                let n = shape[batch + d];
                at = at * n + within(call, whole(call, 1, i * depth + d)?, n)?;
            }
            call.output_bytes(0)?.raw()[i * inner..][..inner].copy_from_slice(&from.raw()[at * inner..][..inner]);
        }
        Ok(())
    },
    summary: "slices by rows of indices",
    ..Op::BASE
};

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
        let (from, index, update) = (infer.input(0)?, infer.input(1)?, infer.input(2)?);
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
        let (from, index, update) = (infer.input(0)?, infer.input(1)?, infer.input(2)?);
        let depth = index.shape.last().copied().unwrap_or(0);
        let rows = index.shape.len() / depth.max(1);
        let inner: usize = from.shape.get(depth..).unwrap_or_default().iter().product();
        if depth > from.shape.rank() || update.shape.len() != rows * inner || update.ty != from.ty {
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
