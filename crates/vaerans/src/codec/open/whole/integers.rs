//! The integers of the whole picture: those of its tiles, put together.

use super::Whole;
use crate::arena::DType;
use crate::codec::network::layered::{samples, Integers};
use crate::codec::open::load::load;
use crate::codec::open::undo::Undo;
use crate::codec::predict;
use crate::codec::scratch::{with_arena, workers, SPARE};
use crate::component::{Component, Lineage, Meta, StepRecord};
use crate::error::{Error, Result};
use crate::learned::Layered;
use crate::pool;
use crate::rect::Rect;
use std::sync::{Mutex, PoisonError};

impl Whole<'_> {
    /// The integers of all tiles that a window of pixels touches; 0 in the others.
    pub(super) fn integers(&self, needed: Rect, codec: &Layered) -> Result<Integers> {
        let (decoder, grid, scale) = (self.decoder, self.decoder.geometry.grid(), codec.head.downscale);
        if grid.len() > 1 && grid.edge() % scale > 0 {
            return Err(Error::new("stream.invalid", "tiles that are not whole samples of the latent"));
        }
        let tiles: Vec<usize> = (0..grid.len()).filter(|&t| grid.rect(t).cut(&needed).is_some()).collect();
        for level in 0..decoder.levels {
            tiles.iter().try_for_each(|&t| decoder.opened.item.check_there(0, level, t))?;
        }
        let [channels, ..] = self.made(tiles[0])?;
        if codec.predictor.layers_of(channels) != Some(decoder.opened.item.header.streams[0].levels) {
            return Err(Error::new("stream.invalid", "other levels than the codec has layers of so many channels"));
        }
        let shape = [channels, decoder.geometry.height.div_ceil(scale), decoder.geometry.width.div_ceil(scale)];
        let count = shape.iter().try_fold(1u64, |n, &d| n.checked_mul(d as u64)).unwrap_or(u64::MAX);
        decoder.opened.limits.check_elements(count, "integers of a picture")?;
        decoder.opened.check_memory(count.saturating_mul(2))?;
        let all = Mutex::new(Integers::zeros(shape)?);
        let threads = workers(self.threads, count.saturating_mul(2), self.bytes(tiles[0])?, &decoder.opened.limits)?;
        pool::map(threads, tiles.len(), |n| self.tile(tiles[n], samples(grid.rect(tiles[n]), scale), &all))?;
        Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shape of what the step made of a tile.
    fn made(&self, tile: usize) -> Result<[usize; 3]> {
        let behind = self.behind(tile)?;
        let shape = behind.steps().first().map(|s| s.origin.shape.clone()).unwrap_or_default();
        <[usize; 3]>::try_from(&shape[..])
            .ok()
            .filter(|s| s.iter().all(|&n| n > 0))
            .ok_or_else(|| Error::new("stream.invalid", "a tile whose integers are not (C, h, w)"))
    }

    /// The history of a tile behind the step that works on all of the picture.
    fn behind(&self, tile: usize) -> Result<Lineage> {
        let lineage = self.decoder.lineage(0, tile)?;
        Ok(Lineage::of(lineage.steps().iter().skip(1).map(|s| StepRecord::clone(s)).collect()))
    }

    /// Working memory of a tile in bytes.
    fn bytes(&self, tile: usize) -> Result<u64> {
        let [c, h, w] = self.made(tile)?;
        Ok(predict::bytes(c, h, w).saturating_add(2 * (c * h * w) as u64))
    }

    /// Decodes the integers of a tile and puts them in their place.
    fn tile(&self, tile: usize, place: Rect, all: &Mutex<Integers>) -> Result<()> {
        let (opened, behind) = (self.decoder.opened, self.behind(tile)?);
        let undo = Undo::plan(opened, std::slice::from_ref(&behind))?;
        let arena_bytes = undo.arena_bytes(&[self.decoder.coded_bytes(0, tile)]).saturating_add(SPARE);
        with_arena(usize::try_from(arena_bytes).unwrap_or(usize::MAX), |arena| {
            let ctx = opened.ctx(self.kernels, arena, 1);
            let coded = load(arena, &opened.item, 0, tile, self.decoder.levels, behind)?;
            let made = undo.made(&ctx, vec![Some(coded)])?;
            put(&made, place, &mut all.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }
}

/// Puts a tile's integers (C, h, w) in their place.
fn put(tile: &Component, place: Rect, all: &mut Integers) -> Result<()> {
    let [channels, height, width] = all.shape;
    let Rect { x, y, width: w, height: h } = place;
    let fits = y + h <= height && x + w <= width && tile.data.dtype() == DType::I16;
    if !fits || tile.data.shape() != [channels, h, w] {
        return Err(Error::new("stream.invalid", "the integers of a tile do not fit those of its picture"));
    }
    if let Meta::Partial { missing } = &tile.meta {
        all.missing = all.missing.max(missing.len());
    }
    let from = tile.data.read::<i16>()?;
    for (i, row) in from.chunks_exact(w).enumerate() {
        let at = ((i / h) * height + y + i % h) * width + x;
        all.values[at..at + w].copy_from_slice(row);
    }
    Ok(())
}
