//! A codec of pictures made of networks and a [`Predictor`](super::Predictor): an encoder, a decoder of a base layer, and layers that
//! enhance it.
//!
//! Its networks take and give pictures (1, H, W, 3) of red, green and blue in 0 to 1, and latents (1, h, w, C), a sample for each square of
//! `downscale` pixels. The decoder makes the picture of the base layer; an enhancement makes what is added to it, and its analysis finds
//! the latent of that.

mod factors;
mod head;
mod load;

pub use head::Head;
pub use load::{LayerFiles, LayeredFiles, NetworkFiles};

use super::Predictor;
use crate::nn::Model;
use std::sync::Arc;

/// The networks of a layer.
#[derive(Debug, Clone)]
pub struct Layer {
    /// From a latent to the picture, or to what is added to it; a reader of the base alone has no other.
    pub synthesis: Option<Arc<Model>>,
    /// The way back: from a picture, or from what is missing of it; only who encodes has it.
    pub analysis: Option<Arc<Model>>,
}

/// A codec in memory. Its networks run in strict mode.
#[derive(Debug, Clone)]
pub struct Layered {
    /// SHA-256 of its head, which names all of its files.
    pub sha256: [u8; 32],
    /// What the head says.
    pub head: Head,
    /// What predicts its integers.
    pub predictor: Arc<Predictor>,
    /// Layer by layer, the base first.
    pub layers: Vec<Layer>,
}

impl Layered {
    /// Channels of so many layers.
    pub fn channels(&self, layers: usize) -> usize {
        self.predictor.layers.get(layers.wrapping_sub(1)).copied().unwrap_or(0)
    }

    /// Whether it has the networks that encode.
    pub fn encodes(&self) -> bool {
        self.layers.iter().all(|l| l.analysis.is_some() && l.synthesis.is_some())
    }

    /// Bytes that its weights take.
    pub fn bytes(&self) -> usize {
        let models = self.layers.iter().flat_map(|l| [&l.synthesis, &l.analysis]).flatten();
        models.map(|m| m.weight_bytes()).sum()
    }
}
