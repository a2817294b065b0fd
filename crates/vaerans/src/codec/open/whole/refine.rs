//! What refines the picture, tile by tile: alpha, a residual.

use super::Whole;
use crate::bitstream::Geometry;
use crate::codec::open::load::load;
use crate::codec::open::place::{blank, Place};
use crate::codec::open::undo::Undo;
use crate::codec::scratch::{with_arena, workers, SPARE};
use crate::codec::tile::{cut, Image};
use crate::component::{Component, Kind, Lineage};
use crate::ecs::{TensorType, Ty};
use crate::error::Result;
use crate::pool;
use crate::rect::Rect;
use crate::registry::keys;
use std::sync::{Arc, Mutex, PoisonError};

/// How what refines a tile is undone.
struct Plan {
    lineages: Vec<Lineage>,
    undo: Undo,
    /// Bytes of its arena.
    bytes: u64,
}

impl Whole<'_> {
    /// The picture's wanted tiles, refined.
    pub(super) fn refine(&self, tiles: &[usize], base: &Image, window: Rect) -> Result<Image> {
        let decoder = self.decoder;
        let (width, height) = decoder.window.size();
        let image = Mutex::new(blank(&Geometry { width, height, ..decoder.geometry })?);
        let picture = base.width as u64 * base.height as u64 * base.channels as u64 * 4;
        let plans = tiles.iter().map(|&t| self.plan(t)).collect::<Result<Vec<_>>>()?;
        let each = plans.iter().map(|p| p.bytes).max().unwrap_or(0);
        let threads = workers(self.threads, picture, each, &decoder.opened.limits)?;
        pool::map(threads, tiles.len(), |n| {
            let Some(place) = decoder.window.cut(tiles[n]) else { return Ok(()) };
            self.refined(tiles[n], &plans[n], base, window, place, &image)
        })?;
        Ok(image.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn plan(&self, tile: usize) -> Result<Plan> {
        let (decoder, grid) = (self.decoder, self.decoder.geometry.grid());
        let streams = &decoder.streams[1..];
        let lineages = streams.iter().map(|&s| decoder.lineage(s, tile)).collect::<Result<Vec<_>>>()?;
        let (rect, channels) = (grid.rect(tile), decoder.geometry.colour.channels());
        let shape = [rect.height, rect.width, channels];
        let ty = Ty::fresh(keys::RECON, Kind::Image, TensorType::known(decoder.geometry.dtype(), &shape));
        let undo = Undo::onto(decoder.opened, Arc::new(ty), &lineages)?;
        let size = decoder.geometry.dtype().size() * shape.iter().product::<usize>();
        let coded = streams.iter().map(|&s| decoder.coded_bytes(s, tile));
        let there: Vec<u64> = std::iter::once(size as u64).chain(coded).collect();
        let bytes = undo.arena_bytes(&there).saturating_add(SPARE);
        Ok(Plan { lineages, undo, bytes })
    }

    fn refined(
        &self,
        tile: usize,
        plan: &Plan,
        base: &Image,
        window: Rect,
        place: Place,
        image: &Mutex<Image>,
    ) -> Result<()> {
        let (decoder, rect) = (self.decoder, self.decoder.geometry.grid().rect(tile));
        let within = rect.within(&window);
        with_arena(usize::try_from(plan.bytes).unwrap_or(usize::MAX), |arena| {
            let ctx = decoder.opened.ctx(self.kernels, arena, 1);
            let under = cut(arena, &base.view(), within, base.channels, decoder.geometry.dtype())?;
            let mut slots = vec![Some(Component::new(Kind::Image, under))];
            for (&stream, lineage) in decoder.streams[1..].iter().zip(&plan.lineages) {
                let levels = decoder.levels_of(stream);
                slots.push(Some(load(arena, &decoder.opened.item, stream, tile, levels, lineage.clone())?));
            }
            let made = plan.undo.made(&ctx, slots)?;
            place.copy(&made.data, &mut image.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }
}
