//! Steps that change how elements are counted, not the elements.

use super::control::copy;
use super::{int, Attribute, Infer, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&SHAPE, &SIZE, &RESHAPE, &FLATTEN, &SQUEEZE, &UNSQUEEZE];

static SHAPE: Op = Op {
    number: 64,
    name: "Shape",
    attributes: &[int("start"), int("end")],
    infer: |infer| {
        let shape = infer.input(0)?.shape;
        let rank = shape.rank() as i64;
        let clamp = |v: i64| (if v < 0 { v.saturating_add(rank) } else { v }).clamp(0, rank) as usize;
        let (start, end) = (clamp(infer.int(0, 0)), clamp(infer.int(1, rank)));
        let numbers: Vec<i64> = shape[start..end.max(start)].iter().map(|&d| d as i64).collect();
        infer.gives(Type::I64, Shape::of(&[numbers.len()])?);
        infer.result = Some(numbers);
        Ok(())
    },
    summary: "the extents of the input",
    ..Op::BASE
};

static SIZE: Op = Op {
    number: 65,
    name: "Size",
    infer: |infer| {
        let n = infer.input(0)?.shape.len() as i64;
        infer.gives(Type::I64, Shape::SCALAR);
        infer.result = Some(vec![n]);
        Ok(())
    },
    summary: "the number of elements of the input",
    ..Op::BASE
};

/// An operator that hands its elements on under another shape.
const fn reshaping(number: u16, name: &'static str, infer: fn(&mut Infer) -> Result<()>, summary: &'static str) -> Op {
    Op { number, name, inputs: (1, 2), infer, in_place: true, run: keep, summary, ..Op::BASE }
}

/// Nothing to do where they stand already.
fn keep(call: &mut super::Call) -> Result<()> {
    match call.inputs[0] {
        super::Operand::InPlace(_) => Ok(()),
        _ => copy(call),
    }
}

static RESHAPE: Op = Op {
    inputs: (2, 2),
    attributes: &[int("allowzero")],
    ..reshaping(
        66,
        "Reshape",
        |infer| {
            let (from, to) = (infer.input(0)?, infer.numbers(1)?);
            let shape = reshaped(infer, from.shape, &to, infer.int(0, 0) != 0)?;
            infer.gives(from.ty, shape);
            Ok(())
        },
        "the same elements under the shape that the second input says",
    )
};

/// 0 stands for the extent that is there, -1 for what is left.
fn reshaped(infer: &Infer, from: Shape, to: &[i64], allow_zero: bool) -> Result<Shape> {
    let mut shape = Shape::SCALAR;
    let mut open = None;
    for (axis, &n) in to.iter().enumerate() {
        let extent = match n {
            0 if !allow_zero => *from.get(axis).ok_or_else(|| infer.refuse(format_args!("axis {axis} of {from}")))?,
            -1 if open.is_none() => {
                open = Some(axis);
                1
            }
            n => usize::try_from(n).map_err(|_| infer.refuse(format_args!("an extent of {n}")))?,
        };
        shape.push(extent)?;
    }
    let (have, rest) = (from.len(), shape.checked_len().unwrap_or(0));
    if let Some(axis) = open {
        if rest == 0 || have % rest != 0 {
            return Err(infer.refuse(format_args!("{from} as {shape}")));
        }
        shape.dims_mut()[axis] = have / rest;
    }
    match shape.checked_len() == Some(have) {
        true => Ok(shape),
        false => Err(infer.refuse(format_args!("{from} as {shape}"))),
    }
}

static FLATTEN: Op = Op {
    inputs: (1, 1),
    attributes: &[int("axis")],
    ..reshaping(
        67,
        "Flatten",
        |infer| {
            let from = infer.input(0)?;
            let rank = from.shape.rank();
            let axis = infer.int(0, 1);
            let axis = if axis == rank as i64 { rank } else { infer.axis(axis, rank)? };
            let (outer, inner) = from.shape.split_at(axis);
            infer.gives(from.ty, Shape::of(&[outer.iter().product(), inner.iter().product()])?);
            Ok(())
        },
        "two dimensions: those before the axis, and the others",
    )
};

static SQUEEZE: Op = Op {
    attributes: &[super::ints("axes")],
    ..reshaping(
        68,
        "Squeeze",
        |infer| {
            let from = infer.input(0)?;
            let axes = axes(infer, from.shape.rank())?;
            let mut shape = Shape::SCALAR;
            for (axis, &extent) in from.shape.iter().enumerate() {
                let goes = axes.as_ref().map_or(extent == 1, |axes| axes.contains(&axis));
                match (goes, extent) {
                    (true, 1) => {}
                    (true, _) => return Err(infer.refuse(format_args!("axis {axis} of {} is not 1", from.shape))),
                    (false, _) => shape.push(extent)?,
                }
            }
            infer.gives(from.ty, shape);
            Ok(())
        },
        "without dimensions of extent 1",
    )
};

static UNSQUEEZE: Op = Op {
    attributes: &[super::ints("axes")],
    ..reshaping(
        69,
        "Unsqueeze",
        |infer| {
            let from = infer.input(0)?;
            let more = match (infer.attribute(0), infer.optional(1)) {
                (Attribute::Ints(axes), _) => axes.len(),
                (_, Some(spec)) => spec.shape.len(),
                _ => 0,
            };
            let rank = from.shape.rank() + more;
            let axes = axes(infer, rank)?.unwrap_or_default();
            let mut extents = from.shape.iter();
            let mut shape = Shape::SCALAR;
            for axis in 0..rank {
                let extent = if axes.contains(&axis) { 1 } else { *extents.next().unwrap_or(&1) };
                shape.push(extent)?;
            }
            if extents.next().is_some() {
                return Err(infer.refuse("an axis that is named twice"));
            }
            infer.gives(from.ty, shape);
            Ok(())
        },
        "with more dimensions of extent 1",
    )
};

/// The axes that the attribute or the second input names.
fn axes(infer: &Infer, rank: usize) -> Result<Option<Vec<usize>>> {
    let given = match (infer.attribute(0), infer.optional(1)) {
        (Attribute::Ints(axes), _) => axes.clone(),
        (_, Some(_)) => infer.numbers(1)?,
        _ => return Ok(None),
    };
    given.into_iter().map(|axis| infer.axis(axis, rank)).collect::<Result<_>>().map(Some)
}
