//! Places of elements, and indices that tensors hold.

use super::whole::Whole;
use super::{Call, Infer};
use crate::error::Result;
use crate::nn::ty::{Shape, Spec, Type, MAX_RANK};

/// Where an element of index `i` of a shape is along each axis.
pub(super) fn index_of(mut i: usize, shape: Shape) -> [usize; MAX_RANK] {
    let mut index = [0; MAX_RANK];
    for axis in (0..shape.rank()).rev() {
        index[axis] = i % shape[axis];
        i /= shape[axis];
    }
    index
}

pub(super) fn place_of(index: &[usize], shape: Shape) -> usize {
    let strides = shape.strides();
    index.iter().zip(&strides).map(|(i, s)| i * s).sum()
}

/// A whole number of an input.
pub(super) fn whole(call: &Call, input: usize, i: usize) -> Result<i64> {
    Ok(Whole::of(call.bytes(input)?)?.at(i))
}

/// Refuses indices that are no whole numbers of 32 or 64 bits.
pub(super) fn indices(infer: &Infer, i: usize) -> Result<Spec> {
    match infer.input(i)? {
        spec if matches!(spec.ty, Type::I64 | Type::I32) => Ok(spec),
        spec => Err(infer.refuse(format_args!("indices of {}", spec.ty.name()))),
    }
}

/// An index of `n`, counted from the end if it is negative.
pub(super) fn within(call: &Call, given: i64, n: usize) -> Result<usize> {
    let at = if given < 0 { given.saturating_add(n as i64) } else { given };
    let at = usize::try_from(at).ok().filter(|&at| at < n);
    at.ok_or_else(|| call.refuse(format_args!("index {given} of {n}")))
}
