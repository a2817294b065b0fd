//! A codec in layers for tests: means of 2 x 2 pixels, and the means of what is then missing; a sample of the base depends on those beside it.

use super::{network, picture, Compiled};
use crate::codec::network::Networks;
use crate::error::Result;
use crate::learned::testing::predictor;
use crate::learned::{Head, LayerFiles, Layered, LayeredFiles, NetworkFiles, Predictor};
use crate::nn::plan::Attribute;
use crate::wire::{sha256, Limits};
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// What a latent is of the mean of its pixels.
const GAIN: f32 = 30.0;
/// Qualities of the base alone, of five.
pub const BASE_STEPS: usize = 2;
/// Channels of the layers.
const LAYERS: [usize; 2] = [3, 6];

fn ints(name: &'static str, all: &[i64]) -> (&'static str, Attribute) {
    (name, Attribute::Ints(all.to_vec()))
}

/// Means of 2 x 2 pixels, times a number.
pub fn analysis(gain: f32) -> Compiled {
    let window = [ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
    network(picture(), &[(&[1], &[gain])], &[("AveragePool", &[Some(0)], &window), ("Mul", &[Some(2), Some(1)], &[])])
}

/// The way back: means of 3 x 3 samples if it is the base, each put into 2 x 2 pixels.
pub fn synthesis(gain: f32, is_base: bool) -> Compiled {
    let like = [("coordinate_transformation_mode", Attribute::Int(4)), ("nearest_mode", Attribute::Int(2))];
    let side = if is_base { 3 } else { 1 };
    let pad = [ints("kernel_shape", &[side; 2]), ints("pads", &[side / 2; 4])];
    network(
        picture(),
        &[(&[1], &[1.0 / gain]), (&[4], &[1.0, 2.0, 2.0, 1.0])],
        &[
            ("Mul", &[Some(0), Some(1)], &[]),
            ("AveragePool", &[Some(3)], &pad),
            ("Resize", &[Some(4), None, Some(2)], &like),
        ],
    )
}

/// The files of a codec.
pub struct Files {
    pub head: Head,
    pub predictor: Predictor,
    /// Synthesis and analysis of each layer.
    pub networks: [[Compiled; 2]; 2],
}

impl Files {
    pub fn new() -> Files {
        let networks = [true, false].map(|is_base| [synthesis(GAIN, is_base), analysis(GAIN)]);
        let predictor = predictor(&LAYERS, 11);
        let scales = predictor.anchors.iter().flatten().map(|a| 4096.0 / a.gain as f32).collect();
        let head = Head {
            name: "toy".into(),
            predictor: predictor.sha256,
            plans: networks.iter().map(|n| sha256(&n[0].0)).collect(),
            downscale: 2,
            reach: [1, 0],
            base_steps: BASE_STEPS,
            scales,
        };
        Files { head, predictor, networks }
    }

    /// The codec; `which` says of each layer whether its synthesis and its analysis are there.
    ///
    /// # Errors
    /// Those of [`Layered::load`].
    pub fn load(&self, kernels: Kernels, which: [[bool; 2]; 2]) -> Result<Layered> {
        let (head, predictor) = (self.head.to_bytes()?, self.predictor.to_bytes()?);
        let layers: Vec<LayerFiles> = self.networks.iter().zip(which).map(|(n, is_there)| layer(n, is_there)).collect();
        Layered::load(LayeredFiles { head: &head, predictor: &predictor, layers: &layers }, kernels, &Limits::default())
    }
}

fn layer(networks: &[Compiled; 2], [synthesis, analysis]: [bool; 2]) -> LayerFiles<'_> {
    LayerFiles { synthesis: synthesis.then(|| parts(&networks[0])), analysis: analysis.then(|| parts(&networks[1])) }
}

fn parts(network: &Compiled) -> NetworkFiles<'_> {
    NetworkFiles { plan: &network.0, weights: &network.1 }
}

/// All of the codec, for these kernels.
pub fn codec_for(kernels: Kernels) -> Arc<Layered> {
    Arc::new(Files::new().load(kernels, [[true; 2]; 2]).unwrap())
}

/// All of the codec.
pub fn codec() -> Arc<Layered> {
    codec_for(Kernels::active())
}

/// Where readers find it.
pub fn models() -> Arc<Networks> {
    Arc::new(Networks::layered(codec()))
}
