//! Sums and other reductions along axes, and what is made of them: means, norms, the largest.

use super::whole::{bounds, Whole, WholeMut};
use super::{int, ints, Attribute, Call, Declared, Infer, Op};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::gemm::Rows as Windows;
use crate::nn::ty::{Shape, Type, MAX_RANK};

pub(super) static OPS: &[&Op] = &[&SUM, &MEAN, &MAX];

pub(super) const fn reduction(
    number: u16,
    name: &'static str,
    run: fn(&mut Call) -> Result<()>,
    summary: &'static str,
) -> Op {
    const ATTRIBUTES: &[Declared] = &[ints("axes"), int("keepdims"), int("noop_with_empty_axes")];
    Op { number, name, inputs: (1, 2), attributes: ATTRIBUTES, infer: reduced, run, summary, ..Op::BASE }
}

static SUM: Op = reduction(
    160,
    "ReduceSum",
    |call| match call.ty() {
        Type::F32 => sums(call, false),
        _ => whole(call, 0, i64::wrapping_add),
    },
    "sum",
);
static MEAN: Op = reduction(161, "ReduceMean", |call| sums(call, true), "mean");
static MAX: Op = reduction(
    162,
    "ReduceMax",
    |call| match call.ty() {
        Type::F32 => greatest(call),
        _ => whole(call, i64::MIN, Ord::max),
    },
    "greatest",
);

/// A reduction of floats: `after(fold(before(x)))`.
pub(super) struct Float {
    pub start: f32,
    pub before: fn(f32) -> f32,
    pub fold: fn(f32, f32) -> f32,
    pub after: fn(f32) -> f32,
}

/// The sum.
pub(super) const ADDED: Float = Float { start: 0.0, before: |x| x, fold: |a, b| a + b, after: |x| x };

pub(super) const GREATEST: Float =
    Float { start: f32::NEG_INFINITY, fold: |a, b| if b > a || b.is_nan() { b } else { a }, ..ADDED };

/// Axes side by side that go: how many elements they have, and what stands behind them.
struct Rows {
    n: usize,
    inner: usize,
}

/// Rows that one call of a kernel folds.
const AT_ONCE: usize = 64;

impl Rows {
    /// Nothing where other axes stand between those that go.
    fn of(shape: Shape, reduced: &[i64]) -> Option<Rows> {
        let first = reduced.iter().position(|&r| r != 0)?;
        let last = reduced.iter().rposition(|&r| r != 0)?;
        let product = |dims: &[usize]| dims.iter().product();
        let rows = Rows { n: product(&shape[first..=last]), inner: product(&shape[last + 1..]) };
        (reduced[first..=last].iter().all(|&r| r != 0) && rows.n > 0 && rows.inner > 0).then_some(rows)
    }

    fn sums(&self, kernels: &NnKernels, from: &[f32], out: &mut [f32]) {
        if self.inner == 1 {
            return kernels.row_sums(from, self.n, None, out);
        }
        for (x, out) in from.chunks_exact(self.n * self.inner).zip(out.chunks_exact_mut(self.inner)) {
            kernels.column_sums(x, None, out);
        }
    }

    /// The greatest of each column.
    fn greatest(&self, kernels: &NnKernels, from: &[f32], out: &mut [f32]) {
        out.fill(f32::NEG_INFINITY);
        for (x, out) in from.chunks_exact(self.n * self.inner).zip(out.chunks_exact_mut(self.inner)) {
            for first in (0..self.n).step_by(AT_ONCE) {
                let starts: [usize; AT_ONCE] = std::array::from_fn(|i| (first + i) * self.inner);
                let taps = AT_ONCE.min(self.n - first);
                kernels.pool(&Windows { from: x, starts: &starts[..taps], taps, k: self.inner }, true, out);
            }
        }
    }
}

/// Which axes go; none is all, or nothing where the operator is told so.
fn axes(infer: &Infer, rank: usize) -> Result<[bool; MAX_RANK]> {
    let given = match (infer.attribute(0), infer.optional(1)) {
        (Attribute::Ints(axes), _) => axes.clone(),
        (_, Some(_)) => infer.numbers(1)?,
        _ => Vec::new(),
    };
    let mut gone = [given.is_empty() && infer.int(2, 0) == 0; MAX_RANK];
    for axis in given {
        gone[infer.axis(axis, rank)?] = true;
    }
    Ok(gone)
}

fn reduced(infer: &mut Infer) -> Result<()> {
    let from = infer.input(0)?;
    let gone = axes(infer, from.shape.rank())?;
    let keeps = infer.int(1, 1) != 0;
    let mut shape = Shape::SCALAR;
    for (axis, &extent) in from.shape.iter().enumerate() {
        match (gone[axis], keeps) {
            (false, _) => shape.push(extent)?,
            (true, true) => shape.push(1)?,
            (true, false) => {}
        }
    }
    infer.gives(from.ty, shape);
    infer.keep = (0..from.shape.rank()).map(|axis| gone[axis].into()).collect();
    Ok(())
}

/// Each output from its elements of the input, in their order: `fold` takes which output it is, what was folded so far, and where the
/// element is.
pub(super) fn each<T: Copy>(
    shape: Shape,
    reduced: &[i64],
    start: T,
    fold: impl Fn(usize, T, usize) -> T,
    mut finish: impl FnMut(usize, T),
) {
    let strides = shape.strides();
    let pick = |wanted: bool| {
        let mut list = ([1usize; MAX_RANK], [0usize; MAX_RANK], 0);
        for axis in 0..shape.rank() {
            if (reduced[axis] != 0) == wanted {
                (list.0[list.2], list.1[list.2]) = (shape[axis], strides[axis]);
                list.2 += 1;
            }
        }
        list
    };
    let (kept, gone) = (pick(false), pick(true));
    let mut o = 0;
    walk(&kept, |base| {
        let mut all = start;
        walk(&gone, |at| all = fold(o, all, base + at));
        finish(o, all);
        o += 1;
    });
}

/// Every place of a few axes (extents, strides, how many), in order.
fn walk((dims, strides, rank): &([usize; MAX_RANK], [usize; MAX_RANK], usize), mut f: impl FnMut(usize)) {
    if dims[..*rank].contains(&0) {
        return;
    }
    let mut index = [0; MAX_RANK];
    let mut at = 0;
    loop {
        f(at);
        let mut axis = *rank;
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            index[axis] += 1;
            at += strides[axis];
            if index[axis] < dims[axis] {
                break;
            }
            at -= strides[axis] * dims[axis];
            index[axis] = 0;
        }
    }
}

/// How many elements of the input make one of the output.
fn count(call: &Call) -> usize {
    (0..call.shape(0).rank()).filter(|&axis| call.kept[axis] != 0).map(|axis| call.shape(0)[axis]).product()
}

pub(super) fn whole(call: &mut Call, start: i64, fold: fn(i64, i64) -> i64) -> Result<()> {
    let (shape, reduced, from) = (call.shape(0), call.kept, Whole::of(call.bytes(0)?)?);
    let (least, most) = bounds(call.ty());
    let mut out = WholeMut::of(call.output_bytes(0)?)?;
    each(shape, reduced, start.clamp(least, most), |_, a, at| fold(a, from.at(at)), |o, all| out.set(o, all));
    Ok(())
}

fn refuse_whole(call: &Call) -> Result<()> {
    match call.ty() {
        Type::F32 => Ok(()),
        other => Err(call.refuse(format_args!("elements of {}", other.name()))),
    }
}

pub(super) fn floats(call: &mut Call, f: &Float) -> Result<()> {
    refuse_whole(call)?;
    let (shape, reduced, from) = (call.shape(0), call.kept, call.input::<f32>(0)?);
    let out = call.output::<f32>(0)?;
    each(shape, reduced, f.start, |_, a, at| (f.fold)(a, (f.before)(from[at])), |o, all| out[o] = (f.after)(all));
    Ok(())
}

/// By the kernels where whole rows are held against one another.
fn greatest(call: &mut Call) -> Result<()> {
    match Rows::of(call.shape(0), call.kept).filter(|rows| rows.inner > 1) {
        Some(rows) => {
            let (kernels, from) = (call.kernels, call.input::<f32>(0)?);
            rows.greatest(&kernels, from, call.output(0)?);
            Ok(())
        }
        None => floats(call, &GREATEST),
    }
}

/// By the kernels where what is summed lies side by side.
fn sums(call: &mut Call, mean: bool) -> Result<()> {
    refuse_whole(call)?;
    let (shape, reduced, from, n) = (call.shape(0), call.kept, call.input::<f32>(0)?, count(call));
    match Rows::of(shape, reduced) {
        Some(rows) => {
            let kernels = call.kernels;
            rows.sums(&kernels, from, call.output(0)?);
        }
        None => floats(call, &ADDED)?,
    }
    if mean {
        call.output::<f32>(0)?.iter_mut().for_each(|y| *y /= n as f32);
    }
    Ok(())
}
