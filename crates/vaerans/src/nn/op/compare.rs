//! Comparisons and logic of two operands, and the choice between two.

use super::arithmetic::{alike, pairs, two};
use super::strided::{broadcast_strides, Walk};
use super::{Call, Infer, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&EQUAL, &LESS, &LESS_OR_EQUAL, &GREATER, &GREATER_OR_EQUAL, &AND, &OR, &XOR, &WHERE];

/// Two operands of one type, and whether something holds.
struct Comparison {
    float: fn(f32, f32) -> u8,
    long: fn(i64, i64) -> u8,
    int: fn(i32, i32) -> u8,
    byte: fn(u8, u8) -> u8,
    signed: fn(i8, i8) -> u8,
}

fn holds(infer: &mut Infer) -> Result<()> {
    alike(infer)?;
    infer.outputs[0].ty = Type::Bool;
    Ok(())
}

fn compare(call: &mut Call, f: &Comparison) -> Result<()> {
    match call.ty() {
        Type::F32 => pairs::<f32, f32, u8>(call, f.float),
        Type::I64 => pairs::<i64, i64, u8>(call, f.long),
        Type::I32 => pairs::<i32, i32, u8>(call, f.int),
        Type::U8 | Type::Bool => pairs::<u8, u8, u8>(call, f.byte),
        Type::I8 => pairs::<i8, i8, u8>(call, f.signed),
    }
}

macro_rules! comparison {
    ($number:literal, $name:literal, $op:tt) => {{
        const fn op() -> Op {
            Op {
                infer: holds,
                ..two(
                    $number,
                    $name,
                    |call| {
                        compare(
                            call,
                            &Comparison {
                                float: |a, b| u8::from(a $op b),
                                long: |a, b| u8::from(a $op b),
                                int: |a, b| u8::from(a $op b),
                                byte: |a, b| u8::from(a $op b),
                                signed: |a, b| u8::from(a $op b),
                            },
                        )
                    },
                    concat!("whether a ", stringify!($op), " b"),
                )
            }
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

static AND: Op = logic(29, "And", |call| pairs::<u8, u8, u8>(call, |a, b| a & b), "whether both hold");
static OR: Op = logic(30, "Or", |call| pairs::<u8, u8, u8>(call, |a, b| a | b), "whether one holds");
static XOR: Op = logic(31, "Xor", |call| pairs::<u8, u8, u8>(call, |a, b| a ^ b), "whether just one holds");

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
        1 => choose_words::<1>(call),
        4 => choose_words::<4>(call),
        _ => choose_words::<8>(call),
    }
}

/// Elements of `W` bytes, whatever they are.
fn choose_words<const W: usize>(call: &mut Call) -> Result<()> {
    let (condition, a, b) = (call.input::<u8>(0)?, call.bytes(1)?.raw(), call.bytes(2)?.raw());
    let shapes: [Shape; 3] = std::array::from_fn(|i| call.shape(i));
    let out = call.output_bytes(0)?;
    let shape = out.spec.shape;
    let walk = Walk::new(shape, shapes.map(|s| broadcast_strides(s, shape)));
    let (n, steps) = walk.row();
    let mut elements = out.raw().chunks_exact_mut(W);
    walk.rows(|at| {
        for i in 0..n {
            let from = if condition[at[0] + i * steps[0]] != 0 { (a, 1) } else { (b, 2) };
            let place = (at[from.1] + i * steps[from.1]) * W;
            if let Some(o) = elements.next() {
                o.copy_from_slice(&from.0[place..place + W]);
            }
        }
    });
    Ok(())
}
