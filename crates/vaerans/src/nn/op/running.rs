//! Triangles of matrices, and running sums and products.

use super::whole::{Whole, WholeMut};
use super::{int, Call, Op};
use crate::error::Result;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&TRILU, &CUM_SUM, &CUM_PROD];

static TRILU: Op = Op {
    number: 114,
    name: "Trilu",
    inputs: (1, 2),
    attributes: &[int("upper")],
    infer: |infer| match infer.input(0)?.shape.rank() {
        0 | 1 => Err(infer.refuse("a tensor that is no matrix")),
        _ => super::infer::same(infer),
    },
    run: |call| {
        let upper = call.int(0, 1) != 0;
        let k = call.optional::<i64>(1)?.and_then(|k| k.first().copied()).unwrap_or(0);
        let from = call.bytes(0)?;
        let shape = from.spec.shape;
        let (n, size) = (shape[shape.rank() - 1], from.spec.ty.size());
        let rows = shape[shape.rank() - 2];
        let out = call.output_bytes(0)?.raw();
        for (i, (o, x)) in out.chunks_exact_mut(size).zip(from.raw().chunks_exact(size)).enumerate() {
            let (row, column) = ((i / n % rows) as i64, (i % n) as i64);
            let diagonal = column.saturating_sub(row);
            let keeps = if upper { diagonal >= k } else { diagonal <= k };
            if keeps {
                o.copy_from_slice(x)
            } else {
                o.fill(0)
            }
        }
        Ok(())
    },
    summary: "one triangle of each matrix, 0 in the other",
    ..Op::BASE
};

/// Something that runs along an axis, which the second input names.
const fn running_op(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    const ATTRIBUTES: &[super::Declared] = &[int("exclusive"), int("reverse")];
    let infer = |infer: &mut super::Infer| {
        let rank = infer.input(0)?.shape.rank();
        let axis = infer.axis(infer.numbers(1)?.first().copied().unwrap_or(0), rank)?;
        infer.keep = vec![axis as i64];
        super::infer::same(infer)
    };
    Op { number, name, inputs: (2, 2), attributes: ATTRIBUTES, infer, run, summary, ..Op::BASE }
}

static CUM_SUM: Op = running_op(
    115,
    "CumSum",
    |call| running(call, (0.0, |a, b| a + b), (0, i64::wrapping_add)),
    "running sum along an axis",
);
static CUM_PROD: Op = running_op(
    116,
    "CumProd",
    |call| running(call, (1.0, |a, b| a * b), (1, i64::wrapping_mul)),
    "running product along an axis",
);

/// What a fold begins with, and what it does.
type Fold<T> = (T, fn(T, T) -> T);

fn running(call: &mut Call, float: Fold<f32>, whole: Fold<i64>) -> Result<()> {
    let walk = Running::of(call);
    if call.ty() == Type::F32 {
        let (from, out) = (call.input::<f32>(0)?, call.output::<f32>(0)?);
        walk.each(float, |at| from[at], |at, v| out[at] = v);
    } else {
        let (from, mut out) = (Whole::of(call.bytes(0)?)?, WholeMut::of(call.output_bytes(0)?)?);
        walk.each(whole, |at| from.at(at), |at, v| out.set(at, v));
    }
    Ok(())
}

/// Lines along an axis, and which way.
struct Running {
    exclusive: bool,
    reverse: bool,
    /// Elements of a line, elements from one to the next, all elements.
    n: usize,
    inner: usize,
    all: usize,
}

impl Running {
    fn of(call: &Call) -> Running {
        let (shape, axis) = (call.shape(0), call.kept[0] as usize);
        let inner = shape[axis + 1..].iter().product();
        let [exclusive, reverse] = [0, 1].map(|i| call.int(i, 0) != 0);
        Running { exclusive, reverse, n: shape[axis], inner, all: shape.len() }
    }

    fn each<T: Copy>(&self, (start, fold): Fold<T>, from: impl Fn(usize) -> T, mut put: impl FnMut(usize, T)) {
        let (n, inner) = (self.n, self.inner);
        for first in (0..self.all / n.max(1)).map(|i| i / inner * inner * n + i % inner) {
            let mut so_far = start;
            for k in 0..n {
                let at = first + if self.reverse { n - 1 - k } else { k } * inner;
                let next = fold(so_far, from(at));
                put(at, if self.exclusive { so_far } else { next });
                so_far = next;
            }
        }
    }
}
