//! Learned analysis and synthesis: by the caller ([`onnx`], [`pil`]), or by this library's own engine ([`vae`]).
//!
//! What joins the engine (`nn`) and the codec is here. A learned model is two networks: an encoder, from a picture of RGB in 0 to 1,
//! (1, 3, H, W), to a latent, (1, C, H / d, W / d), and a decoder back. Everything else that a model may want (other ranges, another order
//! of channels, a scaled latent) is part of the networks, so that who has their plans needs no description of them. Its name is the
//! SHA-256 of the decoder's plan, which holds that of the weights: the same name is the same pixels.

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
}

/// What the entries share.
const BASE: Entry =
    Entry { family: Family::Network, takes: &[Kind::Image], gives: Kind::Latent, key: "Latent4", ..Entry::BASE };

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
