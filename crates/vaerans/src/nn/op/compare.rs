//! Comparisons and logic of two operands, and the choice between two.

use super::arithmetic::{alike, pairs, two};
use super::strided::{broadcast_strides, Walk};
use super::whole::{self, pair, Pair};
use super::{Call, Infer, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, Type};
use std::ops::{BitAnd, BitOr, BitXor};

pub(super) static OPS: &[&Op] = &[&EQUAL, &LESS, &LESS_OR_EQUAL, &GREATER, &GREATER_OR_EQUAL, &AND, &OR, &XOR, &WHERE];

fn holds(infer: &mut Infer) -> Result<()> {
    alike(infer)?;
    infer.outputs[0].ty = Type::Bool;
    Ok(())
}

fn compare(call: &mut Call, float: fn(f32, f32) -> u8, whole: Pair) -> Result<()> {
    match call.ty() {
        Type::F32 => pairs(call, float),
        _ => whole::pairs(call, whole),
    }
}

macro_rules! comparison {
    ($number:literal, $name:literal, $op:tt) => {{
        const fn op() -> Op {
            let run: fn(&mut Call) -> Result<()> =
                |call| compare(call, |a, b| (a $op b).into(), pair!(|a, b| i64::from(a $op b)));
            Op { infer: holds, ..two($number, $name, run, concat!("whether a ", stringify!($op), " b")) }
        }
        op()
    }};
}

static EQUAL: Op = comparison!(24, "Equal", ==);
static LESS: Op = comparison!(25, "Less", <);
static LESS_OR_EQUAL: Op = comparison!(26, "LessOrEqual", <=);
static GREATER: Op = comparison!(27, "Greater", >);
static GREATER_OR_EQUAL: Op = comparison!(28, "GreaterOrEqual", >=);

/// Both are flags.
const fn logic(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    let infer = |infer: &mut Infer| match infer.input(0)?.ty {
        Type::Bool => alike(infer),
        other => Err(infer.refuse(format_args!("elements of {}", other.name()))),
    };
    Op { infer, ..two(number, name, run, summary) }
}

static AND: Op = logic(29, "And", |call| whole::pairs(call, pair!(i64::bitand)), "whether both hold");
static OR: Op = logic(30, "Or", |call| whole::pairs(call, pair!(i64::bitor)), "whether one holds");
static XOR: Op = logic(31, "Xor", |call| whole::pairs(call, pair!(i64::bitxor)), "whether just one holds");

static WHERE: Op = Op {
    number: 32,
    name: "Where",
    inputs: (3, 3),
    infer: |infer| {
        let (condition, a, b) = (infer.input(0)?, infer.input(1)?, infer.input(2)?);
        if condition.ty != Type::Bool || a.ty != b.ty {
            return Err(infer.refuse("a condition that is no bool, or operands of two types"));
        }
        let both = infer.broadcast(a.shape, b.shape)?;
        let shape = infer.broadcast(both, condition.shape)?;
        infer.gives(a.ty, shape);
        Ok(())
    },
    run: choose,
    summary: "the second where the first holds, else the third",
    ..Op::BASE
};

fn choose(call: &mut Call) -> Result<()> {
    match call.spec(1).map_or(1, |s| s.ty.size()) {
        4 => choose_words::<4>(call, 4),
        size => choose_words::<0>(call, size),
    }
}

/// Elements of `W` bytes, whatever they are; of `size` bytes where `W` is 0.
fn choose_words<const W: usize>(call: &mut Call, size: usize) -> Result<()> {
    let size = if W > 0 { W } else { size };
    let (condition, a, b) = (call.input::<u8>(0)?, call.bytes(1)?.raw(), call.bytes(2)?.raw());
    let shapes: [Shape; 3] = std::array::from_fn(|i| call.shape(i));
    let out = call.output_bytes(0)?;
    let shape = out.spec.shape;
    let walk = Walk::new(shape, shapes.map(|s| broadcast_strides(s, shape)));
    let (n, steps) = walk.row();
    let mut elements = out.raw().chunks_exact_mut(size);
    walk.rows(|at| {
        for (i, o) in elements.by_ref().take(n).enumerate() {
            let (from, which) = if condition[at[0] + i * steps[0]] != 0 { (a, 1) } else { (b, 2) };
            copy_element(o, from, at[which] + i * steps[which]);
        }
    });
    Ok(())
}

/// Byte by byte: a copy of unknown size is a call.
#[inline(always)]
pub(super) fn copy_element(to: &mut [u8], from: &[u8], i: usize) {
    let from = &from[i * to.len()..][..to.len()];
    to.iter_mut().zip(from).for_each(|(o, x)| *o = *x);
}
