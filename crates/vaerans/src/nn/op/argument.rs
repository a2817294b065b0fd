//! Where the greatest or the least along an axis is.

use super::whole::Whole;
use super::{int, Call, Declared, Infer, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&ARG_MAX, &ARG_MIN];

const fn place_of(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    const ATTRIBUTES: &[Declared] = &[int("axis"), int("keepdims"), int("select_last_index")];
    Op { number, name, attributes: ATTRIBUTES, infer: along_axis, run, summary, ..Op::BASE }
}

static ARG_MAX: Op = place_of(176, "ArgMax", |call| find(call, true), "where the greatest along an axis is");
static ARG_MIN: Op = place_of(177, "ArgMin", |call| find(call, false), "where the least along an axis is");

fn along_axis(infer: &mut Infer) -> Result<()> {
    let from = infer.input(0)?.shape;
    let axis = infer.axis(infer.int(0, 0), from.rank())?;
    let mut shape = Shape::of(&from[..axis])?;
    if infer.int(1, 1) != 0 {
        shape.push(1)?;
    }
    for &extent in &from[axis + 1..] {
        shape.push(extent)?;
    }
    if from[axis] == 0 {
        return Err(infer.refuse("an axis without elements"));
    }
    infer.gives(Type::I64, shape);
    Ok(())
}

fn find(call: &mut Call, greatest: bool) -> Result<()> {
    match call.ty() {
        Type::F32 => {
            let from = call.input::<f32>(0)?;
            search(call, greatest, |i| from[i])
        }
        _ => {
            let from = Whole::of(call.bytes(0)?)?;
            search(call, greatest, |i| from.at(i))
        }
    }
}

fn search<T: PartialOrd>(call: &mut Call, greatest: bool, element: impl Fn(usize) -> T) -> Result<()> {
    let shape = call.shape(0);
    let axis = call.axis(call.int(0, 0), shape.rank());
    let last = call.int(2, 0) != 0;
    let inner: usize = shape[axis + 1..].iter().product();
    for (o, place) in call.output::<i64>(0)?.iter_mut().enumerate() {
        let base = o / inner * inner * shape[axis] + o % inner;
        let at = |k: usize| element(base + k * inner);
        let mut best = 0;
        for k in 1..shape[axis] {
            let better = if greatest { at(k) > at(best) } else { at(k) < at(best) };
            if better || (last && at(k) == at(best)) {
                best = k;
            }
        }
        *place = best as i64;
    }
    Ok(())
}
