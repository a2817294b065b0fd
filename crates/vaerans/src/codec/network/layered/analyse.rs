//! A picture to integers.

use super::blocks::{around, blocks, pixels};
use super::synthesise::{over, Synthesis};
use super::Integers;
use crate::arena::zeros;
use crate::codec::network::picture::{Pixels, Size};
use crate::codec::network::run::{run, Tensor};
use crate::codec::tile::{ImageView, Samples};
use crate::ecs::Ctx;
use crate::error::{Error, Result};
use crate::learned::Layered;
use crate::nn::Model;
use crate::rect::Rect;
use std::sync::{Arc, Mutex, PoisonError};

/// Largest integer that a picture is coded with.
const MOST: f32 = 4095.0;

/// The latent of a picture's base layer: what its integers at all qualities follow from.
pub(in crate::codec) struct Analysis<'a> {
    codec: &'a Layered,
    picture: Pixels<'a>,
    /// Rows and columns of the latent.
    size: Size,
    /// (h, w, C).
    base: Vec<f32>,
}

impl<'a> Analysis<'a> {
    /// Runs the encoder.
    ///
    /// # Errors
    /// `model.missing_file` for a codec without its encoder; `data.not_finite`; `limit.memory`.
    pub fn new(ctx: &Ctx, codec: &'a Layered, picture: &ImageView<'a>) -> Result<Analysis<'a>> {
        let scale = codec.head.downscale;
        let size = Size { height: picture.height.div_ceil(scale), width: picture.width.div_ceil(scale) };
        let pixels = Size { height: picture.height, width: picture.width };
        let picture = Pixels::of(picture.samples, pixels);
        let channels = codec.channels(1);
        let base = zeros(size.height * size.width * channels)?;
        let mut analysis = Analysis { codec, picture, size, base };
        let network = analysis.network(0)?;
        let all = Mutex::new(std::mem::take(&mut analysis.base));
        over(ctx, &blocks(size.height, size.width), |ctx, block| {
            let seen = around(block, codec.head.reach[1], size.height, size.width);
            let mut made = run(ctx, network, analysis.floats(ctx, seen)?, [seen.height, seen.width, channels])?;
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            let rows = made.floats()?.chunks_exact(seen.width * channels).skip(block.y - seen.y).take(block.height);
            for (y, row) in rows.enumerate() {
                let to = ((block.y + y) * size.width + block.x) * channels;
                let from = (block.x - seen.x) * channels;
                all[to..to + block.width * channels].copy_from_slice(&row[from..from + block.width * channels]);
            }
            Ok(())
        })?;
        analysis.base = all.into_inner().unwrap_or_else(PoisonError::into_inner);
        match analysis.base.iter().all(|v| v.is_finite()) {
            true => Ok(analysis),
            false => Err(Error::new("data.not_finite", "the encoder of a codec makes NaN or infinity")),
        }
    }

    fn network(&self, layer: usize) -> Result<&'a Arc<Model>> {
        let missing = || Error::new("model.missing_file", "the codec has no encoder: it can only decode");
        self.codec.layers[layer].analysis.as_ref().ok_or_else(missing)
    }

    /// Its integers at a quality: of the base, and from the codec's own step on of the layers above it.
    ///
    /// # Errors
    /// As [`Analysis::new`].
    pub fn integers(&self, ctx: &Ctx, step: usize) -> Result<Integers> {
        let layers = if step < self.codec.head.base_steps { 1 } else { self.codec.layers.len() };
        let mut all = Integers::zeros([self.codec.channels(layers), self.size.height, self.size.width])?;
        let whole = Rect::whole(self.size.width, self.size.height);
        self.put(&self.base, whole, step, 0, &mut all)?;
        for layer in 1..layers {
            all = self.above(ctx, step, layer, all)?;
        }
        Ok(all)
    }

    /// Adds the integers of a layer: of what is missing of the picture that those below it make.
    fn above(&self, ctx: &Ctx, step: usize, layer: usize, below: Integers) -> Result<Integers> {
        let (network, channels) = (self.network(layer)?, self.codec.predictor.range(layer).len());
        let mut made = Integers::zeros(below.shape)?;
        made.values.copy_from_slice(&below.values);
        let made = Mutex::new(made);
        let factors = self.codec.factors(step);
        let synthesis =
            Synthesis { codec: self.codec, layers: layer, size: self.size, planes: &below.values, factors };
        over(ctx, &blocks(self.size.height, self.size.width), |ctx, block| {
            let mut picture = synthesis.block(ctx, block)?;
            let mut missing = self.floats(ctx, block)?;
            missing.floats_mut()?.iter_mut().zip(picture.floats()?).for_each(|(x, p)| *x -= p);
            drop(picture);
            let mut latent = run(ctx, network, missing, [block.height, block.width, channels])?;
            let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
            self.put(latent.floats()?, block, step, layer, &mut made)
        })?;
        Ok(made.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn floats(&self, ctx: &Ctx, samples: Rect) -> Result<Tensor> {
        let window = pixels(samples, self.codec.head.downscale);
        let mut tensor = Tensor::zeros(ctx, [window.height, window.width, 3])?;
        self.picture.floats(window, tensor.floats_mut()?);
        Ok(tensor)
    }

    /// Puts the integers of a block's latent (h, w, C) in their place.
    fn put(&self, latent: &[f32], block: Rect, step: usize, layer: usize, to: &mut Integers) -> Result<()> {
        let range = self.codec.predictor.range(layer);
        let gain = |c: usize| self.codec.predictor.anchor(step, c).gain as f32 / 4096.0;
        let gains: Vec<f32> = range.clone().map(gain).collect();
        let [_, height, width] = to.shape;
        for (i, sample) in latent.chunks_exact(gains.len()).enumerate() {
            let at = (block.y + i / block.width) * width + block.x + i % block.width;
            for (c, (v, gain)) in sample.iter().zip(&gains).enumerate() {
                let scaled = v * gain;
                if !scaled.is_finite() {
                    return Err(Error::new("data.not_finite", "a latent of a codec holds NaN or infinity"));
                }
                let scaled = scaled.round_ties_even().clamp(-MOST, MOST);
                to.values[(range.start + c) * height * width + at] = scaled as i16;
            }
        }
        Ok(())
    }
}

/// A picture in memory as `Analysis` takes it.
pub(super) fn view<'a>(samples: Samples<'a>, shape: &[usize]) -> ImageView<'a> {
    ImageView { width: shape[1], height: shape[0], channels: shape[2], samples }
}
