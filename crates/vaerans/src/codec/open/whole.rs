//! A picture whose first step works on all of it: tiles hold parts of what that step makes. They are decoded and put together, then the
//! step is undone for the part of the picture that is wanted; what refines the picture is added tile by tile.

use super::picture::Decoder;
use super::place::Place;
use super::undo::Undo;
use super::{reduce, DecodeOptions};
use crate::arena::{zeros, DType};
use crate::bitstream::Geometry;
use crate::codec::coded::blame_file;
use crate::codec::network::layered::{Planes, Step};
use crate::codec::open::load::load;
use crate::codec::open::place::blank;
use crate::codec::scratch::{with_arena, workers, SPARE};
use crate::codec::tile::{cut, Image, SampleBuf};
use crate::component::{Component, Kind, Lineage, Meta, StepRecord};
use crate::ecs::{Ctx, TensorType, Ty};
use crate::error::{Error, Result};
use crate::learned::Layered;
use crate::pool;
use crate::rect::Rect;
use crate::registry::keys;
use std::sync::{Arc, Mutex, PoisonError};
use vaerans_kernels::Kernels;

/// The picture of such a file.
pub(super) fn decode(decoder: &Decoder, kernels: Kernels, options: &DecodeOptions) -> Result<Image> {
    let threads = pool::resolve(options.threads)?;
    let whole = Whole {
        decoder,
        kernels,
        threads,
        step: Step::of(&decoder.opened.item.header.streams[0].steps[0].params).map_err(blame_file)?,
    };
    // Tiles that refine the picture want the whole of what they refine.
    let wanted = decoder.window.tiles();
    let refined = decoder.streams.len() > 1;
    let inner = decoder.window.inner();
    let window = match refined {
        false => inner,
        true => wanted.iter().map(|&t| decoder.geometry.grid().rect(t)).fold(inner, |all, t| all.with(&t)),
    };
    let mut image = whole.render(window)?;
    if refined {
        image = whole.refine(&wanted, &image, window)?;
    }
    let mut image = reduce::average(image, decoder.window.averages);
    image.metadata = decoder.opened.item.header.metadata.clone();
    Ok(image)
}

struct Whole<'a> {
    decoder: &'a Decoder<'a>,
    kernels: Kernels,
    threads: usize,
    /// The step that works on all of the picture, and how its results are laid out.
    step: Step,
}

/// Integers of the whole picture, as far as they are decoded.
struct Integers {
    shape: [usize; 3],
    values: Vec<i16>,
    missing: usize,
}

impl Whole<'_> {
    /// The samples of a window, before they are refined.
    fn render(&self, window: Rect) -> Result<Image> {
        let geometry = self.decoder.geometry;
        let inner = Geometry { width: window.width, height: window.height, ..geometry };
        let picture = [geometry.height, geometry.width, geometry.colour.channels()];
        let mut image = blank(&inner)?;
        with_arena(SPARE as usize, |arena| {
            let ctx = self.decoder.opened.ctx(self.kernels, arena, self.threads);
            let needed = self.step.needed(&ctx, &picture, window).map_err(blame_file)?;
            let codec = self.step.codec(&ctx).map_err(blame_file)?;
            let integers = self.integers(needed, &codec)?;
            let planes = Planes { shape: &integers.shape, values: &integers.values, missing: integers.missing };
            match &mut image.samples {
                SampleBuf::U8(out) => self.step.render(&ctx, &planes, &picture, window, out),
                SampleBuf::U16(out) => self.step.render(&ctx, &planes, &picture, window, out),
            }
            .map_err(blame_file)
        })?;
        Ok(image)
    }

    /// The integers of all tiles that a window of pixels touches; 0 in the others.
    fn integers(&self, needed: Rect, codec: &Layered) -> Result<Integers> {
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
        let all = Mutex::new(Integers { shape, values: zeros(count as usize)?, missing: 0 });
        let undo = |n: usize| {
            let r = grid.rect(tiles[n]);
            let (width, height) = (r.width.div_ceil(scale), r.height.div_ceil(scale));
            self.tile(tiles[n], Rect { x: r.x / scale, y: r.y / scale, width, height }, &all)
        };
        let threads = workers(self.threads, count.saturating_mul(2), self.bytes(tiles[0])?, &decoder.opened.limits)?;
        pool::map(threads, tiles.len(), undo)?;
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
        Ok(crate::codec::predict::bytes(c, h, w).saturating_add(2 * (c * h * w) as u64))
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

    /// The picture's wanted tiles, refined.
    fn refine(&self, tiles: &[usize], base: &Image, window: Rect) -> Result<Image> {
        let decoder = self.decoder;
        let (width, height) = decoder.window.size();
        let image = Mutex::new(blank(&Geometry { width, height, ..decoder.geometry })?);
        let picture = base.width as u64 * base.height as u64 * base.channels as u64 * 4;
        let plans = tiles.iter().map(|&t| self.plan(t)).collect::<Result<Vec<_>>>()?;
        let each = plans.iter().map(|p| p.2).max().unwrap_or(0);
        let threads = workers(self.threads, picture, each, &decoder.opened.limits)?;
        pool::map(threads, tiles.len(), |n| {
            let Some(place) = decoder.window.cut(tiles[n]) else { return Ok(()) };
            self.refined(tiles[n], &plans[n], base, window, place, &image)
        })?;
        Ok(image.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// How what refines a tile is undone: the histories, the plan, and bytes of its arena.
    fn plan(&self, tile: usize) -> Result<(Vec<Lineage>, Undo, u64)> {
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
        Ok((lineages, undo, bytes))
    }

    fn refined(
        &self,
        tile: usize,
        (lineages, undo, bytes): &(Vec<Lineage>, Undo, u64),
        base: &Image,
        window: Rect,
        place: Place,
        image: &Mutex<Image>,
    ) -> Result<()> {
        let (decoder, rect) = (self.decoder, self.decoder.geometry.grid().rect(tile));
        let within = rect.within(&window);
        with_arena(usize::try_from(*bytes).unwrap_or(usize::MAX), |arena| {
            let ctx: Ctx = decoder.opened.ctx(self.kernels, arena, 1);
            let under = cut(arena, &base.view(), within, base.channels, decoder.geometry.dtype())?;
            let mut slots = vec![Some(Component::new(Kind::Image, under))];
            for (&stream, lineage) in decoder.streams[1..].iter().zip(lineages) {
                let levels = decoder.opened.item.header.streams[stream].levels;
                slots.push(Some(load(arena, &decoder.opened.item, stream, tile, levels, lineage.clone())?));
            }
            let made = undo.made(&ctx, slots)?;
            place.copy(&made.data, &mut image.lock().unwrap_or_else(PoisonError::into_inner))
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
