//! The `photo` profile: a picture to a file.

use super::{exact, lossy};
use crate::bitstream::{self, Colour, Content, Geometry, Metadata, NewItem};
use crate::codec::profile::photo::{self, tile_of};
use crate::codec::profile::{Fidelity, Target};
use crate::codec::tile::ImageView;
use crate::component::{Params, Value};
use crate::error::{Error, Result};
use crate::pool;
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

impl Options {
    /// The same with an option of the profile.
    pub fn with(self, name: &str, value: impl Into<Value>) -> Options {
        Options { profile: self.profile.with(name, value.into()), ..self }
    }
}

/// A picture to be written, and how.
pub(super) struct Job<'a> {
    pub kernels: Kernels,
    pub image: &'a ImageView<'a>,
    pub geometry: Geometry,
    pub fidelity: Fidelity,
    pub target: Option<Target>,
    /// Options of the profile, complete.
    pub asked: Params,
    pub metadata: Metadata,
    pub threads: usize,
    pub limits: &'a Limits,
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
/// `param.*` for impossible options, `param.range` with the nearest value for a target that is out of reach, `data.empty`, `limit.*`.
pub fn compress(kernels: Kernels, image: ImageView, options: &Options) -> Result<Vec<u8>> {
    image.check()?;
    options.limits.check_picture(image.width as u64, image.height as u64)?;
    let asked = photo::PROFILE.complete(&options.profile)?;
    let (fidelity, target) = (Fidelity::of(&asked)?, Target::of(&asked)?);
    if target.is_some() && fidelity.bound().is_some() {
        return Err(Error::new("param.range", "a target with lossless or max_error; one of the two"));
    }
    let geometry = geometry(&image, tile_of(&asked, image.width, image.height)?)?;
    photo::check_bound(fidelity, geometry.depth)?;
    let metadata = options.metadata.clone().settled(geometry.colour.channels())?;
    let threads = pool::resolve(options.threads)?;
    let limits = &options.limits;
    let job = Job { kernels, image: &image, geometry, fidelity, target, asked, metadata, threads, limits };
    match fidelity.bound() {
        None => lossy::file(&job),
        Some(0) if job.asked.flag("progressive") => lossy::file(&job),
        Some(bound) => job.file(vec![exact::picture(&job, bound)?]),
    }
}

impl Job<'_> {
    /// The file of these streams.
    pub fn file(&self, streams: Vec<bitstream::NewStream<Vec<u8>>>) -> Result<Vec<u8>> {
        let (content, metadata) = (Content::Picture(self.geometry), self.metadata.clone());
        bitstream::to_vec(&NewItem { content, metadata, streams })
    }
}

fn geometry(image: &ImageView, tile: usize) -> Result<Geometry> {
    let (width, height) = (image.width, image.height);
    Ok(Geometry {
        width,
        height,
        colour: Colour::of_channels(image.stored_channels())?,
        depth: Geometry::depth_of(image.samples.dtype()).unwrap_or(16),
        // A tile that holds the whole picture needs no edge in the header.
        tile: if tile >= width.max(height) { 0 } else { tile },
    })
}
