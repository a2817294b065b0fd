//! A codec from its files.

use super::{Head, Layer, Layered};
use crate::error::{Error, Result};
use crate::learned::Predictor;
use crate::nn::Model;
use crate::wire::{hex, sha256, Limits};
use std::sync::Arc;
use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::Kernels;

/// The two files of a compiled network.
#[derive(Debug, Clone, Copy)]
pub struct NetworkFiles<'a> {
    /// `plan.bin`.
    pub plan: &'a [u8],
    /// `weights.bin`.
    pub weights: &'a [u8],
}

/// The networks of a layer; what a reader or writer does without is left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct LayerFiles<'a> {
    /// From its latent to the picture.
    pub synthesis: Option<NetworkFiles<'a>>,
    /// From the picture to its latent.
    pub analysis: Option<NetworkFiles<'a>>,
}

/// The files of a codec.
#[derive(Debug, Clone, Copy)]
pub struct LayeredFiles<'a> {
    /// The head.
    pub head: &'a [u8],
    /// The predictor that the head names.
    pub predictor: &'a [u8],
    /// Layer by layer.
    pub layers: &'a [LayerFiles<'a>],
}

impl Layered {
    /// Of its files, for these kernels.
    ///
    /// # Errors
    /// `model.invalid`, `model.checksum` for files that do not belong together; `model.plan`, `model.weights`, `model.operator`;
    /// `limit.memory`.
    pub fn load(files: LayeredFiles, kernels: Kernels, limits: &Limits) -> Result<Layered> {
        let head = Head::read(files.head)?;
        let predictor = Predictor::read(files.predictor, limits)?;
        let is_whole = predictor.layers.len() == head.plans.len()
            && head.base_steps <= predictor.steps()
            && head.scales.len() == predictor.anchors.len() * predictor.channels.len();
        check("the predictor", &predictor.sha256, &head.predictor)?;
        if !is_whole || files.layers.len() > head.plans.len() {
            return Err(Error::new("model.invalid", "the head of a codec does not fit its predictor or its networks"));
        }
        let kernels = NnKernels::of(kernels, Mode::Strict);
        let load = |files: NetworkFiles| Model::load(files.plan, files.weights, kernels, limits).map(Arc::new);
        let mut layers = vec![Layer { synthesis: None, analysis: None }; head.plans.len()];
        for ((layer, given), expected) in layers.iter_mut().zip(files.layers).zip(&head.plans) {
            if let Some(synthesis) = given.synthesis {
                check("a decoder's plan", &sha256(synthesis.plan), expected)?;
                layer.synthesis = Some(load(synthesis)?);
            }
            layer.analysis = given.analysis.map(load).transpose()?;
        }
        Ok(Layered { sha256: sha256(files.head), head, predictor: Arc::new(predictor), layers })
    }
}

fn check(what: &str, is: &[u8; 32], expected: &[u8; 32]) -> Result<()> {
    if is == expected {
        return Ok(());
    }
    let text = format!("{what} has SHA-256 {}, the head of the codec names {}", hex(is), hex(expected));
    Err(Error::new("model.checksum", text))
}
