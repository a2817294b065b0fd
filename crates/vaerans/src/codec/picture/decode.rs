//! A file's picture: whole, a region of it, or made smaller.

use super::window::Window;
use super::{reduce, tile_budget, workers, ANY_BYTES, PHOTO_BYTES};
use crate::arena::{Arena, DType};
use crate::bitstream::{Content, File, Geometry, Rect};
use crate::codec::chain::{self, Keyed};
use crate::codec::scratch::with_arena;
use crate::codec::store;
use crate::codec::tile::Image;
use crate::component::{Component, Kind, Lineage, StepRecord};
use crate::ecs::{pool, Ctx};
use crate::error::{Dims, Error, Result};
use crate::wire::Limits;
use std::sync::Mutex;
use vaerans_kernels::Kernels;

/// How to open a file.
#[derive(Debug, Clone, Default)]
pub struct DecodeOptions {
    /// Bounds, checked before anything is allocated.
    pub limits: Limits,
    /// Threads; none: the environment, then the cores this process may use.
    pub threads: Option<usize>,
    /// Decode at most so many levels of resolution; none: all. What is missing is blurred, not smaller.
    pub levels: Option<usize>,
    /// Give the picture at 1/2^`reduce`: its sides become `ceil(n / 2^reduce)`. The finest levels are neither read nor needed.
    pub reduce: u32,
    /// The part to decode, in pixels of the whole picture; none: all of it. Other tiles are neither read nor needed.
    pub region: Option<Rect>,
    /// Whether a file that was cut short gives the levels that are whole instead of `stream.truncated`.
    pub allow_truncated: bool,
}

/// The picture of a file whose every step this library can undo. Gives the stored samples: whoever shows
/// them applies the orientation.
///
/// # Errors
/// `stream.*`, `limit.*`; `param.range` for a region outside the picture; `unavailable.feature` where a step of a home
/// (a network) is left.
pub fn decompress(kernels: Kernels, bytes: &[u8], options: &DecodeOptions) -> Result<Image> {
    let file = File::parse(bytes, &options.limits)?;
    let Content::Picture(geometry) = file.header.content else {
        return Err(Error::new(
            "pipe.wrong_kind",
            "the file holds a tensor, not a picture; open it with `store::open`",
        ));
    };
    let decoder = Decoder::new(&file, geometry, options)?;
    let tiles = decoder.window.tiles();
    decoder.check_sections(&tiles)?;
    let (width, height) = decoder.window.size();
    let dtype = decoder.dtype();
    // Of what is decoded, not of the whole: a small picture of a large one needs little.
    let small = Geometry { width, height, ..geometry };
    let largest = tiles.iter().map(|&i| decoder.samples(i)).max().unwrap_or(0);
    let tile = tile_budget(largest, decoder.bytes);
    let threads = workers(pool::resolve(options.threads)?, &small, tile, &options.limits)?;
    let image = Mutex::new(Image::new(&small, dtype, &options.limits)?);
    pool::map(threads, tiles.len(), |n| {
        let (i, Some(cut)) = (tiles[n], decoder.window.cut(tiles[n])) else { return Ok(()) };
        with_arena(decoder.budget(i), |arena| {
            let tile = decoder.tile(kernels, arena, i, &options.limits)?;
            image.lock().unwrap_or_else(|p| p.into_inner()).place(&tile.data, cut.from, cut.to)
        })
    })?;
    let mut image = image.into_inner().unwrap_or_else(|p| p.into_inner());
    image.metadata = file.header.metadata.clone();
    Ok(image)
}

/// What of a file is decoded, and how.
struct Decoder<'a> {
    file: &'a File<'a>,
    geometry: Geometry,
    window: Window,
    /// Levels of resolution that are read of the first stream.
    levels: usize,
    /// How often the wavelet halves, and how often averaging.
    halvings: (u32, u32),
    /// Working memory per sample.
    bytes: usize,
    /// Whether the streams behind the first refine the picture.
    refine: bool,
}

impl<'a> Decoder<'a> {
    fn new(file: &'a File, geometry: Geometry, options: &DecodeOptions) -> Result<Decoder<'a>> {
        let window = Window::new(&geometry, options.reduce, options.region)?;
        let stream =
            file.header.streams.first().ok_or_else(|| Error::new("stream.invalid", "a file without streams"))?;
        let lineage = stream.lineage(0, &file.header.content.tile_shape(0))?;
        check_undoable(&lineage)?;
        let by_wavelet = reduce::by_wavelet(&lineage, options.reduce);
        let wanted = stream.levels.saturating_sub(by_wavelet as usize);
        let wanted = options.levels.unwrap_or(wanted).min(wanted);
        let levels = if options.allow_truncated { file.whole_levels(0).min(wanted) } else { wanted };
        if levels == 0 && wanted > 0 {
            return Err(Error::new("stream.truncated", "not one level of the picture is whole"));
        }
        let streams = &file.header.streams;
        let refinements_are_there = || (1..streams.len()).all(|s| file.whole_levels(s) == streams[s].levels);
        let refine =
            options.reduce == 0 && levels == stream.levels && (!options.allow_truncated || refinements_are_there());
        let halvings = (by_wavelet, options.reduce - by_wavelet);
        let bytes = if reduce::is_photo(&lineage) { PHOTO_BYTES } else { ANY_BYTES };
        Ok(Decoder { file, geometry, window, levels, halvings, bytes, refine })
    }

    fn dtype(&self) -> DType {
        if self.geometry.depth == 8 {
            DType::U8
        } else {
            DType::U16
        }
    }

    /// Refuses a file whose sections are damaged or not there, before anything is allocated.
    fn check_sections(&self, tiles: &[usize]) -> Result<()> {
        let streams = if self.refine { self.file.header.streams.len() } else { 1 };
        for stream in 0..streams {
            let levels = if stream == 0 { self.levels } else { self.file.header.streams[stream].levels };
            for level in 0..levels {
                tiles.iter().try_for_each(|&tile| self.file.section(stream, level, tile).map(drop))?;
            }
        }
        Ok(())
    }

    /// Samples of tile `i` that are decoded.
    fn samples(&self, i: usize) -> usize {
        let (h, w) = (self.geometry.grid().rect(i).height, self.geometry.grid().rect(i).width);
        let k = self.halvings.0;
        h.div_ceil(1 << k) * w.div_ceil(1 << k) * self.geometry.colour.channels()
    }

    /// Working memory of tile `i` in bytes.
    fn budget(&self, i: usize) -> usize {
        let sections = &self.file.header.streams[0].sections;
        let coded: usize = (0..self.levels).map(|l| sections[l * self.geometry.grid().len() + i].len).sum();
        let refinement = if self.refine && self.file.header.streams.len() > 1 { self.refinement_budget(i) } else { 0 };
        tile_budget(self.samples(i), self.bytes).saturating_add(coded).saturating_add(refinement)
    }

    fn refinement_budget(&self, i: usize) -> usize {
        let tiles = self.geometry.grid().len();
        let coded = |s: &crate::bitstream::Stream| (0..s.levels).map(|l| s.sections[l * tiles + i].len).sum::<usize>();
        let r = self.geometry.grid().rect(i);
        let samples = r.width * r.height * self.geometry.colour.channels();
        self.file.header.streams[1..].iter().map(|s| tile_budget(samples, ANY_BYTES).saturating_add(coded(s))).sum()
    }

    /// The samples of tile `i`.
    fn tile(&self, kernels: Kernels, arena: &Arena, i: usize, limits: &Limits) -> Result<Component> {
        let ctx = Ctx { kernels, arena, threads: 1, limits };
        let full = self.file.header.streams[0].lineage(i, &self.file.header.content.tile_shape(i))?;
        let lineage = if self.halvings.0 == 0 { full } else { reduce::lineage(&full, self.halvings.0) };
        let coded = store::load(arena, self.file, 0, i, self.levels, lineage)?;
        let mut picture = coded.undo(&ctx).map_err(store::blame_file)?;
        if self.refine {
            picture = self.refined(&ctx, i, picture)?;
        }
        let mut tile = picture.component;
        check_history(&tile)?;
        if self.halvings.1 > 0 && tile.kind == Kind::Image {
            tile.data = reduce::average(arena, tile.data, self.halvings.1).map_err(store::blame_file)?;
        }
        let expected = self.window.tile(i);
        check_tile(&tile, i, &[expected.height, expected.width, self.geometry.colour.channels()], self.dtype())?;
        Ok(tile)
    }

    /// The picture with the residuals of the streams behind the first added.
    fn refined(&self, ctx: &Ctx, i: usize, picture: Keyed) -> Result<Keyed> {
        (1..self.file.header.streams.len()).try_fold(picture, |base, s| {
            let stream = &self.file.header.streams[s];
            let lineage = stream.lineage(i, &self.file.header.content.tile_shape(i))?;
            let coded = store::load(ctx.arena, self.file, s, i, stream.levels, lineage)?;
            coded.undo_on(ctx, Some(&base)).map_err(store::blame_file)
        })
    }
}

/// Refuses a pipe with a step that cannot be undone here, before anything is allocated.
fn check_undoable(lineage: &Lineage) -> Result<()> {
    for step in lineage.steps().iter().rev() {
        let Some(inverse) = chain::inverse_of(step).map_err(store::blame_file)? else { return Err(of_a_home(step)) };
        if inverse.needs().len() != 1 {
            return Err(store::blame_file(chain::needs_more(inverse.as_ref())));
        }
    }
    Ok(())
}

fn of_a_home(step: &StepRecord) -> Error {
    let text = format!("step {} ({}) runs only where the home provides it", step.number, step.name);
    Error::new("unavailable.feature", text)
}

fn check_history(end: &Component) -> Result<()> {
    end.lineage.last().map_or(Ok(()), |step| Err(of_a_home(step)))
}

/// Refuses what is no tile of the picture that the header promises.
fn check_tile(end: &Component, i: usize, shape: &[usize], dtype: DType) -> Result<()> {
    if end.data.shape() != shape || end.data.dtype() != dtype || end.kind != Kind::Image {
        let text = format!(
            "tile {i} gives {} of {}, not {} of {dtype}",
            Dims(end.data.shape()),
            end.data.dtype(),
            Dims(shape)
        );
        return Err(Error::new("stream.invalid", text));
    }
    Ok(())
}
