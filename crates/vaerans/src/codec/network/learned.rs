//! Learned models in memory, and a place where steps find them.

use super::run::spec;
use crate::component::{Params, Value};
use crate::ecs::{not_found, Models};
use crate::error::{Error, Result};
#[cfg(feature = "predict")]
use crate::learned::{name_of, Layered, Predictor, NAME};
use crate::nn::memory::{Block, Bytes};
use crate::nn::plan::{Extent, Plan};
use crate::nn::{Model, Options, Session};
use crate::registry::Direction;
use crate::wire::{sha256, Limits};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::Kernels;

/// Rows and columns of a latent of a network that leaves them open, where its extents are tried.
const TRIAL: usize = 8;

/// The two files of a compiled network.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// `plan.bin`.
    pub plan: &'a [u8],
    /// `weights.bin`.
    pub weights: &'a [u8],
}

/// A learned model: a decoder, and an encoder where pictures are encoded too. It runs in strict mode.
#[derive(Debug)]
pub struct Learned {
    /// SHA-256 of the decoder's plan.
    pub sha256: [u8; 32],
    /// Channels of its latents.
    pub channels: usize,
    /// Pixels of a sample of a latent along each axis.
    pub downscale: usize,
    encoder: Option<Arc<Model>>,
    decoder: Arc<Model>,
}

impl Learned {
    /// Of compiled networks, for these kernels.
    ///
    /// # Errors
    /// `model.plan`, `model.weights`, `model.operator` for files that are no network; `model.shape` for networks of another kind, or that
    /// do not belong together; `limit.memory`.
    pub fn load(decoder: Files, encoder: Option<Files>, kernels: Kernels, limits: &Limits) -> Result<Learned> {
        let kernels = NnKernels::of(kernels, Mode::Strict);
        let load = |files: Files| Model::load(files.plan, files.weights, kernels, limits).map(Arc::new);
        let made = load(decoder)?;
        let latent = dims(&made.plan)?;
        let picture = outcome(&made, latent, limits).map_err(|e| e.at("decoder"))?;
        let downscale = picture[0] / latent[1];
        if picture != [latent[1] * downscale, latent[2] * downscale, 3] || !(1..=MOST_DOWNSCALE).contains(&downscale) {
            let text = format!(
                "the decoder makes {picture:?} of a latent of {latent:?}; (H, W, 3) of a whole multiple expected"
            );
            return Err(Error::new("model.shape", text));
        }
        let encoder = encoder.map(load).transpose()?;
        if let Some(encoder) = &encoder {
            let back = outcome(encoder, picture, limits).map_err(|e| e.at("encoder"))?;
            if back != latent {
                let text =
                    format!("the encoder makes {back:?} of a picture of {picture:?}, the decoder takes {latent:?}");
                return Err(Error::new("model.shape", text));
            }
        }
        Ok(Learned { sha256: sha256(decoder.plan), channels: latent[0], downscale, encoder, decoder: made })
    }

    /// What `VAEEncode` is given to encode with it.
    pub fn params(&self) -> Params {
        Params::new()
            .with("model", Value::Bytes(self.sha256.to_vec()))
            .with("channels", Value::Int(self.channels as i64))
            .with("downscale", Value::Int(self.downscale as i64))
    }

    /// Bytes that its weights take.
    pub fn bytes(&self) -> usize {
        self.decoder.weight_bytes() + self.encoder.as_ref().map_or(0, |e| e.weight_bytes())
    }

    /// Whether it has an encoder.
    pub fn encodes(&self) -> bool {
        self.encoder.is_some()
    }

    fn network(&self, direction: Direction) -> Result<Arc<Model>> {
        let part = match direction {
            Direction::Forward => self.encoder.as_ref(),
            Direction::Inverse => Some(&self.decoder),
        };
        part.cloned().ok_or_else(|| Error::new("model.missing_file", "the model has no encoder: it can only decode"))
    }
}

/// Most pixels of a latent's sample along an axis.
pub(super) const MOST_DOWNSCALE: usize = 256;

/// (C, h, w) of what a decoder takes, where it is one tensor (1, C, h, w) of floats; open extents are tried ones.
fn dims(plan: &Plan) -> Result<[usize; 3]> {
    let refused = || {
        let text = "a decoder takes one tensor of floats (1, C, h, w), C known, and gives one";
        Error::new("model.shape", text)
    };
    let [input] = &plan.inputs[..] else { return Err(refused()) };
    let [n, c, h, w] = input.dims[..] else { return Err(refused()) };
    let (Extent::Fixed(1) | Extent::Symbol(_), Extent::Fixed(c)) = (n, c) else { return Err(refused()) };
    let tried = |extent| match extent {
        Extent::Fixed(n) => usize::try_from(n).unwrap_or(0),
        Extent::Symbol(_) => TRIAL,
    };
    match [usize::try_from(c).unwrap_or(0), tried(h), tried(w)] {
        all if all.contains(&0) => Err(refused()),
        all => Ok(all),
    }
}

/// The extents behind the first of what a network makes of a tensor of these extents.
fn outcome(model: &Arc<Model>, dims: [usize; 3], limits: &Limits) -> Result<[usize; 3]> {
    let spec = spec(dims)?;
    limits.check_bytes(spec.shape.checked_len().unwrap_or(usize::MAX) as u64, "elements of a network's input")?;
    let mut input = Block::new(spec.bytes())?;
    let options = Options { limits: *limits, ..Options::default() };
    let made = Session::new(model.clone(), options).prepare(&[Bytes::new(spec, input.all())?])?;
    match made[..] {
        [one] if one.ty == spec.ty => match one.shape[..] {
            [1, a, b, c] => Ok([a, b, c]),
            _ => Err(Error::new("model.shape", format!("it gives {}; one picture or latent expected", one.shape))),
        },
        _ => Err(Error::new("model.shape", "it gives other things than one tensor of floats")),
    }
}

/// Learned models by the SHA-256 of their decoders' plans: where steps of a world, or of a file, find them.
#[derive(Debug, Default)]
pub struct Networks {
    all: RwLock<BTreeMap<[u8; 32], Arc<Learned>>>,
    #[cfg(feature = "predict")]
    predictors: RwLock<BTreeMap<[u8; NAME], Arc<Predictor>>>,
    #[cfg(feature = "predict")]
    layered: RwLock<BTreeMap<[u8; NAME], Arc<Layered>>>,
}

impl Networks {
    /// Of one model.
    pub fn of(model: Arc<Learned>) -> Networks {
        let networks = Networks::default();
        networks.add(model);
        networks
    }

    /// Of one learned codec.
    #[cfg(feature = "predict")]
    pub fn layered(codec: Arc<Layered>) -> Networks {
        let networks = Networks::default();
        networks.add_layered(codec);
        networks
    }

    /// One more.
    pub fn add(&self, model: Arc<Learned>) {
        self.stand_in(model.sha256, model);
    }

    /// A predictor.
    #[cfg(feature = "predict")]
    pub fn add_predictor(&self, predictor: Arc<Predictor>) {
        self.predictors.write().unwrap_or_else(PoisonError::into_inner).insert(name_of(&predictor.sha256), predictor);
    }

    /// A learned codec, whose name names its predictor too.
    #[cfg(feature = "predict")]
    pub fn add_layered(&self, codec: Arc<Layered>) {
        let name = name_of(&codec.sha256);
        self.predictors.write().unwrap_or_else(PoisonError::into_inner).insert(name, codec.predictor.clone());
        self.layered.write().unwrap_or_else(PoisonError::into_inner).insert(name, codec);
    }

    /// A model for another's: the same model compiled otherwise, say, whose pixels may differ in their last bit.
    pub fn stand_in(&self, sha256: [u8; 32], model: Arc<Learned>) {
        self.all.write().unwrap_or_else(PoisonError::into_inner).insert(sha256, model);
    }
}

impl Models for Networks {
    fn network(&self, sha256: &[u8; 32], direction: Direction) -> Result<Arc<Model>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.get(sha256).ok_or_else(|| not_found(sha256))?.network(direction)
    }

    #[cfg(feature = "predict")]
    fn predictor(&self, name: &[u8; NAME]) -> Result<Arc<Predictor>> {
        let all = self.predictors.read().unwrap_or_else(PoisonError::into_inner);
        all.get(name).cloned().ok_or_else(|| not_found(name))
    }

    #[cfg(feature = "predict")]
    fn layered(&self, name: &[u8; NAME]) -> Result<Arc<Layered>> {
        let all = self.layered.read().unwrap_or_else(PoisonError::into_inner);
        all.get(name).cloned().ok_or_else(|| not_found(name))
    }
}
