//! The orthonormal Hadamard transform over the channels of a latent.

use crate::arena::DType;
use crate::component::{Kind, Params};
use crate::ecs::{Ctx, Input, Output, System, TensorType, Ty};
use crate::error::{Error, Result};
use crate::registry::entry::{decoder, encoder, Build};
use crate::registry::schema::{words, Param};
use crate::registry::{Entry, Family};
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 16,
    name: "Hadamard4",
    inverse_name: Some("Hadamard4Inverse"),
    family: Family::Transform,
    takes: &[Kind::Latent, Kind::Planes, Kind::Foreign],
    gives: Kind::Yuvw,
    key: "YUVW4",
    params: &[Param::int("size", 4, 2, 16, "channels per group: 2, 4, 8 or 16")],
    canonical: |params| check_size(params.int("size") as usize).map(|()| params),
    infer,
    forward: encoder(BUILD),
    inverse: decoder(BUILD),
    summary: words("orthonormal Hadamard rotation of groups of 4 (2, 8, 16) channels"),
    ..Entry::BASE
}
.extra();

/// The transform is its own inverse.
const BUILD: Build = |params| Ok(Arc::new(Hadamard { size: params.int("size") as usize }));

fn infer(params: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let tensor = &inputs[0].tensor;
    tensor.one_of(&[DType::F32])?;
    if let Some(shape) = &tensor.shape {
        check(shape.first().copied().unwrap_or(0), params.int("size") as usize)?;
    }
    Ok(tensor.with_dtype(DType::F32))
}

fn check_size(size: usize) -> Result<()> {
    match size {
        2 | 4 | 8 | 16 => Ok(()),
        _ => Err(Error::new("param.range", format!("size={size}; 2, 4, 8 or 16"))),
    }
}

struct Hadamard {
    size: usize,
}

/// Checks that `channels` split into groups of `size`.
///
/// # Errors
/// `param.range`, `param.shape`.
pub fn check(channels: usize, size: usize) -> Result<()> {
    check_size(size)?;
    if channels == 0 || channels % size != 0 {
        let text = format!("{channels} channels do not split into groups of {size}");
        return Err(Error::new("param.shape", text));
    }
    Ok(())
}

/// Rotates every group of `size` planes of `src` (channels, ...) into `dst`; its own inverse.
///
/// # Errors
/// `param.shape` where the lengths differ or the channels do not split.
pub fn rotate(kernels: Kernels, src: &[f32], dst: &mut [f32], channels: usize, size: usize) -> Result<()> {
    check(channels, size)?;
    if src.len() != dst.len() {
        return Err(Error::new("param.shape", format!("{} values into {}", src.len(), dst.len())));
    }
    let plane = src.len() / channels;
    if plane == 0 {
        return Ok(());
    }
    for (from, to) in src.chunks_exact(plane * size).zip(dst.chunks_exact_mut(plane * size)) {
        let from: Vec<&[f32]> = from.chunks_exact(plane).collect();
        let mut to: Vec<&mut [f32]> = to.chunks_exact_mut(plane).collect();
        kernels.hadamard_forward(&from, &mut to);
    }
    Ok(())
}

impl System for Hadamard {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let input = &inputs[0].component.data;
        let mut result = ctx.arena.alloc(DType::F32, input.shape())?;
        let channels = input.shape().first().copied().unwrap_or(0);
        rotate(ctx.kernels, &input.read::<f32>()?, result.as_mut_slice()?, channels, self.size)?;
        Ok(result.freeze().into())
    }
}
