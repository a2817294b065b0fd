//! Integers to a picture.

use super::blocks::{around, pixels};
use crate::codec::network::picture::Size;
use crate::codec::network::run::{run, Tensor};
use crate::ecs::Ctx;
use crate::error::{Error, Result};
use crate::learned::Layered;
use crate::pool;
use crate::rect::Rect;

/// Samples of a latent that are worked on at once: each takes about 10 KB of a network's memory.
const AT_ONCE: usize = 1 << 13;

/// Runs `work` on each block, on as many at once as threads and memory allow; the other threads go into each.
pub(super) fn over(ctx: &Ctx, blocks: &[Rect], work: impl Fn(&Ctx, Rect) -> Result<()> + Sync) -> Result<()> {
    let largest = blocks.iter().map(Rect::len).max().unwrap_or(1);
    let workers = ctx.threads.min(blocks.len()).min(AT_ONCE / largest).max(1);
    let inside = Ctx { threads: ctx.threads / workers, ..*ctx };
    match workers {
        1 => blocks.iter().try_for_each(|&b| work(ctx, b)),
        _ => pool::map(workers, blocks.len(), |i| work(&inside, blocks[i])).map(|_| ()),
    }
}

/// The integers of a picture, (C, h, w), and the codec that knows what they mean.
pub(super) struct Synthesis<'a> {
    pub codec: &'a Layered,
    /// Layers that are used.
    pub layers: usize,
    /// Rows and columns of the planes.
    pub size: Size,
    pub planes: &'a [i16],
    /// What an integer of each channel stands for, at the picture's quality.
    pub factors: Vec<f32>,
}

impl Synthesis<'_> {
    /// The pixels of a block of samples: (1, H, W, 3), about 0 to 1.
    ///
    /// # Errors
    /// `model.missing_file` for a layer whose network is not there; `limit.memory`.
    pub(super) fn block(&self, ctx: &Ctx, block: Rect) -> Result<Tensor> {
        let seen = around(block, self.codec.head.reach[0], self.size.height, self.size.width);
        let base = self.layer(ctx, 0, seen)?;
        let mut picture = self.cut(ctx, base, seen, block)?;
        for layer in 1..self.layers {
            let mut more = self.layer(ctx, layer, block)?;
            picture.floats_mut()?.iter_mut().zip(more.floats()?).for_each(|(p, m)| *p += m);
        }
        Ok(picture)
    }

    /// What a layer's network makes of samples.
    fn layer(&self, ctx: &Ctx, layer: usize, samples: Rect) -> Result<Tensor> {
        let missing = || Error::new("model.missing_file", format!("the codec was loaded without its layer {layer}"));
        let network = self.codec.layers[layer].synthesis.as_ref().ok_or_else(missing)?;
        let range = self.codec.predictor.range(layer);
        let mut latent = Tensor::zeros(ctx, [samples.height, samples.width, range.len()])?;
        let floats = latent.floats_mut()?;
        for (c, channel) in range.clone().enumerate() {
            let factor = self.factors[channel];
            for y in 0..samples.height {
                let from = (channel * self.size.height + samples.y + y) * self.size.width + samples.x;
                let row = &mut floats[y * samples.width * range.len() + c..];
                let to = row.iter_mut().step_by(range.len());
                to.zip(&self.planes[from..][..samples.width]).for_each(|(to, &q)| *to = f32::from(q) * factor);
            }
        }
        let made = pixels(samples, self.codec.head.downscale);
        run(ctx, network, latent, [made.height, made.width, 3])
    }

    /// The pixels of a block out of those of what is around it.
    fn cut(&self, ctx: &Ctx, mut from: Tensor, seen: Rect, block: Rect) -> Result<Tensor> {
        if seen == block {
            return Ok(from);
        }
        let (all, part) = (pixels(seen, self.codec.head.downscale), pixels(block, self.codec.head.downscale));
        let mut to = Tensor::zeros(ctx, [part.height, part.width, 3])?;
        let rows = from.floats()?.chunks_exact(3 * all.width).skip(part.y - all.y);
        for (to, row) in to.floats_mut()?.chunks_exact_mut(3 * part.width).zip(rows) {
            to.copy_from_slice(&row[3 * (part.x - all.x)..][..3 * part.width]);
        }
        Ok(to)
    }
}
