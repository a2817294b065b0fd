//! Exponentials divided by their sum, along an axis.

use super::{int, Call, Infer, Op};
use crate::error::Result;
use crate::nn::memory::in_parts;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&SOFTMAX, &LOG_SOFTMAX, &HARDMAX];

/// Numbers that a thread takes at once.
const PART: usize = 1 << 12;

/// A tensor as rows along one axis: how many before, along, and behind it.
#[derive(Debug, Clone, Copy)]
struct Rows {
    outer: usize,
    n: usize,
    inner: usize,
}

impl Rows {
    fn of(shape: Shape, axis: usize) -> Rows {
        let product = |dims: &[usize]| dims.iter().product();
        Rows { outer: product(&shape[..axis]), n: shape[axis], inner: product(&shape[axis + 1..]) }
    }

    /// Where each row begins; its numbers are `inner` apart.
    fn starts(self) -> impl Iterator<Item = usize> {
        (0..self.outer * self.inner).map(move |i| i / self.inner * self.inner * self.n + i % self.inner)
    }
}

const fn along(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    const ATTRIBUTES: &[super::Declared] = &[int("axis")];
    Op { number, name, attributes: ATTRIBUTES, infer, run, summary, ..Op::BASE }
}

fn infer(infer: &mut Infer) -> Result<()> {
    let from = infer.input(0)?;
    let axis = infer.axis(infer.int(0, -1), from.shape.rank())?;
    if from.ty != Type::F32 {
        return Err(infer.refuse(format_args!("elements of {}", from.ty.name())));
    }
    let rows = Rows::of(from.shape, axis);
    // A row whose numbers do not lie side by side is copied.
    infer.scratch = if rows.inner > 1 { 2 * rows.n } else { 0 };
    super::infer::same(infer)
}

static SOFTMAX: Op = along(180, "Softmax", |call| soft(call, false), "exponentials divided by their sum");
static LOG_SOFTMAX: Op = along(181, "LogSoftmax", |call| soft(call, true), "logarithm of the softmax");

fn soft(call: &mut Call, logarithm: bool) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let rows = Rows::of(shape, call.axis(call.int(0, -1), shape.rank()));
    let (kernels, threads, scratch) = (call.kernels, call.threads, std::mem::take(&mut call.scratch));
    let out = call.output::<f32>(0)?;
    if out.is_empty() {
        return Ok(());
    }
    if rows.inner == 1 {
        let each = (PART / rows.n).clamp(1, rows.outer) * rows.n;
        return in_parts(threads, out.len().div_ceil(each), each, out, |i, part| {
            kernels.softmax(&from[i * each..][..part.len()], rows.n, logarithm, part);
            Ok(())
        });
    }
    let (row, result) = scratch[..2 * rows.n].split_at_mut(rows.n);
    for start in rows.starts() {
        row.iter_mut().enumerate().for_each(|(k, x)| *x = from[start + k * rows.inner]);
        kernels.softmax(row, rows.n, logarithm, result);
        result.iter().enumerate().for_each(|(k, y)| out[start + k * rows.inner] = *y);
    }
    Ok(())
}

static HARDMAX: Op = along(
    182,
    "Hardmax",
    |call| {
        let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
        let rows = Rows::of(shape, call.axis(call.int(0, -1), shape.rank()));
        let out = call.output::<f32>(0)?;
        for start in rows.starts() {
            let places = (0..rows.n).map(|k| start + k * rows.inner);
            let best = places.clone().reduce(|a, b| if from[b] > from[a] { b } else { a });
            places.for_each(|i| out[i] = if Some(i) == best { 1.0 } else { 0.0 });
        }
        Ok(())
    },
    "1 where the greatest is, else 0",
);
