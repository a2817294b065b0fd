//! Sums, products and other arithmetic of two operands, as NumPy broadcasts them.

use super::strided::{broadcast_strides, Walk};
use super::whole::{self, pair, Pair};
use super::{Call, Infer, Local, Op};
use crate::error::Result;
use crate::kernels::reference::nn::elementwise::Function;
use crate::nn::memory::Number;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&ADD, &SUB, &MUL, &DIV, &MIN, &MAX];

/// An operator of two operands of one type.
pub(super) const fn two(
    number: u16,
    name: &'static str,
    run: fn(&mut Call) -> Result<()>,
    summary: &'static str,
) -> Op {
    Op { number, name, inputs: (2, 2), local: Local::Elements, infer: alike, run, summary, ..Op::BASE }
}

static ADD: Op = two(16, "Add", |call| run(call, Function::Add, pair!(i64::wrapping_add)), "sum");
static SUB: Op = two(17, "Sub", |call| run(call, Function::Sub, pair!(i64::wrapping_sub)), "difference");
static MUL: Op = two(18, "Mul", |call| run(call, Function::Mul, pair!(i64::wrapping_mul)), "product");
static DIV: Op = two(
    19,
    "Div",
    |call| run(call, Function::Div, pair!(|a: i64, b| a.checked_div(b).unwrap_or(0))),
    "quotient; of whole numbers cut toward zero, and 0 where the divisor is 0",
);
static MIN: Op = two(21, "Min", |call| run(call, Function::Min, pair!(i64::min)), "the lesser; NaN if one is");
static MAX: Op = two(22, "Max", |call| run(call, Function::Max, pair!(i64::max)), "the greater; NaN if one is");

/// Both of one type; the output too.
pub(super) fn alike(infer: &mut Infer) -> Result<()> {
    let (a, b) = (infer.input(0)?, infer.input(1)?);
    if a.ty != b.ty {
        return Err(infer.refuse(format_args!("operands of {} and {}", a.ty.name(), b.ty.name())));
    }
    let shape = infer.broadcast(a.shape, b.shape)?;
    infer.gives(a.ty, shape);
    Ok(())
}

fn run(call: &mut Call, float: Function, whole: Pair) -> Result<()> {
    match call.ty() {
        Type::F32 => super::elementwise::two(call, float),
        _ => whole::pairs(call, whole),
    }
}

/// `f` of each pair of floats, row after row of the output.
pub(super) fn pairs<O: Number>(call: &mut Call, f: fn(f32, f32) -> O) -> Result<()> {
    let (a, b) = (call.input::<f32>(0)?, call.input::<f32>(1)?);
    let (sa, sb) = (call.shape(0), call.shape(1));
    let out = call.output_bytes(0)?;
    let shape = out.spec.shape;
    let out = out.elements::<O>()?;
    let walk = Walk::new(shape, [broadcast_strides(sa, shape), broadcast_strides(sb, shape)]);
    let (n, [step_a, step_b]) = walk.row();
    let mut rows = out.chunks_exact_mut(n.max(1));
    walk.rows(|[at_a, at_b]| {
        for (i, o) in rows.next().unwrap_or_default().iter_mut().enumerate() {
            *o = f(a[at_a + i * step_a], b[at_b + i * step_b]);
        }
    });
    Ok(())
}
