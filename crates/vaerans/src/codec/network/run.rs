//! A network run once, on one tensor.

use crate::ecs::Ctx;
use crate::error::{Error, Result};
use crate::nn::memory::{floats, floats_mut, Block, Bytes, BytesMut};
use crate::nn::ty::{Shape, Spec, Type};
use crate::nn::{Model, Options, Session};
use std::sync::Arc;

/// A tensor of floats whose first extent is 1: a latent (1, C, h, w), a picture (1, H, W, 3).
pub(super) struct Tensor {
    spec: Spec,
    block: Block,
}

impl Tensor {
    /// Zeros.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn zeros(ctx: &Ctx, dims: [usize; 3]) -> Result<Tensor> {
        let bytes = dims.iter().try_fold(4u64, |n, &d| n.checked_mul(d as u64)).unwrap_or(u64::MAX);
        ctx.limits.check_bytes(bytes, "bytes of what a network takes or gives")?;
        let spec = spec(dims)?;
        Ok(Tensor { spec, block: Block::new(spec.bytes())? })
    }

    pub fn floats(&mut self) -> Result<&[f32]> {
        floats(self.block.all())
    }

    pub fn floats_mut(&mut self) -> Result<&mut [f32]> {
        floats_mut(self.block.all())
    }
}

pub(super) fn spec([a, b, c]: [usize; 3]) -> Result<Spec> {
    Ok(Spec::new(Type::F32, Shape::of(&[1, a, b, c])?))
}

/// What a network gives for `input`: a tensor of these extents.
///
/// # Errors
/// `model.shape` where it is another; `limit.memory`; `model.run` for a network that stops.
pub(super) fn run(ctx: &Ctx, model: &Arc<Model>, mut input: Tensor, dims: [usize; 3]) -> Result<Tensor> {
    let options = Options { threads: ctx.threads, limits: *ctx.limits, ..Options::default() };
    let mut session = Session::new(model.clone(), options);
    let input = [Bytes::new(input.spec, input.block.all())?];
    let made = session.prepare(&input)?;
    let wanted = spec(dims)?;
    if made != [wanted] {
        let shapes: Vec<_> = made.iter().map(|s| format!("{} {}", s.ty.name(), s.shape)).collect();
        let text =
            format!("the network gives {} for {}; {} expected", shapes.join(", "), input[0].spec.shape, wanted.shape);
        return Err(Error::new("model.shape", text));
    }
    let mut output = Tensor::zeros(ctx, dims)?;
    session.run(&input, &mut [BytesMut::new(wanted, output.block.all())?])?;
    Ok(output)
}
