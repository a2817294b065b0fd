//! Samples to files.

use crate::{limits, metadata, params, threads, thrown};
use vaerans::codec::profile::photo;
use vaerans::codec::tile::{ImageView, Samples};
use vaerans::codec::write::{self, Options, Whole};
use vaerans::kernels::Kernels;
use vaerans::wire::Limits;
use vaerans::Error;
use wasm_bindgen::prelude::*;

/// Samples as the core takes them: 16-bit ones come as little-endian bytes.
enum Pixels<'a> {
    U8(&'a [u8]),
    U16(Vec<u16>),
}

impl<'a> Pixels<'a> {
    fn of(bytes: &'a [u8], depth: u8) -> Result<Pixels<'a>, Error> {
        match depth {
            8 => Ok(Pixels::U8(bytes)),
            16 => Ok(Pixels::U16(bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect())),
            _ => Err(Error::new("param.dtype", format!("{depth} bits; 8 or 16"))),
        }
    }

    fn view(&self, width: u32, height: u32, channels: u32) -> ImageView<'_> {
        let samples = match self {
            Pixels::U8(s) => Samples::U8(s),
            Pixels::U16(s) => Samples::U16(s),
        };
        ImageView { width: width as usize, height: height as usize, channels: channels as usize, samples }
    }
}

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

/// The file of a picture; `profile` are the options of the profile `photo`.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn encode(
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
    threads_: u32,
) -> Result<Vec<u8>, JsValue> {
    let options = options(profile, max_bytes)?;
    let options = Options { metadata: metadata(orientation, icc, exif), threads: threads(threads_), ..options };
    let pixels = Pixels::of(pixels, depth).map_err(thrown)?;
    write::compress(Kernels::active(), pixels.view(width, height, channels), &options).map_err(thrown)
}

fn options(profile: &JsValue, max_bytes: f64) -> Result<Options, JsValue> {
    let profile = params::of(profile).map_err(thrown)?;
    Ok(Options { profile, threads: Some(1), limits: limits(max_bytes), ..Options::default() })
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
) -> Result<Vec<u8>, JsValue> {
    let pixels = Pixels::of(pixels, depth).map_err(thrown)?;
    let part = pixels.view(part_width, part_height, channels);
    let whole = whole(whole_width, whole_height, stored_channels);
    write::compress_part(Kernels::active(), part, whole, &options(profile, max_bytes)?).map_err(thrown)
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
