//! A learned latent, which any network makes, coded with a wavelet, a quantiser and rANS.

#[cfg(all(feature = "encode", feature = "network"))]
use super::PROFILE;
use crate::bitstream::{self, Geometry, Metadata};
use crate::codec::coded;
use crate::codec::entropy::ans;
use crate::codec::filter::residual;
#[cfg(all(feature = "encode", feature = "network"))]
use crate::codec::network::{self, Learned, Networks};
use crate::codec::profile::{forward, photo, Fidelity, RESIDUAL};
use crate::codec::quantize::uniform;
use crate::codec::tile::{self, ImageView};
use crate::codec::transform::{hadamard, wavelet_cdf53};
#[cfg(all(feature = "encode", feature = "network"))]
use crate::codec::write::Options;
use crate::component::{Component, Kind, Meta, Params, Value};
use crate::ecs::{EntityId, Foreign, Pipe, Step, StepId, World};
#[cfg(all(feature = "encode", feature = "network"))]
use crate::ecs::{Models, WorldOptions};
use crate::error::{Error, Result};
use crate::rect::Rect;
use crate::registry::{keys, Registry};
#[cfg(all(feature = "encode", feature = "network"))]
use crate::wire::Limits;
#[cfg(all(feature = "encode", feature = "network"))]
use crate::REGISTRY;
use std::sync::Arc;
#[cfg(all(feature = "encode", feature = "network"))]
use vaerans_kernels::Kernels;

/// Quality in front of the residual of a lossless file.
const REFINED: u8 = 75;
/// Quantiser steps over the latent's range at quality 0..=100: 8 at 0, doubling every 25, 128 at 100. A table, so that every
/// machine takes the same.
const SYMBOLS: [u8; 101] = [
    8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 11, 11, 11, 11, 12, 12, 12, 13, 13, 14, 14, 14, 15, 15, 16, 16, 16, 17, 17, 18,
    18, 19, 19, 20, 21, 21, 22, 22, 23, 24, 24, 25, 26, 26, 27, 28, 29, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 45, 46, 47, 49, 50, 51, 53, 54, 56, 57, 59, 61, 62, 64, 66, 68, 70, 72, 74, 76, 78, 80, 82, 84, 87, 89,
    92, 94, 97, 100, 103, 105, 108, 111, 115, 118, 121, 124, 128,
];

/// Number of quantiser steps at a quality of 0..=100.
pub fn symbols(quality: u8) -> i64 {
    i64::from(SYMBOLS[usize::from(quality.min(100))])
}

/// Splits of a latent of these sides.
fn levels(height: usize, width: usize) -> i64 {
    let bits = height.min(width).checked_ilog2().map_or(0, i64::from) + 1;
    (bits - 3).clamp(1, 4)
}

/// A picture being encoded in a world. The caller runs the pipes that [`Encoding::next`] gives, one after another, and answers
/// their foreign steps.
pub struct Encoding {
    id: EntityId,
    fidelity: Fidelity,
    encoder: Step,
    /// What undoes an encoder of the caller's; none where this library does.
    decoder: Option<Arc<Foreign>>,
    stage: Stage,
    /// Steps that made the streams.
    streams: Vec<(String, StepId)>,
}

enum Stage {
    Latent,
    Code(Pipe),
    Residual(StepId),
    Done,
}

impl Encoding {
    /// Puts the picture into the world; opaque alpha is left out. `options` are complete.
    ///
    /// # Errors
    /// `param.*`, `data.empty`, `limit.*`.
    pub fn new(
        world: &mut World,
        image: &ImageView,
        options: &Params,
        encoder: Step,
        decoder: Option<Arc<Foreign>>,
    ) -> Result<Encoding> {
        image.check()?;
        if let Some(name) = ["target_bytes", "target_psnr"].iter().find(|name| options.get(name).is_some()) {
            let text = format!("{name}= is of codecs in layers, as the one that ships is; this model is none");
            return Err(Error::new("param.unknown", text));
        }
        let fidelity = Fidelity::of(options)?;
        photo::check_bound(fidelity, Geometry::depth_of(image.samples.dtype()).unwrap_or(16))?;
        let whole = Rect::whole(image.width, image.height);
        let data = tile::cut(world.arena(), image, whole, image.opaque_channels(), image.samples.dtype())?;
        let id = world.new_entity();
        let meta = Meta::Image { colourspace: "sRGB".into() };
        world.attach(id, keys::IMAGE, Component::new(Kind::Image, data).with_meta(meta), None)?;
        Ok(Encoding { id, fidelity, encoder, decoder, stage: Stage::Latent, streams: Vec::new() })
    }

    /// The next pipe to run; none: everything is coded.
    ///
    /// # Errors
    /// Those of the native steps.
    pub fn next(&mut self, world: &mut World) -> Result<Option<Pipe>> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Latent => {
                let mut pipe = Pipe::new(vec![self.id]);
                pipe.to(world, self.encoder.clone(), None);
                self.stage = Stage::Code(pipe.clone());
                Ok(Some(pipe))
            }
            Stage::Code(pipe) => {
                let coded = self.code(world, &pipe)?;
                self.refine(world, coded)
            }
            Stage::Residual(step) => {
                self.streams.push((RESIDUAL.into(), step));
                Ok(None)
            }
            Stage::Done => Ok(None),
        }
    }

    /// Codes the latent, with and without a rotation of its channels, which costs no quality: keeps what takes fewer bytes.
    fn code(&mut self, world: &mut World, latent: &Pipe) -> Result<Pipe> {
        let step = latent.nodes.last().map(|n| n.id);
        let key = match &self.encoder {
            Step::Native(native) => native.entry.key,
            Step::Foreign(foreign) => foreign.produces.first().map_or("", |(key, _)| key),
        };
        let shape = world.component(self.id, key, step)?.data.shape().to_vec();
        let &[channels, height, width] = &shape[..] else {
            return Err(Error::new("data.type", "the encoder's latent has no shape (C, h, w)"));
        };
        let mut best: Option<(usize, Pipe)> = None;
        for rotate in [false, true] {
            if rotate && channels % 4 != 0 {
                continue;
            }
            let mut pipe = latent.fork();
            let size = self.coded(world, &mut pipe, rotate, levels(height, width))?;
            if best.as_ref().is_none_or(|(least, _)| size < *least) {
                best = Some((size, pipe));
            }
        }
        let (_, pipe) = best.ok_or_else(|| Error::new("internal.bug", "nothing was coded"))?;
        self.streams = vec![(keys::BITSTREAM.into(), pipe.nodes.last().map_or(0, |n| n.id))];
        Ok(pipe)
    }

    /// Runs a coding pipe; gives the number of bytes.
    fn coded(&self, world: &mut World, pipe: &mut Pipe, rotate: bool, levels: i64) -> Result<usize> {
        let int = |name: &str, v: i64| Params::new().with(name, Value::Int(v));
        if rotate {
            pipe.to(world, forward(&hadamard::ENTRY, Params::new())?, None);
        }
        pipe.to(world, forward(&wavelet_cdf53::ENTRY, int("levels", levels))?, None);
        pipe.to(
            world,
            forward(&uniform::ENTRY, int("symbols", symbols(self.fidelity.quality().unwrap_or(REFINED))))?,
            None,
        );
        let step = pipe.to(world, forward(&ans::ENTRY, Params::new().with("adaptive", Value::Bool(true)))?, None);
        pipe.advance(world)?;
        Ok(world.component(self.id, keys::BITSTREAM, Some(step))?.data.len())
    }

    /// The pipe that decodes what was coded and takes what is missing to the picture.
    fn refine(&mut self, world: &mut World, coded: Pipe) -> Result<Option<Pipe>> {
        let Some(bound) = self.fidelity.bound() else { return Ok(None) };
        let mut pipe = coded.fork();
        for node in coded.nodes.iter().rev() {
            let undo = match (&node.step, &self.decoder) {
                (Step::Native(native), _) => Step::Native(native.undo()?),
                (Step::Foreign(_), Some(decoder)) => Step::Foreign(decoder.clone()),
                (Step::Foreign(own), None) => {
                    return Err(Error::new("pipe.no_inverse", format!("{} has no decoder beside it", own.name)))
                }
            };
            pipe.to(world, undo, None);
        }
        let bound = Params::new().with("max_error", Value::Int(i64::from(bound)));
        pipe.to(world, forward(&residual::ENTRY, bound)?, None);
        let adaptive = Params::new().with("adaptive", Value::Bool(true));
        let step = pipe.to(world, forward(&ans::ENTRY, adaptive)?, Some(RESIDUAL.into()));
        self.stage = Stage::Residual(step);
        Ok(Some(pipe))
    }

    /// The file.
    ///
    /// # Errors
    /// `pipe.unregistered_system`, `param.*` for metadata that no file holds.
    pub fn finish(&self, world: &World, registry: &Registry, metadata: Metadata) -> Result<Vec<u8>> {
        let one = |(key, step): &(String, StepId)| world.component(self.id, key, Some(*step));
        let components = self.streams.iter().map(one).collect::<Result<Vec<_>>>()?;
        let named: Vec<_> = self.streams.iter().map(|(k, _)| k.as_str()).zip(components).collect();
        bitstream::to_vec(&coded::item(registry, &named, metadata)?)
    }
}

#[cfg(all(feature = "encode", feature = "network"))]
/// Bytes of the arena of a world in which a picture of so many is compressed: pages are touched only when they are used.
fn arena_bytes(picture: u64, limits: &Limits) -> usize {
    // The picture, its latent in floats at up to 4 channels a pixel, two trials, and what comes back.
    let wanted = picture.saturating_mul(96).saturating_add(64 << 20).min(limits.max_bytes);
    usize::try_from(wanted).unwrap_or(usize::MAX)
}

/// A whole file of a picture, coded with a learned model that this library runs.
///
/// # Errors
/// `param.*`, `data.empty`, `limit.*`; `model.missing_file` for a model without an encoder.
#[cfg(all(feature = "encode", feature = "network"))]
pub fn compress(kernels: Kernels, image: &ImageView, options: &Options, model: &Arc<Learned>) -> Result<Vec<u8>> {
    let Options { threads, metadata, limits, .. } = options.clone();
    limits.check_picture(image.width as u64, image.height as u64)?;
    let metadata = metadata.settled(image.channels)?;
    let profile = PROFILE.complete(&options.profile)?;
    let bytes = image.samples.len() as u64 * image.samples.dtype().size() as u64;
    let models: Arc<dyn Models> = Arc::new(Networks::of(model.clone()));
    let arena_bytes = arena_bytes(bytes, &limits);
    let mut world = World::new(WorldOptions { arena_bytes, threads, limits, models, ..WorldOptions::new(kernels) })?;
    let encoder = forward(&network::vae::ENTRY, model.params())?;
    let mut encoding = Encoding::new(&mut world, image, &profile, encoder, None)?;
    while let Some(pipe) = encoding.next(&mut world)? {
        pipe.advance(&mut world)?;
    }
    encoding.finish(&world, &REGISTRY, metadata)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_double_every_25_and_never_fall() {
        assert!(SYMBOLS.is_sorted());
        assert_eq!([symbols(0), symbols(25), symbols(50), symbols(75), symbols(100)], [8, 16, 32, 64, 128]);
        // The table is 8 * 2^(quality / 25), rounded.
        for (q, &s) in SYMBOLS.iter().enumerate() {
            let real = 8.0 * 2f64.powf(q as f64 / 25.0);
            assert!((f64::from(s) - real).abs() <= 0.5 + 1e-9, "{q}");
        }
    }

    #[test]
    fn small_latents_are_split_once() {
        assert_eq!([levels(1, 1), levels(8, 90), levels(64, 96), levels(1000, 1000)], [1, 1, 4, 4]);
    }
}
