//! What is left by a division.

use super::arithmetic::{pairs, two};
use super::whole::{self, pair};
use super::{Call, Op};
use crate::error::Result;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&MOD];

static MOD: Op = Op {
    attributes: &[super::int("fmod")],
    ..two(23, "Mod", remainder, "remainder with the sign of the divisor; of the dividend if `fmod`")
};

fn remainder(call: &mut Call) -> Result<()> {
    match (call.ty(), call.int(0, 0) != 0) {
        (Type::F32, true) => pairs::<f32>(call, |a, b| a % b),
        (Type::F32, false) => pairs(call, of_divisor),
        (_, true) => whole::pairs(call, pair!(|a: i64, b| a.checked_rem(b).unwrap_or(0))),
        (_, false) => whole::pairs(call, pair!(whole_of_divisor)),
    }
}

/// As NumPy's `mod`: 0 has the sign of the divisor.
fn of_divisor(a: f32, b: f32) -> f32 {
    let r = a % b;
    if r == 0.0 {
        0f32.copysign(b)
    } else if (r < 0.0) != (b < 0.0) {
        r + b
    } else {
        r
    }
}

fn whole_of_divisor(a: i64, b: i64) -> i64 {
    match a.checked_rem(b) {
        Some(r) if r != 0 && (r < 0) != (b < 0) => r + b,
        Some(r) => r,
        None => 0,
    }
}
