//! The bits of whole numbers.

use super::arithmetic::{alike, arithmetic, two, Float};
use super::unary::map;
use super::{word, Call, Infer, Op};
use crate::error::Result;
use crate::nn::ty::Type;
use std::ops::{BitAnd, BitOr, BitXor};

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

static AND: Op = bits(120, "BitwiseAnd", arithmetic!(Float::Each(|a, _| a), bitand), "bits that both have");
static OR: Op = bits(121, "BitwiseOr", arithmetic!(Float::Each(|a, _| a), bitor), "bits that one has");
static XOR: Op = bits(122, "BitwiseXor", arithmetic!(Float::Each(|a, _| a), bitxor), "bits that just one has");

static NOT: Op = Op {
    number: 123,
    name: "BitwiseNot",
    in_place: true,
    infer: |infer| {
        refuse_floats(infer)?;
        super::infer::same(infer)
    },
    run: |call| match call.ty().size() {
        1 if call.ty() == Type::I8 => map(call, |x: i8| !x),
        1 => map(call, |x: u8| !x),
        4 => map(call, |x: i32| !x),
        _ => map(call, |x: i64| !x),
    },
    summary: "every bit the other way",
    ..Op::BASE
};

static SHIFT: Op = Op {
    attributes: &[word("direction", &["LEFT", "RIGHT"])],
    ..bits(
        124,
        "BitShift",
        |call| match call.int(0, 0) {
            0 => arithmetic!(Float::Each(|a, _| a), left)(call),
            _ => arithmetic!(Float::Each(|a, _| a), right)(call),
        },
        "bits moved by so many places",
    )
};

/// Shifts by more places than there are leave nothing but the sign.
trait Shift: Sized {
    fn left(self, by: Self) -> Self;
    fn right(self, by: Self) -> Self;
}

macro_rules! shifts {
    ($($t:ty)*) => { $(
        impl Shift for $t {
            fn left(self, by: Self) -> Self {
                u32::try_from(by).ok().and_then(|by| self.checked_shl(by)).unwrap_or(0)
            }

            fn right(self, by: Self) -> Self {
                self >> u32::try_from(by).unwrap_or(u32::MAX).min(Self::BITS - 1)
            }
        }
    )* };
}

shifts!(i64 i32 i8);

impl Shift for u8 {
    fn left(self, by: Self) -> Self {
        self.checked_shl(by.into()).unwrap_or(0)
    }

    fn right(self, by: Self) -> Self {
        self.checked_shr(by.into()).unwrap_or(0)
    }
}
