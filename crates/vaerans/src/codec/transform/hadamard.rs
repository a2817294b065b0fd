//! The orthonormal Hadamard transform over the channels of a latent.

use crate::arena::{DType, TensorRef};
#[cfg(not(all(feature = "encode", feature = "decode")))]
use crate::codec::registry::left_out;
use crate::codec::registry::{extra, Direction, Entry, Family};
use crate::component::{Component, Kind, Meta, Params, Value};
use crate::ecs::system::{forward, inverse};
use crate::ecs::{Ctx, Input, System};
use crate::error::{Error, Result};
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 16,
    name: "Hadamard4",
    inverse_name: Some("Hadamard4Inverse"),
    family: Family::Transform,
    takes: TAKES,
    gives: Kind::Yuvw,
    key: "YUVW4",
    build: extra(build),
    summary: "orthonormal Hadamard rotation of groups of 4 (2, 8, 16) channels",
};

const TAKES: &[Kind] = &[Kind::Latent, Kind::Planes, Kind::Foreign];

struct Hadamard {
    direction: Direction,
    size: usize,
}

fn build(direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
    params.only("Hadamard4", &["size"])?;
    let size = params.int("size", 4, 2..=16)? as usize;
    check(size, size)?;
    Ok(Arc::new(Hadamard { direction, size }))
}

/// Checks that `channels` split into groups of `size`.
///
/// # Errors
/// `param.range`, `param.shape`.
pub fn check(channels: usize, size: usize) -> Result<()> {
    if !matches!(size, 2 | 4 | 8 | 16) {
        return Err(Error::new("param.range", format!("size={size}; 2, 4, 8 or 16")));
    }
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

impl Hadamard {
    fn run_on(&self, ctx: &Ctx, input: &Component) -> Result<TensorRef> {
        let shape = input.data.shape();
        let source = input.data.read::<f32>()?;
        let mut result = ctx.arena.alloc(DType::F32, shape)?;
        let channels = shape.first().copied().unwrap_or(0);
        rotate(ctx.kernels, &source, result.as_mut_slice()?, channels, self.size)?;
        Ok(result.freeze())
    }
}

impl System for Hadamard {
    paired!();

    fn params(&self) -> Params {
        Params::new().with("size", Value::Int(self.size as i64))
    }

    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let data = self.run_on(ctx, inputs[0].component)?;
        Ok(match self.direction {
            #[cfg(feature = "encode")]
            Direction::Forward => forward(self, inputs[0], ENTRY.gives, data, Meta::None, Vec::new()),
            #[cfg(feature = "decode")]
            Direction::Inverse => {
                inputs[0].component.lineage.expect(ENTRY.number, self.name())?;
                inverse(inputs[0], data, Meta::None)
            }
            #[cfg(not(all(feature = "encode", feature = "decode")))]
            _ => return Err(left_out()),
        })
    }
}
