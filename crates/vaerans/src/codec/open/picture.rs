//! A file's picture: whole, a region of it, or made smaller.

use super::load::load;
use super::place::blank;
use super::tensor::{scratch_bytes, wanted_levels};
use super::undo::Undo;
use super::window::Window;
use super::{reduce, DecodeOptions, Opened};
use crate::bitstream::Geometry;
use crate::codec::photo::geometry::Pyramid;
use crate::codec::scratch::{with_arena, workers, SPARE};
use crate::codec::tile::Image;
use crate::component::{Component, Lineage};
use crate::ecs::Ctx;
use crate::error::{Error, Result};
use crate::pool;
use std::sync::Mutex;
use vaerans_kernels::Kernels;

/// The picture of a file whose every step this library can undo.
pub(super) fn decode(opened: &Opened, geometry: Geometry, kernels: Kernels, options: &DecodeOptions) -> Result<Image> {
    let decoder = Decoder::new(opened, geometry, options)?;
    let tiles = decoder.window.tiles();
    decoder.check_there(&tiles)?;
    if opened.is_whole() {
        return super::whole::decode(&decoder, kernels, options);
    }
    let shapes = decoder.shapes(&tiles)?;
    // Of what is decoded, not of the whole: a small picture of a large one needs little.
    let (width, height) = decoder.window.size();
    let inner = Geometry { width, height, ..geometry };
    let each = tiles.iter().map(|&i| decoder.bytes(i, &shapes)).max().unwrap_or(0);
    let threads = workers(pool::resolve(options.threads)?, inner.bytes(), each, &opened.limits)?;
    let image = Mutex::new(blank(&inner)?);
    // A network has a tile for itself, and all threads.
    let inside = if cfg!(feature = "network") && tiles.len() == 1 { pool::resolve(options.threads)? } else { 1 };
    pool::map(threads, tiles.len(), |n| decoder.put(kernels, inside, tiles[n], &shapes, &image))?;
    let image = image.into_inner().unwrap_or_else(|p| p.into_inner());
    let mut image = reduce::average(image, decoder.window.averages);
    image.metadata = opened.item.header.metadata.clone();
    Ok(image)
}

/// How tiles of one shape are undone.
struct TileShape {
    shape: Vec<usize>,
    undo: Undo,
    /// Bytes that decoding symbols takes beside the arena.
    scratch: u64,
}

/// What of a file is decoded, and how.
pub(super) struct Decoder<'a> {
    pub opened: &'a Opened<'a>,
    pub geometry: Geometry,
    pub window: Window,
    /// Streams that are read: the picture, and what refines it.
    pub streams: Vec<usize>,
    /// Levels of resolution that are read of the first stream.
    pub levels: usize,
}

impl<'a> Decoder<'a> {
    fn new(opened: &'a Opened<'a>, geometry: Geometry, options: &DecodeOptions) -> Result<Decoder<'a>> {
        let streams = &opened.item.header.streams;
        let lineage = streams[0].lineage(0, &opened.content().tile_shape(0))?;
        // What refines a picture, alpha, has no smaller form of its own; a cut file does without it.
        let is_refined = opened.refinements().next().is_some()
            && (!options.allow_truncated || opened.refinements().all(|s| opened.is_there(s)));
        let splits = match opened.is_photo() {
            true if is_refined => 0,
            true => Pyramid::new(geometry.width, geometry.height).levels as u32,
            false => reduce::splits(opened.registry, &lineage),
        };
        let window = Window::new(&geometry, options.reduce, splits, options.region)?;
        let of_scale = streams[0].levels.saturating_sub(window.splits as usize).max(1);
        let levels = wanted_levels(opened, options, of_scale)?;
        Ok(Decoder { opened, geometry, window, streams: opened.used(options, levels)?, levels })
    }

    /// Levels that are read of a stream.
    pub fn levels_of(&self, stream: usize) -> usize {
        if stream == 0 {
            self.levels
        } else {
            self.opened.item.header.streams[stream].levels
        }
    }

    /// Refuses a file whose sections are not there, before anything is allocated.
    fn check_there(&self, tiles: &[usize]) -> Result<()> {
        for &stream in &self.streams {
            for level in 0..self.levels_of(stream) {
                tiles.iter().try_for_each(|&tile| self.opened.item.check_there(stream, level, tile))?;
            }
        }
        Ok(())
    }

    /// The history of a tile of a stream, as far as it is decoded.
    pub fn lineage(&self, stream: usize, tile: usize) -> Result<Lineage> {
        let header = &self.opened.item.header;
        let full = header.streams[stream].lineage(tile, &header.content.tile_shape(tile))?;
        Ok(reduce::lineage(self.opened.registry, &full, self.window.splits))
    }

    fn lineages(&self, tile: usize) -> Result<Vec<Lineage>> {
        self.streams.iter().map(|&s| self.lineage(s, tile)).collect()
    }

    /// The plans of the tiles: one for each shape.
    fn shapes(&self, tiles: &[usize]) -> Result<Vec<TileShape>> {
        let one = |(i, shape): (usize, Vec<usize>)| {
            let lineages = self.lineages(i)?;
            let scratch = lineages.iter().map(scratch_bytes).max().unwrap_or(0);
            Ok(TileShape { shape, undo: Undo::plan(self.opened, &lineages)?, scratch })
        };
        self.opened.content().shapes(tiles.iter().copied()).into_iter().map(one).collect()
    }

    fn shape<'s>(&self, tile: usize, shapes: &'s [TileShape]) -> Result<&'s TileShape> {
        let shape = self.opened.content().tile_shape(tile);
        let found = shapes.iter().find(|s| s.shape == shape);
        found.ok_or_else(|| Error::new("internal.bug", "a tile that was not planned"))
    }

    /// Coded bytes of a tile of a stream, as far as they are read.
    pub fn coded_bytes(&self, stream: usize, tile: usize) -> u64 {
        let tiles = self.geometry.grid().len();
        let sections = &self.opened.item.header.streams[stream].sections;
        (0..self.levels_of(stream)).map(|l| sections[l * tiles + tile].len as u64).sum()
    }

    /// Bytes of the coded streams of a tile.
    fn coded(&self, tile: usize) -> Vec<u64> {
        self.streams.iter().map(|&s| self.coded_bytes(s, tile)).collect()
    }

    fn arena_bytes(&self, tile: usize, shape: &TileShape) -> u64 {
        shape.undo.arena_bytes(&self.coded(tile)).saturating_add(SPARE)
    }

    /// Working memory of a tile in bytes.
    fn bytes(&self, tile: usize, shapes: &[TileShape]) -> u64 {
        let shape = self.shape(tile, shapes);
        shape.map_or(u64::MAX, |s| self.arena_bytes(tile, s).saturating_add(s.scratch))
    }

    /// Decodes a tile and puts it in its place.
    fn put(
        &self,
        kernels: Kernels,
        inside: usize,
        tile: usize,
        shapes: &[TileShape],
        image: &Mutex<Image>,
    ) -> Result<()> {
        let Some(place) = self.window.cut(tile) else { return Ok(()) };
        let shape = self.shape(tile, shapes)?;
        let bytes = usize::try_from(self.arena_bytes(tile, shape)).unwrap_or(usize::MAX);
        with_arena(bytes, |arena| {
            let ctx = self.opened.ctx(kernels, arena, inside);
            let made = self.undone(&ctx, tile, &shape.undo)?;
            place.copy(&made.data, &mut image.lock().unwrap_or_else(|p| p.into_inner()))
        })
    }

    /// The samples of a tile.
    fn undone(&self, ctx: &Ctx, tile: usize, undo: &Undo) -> Result<Component> {
        let lineages = self.lineages(tile)?;
        let load = |(&s, lineage): (&usize, Lineage)| {
            load(ctx.arena, &self.opened.item, s, tile, self.levels_of(s), lineage).map(Some)
        };
        let slots = self.streams.iter().zip(lineages).map(load).collect::<Result<Vec<_>>>()?;
        undo.made(ctx, slots)
    }
}
