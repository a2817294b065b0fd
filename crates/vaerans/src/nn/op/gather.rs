//! Slices by index.

use super::index::{indices, whole, within};
use super::{int, Call, Op};
use crate::error::Result;
use crate::nn::ty::Shape;

pub(super) static OPS: &[&Op] = &[&GATHER];

static GATHER: Op = Op {
    number: 100,
    name: "Gather",
    inputs: (2, 2),
    attributes: &[int("axis")],
    infer: |infer| {
        let (from, index) = (infer.input(0)?, indices(infer, 1)?);
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
        let at = within(call, whole(call, 1, i)?, n)?;
        let out = call.output_bytes(0)?.raw();
        if inner > 0 {
            for (o, place) in out.chunks_exact_mut(count * inner).zip(from.raw().chunks_exact(n * inner)) {
                o[i * inner..(i + 1) * inner].copy_from_slice(&place[at * inner..(at + 1) * inner]);
            }
        }
    }
    Ok(())
}
