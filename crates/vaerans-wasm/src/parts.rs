//! A picture in parts, which instances that share no memory code side by side.

use crate::encode::{options, Pixels};
use crate::{limits, metadata, params, thrown};
use vaerans::bitstream::Metadata;
use vaerans::codec::profile::photo;
use vaerans::codec::write::{self, Whole};
use vaerans::kernels::Kernels;
use vaerans::wire::Limits;
use wasm_bindgen::prelude::*;

/// Edge of a tile in pixels, with these options of the profile.
#[wasm_bindgen]
pub fn tile(profile: &JsValue) -> Result<u32, JsValue> {
    let asked = params::of(profile).and_then(|given| photo::PROFILE.complete(&given));
    Ok(asked.map_err(thrown)?.int("tile") as u32)
}

/// Channels that the file of these samples keeps: alpha that is opaque throughout is left out of RGBA.
#[wasm_bindgen]
pub fn stored_channels(pixels: &[u8], channels: u32, depth: u8) -> Result<u32, JsValue> {
    let samples = Pixels::of(pixels, depth).map_err(thrown)?;
    let pixels = pixels.len() / (channels.max(1) as usize * usize::from(depth / 8));
    Ok(samples.view(pixels as u32, 1, channels).stored_channels() as u32)
}

fn whole(width: u32, height: u32, channels: u32) -> Whole {
    Whole { width: width as usize, height: height as usize, channels: channels as usize }
}

/// The file of whole rows of tiles, for a `Joiner`.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn encode_part(
    pixels: &[u8],
    part_width: u32,
    part_height: u32,
    channels: u32,
    stored_channels: u32,
    depth: u8,
    profile: &JsValue,
    whole_width: u32,
    whole_height: u32,
    max_bytes: f64,
    max_pixels: f64,
    max_elements: f64,
) -> Result<Vec<u8>, JsValue> {
    let pixels = Pixels::of(pixels, depth).map_err(thrown)?;
    let part = pixels.view(part_width, part_height, channels);
    let whole = whole(whole_width, whole_height, stored_channels);
    let options = options(profile, Metadata::default(), limits(max_bytes, max_pixels, max_elements))?;
    write::compress_part(Kernels::active(), part, whole, &options).map_err(thrown)
}

/// Makes the file of a picture out of those of its parts.
#[wasm_bindgen]
pub struct Joiner(write::Joiner);

#[wasm_bindgen]
impl Joiner {
    /// For a picture of that size.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        whole_width: u32,
        whole_height: u32,
        stored_channels: u32,
        depth: u8,
        profile: &JsValue,
        orientation: u8,
        icc: &[u8],
        exif: &[u8],
    ) -> Result<Joiner, JsValue> {
        let whole = whole(whole_width, whole_height, stored_channels);
        let (profile, metadata) = (params::of(profile).map_err(thrown)?, metadata(orientation, icc, exif));
        write::Joiner::new(whole, depth, &profile, metadata).map(Joiner).map_err(thrown)
    }

    /// Takes the next part, from the top.
    pub fn add(&mut self, part: &[u8]) -> Result<(), JsValue> {
        self.0.add(part, &Limits::default()).map_err(thrown)
    }

    /// The file; the joiner is used up.
    pub fn finish(self) -> Result<Vec<u8>, JsValue> {
        self.0.finish().map_err(thrown)
    }
}
