//! Powers: those that the compiler has not made products.

use super::arithmetic::pairs;
use super::strided::{broadcast_strides, Walk};
use super::whole::{self, pair, Whole, WholeMut};
use super::{Call, Op};
use crate::error::Result;
use crate::kernels::reference::nn::math;
use crate::nn::memory::Bytes;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&POW];

static POW: Op = Op {
    inputs: (2, 2),
    infer: |infer| {
        let (a, b) = (infer.input(0)?, infer.input(1)?);
        let shape = infer.broadcast(a.shape, b.shape)?;
        infer.gives(a.ty, shape);
        Ok(())
    },
    number: 20,
    name: "Pow",
    run: power,
    summary: "the first to the power of the second",
    ..Op::BASE
};

fn power(call: &mut Call) -> Result<()> {
    let exponent = call.spec(1).map(|s| s.ty);
    match (call.ty(), exponent) {
        (Type::F32, Some(Type::F32)) => pairs(call, math::pow),
        (Type::F32, _) | (_, Some(Type::F32)) => mixed_power(call),
        _ => whole::pairs(call, pair!(whole_power)),
    }
}

/// An element as a float, whatever it is.
fn float_at(bytes: &Bytes, i: usize) -> Result<f32> {
    match bytes.spec.ty {
        Type::F32 => Ok(bytes.elements::<f32>()?[i]),
        _ => Ok(Whole::of(*bytes)?.at(i) as f32),
    }
}

/// Of a float and a whole number, or the other way round.
fn mixed_power(call: &mut Call) -> Result<()> {
    let (a, b) = (call.bytes(0)?, call.bytes(1)?);
    let out = call.output_bytes(0)?;
    let shape = out.spec.shape;
    let walk = Walk::new(shape, [a, b].map(|x| broadcast_strides(x.spec.shape, shape)));
    let (n, steps) = walk.row();
    let (mut done, mut result) = (0, Ok(()));
    walk.rows(|at| {
        for i in 0..n {
            let power =
                float_at(&a, at[0] + i * steps[0]).and_then(|x| Ok(math::pow(x, float_at(&b, at[1] + i * steps[1])?)));
            let set = power.and_then(|p| match out.spec.ty {
                Type::F32 => out.elements().map(|o| o[done] = p),
                _ => WholeMut::of(out).map(|mut o| o.set(done, p as i64)),
            });
            if set.is_err() {
                result = set;
            }
            done += 1;
        }
    });
    result
}

/// Wraps around where it does not fit.
fn whole_power(base: i64, exponent: i64) -> i64 {
    match u32::try_from(exponent) {
        Ok(n) => base.wrapping_pow(n),
        Err(_) => i64::from(base == 1),
    }
}
