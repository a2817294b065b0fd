//! Steps that move elements, whatever they are.

use super::compare::copy_element;
use super::strided::{broadcast_strides, Walk};
use super::{int, ints, Attribute, Band, Call, Local, Op};
use crate::error::Result;
use crate::nn::memory::{floats, floats_mut};
use crate::nn::ty::{Shape, MAX_RANK};

pub(super) static OPS: &[&Op] = &[&TRANSPOSE, &CONCAT, &SPLIT, &EXPAND];

/// Fills the output row by row from one input: `strides` of it in elements, from `start` on.
pub(super) fn pick(call: &mut Call, start: usize, strides: [isize; MAX_RANK]) -> Result<()> {
    if turned(call, start, &strides)? {
        return Ok(());
    }
    match call.spec(0).map_or(1, |s| s.ty.size()) {
        4 => pick_words::<4>(call, 4, start, strides),
        size => pick_words::<0>(call, size, start, strides),
    }
}

/// Fewer rows than that are picked one by one.
const FEW: usize = 4;

/// Words of four bytes whose neighbours along the last axis are far from one another, but those along the one before are not. Whether it is
/// such.
fn turned(call: &mut Call, start: usize, strides: &[isize; MAX_RANK]) -> Result<bool> {
    let shape = call.output_bytes(0)?.spec.shape;
    let walk = Walk::new(shape, [strides.map(|s| s as usize)]);
    let ((n, [step]), (rows, [step_row])) = (walk.row(), walk.rows_step());
    let forward = strides.iter().all(|&s| s >= 0);
    if call.spec(0).map_or(1, |s| s.ty.size()) != 4 || !forward || step <= 1 || step_row != 1 || rows < FEW {
        return Ok(false);
    }
    let (kernels, from) = (call.kernels, floats(call.bytes(0)?.raw())?);
    let out = floats_mut(call.output_bytes(0)?.raw())?;
    let mut blocks = out.chunks_exact_mut((rows * n).max(1));
    walk.blocks(|[at]| {
        let block = blocks.next().unwrap_or_default();
        kernels.turn(&from[start + at..], step, [rows, n], block, n);
    });
    Ok(true)
}

/// Elements of `W` bytes, whatever they are; of `size` bytes where `W` is 0.
fn pick_words<const W: usize>(call: &mut Call, size: usize, start: usize, strides: [isize; MAX_RANK]) -> Result<()> {
    let size = if W > 0 { W } else { size };
    let from = call.bytes(0)?.raw();
    let out = call.output_bytes(0)?;
    let shape = out.spec.shape;
    let walk = Walk::new(shape, [strides.map(|s| s as usize)]);
    let (n, [step]) = walk.row();
    let mut rows = out.raw().chunks_exact_mut((n * size).max(1));
    walk.rows(|[at]| {
        // Steps backward wrap around, and so do their sums and products: places are right again.
        let at = start.wrapping_add(at);
        let row = rows.next().unwrap_or_default();
        if step == 1 {
            row.copy_from_slice(&from[at * size..][..n * size]);
            return;
        }
        for (i, o) in row.chunks_exact_mut(size).enumerate() {
            copy_element(o, from, at.wrapping_add(i.wrapping_mul(step)));
        }
    });
    Ok(())
}

/// Steps of a tensor, which may go backward too.
pub(super) fn signed(strides: [usize; MAX_RANK]) -> [isize; MAX_RANK] {
    strides.map(|s| s as isize)
}

static TRANSPOSE: Op = Op {
    number: 96,
    name: "Transpose",
    local: Local::Planes,
    attributes: &[ints("perm")],
    infer: |infer| {
        let from = infer.input(0)?;
        let order = match infer.attribute(0) {
            Attribute::Ints(order) => order.clone(),
            _ => (0..from.shape.rank() as i64).rev().collect(),
        };
        let mut seen = [false; MAX_RANK];
        let mut shape = Shape::SCALAR;
        for &axis in &order {
            let axis = infer.axis(axis, from.shape.rank())?;
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
        if let Some(band) = call.band {
            return some_rows(call, &band);
        }
        let strides = call.shape(0).strides();
        let mut picked = [0; MAX_RANK];
        let rank = call.shape(0).rank();
        match &call.attributes[0] {
            Attribute::Ints(order) => {
                order.iter().zip(&mut picked).for_each(|(&axis, p)| *p = strides[call.axis(axis, rank)] as isize)
            }
            _ => (0..rank).for_each(|i| picked[i] = strides[rank - 1 - i] as isize),
        }
        pick(call, 0, picked)
    },
    summary: "dimensions in another order",
    ..Op::BASE
};

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

/// Rows of a picture, channels last, to rows of its planes.
fn some_rows(call: &mut Call, band: &Band) -> Result<()> {
    let (from, shape) = (call.bytes(0)?, call.shape(0));
    let (width, channels, word) = (shape[2], shape[3], from.spec.ty.size());
    let kernels = call.kernels;
    let out = call.output_bytes(0)?;
    if word == 4 {
        let (plane, pixels) = (out.spec.shape[2] * width, band.rows * width);
        let (from, out) = (floats(from.raw())?, floats_mut(out.raw())?);
        kernels.turn(from, channels, [channels, pixels], &mut out[band.first * width..], plane);
        return Ok(());
    }
    let plane = out.spec.shape[2] * width * word;
    for (channel, plane) in out.raw().chunks_exact_mut(plane.max(1)).enumerate().take(channels) {
        let rows = &mut plane[band.first * width * word..][..band.rows * width * word];
        for (i, o) in rows.chunks_exact_mut(word).enumerate() {
            o.copy_from_slice(&from.raw()[(i * channels + channel) * word..][..word]);
        }
    }
    Ok(())
}

static CONCAT: Op = Op {
    number: 97,
    name: "Concat",
    local: Local::Join,
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
        let sum = sizes.iter().try_fold(0usize, |sum, &n| sum.checked_add(usize::try_from(n).ok()?));
        if sizes.len() != infer.wanted || sum != Some(whole) {
            return Err(infer.refuse(format_args!("axis {axis} of {} in parts of other sizes", from.shape)));
        }
        for &n in &sizes {
            let mut shape = from.shape;
            shape.dims_mut()[axis] = n as usize;
            infer.gives(from.ty, shape);
        }
        infer.keep = sizes;
        Ok(())
    },
    run: |call| {
        let from = call.bytes(0)?;
        let axis = call.axis(call.int(0, 0), from.spec.shape.rank());
        let inner = from.spec.shape[axis + 1..].iter().product::<usize>() * from.spec.ty.size();
        let whole = from.spec.shape[axis] * inner;
        let mut begin = 0;
        for (part, &size) in call.outputs.iter_mut().zip(call.kept) {
            let row = size as usize * inner;
            // A part that is not wanted has its place all the same.
            if let (Some(part), true) = (part, row > 0) {
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
