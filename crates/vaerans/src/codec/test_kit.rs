//! What the core's tests share: pictures, chains of steps without a world, and files taken apart.

pub use vaerans_kernels::testing::SplitMix64;

use super::coded;
use super::open::{DecodeOptions, Info, Opened};
use super::run::Run;
use super::tile::{Image, ImageView, SampleBuf, Samples};
use super::write::Options;
use crate::arena::{Arena, Element};
use crate::bitstream::{self, to_vec, Item, Metadata, NewItem, NewStream, TileBytes};
use crate::component::{Component, Kind, Params, StepRecord};
use crate::ecs::{Ctx, Cursor, Native, Planner, Step, Ty};
use crate::error::Result;
use crate::wire::{Limits, Slice};
use crate::REGISTRY;
use vaerans_kernels::Kernels;

/// A smooth picture with some texture: values 0..=top.
pub fn scene(width: usize, height: usize, channels: usize, top: u32) -> Vec<u32> {
    let mut random = SplitMix64(1);
    let mut out = Vec::with_capacity(width * height * channels);
    for y in 0..height {
        for x in 0..width {
            for c in 0..channels {
                let wave = (x * (3 + c) + y * (5 - c)) % 200;
                let edge = if (x / 23 + y / 17) % 2 == 0 { 40 } else { 0 };
                out.push((wave as u32 + edge + random.below(16) as u32) * top / 255);
            }
        }
    }
    out
}

pub fn scene_u8(width: usize, height: usize, channels: usize) -> Vec<u8> {
    scene(width, height, channels, 255).into_iter().map(|v| v as u8).collect()
}

pub fn scene_u16(width: usize, height: usize, channels: usize) -> Vec<u16> {
    scene(width, height, channels, 65535).into_iter().map(|v| v as u16).collect()
}

pub fn view(width: usize, height: usize, channels: usize, samples: &[u8]) -> ImageView<'_> {
    ImageView { width, height, channels, samples: Samples::U8(samples) }
}

pub fn view_u16(width: usize, height: usize, channels: usize, samples: &[u16]) -> ImageView<'_> {
    ImageView { width, height, channels, samples: Samples::U16(samples) }
}

/// Options with tiles of 64 pixels on one thread.
pub fn small_tiles() -> Options {
    Options { threads: Some(1), ..Options::default() }.with("tile", 64i64)
}

pub fn lossless() -> Options {
    small_tiles().with("lossless", true)
}

pub fn lossy(quality: i64) -> Options {
    small_tiles().with("quality", quality)
}

/// A file's picture.
pub fn picture(kernels: Kernels, file: &[u8], limits: &Limits, options: &DecodeOptions) -> Result<Image> {
    let source = Slice(file);
    Opened::new(&source, &REGISTRY, limits)?.picture(kernels, options)
}

/// A file's picture with these options.
pub fn picture_with(file: &[u8], options: &DecodeOptions) -> Result<Image> {
    picture(Kernels::active(), file, &Limits::default(), options)
}

/// The samples of a file's picture.
pub fn decode(file: &[u8]) -> Result<SampleBuf> {
    picture_with(file, &DecodeOptions { threads: Some(1), ..DecodeOptions::default() }).map(|i| i.samples)
}

/// What a file says of itself.
pub fn info(file: &[u8]) -> Info {
    let source = Slice(file);
    Opened::new(&source, &REGISTRY, &Limits::default()).unwrap().info()
}

/// The step of a public class name.
pub fn native(name: &str, params: Params) -> Native {
    REGISTRY.step(name, &params).unwrap()
}

/// A context with an arena of its own.
pub fn with_ctx<T>(f: impl FnOnce(&Ctx) -> T) -> T {
    let (arena, limits) = (Arena::new(64 << 20).unwrap(), Limits::default());
    f(&Ctx::new(Kernels::active(), &arena, &limits))
}

/// A component and the store key it goes by.
#[derive(Debug, Clone)]
pub struct Keyed {
    pub key: String,
    pub component: Component,
}

impl Keyed {
    pub fn new<T: Element>(ctx: &Ctx, key: &str, kind: Kind, shape: &[usize], values: &[T]) -> Keyed {
        Keyed { key: key.into(), component: Component::new(kind, ctx.arena.put(shape, values).unwrap()) }
    }

    /// Plans `steps` and runs them.
    pub fn run(&self, ctx: &Ctx, steps: &[Native]) -> Result<Keyed> {
        let mut planner = Planner::new(Some(&REGISTRY), vec![Ty::of(&self.key, &self.component)]);
        let mut at = 0;
        for step in steps {
            at = planner.add(&Step::Native(step.clone()), Cursor::Slot(at), None)?;
        }
        let mut slots = vec![Some(self.component.clone())];
        Run { steps: &planner.steps, keep: None, observer: None }.on(ctx, std::slice::from_mut(&mut slots))?;
        let key = planner.ty(at).unwrap().key.clone();
        Ok(Keyed { key, component: slots.swap_remove(at).unwrap() })
    }

    /// Undoes every step of its history.
    pub fn undo(&self, ctx: &Ctx) -> Result<Keyed> {
        let records = self.component.lineage.steps().iter().rev();
        let steps: Vec<Native> = records.map(|r| REGISTRY.inverse_of(r).unwrap().unwrap()).collect();
        self.run(ctx, &steps)
    }

    /// Its file.
    pub fn save(&self) -> Result<Vec<u8>> {
        to_vec(&coded::item(&REGISTRY, &[(&self.key, &self.component)], Metadata::default())?)
    }
}

/// A file of a pipe of four steps: colour, wavelet, quantiser, coder.
pub fn chain_file(width: usize, height: usize, samples: &[u8]) -> Vec<u8> {
    let steps = [
        native("YCoCgR", Params::new().with("float", true.into())),
        native("WaveletCDF97", Params::new().with("levels", 2i64.into())),
        native("DeadZone", Params::new().with("step", 9.0.into()).with("weighted", true.into())),
        native("ANSEncode", Params::new().with("adaptive", true.into())),
    ];
    with_ctx(|ctx| {
        let image = Keyed::new(ctx, "RGB", Kind::Image, &[height, width, 3], samples);
        image.run(ctx, &steps).unwrap().save().unwrap()
    })
}

/// The first item of a file in the form it was written from.
pub fn taken_apart(file: &[u8]) -> NewItem<Vec<u8>> {
    let source = Slice(file);
    let item = Item::first(&source, &Limits::default()).unwrap();
    let content = item.header.content.clone();
    let tiles = content.tiles();
    let stream = |(number, s): (usize, &bitstream::Stream)| {
        let tile = |t: usize| item.tile_bytes(number, t).unwrap();
        let lineages = (0..tiles).map(|t| s.lineage(t, &content.tile_shape(t)).unwrap()).collect();
        NewStream { role: s.role, key: s.key.clone(), lineages, tiles: (0..tiles).map(tile).collect() }
    };
    let streams = item.header.streams.iter().enumerate().map(stream).collect();
    NewItem { content: content.clone(), metadata: item.header.metadata.clone(), streams }
}

/// The file with something of its first item changed, checksums made to fit.
pub fn forged(file: &[u8], change: impl FnOnce(&mut NewItem<Vec<u8>>)) -> Vec<u8> {
    let mut item = taken_apart(file);
    change(&mut item);
    bitstream::to_vec(&item).unwrap()
}

/// The steps of every tile of a stream, to be changed.
pub fn change_steps(stream: &mut NewStream<Vec<u8>>, change: impl Fn(&mut Vec<StepRecord>)) {
    for lineage in &mut stream.lineages {
        let mut steps: Vec<StepRecord> = lineage.steps().iter().map(|s| s.as_ref().clone()).collect();
        change(&mut steps);
        *lineage = crate::component::Lineage::of(steps);
    }
}

/// The bytes of a level of a tile, to be changed.
pub fn change_level(tile: &mut TileBytes<Vec<u8>>, level: usize, change: impl FnOnce(&mut Vec<u8>)) {
    let at: usize = tile.levels[..level].iter().sum();
    let end = at + tile.levels[level];
    let mut bytes = tile.bytes[at..end].to_vec();
    change(&mut bytes);
    tile.levels[level] = bytes.len();
    tile.bytes.splice(at..end, bytes);
}
