//! Whole numbers of every type as those of 64 bits, a block at a time: what networks do to few of them has one form, not one a type.

use super::strided::{broadcast_strides, Walk};
use super::{Call, Operand};
use crate::error::{Error, Result};
use crate::nn::memory::{Bytes, BytesMut};
use crate::nn::ty::Type;

/// Numbers of a block.
const BLOCK: usize = 128;

/// Whole numbers to read.
#[derive(Clone, Copy)]
pub(super) enum Whole<'a> {
    Long(&'a [i64]),
    Int(&'a [i32]),
    Signed(&'a [i8]),
    Byte(&'a [u8]),
}

fn no_whole() -> Error {
    Error::new("model.run", "floats where whole numbers are wanted")
}

impl<'a> Whole<'a> {
    /// # Errors
    /// `model.run` for floats.
    pub fn of(bytes: Bytes<'a>) -> Result<Whole<'a>> {
        Ok(match bytes.spec.ty {
            Type::I64 => Whole::Long(bytes.elements()?),
            Type::I32 => Whole::Int(bytes.elements()?),
            Type::I8 => Whole::Signed(bytes.elements()?),
            Type::U8 | Type::Bool => Whole::Byte(bytes.elements()?),
            Type::F32 => return Err(no_whole()),
        })
    }

    pub fn at(&self, i: usize) -> i64 {
        let mut one = [0];
        self.read(i, 0, &mut one);
        one[0]
    }

    /// Those from `at` on, `step` from one to the next.
    pub fn read(&self, at: usize, step: usize, into: &mut [i64]) {
        fn each<T: Copy + Into<i64>>(from: &[T], at: usize, step: usize, into: &mut [i64]) {
            match step {
                1 => into.iter_mut().zip(&from[at..]).for_each(|(o, &x)| *o = x.into()),
                _ => into.iter_mut().enumerate().for_each(|(i, o)| *o = from[at + i * step].into()),
            }
        }
        match self {
            Whole::Long(v) => each(v, at, step, into),
            Whole::Int(v) => each(v, at, step, into),
            Whole::Signed(v) => each(v, at, step, into),
            Whole::Byte(v) => each(v, at, step, into),
        }
    }
}

/// Whole numbers to write; what does not fit wraps around.
pub(super) enum WholeMut<'a> {
    Long(&'a mut [i64]),
    Int(&'a mut [i32]),
    Signed(&'a mut [i8]),
    Byte(&'a mut [u8]),
}

impl<'a> WholeMut<'a> {
    /// # Errors
    /// `model.run` for floats.
    pub fn of(bytes: &'a mut BytesMut<'_>) -> Result<WholeMut<'a>> {
        Ok(match bytes.spec.ty {
            Type::I64 => WholeMut::Long(bytes.elements()?),
            Type::I32 => WholeMut::Int(bytes.elements()?),
            Type::I8 => WholeMut::Signed(bytes.elements()?),
            Type::U8 | Type::Bool => WholeMut::Byte(bytes.elements()?),
            Type::F32 => return Err(no_whole()),
        })
    }

    /// The same to read.
    pub fn read(&self) -> Whole<'_> {
        match self {
            WholeMut::Long(v) => Whole::Long(v),
            WholeMut::Int(v) => Whole::Int(v),
            WholeMut::Signed(v) => Whole::Signed(v),
            WholeMut::Byte(v) => Whole::Byte(v),
        }
    }

    pub fn set(&mut self, i: usize, number: i64) {
        self.write(i, &[number]);
    }

    /// Those from `at` on.
    pub fn write(&mut self, at: usize, from: &[i64]) {
        match self {
            WholeMut::Long(v) => v[at..][..from.len()].copy_from_slice(from),
            WholeMut::Int(v) => v[at..].iter_mut().zip(from).for_each(|(o, &x)| *o = x as i32),
            WholeMut::Signed(v) => v[at..].iter_mut().zip(from).for_each(|(o, &x)| *o = x as i8),
            WholeMut::Byte(v) => v[at..].iter_mut().zip(from).for_each(|(o, &x)| *o = x as u8),
        }
    }
}

/// The least and the greatest number of a type.
pub(super) fn bounds(ty: Type) -> (i64, i64) {
    match ty {
        Type::I64 | Type::F32 => (i64::MIN, i64::MAX),
        Type::I32 => (i32::MIN.into(), i32::MAX.into()),
        Type::I8 => (i8::MIN.into(), i8::MAX.into()),
        Type::U8 | Type::Bool => (0, u8::MAX.into()),
    }
}

/// Blocks of `n`: where each begins, and its length.
pub(super) fn blocks(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).step_by(BLOCK).map(move |at| (at, BLOCK.min(n - at)))
}

/// Room for a block.
pub(super) const ROOM: [i64; BLOCK] = [0; BLOCK];

/// What is done to the numbers of a block, and those that they are paired with: as a loop, because a call for each takes longer than the work.
pub(super) type Pair = fn(&mut [i64], &[i64]);

/// A [`Pair`] of a function of two.
macro_rules! pair {
    ($f:expr) => {
        |x: &mut [i64], y: &[i64]| x.iter_mut().zip(y).for_each(|(x, &y)| *x = $f(*x, y))
    };
}

pub(super) use pair;

/// What `f` makes of all pairs, as NumPy broadcasts them.
pub(super) fn pairs(call: &mut Call, f: Pair) -> Result<()> {
    let (a, b) = (Whole::of(call.bytes(0)?)?, Whole::of(call.bytes(1)?)?);
    let (sa, sb) = (call.shape(0), call.shape(1));
    let out = call.output_bytes(0)?;
    let shape = out.spec.shape;
    let mut out = WholeMut::of(out)?;
    let walk = Walk::new(shape, [broadcast_strides(sa, shape), broadcast_strides(sb, shape)]);
    let (n, [step_a, step_b]) = walk.row();
    let (mut x, mut y, mut done) = (ROOM, ROOM, 0);
    walk.rows(|[at_a, at_b]| {
        for (i, len) in blocks(n) {
            let (x, y) = (&mut x[..len], &mut y[..len]);
            a.read(at_a + i * step_a, step_a, x);
            b.read(at_b + i * step_b, step_b, y);
            f(x, y);
            out.write(done, x);
            done += len;
        }
    });
    Ok(())
}

/// `f` of each, where it stands or elsewhere.
pub(super) fn map(call: &mut Call, f: impl Fn(i64) -> i64) -> Result<()> {
    let from = match call.inputs[0] {
        Operand::InPlace(_) => None,
        _ => Some(Whole::of(call.bytes(0)?)?),
    };
    let out = call.output_bytes(0)?;
    let n = out.spec.shape.len();
    let mut out = WholeMut::of(out)?;
    let mut room = ROOM;
    for (at, len) in blocks(n) {
        let x = &mut room[..len];
        from.unwrap_or_else(|| out.read()).read(at, 1, x);
        x.iter_mut().for_each(|x| *x = f(*x));
        out.write(at, x);
    }
    Ok(())
}
