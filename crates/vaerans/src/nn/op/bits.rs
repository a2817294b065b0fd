//! The bits of numbers.

use super::arithmetic::{alike, two};
use super::cast::TYPES;
use super::whole::{map, pair, pairs};
use super::{word, Call, Infer, Op};
use crate::error::Result;
use crate::nn::ty::Type;
use std::ops::{BitAnd, BitOr, BitXor};

pub(super) static OPS: &[&Op] = &[&AND, &OR, &XOR, &NOT, &SHIFT, &BIT_CAST];

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

static AND: Op = bits(120, "BitwiseAnd", |call| pairs(call, pair!(i64::bitand)), "bits that both have");
static OR: Op = bits(121, "BitwiseOr", |call| pairs(call, pair!(i64::bitor)), "bits that one has");
static XOR: Op = bits(122, "BitwiseXor", |call| pairs(call, pair!(i64::bitxor)), "bits that just one has");

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
            0 => pairs(call, pair!(left)),
            _ => pairs(call, pair!(right)),
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

static BIT_CAST: Op = Op {
    number: 125,
    name: "BitCast",
    attributes: &[word("type", TYPES)],
    infer: |infer| {
        let from = infer.input(0)?;
        match Type::ALL.get(infer.int(0, 0) as usize).copied() {
            Some(ty) if ty.size() == from.ty.size() && ty != Type::Bool => infer.gives(ty, from.shape),
            _ => return Err(infer.refuse("elements of another size")),
        }
        Ok(())
    },
    run: super::control::copy,
    summary: "the same bits as another type of that size",
    ..Op::BASE
};
