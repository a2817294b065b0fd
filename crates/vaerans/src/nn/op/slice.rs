//! Parts of tensors.

use super::data::{pick, signed};
use super::{Infer, Op};
use crate::error::Result;
use crate::nn::ty::Shape;

pub(super) static OPS: &[&Op] = &[&SLICE];

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
    // No step is taken from the only element; a huge one is no step of a tensor.
    let step = if count > 1 { step } else { 1 };
    Some(Cut { axis, start: start as usize, step, count: count as usize })
}
