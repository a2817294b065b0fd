//! The learned codec in layers: an instance is given its files, and from then on decodes files that name it.

use crate::decode::opened;
#[cfg(feature = "vaeencoder")]
use crate::encode::{options, Pixels};
use crate::js::{set, Object};
use crate::{limits, thrown};
use std::sync::{Arc, OnceLock};
use vaerans::codec::network::Networks;
use vaerans::kernels::Kernels;
use vaerans::learned::{LayerFiles, Layered, LayeredFiles, NetworkFiles};
use vaerans::wire::hex;
use wasm_bindgen::prelude::*;

fn networks() -> &'static Arc<Networks> {
    static NETWORKS: OnceLock<Arc<Networks>> = OnceLock::new();
    NETWORKS.get_or_init(Arc::default)
}

/// The codecs that this instance was given.
pub(crate) fn models() -> Arc<Networks> {
    networks().clone()
}

/// Plan and weights, if they are there.
fn network<'a>(plan: &'a [u8], weights: &'a [u8]) -> Option<NetworkFiles<'a>> {
    (!plan.is_empty()).then_some(NetworkFiles { plan, weights })
}

fn load(
    head: &[u8],
    predictor: &[u8],
    [decoder, enhancement]: [Option<NetworkFiles>; 2],
    [encoder, analysis]: [Option<NetworkFiles>; 2],
    max_bytes: f64,
) -> Result<Arc<Layered>, JsValue> {
    let layers =
        [LayerFiles { synthesis: decoder, analysis: encoder }, LayerFiles { synthesis: enhancement, analysis }];
    let files = LayeredFiles { head, predictor, layers: &layers };
    let codec = Layered::load(files, Kernels::active(), &limits(max_bytes, 0.0, 0.0)).map_err(thrown)?;
    Ok(Arc::new(codec))
}

/// Takes a codec: its head, predictor, and the plans and weights of its decoder and enhancement, which may be empty.
#[wasm_bindgen]
pub fn give(
    head: &[u8],
    predictor: &[u8],
    decoder_plan: &[u8],
    decoder_weights: &[u8],
    enhancement_plan: &[u8],
    enhancement_weights: &[u8],
    max_bytes: f64,
) -> Result<(), JsValue> {
    let decoders = [network(decoder_plan, decoder_weights), network(enhancement_plan, enhancement_weights)];
    networks().add_layered(load(head, predictor, decoders, [None; 2], max_bytes)?);
    Ok(())
}

/// What codec a file needs: `NeededCodec` of web/src/vae-glue.ts; without a name it needs none.
#[wasm_bindgen]
pub fn needed(data: Vec<u8>, max_bytes: f64, max_pixels: f64, max_elements: f64) -> Result<Object, JsValue> {
    let opened = opened(data, &limits(max_bytes, max_pixels, max_elements)).map_err(thrown)?;
    let o = Object::new();
    if let Some(codec) = opened.codec() {
        set(&o, "name", hex(&codec.name));
        set(&o, "label", codec.label);
        set(&o, "layers", codec.layers as f64);
        set(&o, "there", codec.there as f64);
    }
    Ok(o)
}

/// A codec that encodes.
#[cfg(feature = "vaeencoder")]
#[wasm_bindgen]
pub struct Codec(Arc<Layered>);

#[cfg(feature = "vaeencoder")]
#[wasm_bindgen]
impl Codec {
    /// Of all of its files.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        head: &[u8],
        predictor: &[u8],
        decoder_plan: &[u8],
        decoder_weights: &[u8],
        enhancement_plan: &[u8],
        enhancement_weights: &[u8],
        encoder_plan: &[u8],
        encoder_weights: &[u8],
        analysis_plan: &[u8],
        analysis_weights: &[u8],
        max_bytes: f64,
    ) -> Result<Codec, JsValue> {
        let decoders = [network(decoder_plan, decoder_weights), network(enhancement_plan, enhancement_weights)];
        let encoders = [network(encoder_plan, encoder_weights), network(analysis_plan, analysis_weights)];
        Ok(Codec(load(head, predictor, decoders, encoders, max_bytes)?))
    }

    /// As `encode`, of the profile `vae`.
    #[allow(clippy::too_many_arguments)]
    pub fn encode(
        &self,
        pixels: &[u8],
        width: u32,
        height: u32,
        channels: u32,
        depth: u8,
        profile: &JsValue,
        orientation: u8,
        icc: &[u8],
        exif: &[u8],
        max_bytes: f64,
        max_pixels: f64,
        max_elements: f64,
    ) -> Result<Vec<u8>, JsValue> {
        let metadata = crate::metadata(orientation, icc, exif);
        let options = options(profile, metadata, limits(max_bytes, max_pixels, max_elements))?;
        let pixels = Pixels::of(pixels, depth).map_err(thrown)?;
        let view = pixels.view(width, height, channels);
        vaerans::codec::profile::vae::layered::compress(Kernels::active(), &view, &options, &self.0).map_err(thrown)
    }
}
