//! Elements by index along an axis, and slices by rows of indices.

use super::index::{index_of, indices, place_of, whole, within};
use super::{int, Op};
use crate::nn::ty::Shape;

pub(super) static OPS: &[&Op] = &[&GATHER_ELEMENTS, &GATHER_ND];

static GATHER_ELEMENTS: Op = Op {
    number: 104,
    name: "GatherElements",
    inputs: (2, 2),
    attributes: &[int("axis")],
    infer: |infer| {
        let (from, index) = (infer.input(0)?, indices(infer, 1)?);
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
        let (from, index) = (infer.input(0)?, indices(infer, 1)?);
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
