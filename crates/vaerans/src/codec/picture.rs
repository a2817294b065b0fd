//! Pictures to files and back: `compress`, `decompress`, `info`.

use super::chain::{self, Keyed};
use super::profile::{self, Photo};
use super::registry::{self, Family};
use super::scratch::with_arena;
use super::store;
use super::tile::{self, Image, ImageView};
use crate::arena::DType;
use crate::bitstream::{self, Content, File, Geometry, Metadata, NewStream};
use crate::component::{Component, Kind, Params, StepRecord};
use crate::ecs::{pool, Ctx, System};
use crate::error::{Error, Result};
use crate::wire::Limits;
use std::sync::{Arc, Mutex};
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

/// How to open a file.
#[derive(Debug, Clone, Default)]
pub struct DecodeOptions {
    /// Bounds, checked before anything is allocated.
    pub limits: Limits,
    /// Threads; none: the environment, then the cores this process may use.
    pub threads: Option<usize>,
    /// Decode at most so many levels of resolution; none: all.
    pub levels: Option<usize>,
    /// Whether a file that was cut short gives the levels that are whole instead of `stream.truncated`.
    pub allow_truncated: bool,
}

/// Working memory of one tile in bytes: a step's input and output of 4 bytes a sample each, the samples, the coder's
/// bytes, and room for alignment.
fn tile_budget(samples: usize) -> usize {
    samples.saturating_mul(24).saturating_add(1 << 20)
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
    let what = Photo::new(options.quality, options.lossless)?;
    let geometry = geometry(&image, options)?;
    let grid = geometry.grid();
    let first = grid.rect(0);
    let what = match what {
        Photo::Lossy(quality) => Photo::Lossy(profile::settled_quality(quality, image.width * image.height)),
        Photo::Lossless => what,
    };
    let chain = profile::photo(what, first.width.max(first.height), geometry.depth)?;
    let channels = geometry.colour.channels();
    let dtype = image.samples.dtype();
    let threads = workers(pool::resolve(options.threads)?, &geometry, &options.limits)?;
    let coded = pool::map(threads, grid.len(), |i| {
        let rect = grid.rect(i);
        with_arena(tile_budget(rect.width * rect.height * channels), |arena| {
            let ctx = Ctx { kernels, arena, threads: 1, limits: &options.limits };
            let data = tile::cut(arena, &image, rect, channels, dtype)?;
            let start = Keyed { key: "RGB".into(), component: Component::new(Kind::Image, data) };
            let end = start.run(&ctx, &chain)?.component;
            Ok((store::sections(&end)?, end.lineage))
        })
    })?;
    let (mut tiles, lineages): (Vec<_>, Vec<_>) = coded.into_iter().unzip();
    let levels = tiles.iter().map(Vec::len).max().unwrap_or(0);
    let section = |tile: &mut Vec<Vec<u8>>, level: usize| tile.get_mut(level).map(std::mem::take).unwrap_or_default();
    let sections = (0..levels).map(|l| tiles.iter_mut().map(|t| section(t, l)).collect()).collect();
    let stream = NewStream { key: "Bitstream".into(), lineages, sections };
    bitstream::write(Content::Picture(geometry), options.metadata.clone(), &[stream])
}

fn geometry(image: &ImageView, options: &Options) -> Result<Geometry> {
    image.check()?;
    options.limits.check_picture(image.width as u64, image.height as u64)?;
    let tile = options.tile.unwrap_or(profile::TILE);
    if tile < profile::MIN_TILE {
        return Err(Error::new("param.range", format!("tile={tile}; at least {}", profile::MIN_TILE)));
    }
    // A tile that holds the whole picture needs no edge in the header.
    let tile = if tile >= image.width.max(image.height) { 0 } else { tile };
    let colour = bitstream::Colour::of_channels(image.stored_channels())?;
    let depth = if image.samples.dtype() == DType::U8 { 8 } else { 16 };
    Ok(Geometry { width: image.width, height: image.height, colour, depth, tile })
}

/// The picture of a file whose every step this library can undo. Gives the stored samples: whoever shows
/// them applies the orientation.
///
/// # Errors
/// `stream.*`, `limit.*`; `unavailable.feature` where a step of a home (a network) is left.
pub fn decompress(kernels: Kernels, bytes: &[u8], options: &DecodeOptions) -> Result<Image> {
    let file = File::parse(bytes, &options.limits)?;
    let Content::Picture(geometry) = file.header.content else {
        return Err(Error::new(
            "pipe.wrong_kind",
            "the file holds a tensor, not a picture; open it with `store::open`",
        ));
    };
    let levels = levels(&file, options)?;
    check_undoable(&file)?;
    check_sections(&file, levels)?;
    let grid = geometry.grid();
    let channels = geometry.colour.channels();
    let dtype = if geometry.depth == 8 { DType::U8 } else { DType::U16 };
    let threads = workers(pool::resolve(options.threads)?, &geometry, &options.limits)?;
    let image = Mutex::new(Image::new(&geometry, dtype, &options.limits)?);
    pool::map(threads, grid.len(), |i| {
        let rect = grid.rect(i);
        let coded: usize = (0..levels).map(|l| file.header.streams[0].sections[l * grid.len() + i].len).sum();
        with_arena(tile_budget(rect.width * rect.height * channels).saturating_add(coded), |arena| {
            let ctx = Ctx { kernels, arena, threads: 1, limits: &options.limits };
            let end = store::load(arena, &file, 0, i, levels)?.undo(&ctx).map_err(store::blame_file)?.component;
            check_tile(&end, i, &[rect.height, rect.width, channels], dtype)?;
            image.lock().unwrap_or_else(|p| p.into_inner()).place(&end.data, rect)
        })
    })?;
    let mut image = image.into_inner().unwrap_or_else(|p| p.into_inner());
    image.metadata = file.header.metadata;
    Ok(image)
}

/// Refuses a pipe with a step that cannot be undone here, before anything is allocated.
fn check_undoable(file: &File) -> Result<()> {
    let Some(stream) = file.header.streams.first() else { return Ok(()) };
    let lineage = stream.lineage(0, &file.header.content.tile_shape(0))?;
    for step in lineage.steps().iter().rev() {
        if chain::inverse_of(step).map_err(store::blame_file)?.is_none() {
            return Err(of_a_home(step));
        }
    }
    Ok(())
}

/// Refuses a file whose sections are damaged or not there, before anything is allocated.
fn check_sections(file: &File, levels: usize) -> Result<()> {
    let tiles = file.header.content.tiles();
    (0..levels).try_for_each(|level| (0..tiles).try_for_each(|tile| file.section(0, level, tile).map(drop)))
}

/// How many tiles may be worked on at once so that they and the picture stay within `max_bytes`.
fn workers(threads: usize, g: &Geometry, limits: &Limits) -> Result<usize> {
    let first = g.grid().rect(0);
    let tile = tile_budget(first.width * first.height * g.colour.channels()) as u64;
    let picture = g.width as u64 * g.height as u64 * g.colour.channels() as u64 * u64::from(g.depth / 8);
    match limits.max_bytes.saturating_sub(picture) / tile {
        0 => Err(Error::new(
            "limit.memory",
            format!(
                "{picture} bytes of a picture of {} x {} and {tile} for a tile of {} x {}; at most {} (raise max_bytes)",
                g.width, g.height, first.width, first.height, limits.max_bytes
            ),
        )),
        most => Ok(threads.min(usize::try_from(most).unwrap_or(usize::MAX))),
    }
}

fn of_a_home(step: &StepRecord) -> Error {
    let text = format!("step {} ({}) runs only where the home provides it", step.number, step.name);
    Error::new("unavailable.feature", text)
}

/// Refuses what is no tile of the picture that the header promises.
fn check_tile(end: &Component, i: usize, shape: &[usize], dtype: DType) -> Result<()> {
    if let Some(step) = end.lineage.last() {
        return Err(of_a_home(step));
    }
    if end.data.shape() != shape || end.data.dtype() != dtype || end.kind != Kind::Image {
        let text = format!("tile {i} gives {:?} of {}, not {shape:?} of {dtype}", end.data.shape(), end.data.dtype());
        return Err(Error::new("stream.invalid", text));
    }
    Ok(())
}

/// How many levels to decode.
fn levels(file: &File, options: &DecodeOptions) -> Result<usize> {
    let stream = file.header.streams.first().ok_or_else(|| Error::new("stream.invalid", "a file without streams"))?;
    let wanted = options.levels.unwrap_or(stream.levels).min(stream.levels);
    if !options.allow_truncated {
        return Ok(wanted);
    }
    match file.whole_levels(0).min(wanted) {
        0 if wanted > 0 => Err(Error::new("stream.truncated", "not one level of the picture is whole")),
        n => Ok(n),
    }
}

/// One step of a file's pipe.
#[derive(Debug, Clone, PartialEq)]
pub struct StepInfo {
    /// Registry number.
    pub number: u16,
    /// Public name; that of the file for private systems.
    pub name: String,
    /// Parameters.
    pub params: Params,
}

/// What a file says of itself; no section was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    /// Version of the format.
    pub version: u16,
    /// What the file gives.
    pub content: Content,
    /// ICC, EXIF, orientation, JSON.
    pub metadata: Metadata,
    /// The pipe of the first stream.
    pub steps: Vec<StepInfo>,
    /// Bytes of every level of resolution of the first stream, coarsest first.
    pub level_bytes: Vec<usize>,
    /// Number of tiles.
    pub tiles: usize,
    /// Number of streams; more than one: the first is refined by the others (a residual).
    pub streams: usize,
    /// Bytes of the header.
    pub header_bytes: usize,
    /// Bytes the whole file has.
    pub file_bytes: usize,
    /// Whether all of them are there.
    pub is_complete: bool,
    /// Whether every sample comes back.
    pub is_lossless: bool,
}

/// Reads the header of a file.
///
/// # Errors
/// `stream.*`, `limit.*`.
pub fn info(bytes: &[u8], limits: &Limits) -> Result<Info> {
    let file = File::parse(bytes, limits)?;
    let tiles = file.header.content.tiles();
    let stream = file.header.streams.first();
    let steps: Vec<_> = stream.map(|s| s.steps.iter().map(step_info).collect()).unwrap_or_default();
    let sections = stream.map(|s| &s.sections[..]).unwrap_or_default();
    let sum = |level: &[bitstream::Section]| level.iter().map(|s| s.len).sum();
    Ok(Info {
        version: bitstream::format::VERSION,
        level_bytes: sections.chunks(tiles.max(1)).map(sum).collect(),
        tiles,
        streams: file.header.streams.len(),
        header_bytes: file.header_len(),
        file_bytes: file.expected_len(),
        is_complete: file.expected_len() <= bytes.len(),
        is_lossless: is_lossless(&file, &steps),
        steps,
        content: file.header.content,
        metadata: file.header.metadata,
    })
}

/// Whether every sample comes back: all steps are exact, or a later stream is a residual that leaves no error.
fn is_lossless(file: &File, steps: &[StepInfo]) -> bool {
    let is_picture = matches!(file.header.content, Content::Picture(_));
    let exact = |s: &bitstream::StoredStep| {
        registry::by_number(s.number).is_some_and(|e| e.name == "Residual")
            && s.params.int("max_error", 0, 0..=i64::MAX).is_ok_and(|e| e == 0)
    };
    let refined = file.header.streams.iter().skip(1).any(|s| s.steps.first().is_some_and(exact));
    refined || (is_picture && steps.iter().all(is_exact))
}

fn step_info(step: &bitstream::StoredStep) -> StepInfo {
    let known = registry::by_number(step.number).map(|e| e.name.to_owned());
    StepInfo { number: step.number, name: known.unwrap_or_else(|| step.name.clone()), params: step.params.clone() }
}

/// Whether a step gives back exactly what it took; unknown steps may not.
fn is_exact(step: &StepInfo) -> bool {
    let family = registry::by_number(step.number).map(|e| e.family);
    let float = step.params.flag("float", false).unwrap_or(true);
    match family {
        Some(Family::Coder) => true,
        Some(Family::Color) => !float,
        Some(Family::Transform) => step.name != "WaveletCDF97",
        _ => false,
    }
}

/// The systems of the `photo` profile, for describing it.
///
/// # Errors
/// `param.range` for a quality above 100.
pub fn photo_systems(quality: u8, lossless: bool, side: usize, depth: u8) -> Result<Vec<Arc<dyn System>>> {
    profile::photo(Photo::new(quality, lossless)?, side, depth)
}
