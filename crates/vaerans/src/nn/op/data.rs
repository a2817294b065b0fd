//! Steps that move elements, whatever they are.

use super::strided::{broadcast_strides, Walk};
use super::{int, ints, Attribute, Call, Infer, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, MAX_RANK};

pub(super) static OPS: &[&Op] = &[&TRANSPOSE, &CONCAT, &SPLIT, &SLICE, &GATHER, &EXPAND];

/// Fills the output row by row from one input: `strides` of it in elements, from `start` on.
pub(super) fn pick(call: &mut Call, start: usize, strides: [isize; MAX_RANK]) -> Result<()> {
    match call.spec(0).map_or(1, |s| s.ty.size()) {
        1 => pick_words::<1>(call, start, strides),
        4 => pick_words::<4>(call, start, strides),
        _ => pick_words::<8>(call, start, strides),
    }
}

fn pick_words<const W: usize>(call: &mut Call, start: usize, strides: [isize; MAX_RANK]) -> Result<()> {
    let from = call.bytes(0)?.raw();
    let out = call.output_bytes(0)?;
    let shape = out.spec.shape;
    let walk = Walk::new(shape, [strides.map(|s| s as usize)]);
    let (n, [step]) = walk.row();
    let mut rows = out.raw().chunks_exact_mut((n * W).max(1));
    walk.rows(|[at]| {
        // Steps backward wrap around, and so do their sums and products: places are right again.
        let at = start.wrapping_add(at);
        let row = rows.next().unwrap_or_default();
        if step == 1 {
            row.copy_from_slice(&from[at * W..][..n * W]);
            return;
        }
        for (i, o) in row.chunks_exact_mut(W).enumerate() {
            let place = at.wrapping_add(i.wrapping_mul(step)).wrapping_mul(W);
            o.copy_from_slice(&from[place..place + W]);
        }
    });
    Ok(())
}

fn signed(strides: [usize; MAX_RANK]) -> [isize; MAX_RANK] {
    strides.map(|s| s as isize)
}

static TRANSPOSE: Op = Op {
    number: 96,
    name: "Transpose",
    attributes: &[ints("perm")],
    infer: |infer| {
        let from = infer.input(0)?;
        let order = permutation(infer.attribute(0), from.shape.rank());
        let mut seen = [false; MAX_RANK];
        let mut shape = Shape::SCALAR;
        for &axis in &order {
            let axis = infer.axis(axis as i64, from.shape.rank())?;
            if std::mem::replace(&mut seen[axis], true) {
                return Err(infer.refuse("an axis that is named twice"));
            }
            shape.push(from.shape[axis])?;
        }
        if order.len() != from.shape.rank() {
            return Err(infer.refuse(format_args!("{} axes of {}", order.len(), from.shape)));
        }
        infer.gives(from.ty, shape);
        Ok(())
    },
    run: |call| {
        let strides = call.shape(0).strides();
        let mut picked = [0; MAX_RANK];
        let rank = call.shape(0).rank();
        match &call.attributes[0] {
            Attribute::Ints(order) => {
                order.iter().zip(&mut picked).for_each(|(&axis, p)| *p = strides[axis as usize % MAX_RANK] as isize)
            }
            _ => (0..rank).for_each(|i| picked[i] = strides[rank - 1 - i] as isize),
        }
        pick(call, 0, picked)
    },
    summary: "dimensions in another order",
    ..Op::BASE
};

fn permutation(given: &Attribute, rank: usize) -> Vec<usize> {
    match given {
        Attribute::Ints(order) => order.iter().map(|&axis| usize::try_from(axis).unwrap_or(usize::MAX)).collect(),
        _ => (0..rank).rev().collect(),
    }
}

static EXPAND: Op = Op {
    number: 101,
    name: "Expand",
    inputs: (2, 2),
    infer: |infer| {
        let from = infer.input(0)?;
        let mut wanted = Shape::SCALAR;
        for n in infer.numbers(1)? {
            wanted.push(usize::try_from(n).map_err(|_| infer.refuse(format_args!("an extent of {n}")))?)?;
        }
        let shape = infer.broadcast(from.shape, wanted)?;
        infer.gives(from.ty, shape);
        Ok(())
    },
    run: |call| {
        let shape = call.output_bytes(0)?.spec.shape;
        let strides = broadcast_strides(call.shape(0), shape);
        pick(call, 0, signed(strides))
    },
    summary: "repeated to the shape that the second input says",
    ..Op::BASE
};

static CONCAT: Op = Op {
    number: 97,
    name: "Concat",
    inputs: (1, 63),
    attributes: &[int("axis")],
    infer: |infer| {
        let first = infer.input(0)?;
        let axis = infer.axis(infer.int(0, 0), first.shape.rank())?;
        let mut shape = first.shape;
        for i in 1..infer.inputs.len() {
            let next = infer.input(i)?;
            let fits =
                next.shape.rank() == shape.rank() && (0..shape.rank()).all(|a| a == axis || next.shape[a] == shape[a]);
            if !fits || next.ty != first.ty {
                return Err(infer.refuse(format_args!("{} beside {}", next.shape, first.shape)));
            }
            shape.dims_mut()[axis] += next.shape[axis];
        }
        infer.gives(first.ty, shape);
        Ok(())
    },
    run: |call| {
        let axis = call.axis(call.int(0, 0), call.shape(0).rank());
        let n = call.inputs.len();
        let mut begin = 0;
        for i in 0..n {
            let bytes = call.bytes(i)?;
            let row: usize = bytes.spec.shape[axis..].iter().product::<usize>() * bytes.spec.ty.size();
            let out = call.output_bytes(0)?;
            let whole: usize = out.spec.shape[axis..].iter().product::<usize>() * out.spec.ty.size();
            if row > 0 {
                let places = out.raw().chunks_exact_mut(whole);
                for (place, part) in places.zip(bytes.raw().chunks_exact(row)) {
                    place[begin..begin + row].copy_from_slice(part);
                }
            }
            begin += row;
        }
        Ok(())
    },
    summary: "one behind the other along an axis",
    ..Op::BASE
};

static SPLIT: Op = Op {
    number: 98,
    name: "Split",
    inputs: (1, 2),
    outputs: (1, 63),
    attributes: &[int("axis"), ints("split"), int("num_outputs")],
    infer: |infer| {
        let from = infer.input(0)?;
        let axis = infer.axis(infer.int(0, 0), from.shape.rank())?;
        let whole = from.shape[axis];
        let sizes = match (infer.attribute(1), infer.optional(1)) {
            (Attribute::Ints(sizes), _) => sizes.clone(),
            (_, Some(_)) => infer.numbers(1)?,
            _ => even(whole, infer.wanted),
        };
        if sizes.len() != infer.wanted || sizes.iter().any(|&n| n < 0) || sizes.iter().sum::<i64>() != whole as i64 {
            return Err(infer.refuse(format_args!("axis {axis} of {} in parts of other sizes", from.shape)));
        }
        for n in sizes {
            let mut shape = from.shape;
            shape.dims_mut()[axis] = n as usize;
            infer.gives(from.ty, shape);
        }
        Ok(())
    },
    run: |call| {
        let from = call.bytes(0)?;
        let axis = call.axis(call.int(0, 0), from.spec.shape.rank());
        let inner = from.spec.shape[axis + 1..].iter().product::<usize>() * from.spec.ty.size();
        let whole = from.spec.shape[axis] * inner;
        let mut begin = 0;
        let parts = call.outputs.iter_mut();
        for part in parts.flatten() {
            let row = part.spec.shape[axis] * inner;
            if row > 0 {
                for (o, place) in part.raw().chunks_exact_mut(row).zip(from.raw().chunks_exact(whole)) {
                    o.copy_from_slice(&place[begin..begin + row]);
                }
            }
            begin += row;
        }
        Ok(())
    },
    summary: "parts along an axis",
    ..Op::BASE
};

/// All alike but the last, which may be smaller.
fn even(whole: usize, parts: usize) -> Vec<i64> {
    let size = whole.div_ceil(parts.max(1));
    (0..parts).map(|i| size.min(whole.saturating_sub(i * size)) as i64).collect()
}

static SLICE: Op = Op {
    number: 99,
    name: "Slice",
    inputs: (3, 5),
    infer: |infer| {
        let from = infer.input(0)?;
        let cuts = cuts(infer, from.shape)?;
        let mut shape = from.shape;
        for cut in &cuts {
            shape.dims_mut()[cut.axis] = cut.count;
        }
        infer.gives(from.ty, shape);
        infer.keep = cuts.iter().flat_map(|c| [c.axis as i64, c.start as i64, c.step]).collect();
        Ok(())
    },
    run: |call| {
        let own = call.shape(0).strides();
        let (mut strides, mut start) = (signed(own), 0);
        for cut in call.kept.chunks_exact(3) {
            let axis = cut[0] as usize;
            start += cut[1] as usize * own[axis];
            strides[axis] = own[axis] as isize * cut[2] as isize;
        }
        pick(call, start, strides)
    },
    summary: "a part of each axis, by start, end and step",
    ..Op::BASE
};

/// A part of an axis.
struct Cut {
    axis: usize,
    start: usize,
    step: i64,
    count: usize,
}

fn cuts(infer: &Infer, shape: Shape) -> Result<Vec<Cut>> {
    let (starts, ends) = (infer.numbers(1)?, infer.numbers(2)?);
    let axes = match infer.optional(3) {
        Some(_) => infer.numbers(3)?,
        None => (0..starts.len() as i64).collect(),
    };
    let steps = match infer.optional(4) {
        Some(_) => infer.numbers(4)?,
        None => vec![1; starts.len()],
    };
    if ends.len() != starts.len() || axes.len() != starts.len() || steps.len() != starts.len() {
        return Err(infer.refuse("starts, ends, axes and steps of different lengths"));
    }
    (0..starts.len())
        .map(|i| {
            let axis = infer.axis(axes[i], shape.rank())?;
            cut(axis, shape[axis] as i64, starts[i], ends[i], steps[i]).ok_or_else(|| infer.refuse("a step of 0"))
        })
        .collect()
}

/// As Python's slices.
fn cut(axis: usize, n: i64, start: i64, end: i64, step: i64) -> Option<Cut> {
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let place = |v: i64| (if v < 0 { v.saturating_add(n) } else { v }).clamp(low, high);
    let (start, end) = (place(start), place(end));
    let span = if step > 0 { end - start } else { start - end };
    let count = span.max(0).checked_add(step.checked_abs()? - 1)?.checked_div(step.abs())?;
    let start = if count == 0 { 0 } else { start };
    Some(Cut { axis, start: start as usize, step, count: count as usize })
}

static GATHER: Op = Op {
    number: 100,
    name: "Gather",
    inputs: (2, 2),
    attributes: &[int("axis")],
    infer: |infer| {
        let (from, index) = (infer.input(0)?, infer.input(1)?);
        let axis = infer.axis(infer.int(0, 0), from.shape.rank())?;
        let mut shape = Shape::of(&from.shape[..axis])?;
        for &extent in index.shape.iter().chain(&from.shape[axis + 1..]) {
            shape.push(extent)?;
        }
        infer.gives(from.ty, shape);
        Ok(())
    },
    run: gather,
    summary: "slices along an axis, by index",
    ..Op::BASE
};

fn gather(call: &mut Call) -> Result<()> {
    let from = call.bytes(0)?;
    let axis = call.axis(call.int(0, 0), from.spec.shape.rank());
    let n = from.spec.shape[axis];
    let inner = from.spec.shape[axis + 1..].iter().product::<usize>() * from.spec.ty.size();
    let count = call.shape(1).len();
    for i in 0..count {
        let given = index(call, i)?;
        let at = if given < 0 { given + n as i64 } else { given };
        let at = usize::try_from(at).ok().filter(|&at| at < n);
        let at = at.ok_or_else(|| call.refuse(format_args!("index {given} of {n}")))?;
        let out = call.output_bytes(0)?.raw();
        if inner > 0 {
            for (o, place) in out.chunks_exact_mut(count * inner).zip(from.raw().chunks_exact(n * inner)) {
                o[i * inner..(i + 1) * inner].copy_from_slice(&place[at * inner..(at + 1) * inner]);
            }
        }
    }
    Ok(())
}

/// An index of the second input.
fn index(call: &Call, i: usize) -> Result<i64> {
    match call.spec(1).map_or(8, |s| s.ty.size()) {
        8 => Ok(call.input::<i64>(1)?[i]),
        _ => Ok(call.input::<i32>(1)?[i].into()),
    }
}
