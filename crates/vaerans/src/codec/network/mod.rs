//! Learned analysis and synthesis: by the caller ([`onnx`], [`pil`]), or by this library's own engine ([`vae`]).
//!
//! What joins the engine (`nn`) and the codec is here. A learned model is two networks: an encoder, from a picture of RGB in 0 to 1,
//! (1, H, W, 3), to a latent, (1, C, H / d, W / d), and a decoder back. Everything else that a model may want (other ranges, another order
//! of channels, a scaled latent) is part of the networks, so that who has their plans needs no description of them. Its name is the
//! SHA-256 of the decoder's plan, which holds that of the weights: the same name is the same pixels.

//!
//! A file of such a model, decoded (`vaerans_ecs.models.compile_model` writes the two files):
//!
//! ```no_run
//! use std::sync::Arc;
//! use vaerans::codec::network::{Files, Learned, Networks};
//! use vaerans::codec::open::{DecodeOptions, Opened};
//! use vaerans::{kernels::Kernels, wire::{Limits, Slice}, REGISTRY};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (plan, weights) = (std::fs::read("taesd/decoder/plan.bin")?, std::fs::read("taesd/decoder/weights.bin")?);
//! let (kernels, limits) = (Kernels::active(), Limits::default());
//! let model = Learned::load(Files { plan: &plan, weights: &weights }, None, kernels, &limits)?;
//! let file = std::fs::read("picture.vrn")?;
//! let source = Slice(&file);
//! let opened = Opened::new(&source, &REGISTRY, &limits)?.with_models(Arc::new(Networks::of(Arc::new(model))));
//! let picture = opened.picture(kernels, &DecodeOptions::default())?;
//! println!("{} x {}", picture.width, picture.height);
//! # Ok(())
//! # }
//! ```

use crate::component::Kind;
use crate::registry::{Entry, Family};

mod learned;
mod picture;
mod run;

pub use learned::{Files, Learned, Networks};

crate::registry::systems! {
    mod onnx;
    mod pil;
    mod vae;
    mod layered;
}

/// What the entries share.
const BASE: Entry =
    Entry { family: Family::Network, takes: &[Kind::Image], gives: Kind::Latent, key: "Latent4", ..Entry::BASE };

#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;
#[cfg(test)]
mod tests;
