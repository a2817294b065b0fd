//! A picture to integers.

use super::blocks::{around, blocks, pixels};
use super::synthesise::{over, Synthesis};
use crate::codec::network::picture::{Pixels, Size};
use crate::codec::network::run::{run, Tensor};
use crate::ecs::Ctx;
use crate::error::{Error, Result};
use crate::learned::Layered;
use crate::nn::Model;
use crate::rect::Rect;
use std::sync::{Arc, Mutex, PoisonError};

/// Largest integer that a picture is coded with.
const MOST: f32 = 4095.0;

/// The integers of a picture: (C, h, w).
pub(super) struct Integers {
    pub channels: usize,
    /// Rows and columns.
    pub size: Size,
    pub planes: Vec<i16>,
}

impl Integers {
    fn zeros(channels: usize, size: Size) -> Result<Integers> {
        Ok(Integers { channels, size, planes: crate::arena::zeros(channels * size.height * size.width)? })
    }
}

/// What a picture becomes at a quality: the base, and the layer above it from the codec's own step on.
///
/// # Errors
/// `model.missing_file` for a codec without its encoder; `data.not_finite`; `limit.memory`.
pub(super) fn analyse(ctx: &Ctx, codec: &Layered, step: usize, picture: &Pixels) -> Result<Integers> {
    let scale = codec.head.downscale;
    let size = Size { height: picture.size.height.div_ceil(scale), width: picture.size.width.div_ceil(scale) };
    let layers = if step < codec.head.base_steps { 1 } else { codec.layers.len() };
    let mut found = Integers::zeros(codec.channels(layers), size)?;
    for layer in 0..layers {
        let maker = Maker { ctx, codec, step, picture, layer, size };
        let below = Mutex::new(found);
        maker.run(&below)?;
        found = below.into_inner().unwrap_or_else(PoisonError::into_inner);
    }
    Ok(found)
}

/// Makes the integers of one layer.
struct Maker<'a> {
    ctx: &'a Ctx<'a>,
    codec: &'a Layered,
    step: usize,
    picture: &'a Pixels<'a>,
    layer: usize,
    size: Size,
}

impl Maker<'_> {
    fn run(&self, found: &Mutex<Integers>) -> Result<()> {
        let missing = || Error::new("model.missing_file", "the codec has no encoder: it can only decode");
        let network = self.codec.layers[self.layer].analysis.as_ref().ok_or_else(missing)?;
        let gains: Vec<f32> = self.codec.predictor.range(self.layer).map(|c| self.gain(c)).collect();
        // What is below does not change while this layer is made.
        let below = match self.layer {
            0 => Vec::new(),
            _ => found.lock().unwrap_or_else(PoisonError::into_inner).planes.clone(),
        };
        over(self.ctx, &blocks(self.size.height, self.size.width), |ctx, block| {
            let latent = match self.layer {
                0 => self.base(ctx, network, block)?,
                _ => self.above(ctx, network, block, &below)?,
            };
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            self.put(latent, block, &gains, &mut found)
        })
    }

    /// Integers per unit of latent.
    fn gain(&self, channel: usize) -> f32 {
        self.codec.predictor.anchor(self.step, channel).gain as f32 / 4096.0
    }

    /// The latent of the picture in a block, and what is around it.
    fn base(&self, ctx: &Ctx, network: &Arc<Model>, block: Rect) -> Result<(Tensor, Rect)> {
        let seen = around(block, self.codec.head.reach[1], self.size.height, self.size.width);
        let pixels = self.floats(ctx, seen)?;
        let channels = self.codec.channels(1);
        Ok((run(ctx, network, pixels, [seen.height, seen.width, channels])?, seen))
    }

    /// The latent of what the base misses of a block.
    fn above(&self, ctx: &Ctx, network: &Arc<Model>, block: Rect, below: &[i16]) -> Result<(Tensor, Rect)> {
        let synthesis = Synthesis { codec: self.codec, step: self.step, layers: self.layer, size: self.size, planes: below };
        let mut made = synthesis.block(ctx, block)?;
        let mut missing = self.floats(ctx, block)?;
        missing.floats_mut()?.iter_mut().zip(made.floats()?).for_each(|(x, m)| *x -= m);
        drop(made);
        let channels = self.codec.predictor.range(self.layer).len();
        Ok((run(ctx, network, missing, [block.height, block.width, channels])?, block))
    }

    fn floats(&self, ctx: &Ctx, samples: Rect) -> Result<Tensor> {
        let window = pixels(samples, self.codec.head.downscale);
        let mut tensor = Tensor::zeros(ctx, [window.height, window.width, 3])?;
        self.picture.floats(window, tensor.floats_mut()?);
        Ok(tensor)
    }

    /// Integers of a block of a latent.
    fn put(&self, (mut latent, seen): (Tensor, Rect), block: Rect, gains: &[f32], found: &mut Integers) -> Result<()> {
        let (floats, first) = (latent.floats()?, self.codec.predictor.range(self.layer).start);
        let Size { height, width } = self.size;
        for y in 0..block.height {
            for x in 0..block.width {
                let at = ((block.y - seen.y + y) * seen.width + block.x - seen.x + x) * gains.len();
                for (c, (v, gain)) in floats[at..][..gains.len()].iter().zip(gains).enumerate() {
                    let scaled = v * gain;
                    if !scaled.is_finite() {
                        return Err(Error::new("data.not_finite", "the encoder of a codec makes NaN or infinity"));
                    }
                    let to = ((first + c) * height + block.y + y) * width + block.x + x;
                    found.planes[to] = scaled.round_ties_even().clamp(-MOST, MOST) as i16;
                }
            }
        }
        Ok(())
    }
}
