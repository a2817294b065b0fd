//! The bits of whole numbers.

use super::arithmetic::{alike, two};
use super::whole::{map, pairs};
use super::{word, Call, Infer, Op};
use crate::error::Result;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&AND, &OR, &XOR, &NOT, &SHIFT];

const fn bits(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    Op { infer: whole, ..two(number, name, run, summary) }
}

/// Both of one type of whole numbers.
fn whole(infer: &mut Infer) -> Result<()> {
    refuse_floats(infer)?;
    alike(infer)
}

fn refuse_floats(infer: &Infer) -> Result<()> {
    match infer.input(0)?.ty {
        Type::F32 | Type::Bool => Err(infer.refuse("elements that are no whole numbers")),
        _ => Ok(()),
    }
}

static AND: Op = bits(120, "BitwiseAnd", |call| pairs(call, |a, b| a & b), "bits that both have");
static OR: Op = bits(121, "BitwiseOr", |call| pairs(call, |a, b| a | b), "bits that one has");
static XOR: Op = bits(122, "BitwiseXor", |call| pairs(call, |a, b| a ^ b), "bits that just one has");

static NOT: Op = Op {
    number: 123,
    name: "BitwiseNot",
    in_place: true,
    infer: |infer| {
        refuse_floats(infer)?;
        super::infer::same(infer)
    },
    run: |call| map(call, |x| !x),
    summary: "every bit the other way",
    ..Op::BASE
};

static SHIFT: Op = Op {
    attributes: &[word("direction", &["LEFT", "RIGHT"])],
    ..bits(
        124,
        "BitShift",
        |call| match call.int(0, 0) {
            0 => pairs(call, left),
            _ => pairs(call, right),
        },
        "bits moved by so many places",
    )
};

/// Shifts by more places than there are leave nothing but the sign.
fn left(a: i64, by: i64) -> i64 {
    u32::try_from(by).ok().and_then(|by| a.checked_shl(by)).unwrap_or(0)
}

fn right(a: i64, by: i64) -> i64 {
    a >> u32::try_from(by).unwrap_or(u32::MAX).min(63)
}
