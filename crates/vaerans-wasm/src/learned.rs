//! Learned models: pictures to files and back, with networks of the page's own.

use crate::decode::{decoded, opened, region};
use crate::encode::{options, Pixels};
use crate::js::{list, set, Array, Object};
use crate::{limits, metadata, thrown};
use std::sync::Arc;
use vaerans::codec::network::{Files, Learned, Networks};
use vaerans::codec::open::{DecodeOptions, Needed};
use vaerans::codec::profile::vae;
use vaerans::kernels::Kernels;
use vaerans::wire::hex;
use wasm_bindgen::prelude::*;

/// A learned model; without an encoder its plan is empty.
#[wasm_bindgen]
pub struct LearnedModel(Arc<Learned>);

#[wasm_bindgen]
impl LearnedModel {
    /// Of the files of its two networks, which are copied.
    #[wasm_bindgen(constructor)]
    pub fn new(
        decoder_plan: &[u8],
        decoder_weights: &[u8],
        encoder_plan: &[u8],
        encoder_weights: &[u8],
        max_bytes: f64,
    ) -> Result<LearnedModel, JsValue> {
        let decoder = Files { plan: decoder_plan, weights: decoder_weights };
        let encoder = (!encoder_plan.is_empty()).then_some(Files { plan: encoder_plan, weights: encoder_weights });
        let made = Learned::load(decoder, encoder, Kernels::active(), &limits(max_bytes, 0.0, 0.0));
        Ok(LearnedModel(Arc::new(made.map_err(thrown)?)))
    }

    /// `Described` of web/src/learned-glue.ts.
    pub fn describe(&self) -> Object {
        let o = Object::new();
        set(&o, "sha256", hex(&self.0.sha256));
        set(&o, "channels", self.0.channels as f64);
        set(&o, "downscale", self.0.downscale as f64);
        set(&o, "encodes", self.0.encodes());
        o
    }

    /// As `decode`, of a file that names this model.
    #[allow(clippy::too_many_arguments)]
    pub fn decode(
        &self,
        data: Vec<u8>,
        reduce: u32,
        x: u32,
        y: u32,
        w: u32,
        h: u32,
        allow_truncated: bool,
        max_bytes: f64,
        max_pixels: f64,
        max_elements: f64,
        rgba: bool,
    ) -> Result<Object, JsValue> {
        let options =
            DecodeOptions { reduce, region: region(x, y, w, h), allow_truncated, rgba, ..DecodeOptions::default() };
        let opened = opened(data, &limits(max_bytes, max_pixels, max_elements)).map_err(thrown)?;
        let models = Networks::of(self.0.clone());
        decoded(opened.with_models(Arc::new(models)), &options).map_err(thrown)
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
        let metadata = metadata(orientation, icc, exif);
        let options = options(profile, metadata, limits(max_bytes, max_pixels, max_elements))?;
        let pixels = Pixels::of(pixels, depth).map_err(thrown)?;
        vae::latent::compress(Kernels::active(), &pixels.view(width, height, channels), &options, &self.0)
            .map_err(thrown)
    }
}

/// The learned models that a file needs: `Needed[]` of web/src/learned-glue.ts.
#[wasm_bindgen]
pub fn models(data: Vec<u8>, max_bytes: f64, max_pixels: f64, max_elements: f64) -> Result<Array, JsValue> {
    let opened = opened(data, &limits(max_bytes, max_pixels, max_elements)).map_err(thrown)?;
    Ok(list(opened.models().iter().map(|needed| told(needed).into())))
}

fn told(needed: &Needed) -> Object {
    let o = Object::new();
    set(&o, "sha256", hex(&needed.sha256));
    set(&o, "source", needed.source.map_or_else(String::new, |s| hex(&s)));
    set(&o, "name", needed.name);
    o
}
