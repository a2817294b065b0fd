//! Matrices taken apart (domain `vaerans`), their determinants, and where tensors are not 0.

use super::svd::{decompose, space};
use super::{Call, Infer, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&SVD, &DET, &NON_ZERO];

static SVD: Op = Op {
    number: 250,
    name: "SVD",
    outputs: (1, 3),
    infer: |infer| {
        let (outer, m, n) = matrix(infer)?;
        let k = m.min(n);
        let shaped = |more: &[usize]| Shape::of(&[outer.dims(), more].concat());
        let shapes = [shaped(&[m, k])?, shaped(&[k])?, shaped(&[k, n])?];
        shapes.into_iter().for_each(|shape| infer.gives(Type::F32, shape));
        infer.scratch = space(m, n).ok_or_else(|| infer.refuse("a matrix of too many elements"))?;
        Ok(())
    },
    run: svd,
    summary: "U, S and V^T of each matrix, the singular values from the greatest down",
    ..Op::BASE
};

/// The axes in front of a matrix, its rows and its columns.
fn matrix(infer: &Infer) -> Result<(Shape, usize, usize)> {
    let from = infer.input(0)?;
    match (from.ty, from.shape.dims()) {
        (Type::F32, [outer @ .., m, n]) => Ok((Shape::of(outer)?, *m, *n)),
        _ => Err(infer.refuse(format_args!("{} of {}, which is no matrix", from.shape, from.ty.name()))),
    }
}

fn svd(call: &mut Call) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let (m, n) = (shape[shape.rank() - 2], shape[shape.rank() - 1]);
    let k = m.min(n);
    let scratch = std::mem::take(&mut call.scratch);
    for (which, a) in from.chunks_exact((m * n).max(1)).enumerate() {
        let parts = decompose(a, m, n, scratch);
        if call.wants(0) {
            let u = &mut call.output::<f32>(0)?[which * m * k..][..m * k];
            u.iter_mut().enumerate().for_each(|(i, o)| *o = parts.left[i % k * m + i / k]);
        }
        if call.wants(1) {
            call.output::<f32>(1)?[which * k..][..k].copy_from_slice(parts.values);
        }
        if call.wants(2) {
            call.output::<f32>(2)?[which * k * n..][..k * n].copy_from_slice(parts.right);
        }
    }
    Ok(())
}

static DET: Op = Op {
    number: 251,
    name: "Det",
    infer: |infer| {
        let (outer, m, n) = matrix(infer)?;
        if m != n {
            return Err(infer.refuse(format_args!("a matrix of {m} x {n}")));
        }
        infer.gives(Type::F32, outer);
        infer.scratch = m * n;
        Ok(())
    },
    run: |call| {
        let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
        let n = shape[shape.rank() - 1];
        let scratch = std::mem::take(&mut call.scratch);
        let a = &mut scratch[..n * n];
        let out = call.output::<f32>(0)?;
        if n == 0 {
            out.fill(1.0);
        }
        for (o, x) in out.iter_mut().zip(from.chunks_exact((n * n).max(1))) {
            a.copy_from_slice(x);
            *o = determinant(a, n);
        }
        Ok(())
    },
    summary: "determinant of each matrix",
    ..Op::BASE
};

/// By elimination; the row of the largest number first.
fn determinant(a: &mut [f32], n: usize) -> f32 {
    let mut product = 1.0;
    for c in 0..n {
        let best = (c..n).fold(c, |best, r| if a[r * n + c].abs() > a[best * n + c].abs() { r } else { best });
        if best != c {
            (0..n).for_each(|i| a.swap(best * n + i, c * n + i));
            product = -product;
        }
        let pivot = a[c * n + c];
        product *= pivot;
        if pivot == 0.0 {
            return 0.0;
        }
        for r in c + 1..n {
            let factor = a[r * n + c] / pivot;
            (c..n).for_each(|i| a[r * n + i] -= factor * a[c * n + i]);
        }
    }
    product
}

static NON_ZERO: Op = Op {
    number: 109,
    name: "NonZero",
    infer: |infer| {
        let from = infer.input(0)?;
        let holds: Vec<bool> = match from.ty {
            Type::F32 => infer.floats(0)?.iter().map(|v| *v != 0.0).collect(),
            _ => infer.numbers(0)?.iter().map(|v| *v != 0).collect(),
        };
        let places: Vec<usize> = (0..holds.len()).filter(|&i| holds[i]).collect();
        let strides = from.shape.strides();
        let along = |axis: usize| places.iter().map(move |at| (at / strides[axis] % from.shape[axis]) as i64);
        infer.result = Some((0..from.shape.rank()).flat_map(along).collect());
        infer.gives(Type::I64, Shape::of(&[from.shape.rank(), places.len()])?);
        Ok(())
    },
    run: |call| Err(call.refuse("elements that were not known")),
    summary: "indices of what is not 0, a row for each axis; the elements have to be known before the network runs",
    ..Op::BASE
};
