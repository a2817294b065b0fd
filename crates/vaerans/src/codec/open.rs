//! The opener: the one thing that opens files. It parses once, checks the histories of all streams against the header before
//! memory is spent on them, and gives pictures, tensors, regions, scales, cut files and residuals alike.
//!
//! ```
//! use vaerans::codec::open::{DecodeOptions, Opened};
//! use vaerans::codec::write::{compress, Options};
//! use vaerans::codec::tile::{ImageView, Samples};
//! use vaerans::{kernels::Kernels, wire::{Limits, Slice}, REGISTRY};
//! let pixels = vec![128u8; 16 * 16 * 3];
//! let view = ImageView { width: 16, height: 16, channels: 3, samples: Samples::U8(&pixels) };
//! let file = compress(Kernels::active(), view, &Options::default())?;
//! let source = Slice(&file);
//! let opened = Opened::new(&source, &REGISTRY, &Limits::default())?;
//! let picture = opened.picture(Kernels::active(), &DecodeOptions::default())?;
//! assert_eq!((picture.width, picture.channels), (16, 3));
//! # Ok::<(), vaerans::Error>(())
//! ```

mod history;
mod info;
mod load;
#[cfg(feature = "network")]
mod needed;
mod picture;
mod place;
mod reduce;
mod tensor;
mod undo;
mod whole;
mod window;
mod world;

#[cfg(test)]
mod reduce_tests;

pub use info::{Info, StepInfo};
#[cfg(feature = "network")]
pub use needed::Needed;
#[cfg(all(feature = "network", feature = "predict"))]
pub use needed::NeededCodec;
#[cfg(all(feature = "encode", feature = "network", feature = "predict"))]
pub(in crate::codec) use place::blank;
pub use window::MAX_REDUCE;
pub use world::Undoing;

use super::coded::blame_file;
use super::tile::Image;
use crate::arena::{Arena, TensorRef};
use crate::bitstream::{Content, Item, StoredStep, Stream};
use crate::codec::filter::alpha;
use crate::codec::photo;
use crate::component::Kind;
use crate::ecs::Ctx;
#[cfg(feature = "network")]
use crate::ecs::{Models, NoModels};
use crate::error::{Error, Result};
use crate::rect::Rect;
use crate::registry::{Direction, Registry, Role};
use crate::wire::{AnySource, Limits};
#[cfg(feature = "network")]
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// What of a file is decoded, and how.
#[derive(Debug, Clone, Default)]
pub struct DecodeOptions {
    /// Threads; none: the environment, then the cores this process may use.
    pub threads: Option<usize>,
    /// Decode at most so many levels of resolution; none: all. What is missing is blurred, not smaller.
    pub levels: Option<usize>,
    /// Give the picture at 1/2^`reduce`: its sides become `ceil(n / 2^reduce)`. The finest levels are neither read nor needed,
    /// nor are the streams behind the first.
    pub reduce: u32,
    /// The part to decode, in pixels of the whole picture; none: all of it. Other tiles are neither read nor needed.
    pub region: Option<Rect>,
    /// Whether a file that was cut short gives the levels that are whole instead of `stream.truncated`.
    pub allow_truncated: bool,
    /// Give a picture as a canvas takes it, RGBA of 8 bits: 16 bits are rounded, grey is repeated, what has no alpha is opaque.
    pub rgba: bool,
}

/// What a file gives.
#[derive(Debug)]
pub enum Decoded {
    /// A picture.
    Picture(Image),
    /// A tensor and what it means.
    Tensor(Kind, TensorRef),
}

/// An item of a file, parsed and checked.
pub struct Opened<'a> {
    item: Item<'a>,
    registry: &'static Registry,
    limits: Limits,
    /// Where learned models are found.
    #[cfg(feature = "network")]
    models: Arc<dyn Models>,
}

impl<'a> Opened<'a> {
    /// The first item of a file. Reads its header alone.
    ///
    /// # Errors
    /// `stream.*`, `limit.*`; `pipe.unknown_system` for a step that no registry here has.
    pub fn new(source: impl Into<AnySource<'a>>, registry: &'static Registry, limits: &Limits) -> Result<Opened<'a>> {
        Opened::of(Item::first(source, limits)?, registry, limits)
    }

    /// An item of a file of many.
    ///
    /// # Errors
    /// As [`Opened::new`].
    pub fn of(mut item: Item<'a>, registry: &'static Registry, limits: &Limits) -> Result<Opened<'a>> {
        history::complete(&mut item.header, registry).map_err(blame_file)?;
        Ok(Opened {
            item,
            registry,
            limits: *limits,
            #[cfg(feature = "network")]
            models: Arc::new(NoModels),
        })
    }

    /// The same, which finds learned models there.
    #[cfg(feature = "network")]
    pub fn with_models(self, models: Arc<dyn Models>) -> Opened<'a> {
        Opened { models, ..self }
    }

    /// What the item gives.
    pub fn content(&self) -> &Content {
        &self.item.header.content
    }

    /// Its header and sections.
    pub fn item(&self) -> &Item<'a> {
        &self.item
    }

    /// The steps that only the caller can undo, in the order they will be due.
    pub fn foreign(&self) -> Vec<&StoredStep> {
        self.due().filter(|s| self.registry.is_foreign(s.number)).collect()
    }

    /// The learned models that are needed, for [`Opened::with_models`].
    #[cfg(feature = "network")]
    pub fn models(&self) -> Vec<Needed<'_>> {
        self.due().filter_map(Needed::of).collect()
    }

    /// Whether the first step of the picture works on all of it, and its tiles are cut of what that makes.
    fn is_whole(&self) -> bool {
        let first = self.item.header.streams[0].steps.first();
        first.and_then(|s| self.registry.by_number(s.number)).is_some_and(|e| e.is_whole)
    }

    /// Whether the picture is one of the photo coder.
    fn is_photo(&self) -> bool {
        self.item.header.streams[0].steps.first().is_some_and(|s| s.number == photo::system::ENTRY.number)
    }

    /// Streams that refine the picture.
    fn refinements(&self) -> impl Iterator<Item = usize> + '_ {
        let streams = &self.item.header.streams;
        (1..streams.len()).filter(|&s| streams[s].role == Role::Residual)
    }

    /// Whether all of a stream is there.
    fn is_there(&self, stream: usize) -> bool {
        self.item.whole_levels(stream) == self.item.header.streams[stream].levels
    }

    /// The steps that are undone, in the order they will be due.
    fn due(&self) -> impl Iterator<Item = &StoredStep> {
        let streams = self.item.header.streams.iter().enumerate();
        let used = streams.filter(|(i, s)| *i == 0 || s.role == Role::Residual).map(|(_, s)| s);
        used.flat_map(|s| s.steps.iter().rev())
    }

    /// What steps run with, on that many threads.
    fn ctx<'s>(&'s self, kernels: Kernels, arena: &'s Arena, threads: usize) -> Ctx<'s> {
        let ctx = Ctx { threads, ..Ctx::new(kernels, arena, &self.limits) };
        #[cfg(feature = "network")]
        let ctx = Ctx { models: self.models.as_ref(), ..ctx };
        ctx
    }

    /// The picture's stream, and those that refine it where all of it is wanted, of which so many levels are read.
    fn used(&self, options: &DecodeOptions, levels: usize) -> Result<Vec<usize>> {
        let streams = &self.item.header.streams;
        if streams[0].role == Role::Residual {
            return Err(Error::new("stream.invalid", history::NO_PICTURE));
        }
        // A smaller picture has no use for a residual; it has alpha.
        let is_wanted =
            |s: &Stream| options.reduce == 0 || s.steps.first().is_some_and(|f| f.number == alpha::ENTRY.number);
        let residuals: Vec<usize> = self.refinements().filter(|&s| is_wanted(&streams[s])).collect();
        let is_full = levels == streams[0].levels;
        let refine = is_full && (!options.allow_truncated || residuals.iter().all(|&s| self.is_there(s)));
        Ok(std::iter::once(0).chain(residuals.into_iter().filter(|_| refine)).collect())
    }

    fn check_memory(&self, needed: u64) -> Result<()> {
        self.limits.check_bytes(needed, "bytes to decode the file")
    }

    /// Refuses what this build cannot undo by itself.
    fn check_native(&self) -> Result<()> {
        let mut known = self.due().filter_map(|s| self.registry.by_number(s.number));
        if let Some(entry) = known.find(|e| e.is_left_out()) {
            return Err(entry.left_out(Direction::Inverse));
        }
        match self.foreign().first() {
            None => Ok(()),
            Some(step) => {
                let known = self.registry.by_number(step.number).map(|e| e.name);
                let name = known.unwrap_or(&step.name);
                let text = format!("step {} ({name}) runs only where the caller provides it", step.number);
                Err(Error::new("unavailable.feature", text))
            }
        }
    }

    /// The samples of the item, if this library can undo every step by itself. A picture's are the stored ones: whoever shows
    /// them applies the orientation.
    ///
    /// # Errors
    /// `stream.*`, `limit.*`; `param.*` for options that do not fit; `unavailable.feature` where a step of the caller's is left.
    pub fn decode(&self, kernels: Kernels, options: &DecodeOptions) -> Result<Decoded> {
        match self.content() {
            Content::Picture(_) => self.picture(kernels, options).map(Decoded::Picture),
            Content::Tensor { kind, .. } => Ok(Decoded::Tensor(*kind, self.tensor(kernels, options)?)),
        }
    }

    /// As [`Opened::decode`], of a picture.
    ///
    /// # Errors
    /// As there; `pipe.wrong_kind` for a tensor.
    pub fn picture(&self, kernels: Kernels, options: &DecodeOptions) -> Result<Image> {
        let Content::Picture(geometry) = *self.content() else {
            return Err(Error::new("pipe.wrong_kind", "the file holds a tensor, not a picture"));
        };
        self.check_native()?;
        let image = picture::decode(self, geometry, kernels, options)?;
        if options.rgba {
            self.check_memory(4 * image.width as u64 * image.height as u64)?;
            return image.into_rgba();
        }
        Ok(image)
    }

    /// As [`Opened::decode`], of a tensor.
    ///
    /// # Errors
    /// As there; `pipe.wrong_kind` for a picture.
    pub fn tensor(&self, kernels: Kernels, options: &DecodeOptions) -> Result<TensorRef> {
        check_tensor_options(options)?;
        self.check_native()?;
        if cfg!(feature = "extra") {
            return tensor::decode(self, kernels, options);
        }
        Err(Error::new("unavailable.feature", "tensors are left out of this build"))
    }
}

/// How often a picture is halved for a scale of 1, 1/2, 1/4, ....
///
/// # Errors
/// `param.range` for any other scale.
pub fn halvings(scale: f64) -> Result<u32> {
    let found = (0..=MAX_REDUCE).find(|&n| scale * f64::from(1u32 << n) == 1.0);
    found.ok_or_else(|| Error::new("param.range", format!("scale={scale}; 1, 1/2, 1/4, ... 1/{}", 1u32 << MAX_REDUCE)))
}

fn check_tensor_options(options: &DecodeOptions) -> Result<()> {
    if options.reduce > 0 || options.region.is_some() {
        let text = "scale and region are of pictures; this file holds a tensor";
        return Err(Error::new("param.unknown", text));
    }
    Ok(())
}
