//! The `photo` profile: a picture to a file, tile by tile.

use super::{tile_budget, workers, PHOTO_BYTES};
use crate::arena::DType;
use crate::bitstream::{self, Content, Geometry, Metadata, NewStream};
use crate::codec::chain::Keyed;
use crate::codec::profile::{self, Photo};
use crate::codec::scratch::with_arena;
use crate::codec::store;
use crate::codec::tile::{self, ImageView};
use crate::component::{Component, Kind, Lineage};
use crate::ecs::{pool, Ctx, System};
use crate::error::{Error, Result};
use crate::wire::Limits;
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// How to compress a picture with the `photo` profile.
#[derive(Debug, Clone)]
pub struct Options {
    /// Quality 0..=100; ignored where `lossless`.
    pub quality: u8,
    /// Whether every sample must come back.
    pub lossless: bool,
    /// Edge of a tile in pixels; none: [`profile::TILE`].
    pub tile: Option<usize>,
    /// Threads; none: the environment, then the cores this process may use.
    pub threads: Option<usize>,
    /// What travels with the picture.
    pub metadata: Metadata,
    /// Largest picture that is accepted.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        let (metadata, limits) = (Metadata::default(), Limits::default());
        Options { quality: 75, lossless: false, tile: None, threads: None, metadata, limits }
    }
}

/// A `.vrn` file of the picture. Same bytes for every number of threads and every instruction set.
///
/// ```
/// use vaerans::codec::picture::{compress, decompress, DecodeOptions, Options};
/// use vaerans::codec::tile::{ImageView, Samples};
/// use vaerans::kernels::Kernels;
/// let pixels = vec![128u8; 16 * 16 * 3];
/// let view = ImageView { width: 16, height: 16, channels: 3, samples: Samples::U8(&pixels) };
/// let file = compress(Kernels::active(), view, &Options { lossless: true, ..Options::default() })?;
/// let image = decompress(Kernels::active(), &file, &DecodeOptions::default())?;
/// assert_eq!(image.samples.as_u8(), Some(&pixels[..]));
/// # Ok::<(), vaerans::Error>(())
/// ```
///
/// # Errors
/// `param.*` for impossible options, `data.empty`, `limit.*`.
pub fn compress(kernels: Kernels, image: ImageView, options: &Options) -> Result<Vec<u8>> {
    image.check()?;
    let whole = Whole { width: image.width, height: image.height, channels: image.stored_channels() };
    compress_part(kernels, image, whole, options)
}

/// The picture that a part was cut out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Channels its file keeps ([`ImageView::stored_channels`] of the whole).
    pub channels: usize,
}

/// A `.vrn` file of whole rows of tiles of a picture, coded as they are in the picture's own file: [`super::Joiner`] makes that
/// one of its parts, so that workers which share no memory share the work.
///
/// # Errors
/// As [`compress`]; `param.shape` for a part that does not fit the whole.
pub fn compress_part(kernels: Kernels, part: ImageView, whole: Whole, options: &Options) -> Result<Vec<u8>> {
    let geometry = geometry(&part, whole, options)?;
    let chain = chain(&geometry, whole, options)?;
    let stream = code(kernels, &part, &geometry, &chain, options)?;
    bitstream::write(Content::Picture(geometry), options.metadata.clone(), &[stream])
}

/// What every tile of the whole picture goes through.
fn chain(part: &Geometry, whole: Whole, options: &Options) -> Result<Vec<Arc<dyn System>>> {
    let what = match Photo::new(options.quality, options.lossless)? {
        Photo::Lossy(quality) => Photo::Lossy(profile::settled_quality(quality, whole.width * whole.height)),
        Photo::Lossless => Photo::Lossless,
    };
    let side = whole.width.max(whole.height).min(options.edge());
    profile::photo(what, side, part.depth)
}

fn code(
    kernels: Kernels,
    image: &ImageView,
    geometry: &Geometry,
    chain: &[Arc<dyn System>],
    options: &Options,
) -> Result<NewStream> {
    let (grid, channels, dtype) = (geometry.grid(), geometry.colour.channels(), image.samples.dtype());
    let first = grid.rect(0);
    let tile = tile_budget(first.width * first.height * channels, PHOTO_BYTES);
    let threads = workers(pool::resolve(options.threads)?, geometry, tile, &options.limits)?;
    let coded = pool::map(threads, grid.len(), |i| {
        let rect = grid.rect(i);
        with_arena(tile_budget(rect.width * rect.height * channels, PHOTO_BYTES), |arena| {
            let ctx = Ctx { kernels, arena, threads: 1, limits: &options.limits };
            let data = tile::cut(arena, image, rect, channels, dtype)?;
            let start = Keyed { key: "RGB".into(), component: Component::new(Kind::Image, data) };
            let end = start.run(&ctx, chain)?.component;
            Ok((store::sections(&end)?, end.lineage))
        })
    })?;
    Ok(level_major("Bitstream", coded))
}

/// A stream of what every tile has: its sections, coarsest first, and its history.
pub(super) fn level_major(key: &str, tiles: Vec<(Vec<Vec<u8>>, Lineage)>) -> NewStream {
    let (mut tiles, lineages): (Vec<_>, Vec<_>) = tiles.into_iter().unzip();
    let levels = tiles.iter().map(Vec::len).max().unwrap_or(0);
    let section = |tile: &mut Vec<Vec<u8>>, level: usize| tile.get_mut(level).map(std::mem::take).unwrap_or_default();
    let sections = (0..levels).map(|l| tiles.iter_mut().map(|t| section(t, l)).collect()).collect();
    NewStream { key: key.into(), lineages, sections }
}

impl Options {
    fn edge(&self) -> usize {
        self.tile.unwrap_or(profile::TILE)
    }
}

fn geometry(part: &ImageView, whole: Whole, options: &Options) -> Result<Geometry> {
    part.check()?;
    options.limits.check_picture(whole.width as u64, whole.height as u64)?;
    let tile = options.edge();
    if tile < profile::MIN_TILE {
        return Err(Error::new("param.range", format!("tile={tile}; at least {}", profile::MIN_TILE)));
    }
    let dropped_alpha = (part.channels, whole.channels) == (4, 3);
    let fits = part.width == whole.width && part.height <= whole.height;
    if !fits || !(part.channels == whole.channels || dropped_alpha) {
        let text = format!(
            "{} x {} x {} is no part of {} x {} x {}",
            part.width, part.height, part.channels, whole.width, whole.height, whole.channels
        );
        return Err(Error::new("param.shape", text));
    }
    let colour = bitstream::Colour::of_channels(whole.channels)?;
    let depth = if part.samples.dtype() == DType::U8 { 8 } else { 16 };
    Ok(Geometry {
        width: part.width,
        height: part.height,
        colour,
        depth,
        tile: edge_in_header(tile, part.width, part.height),
    })
}

/// A tile that holds the whole picture needs no edge in the header.
pub(super) fn edge_in_header(tile: usize, width: usize, height: usize) -> usize {
    if tile >= width.max(height) {
        0
    } else {
        tile
    }
}

/// The systems of the `photo` profile, for describing it.
///
/// # Errors
/// `param.range` for a quality above 100.
pub fn photo_systems(quality: u8, lossless: bool, side: usize, depth: u8) -> Result<Vec<Arc<dyn System>>> {
    profile::photo(Photo::new(quality, lossless)?, side, depth)
}
