//! The `photo` profile: a picture to a file, tile by tile.

use crate::bitstream::{self, Colour, Content, Geometry, Metadata, NewItem, NewStream, TileBytes};
use crate::codec::coded::{self, Pin};
use crate::codec::profile::photo::{self, Steps, STREAMS};
use crate::codec::profile::Fidelity;
use crate::codec::run::{take, Run};
use crate::codec::scratch::{with_arena, workers, SPARE};
use crate::codec::tile::{self, ImageView};
use crate::component::{Component, Kind, Lineage, Params, Value};
use crate::ecs::{Ctx, TensorType, Ty};
use crate::error::{Error, Result};
use crate::pool;
use crate::rect::Rect;
use crate::registry::{keys, Role};
use crate::wire::Limits;
use vaerans_kernels::Kernels;

/// How to compress a picture with the `photo` profile.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Options of the profile ([`photo::PROFILE`]); what is not given has its default.
    pub profile: Params,
    /// Threads; none: the environment, then the cores this process may use.
    pub threads: Option<usize>,
    /// What travels with the picture.
    pub metadata: Metadata,
    /// Largest picture that is accepted.
    pub limits: Limits,
}

/// What tiles of one shape go through.
struct TilePlan {
    shape: Vec<usize>,
    steps: Steps,
    /// Bytes of an arena that the steps take.
    arena_bytes: u64,
}

impl Options {
    /// The same with an option of the profile.
    pub fn with(self, name: &str, value: impl Into<Value>) -> Options {
        Options { profile: self.profile.with(name, value.into()), ..self }
    }
}

/// A `.vrn` file of the picture. Same bytes for every number of threads and every instruction set.
///
/// ```
/// use vaerans::codec::open::{DecodeOptions, Opened};
/// use vaerans::codec::tile::{ImageView, Samples};
/// use vaerans::codec::write::{compress, Options};
/// use vaerans::{kernels::Kernels, wire::{Limits, Slice}, REGISTRY};
/// let pixels = vec![128u8; 16 * 16 * 3];
/// let view = ImageView { width: 16, height: 16, channels: 3, samples: Samples::U8(&pixels) };
/// let file = compress(Kernels::active(), view, &Options::default().with("lossless", true))?;
/// let source = Slice(&file);
/// let opened = Opened::new(&source, &REGISTRY, &Limits::default())?;
/// let image = opened.picture(Kernels::active(), &DecodeOptions::default())?;
/// assert_eq!(image.samples.as_u8(), Some(&pixels[..]));
/// # Ok::<(), vaerans::Error>(())
/// ```
///
/// # Errors
/// `param.*` for impossible options, `data.empty`, `limit.*`.
pub fn compress(kernels: Kernels, image: ImageView, options: &Options) -> Result<Vec<u8>> {
    image.check()?;
    options.limits.check_picture(image.width as u64, image.height as u64)?;
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
    let asked = photo::PROFILE.complete(&options.profile)?;
    let geometry = geometry(&part, whole, asked.int("tile") as usize, &options.limits)?;
    let fidelity = settled(Fidelity::of(&asked)?, whole);
    photo::check_bound(fidelity, geometry.depth)?;
    let metadata = options.metadata.clone().settled(whole.channels)?;
    let side = whole.width.max(whole.height).min(asked.int("tile") as usize);
    let coder = Coder { kernels, image: &part, geometry, fidelity, side, limits: &options.limits };
    let streams = coder.streams(pool::resolve(options.threads)?)?;
    bitstream::to_vec(&NewItem { content: Content::Picture(geometry), metadata, streams })
}

/// The quality that a picture of this size is coded at.
fn settled(fidelity: Fidelity, whole: Whole) -> Fidelity {
    let settle = |q| photo::settled_quality(q, whole.width * whole.height);
    match fidelity {
        Fidelity::Lossy(q) => Fidelity::Lossy(settle(q)),
        Fidelity::Bounded(q, k) => Fidelity::Bounded(settle(q), k),
        Fidelity::Lossless => Fidelity::Lossless,
    }
}

/// What every tile of a picture, or of a part of it, goes through.
struct Coder<'a> {
    kernels: Kernels,
    image: &'a ImageView<'a>,
    geometry: Geometry,
    fidelity: Fidelity,
    /// Longer side of the tiles of the whole picture.
    side: usize,
    limits: &'a Limits,
}

/// The streams of a tile, with their histories.
type CodedTile = Vec<(TileBytes<Pin>, Lineage)>;

impl Coder<'_> {
    fn streams(&self, threads: usize) -> Result<Vec<NewStream<Pin>>> {
        let grid = self.geometry.grid();
        let plans = self.plans()?;
        let largest = plans.iter().map(|p| p.arena_bytes).max().unwrap_or(0);
        let picture = self.image.samples.len() as u64 * self.geometry.dtype().size() as u64;
        // As much again for tokens and coded bytes.
        let threads = workers(threads, picture, largest.saturating_mul(2), self.limits)?;
        let tiles = pool::map(threads, grid.len(), |i| {
            let shape = Content::Picture(self.geometry).tile_shape(i);
            let plan = plans.iter().find(|p| p.shape == shape);
            let plan = plan.ok_or_else(|| Error::new("internal.bug", "a tile that was not planned"))?;
            with_arena(usize::try_from(plan.arena_bytes).unwrap_or(usize::MAX), |arena| {
                let ctx = Ctx::new(self.kernels, arena, self.limits);
                self.tile(&ctx, grid.rect(i), &plan.steps)
            })
        })?;
        Ok(by_stream(tiles))
    }

    /// The plans of the tiles, one for each shape.
    fn plans(&self) -> Result<Vec<TilePlan>> {
        let content = Content::Picture(self.geometry);
        let one = |(_, shape): (usize, Vec<usize>)| {
            let tensor = TensorType::known(self.geometry.dtype(), &shape);
            let bytes = tensor.bytes().unwrap_or(0);
            let tile = Ty::fresh(keys::IMAGE, Kind::Image, tensor);
            let steps = photo::plan(self.fidelity, tile, self.side, self.geometry.depth)?;
            let arena_bytes = run(&steps).arena_bytes(&[bytes]).saturating_add(SPARE);
            Ok(TilePlan { shape, steps, arena_bytes })
        };
        content.shapes(0..content.tiles()).into_iter().map(one).collect()
    }

    fn tile(&self, ctx: &Ctx, rect: Rect, plan: &Steps) -> Result<CodedTile> {
        let data = tile::cut(ctx.arena, self.image, rect, self.geometry.colour.channels(), self.geometry.dtype())?;
        let mut slots = vec![Some(Component::new(Kind::Image, data))];
        run(plan).on(ctx, std::slice::from_mut(&mut slots))?;
        let one = |&slot: &usize| {
            let made = take(&mut slots, slot)?;
            Ok((coded::tile(&made)?, made.lineage))
        };
        plan.streams.iter().map(one).collect()
    }
}

fn run(plan: &Steps) -> Run<'_> {
    Run { steps: &plan.steps, keep: Some(&plan.streams), observer: None }
}

/// Streams of what every tile has of each.
fn by_stream(tiles: Vec<CodedTile>) -> Vec<NewStream<Pin>> {
    let new = |(i, key): (usize, &&str)| {
        let role = if i == 0 { Role::Main } else { Role::Residual };
        NewStream { role, key: key.to_string(), lineages: Vec::new(), tiles: Vec::new() }
    };
    let count = tiles.first().map_or(1, Vec::len);
    let mut streams: Vec<NewStream<Pin>> = STREAMS.iter().take(count).enumerate().map(new).collect();
    for tile in tiles {
        for (stream, (bytes, lineage)) in streams.iter_mut().zip(tile) {
            stream.tiles.push(bytes);
            stream.lineages.push(lineage);
        }
    }
    streams
}

fn geometry(part: &ImageView, whole: Whole, tile: usize, limits: &Limits) -> Result<Geometry> {
    part.check()?;
    limits.check_picture(whole.width as u64, whole.height as u64)?;
    let dropped_alpha = (part.channels, whole.channels) == (4, 3);
    let fits = part.width == whole.width && part.height <= whole.height;
    if !fits || !(part.channels == whole.channels || dropped_alpha) {
        let text = format!(
            "{} x {} x {} is no part of {} x {} x {}",
            part.width, part.height, part.channels, whole.width, whole.height, whole.channels
        );
        return Err(Error::new("param.shape", text));
    }
    let colour = Colour::of_channels(whole.channels)?;
    let depth = Geometry::depth_of(part.samples.dtype()).unwrap_or(16);
    let tile = edge_in_header(tile, part.width, part.height);
    Ok(Geometry { width: part.width, height: part.height, colour, depth, tile })
}

/// A tile that holds the whole picture needs no edge in the header.
pub(super) fn edge_in_header(tile: usize, width: usize, height: usize) -> usize {
    if tile >= width.max(height) {
        0
    } else {
        tile
    }
}
