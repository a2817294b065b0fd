//! Sums and other reductions along axes, and what is made of them: means, norms, the largest and where it is.

use super::{int, ints, Attribute, Call, Declared, Infer, Op};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::math;
use crate::nn::memory::Number;
use crate::nn::ty::{Shape, Type, MAX_RANK};

pub(super) static OPS: &[&Op] =
    &[&SUM, &MEAN, &MAX, &MIN, &PROD, &L1, &L2, &SUM_SQUARE, &LOG_SUM, &LOG_SUM_EXP, &ARG_MAX, &ARG_MIN];

const fn reduction(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    const ATTRIBUTES: &[Declared] = &[ints("axes"), int("keepdims"), int("noop_with_empty_axes")];
    Op { number, name, inputs: (1, 2), attributes: ATTRIBUTES, infer: reduced, run, summary, ..Op::BASE }
}

static SUM: Op = reduction(
    160,
    "ReduceSum",
    |call| {
        numbers(
            call,
            &Fold { float: sum(), long: i64::wrapping_add, int: i32::wrapping_add, byte: u8::wrapping_add, start: 0 },
        )
    },
    "sum",
);
static MEAN: Op = reduction(161, "ReduceMean", |call| floats(call, &Float { mean: true, ..sum() }), "mean");
static MAX: Op = reduction(
    162,
    "ReduceMax",
    |call| numbers(call, &Fold { float: greatest(), long: i64::max, int: i32::max, byte: u8::max, start: i64::MIN }),
    "greatest",
);
static MIN: Op = reduction(
    163,
    "ReduceMin",
    |call| numbers(call, &Fold { float: least(), long: i64::min, int: i32::min, byte: u8::min, start: i64::MAX }),
    "least",
);
static PROD: Op = reduction(
    164,
    "ReduceProd",
    |call| {
        numbers(
            call,
            &Fold {
                float: Float { start: 1.0, fold: |a, b| a * b, ..other() },
                long: i64::wrapping_mul,
                int: i32::wrapping_mul,
                byte: u8::wrapping_mul,
                start: 1,
            },
        )
    },
    "product",
);
static L1: Op =
    reduction(165, "ReduceL1", |call| floats(call, &Float { before: f32::abs, ..other() }), "sum of magnitudes");
static L2: Op = reduction(
    166,
    "ReduceL2",
    |call| floats(call, &Float { before: |x| x * x, after: f32::sqrt, ..other() }),
    "square root of the sum of squares",
);
static SUM_SQUARE: Op =
    reduction(167, "ReduceSumSquare", |call| floats(call, &Float { before: |x| x * x, ..other() }), "sum of squares");
static LOG_SUM: Op =
    reduction(168, "ReduceLogSum", |call| floats(call, &Float { after: math::log, ..sum() }), "logarithm of the sum");
static LOG_SUM_EXP: Op = reduction(169, "ReduceLogSumExp", log_sum_exp, "logarithm of the sum of exponentials");

/// A reduction of floats: `after(fold(before(x)))`.
struct Float {
    start: f32,
    before: fn(f32) -> f32,
    fold: fn(f32, f32) -> f32,
    after: fn(f32) -> f32,
    mean: bool,
    /// Whether it is the sum of the numbers themselves, for which there are kernels.
    plain_sum: bool,
}

const fn sum() -> Float {
    Float { start: 0.0, before: |x| x, fold: |a, b| a + b, after: |x| x, mean: false, plain_sum: true }
}

/// A sum of something else.
const fn other() -> Float {
    Float { plain_sum: false, ..sum() }
}

/// Axes side by side that go: how many elements they have, and what stands behind them.
struct Rows {
    n: usize,
    inner: usize,
}

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
}

const fn greatest() -> Float {
    Float { start: f32::NEG_INFINITY, fold: |a, b| if b > a || b.is_nan() { b } else { a }, ..other() }
}

const fn least() -> Float {
    Float { start: f32::INFINITY, fold: |a, b| if b < a || b.is_nan() { b } else { a }, ..other() }
}

/// A reduction that whole numbers have too.
struct Fold {
    float: Float,
    long: fn(i64, i64) -> i64,
    int: fn(i32, i32) -> i32,
    byte: fn(u8, u8) -> u8,
    /// Where it begins, as far as the type holds it.
    start: i64,
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

/// Each output from its elements of the input, in their order: `fold` takes what the output held, what was folded so far, and an element.
fn each<T: Copy>(
    shape: Shape,
    reduced: &[i64],
    from: &[T],
    out: &mut [T],
    start: T,
    fold: impl Fn(T, T, T) -> T,
    finish: impl Fn(T, T) -> T,
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
        let (held, mut all) = (out[o], start);
        walk(&gone, |at| all = fold(held, all, from[base + at]));
        out[o] = finish(held, all);
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

fn whole<T: Number>(call: &mut Call, start: T, fold: fn(T, T) -> T) -> Result<()> {
    let (shape, reduced, from) = (call.shape(0), call.kept, call.input::<T>(0)?);
    each(shape, reduced, from, call.output::<T>(0)?, start, |_, a, x| fold(a, x), |_, a| a);
    Ok(())
}

fn floats(call: &mut Call, f: &Float) -> Result<()> {
    if call.ty() != Type::F32 {
        return Err(call.refuse(format_args!("elements of {}", call.ty().name())));
    }
    let (shape, reduced, from, n) = (call.shape(0), call.kept, call.input::<f32>(0)?, count(call));
    let finish = |_, y| (f.after)(if f.mean { y / n as f32 } else { y });
    if f.plain_sum {
        if let Some(rows) = Rows::of(shape, reduced) {
            let kernels = call.kernels;
            let out = call.output::<f32>(0)?;
            rows.sums(&kernels, from, out);
            out.iter_mut().for_each(|y| *y = finish(0.0, *y));
            return Ok(());
        }
    }
    each(shape, reduced, from, call.output::<f32>(0)?, f.start, |_, a, x| (f.fold)(a, (f.before)(x)), finish);
    Ok(())
}

fn numbers(call: &mut Call, f: &Fold) -> Result<()> {
    match call.ty() {
        Type::F32 => floats(call, &f.float),
        Type::I64 => whole::<i64>(call, f.start, f.long),
        Type::I32 => whole::<i32>(call, f.start.clamp(i32::MIN.into(), i32::MAX.into()) as i32, f.int),
        Type::U8 | Type::Bool => whole::<u8>(call, f.start.clamp(0, 255) as u8, f.byte),
        Type::I8 => Err(call.refuse("elements of int8")),
    }
}

/// The greatest is taken out first, so that no exponential overflows.
fn log_sum_exp(call: &mut Call) -> Result<()> {
    let (shape, reduced, from) = (call.shape(0), call.kept, call.input::<f32>(0)?);
    let (most, out) = (greatest(), call.output::<f32>(0)?);
    each(shape, reduced, from, out, most.start, |_, a, x| (most.fold)(a, x), |_, m| m);
    let safe = |m: f32| if m.is_finite() { m } else { 0.0 };
    each(shape, reduced, from, out, 0.0, |m, sum, x| sum + math::exp(x - safe(m)), |m, sum| safe(m) + math::log(sum));
    Ok(())
}

const fn place_of(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    const ATTRIBUTES: &[Declared] = &[int("axis"), int("keepdims"), int("select_last_index")];
    Op { number, name, attributes: ATTRIBUTES, infer: along_axis, run, summary, ..Op::BASE }
}

static ARG_MAX: Op = place_of(176, "ArgMax", |call| find(call, |a, b| a > b), "where the greatest along an axis is");
static ARG_MIN: Op = place_of(177, "ArgMin", |call| find(call, |a, b| a < b), "where the least along an axis is");

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

fn find(call: &mut Call, better: fn(f64, f64) -> bool) -> Result<()> {
    match call.ty() {
        Type::F32 => find_in::<f32>(call, better),
        Type::I32 => find_in::<i32>(call, better),
        Type::U8 | Type::Bool => find_in::<u8>(call, better),
        Type::I8 => find_in::<i8>(call, better),
        Type::I64 => Err(call.refuse("elements of int64")),
    }
}

fn find_in<T: Number + Into<f64>>(call: &mut Call, better: fn(f64, f64) -> bool) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<T>(0)?);
    let axis = call.axis(call.int(0, 0), shape.rank());
    let last = call.int(2, 0) != 0;
    let inner: usize = shape[axis + 1..].iter().product();
    for (o, place) in call.output::<i64>(0)?.iter_mut().enumerate() {
        let base = o / inner * inner * shape[axis] + o % inner;
        let at = |k: usize| -> f64 { from[base + k * inner].into() };
        let mut best = 0;
        for k in 1..shape[axis] {
            if better(at(k), at(best)) || (last && at(k) == at(best)) {
                best = k;
            }
        }
        *place = best as i64;
    }
    Ok(())
}
