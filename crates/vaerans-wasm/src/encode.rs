//! Samples to a file.

use crate::{limits, metadata, params, threads, thrown};
use vaerans::bitstream::Metadata;
use vaerans::codec::tile::{ImageView, Samples};
use vaerans::codec::write::{self, Options};
use vaerans::kernels::Kernels;
use vaerans::wire::Limits;
use vaerans::Error;
use wasm_bindgen::prelude::*;

/// Samples as the core takes them: 16-bit ones come as little-endian bytes.
pub enum Pixels<'a> {
    U8(&'a [u8]),
    U16(Vec<u16>),
}

impl<'a> Pixels<'a> {
    /// Of 8 or 16 bits.
    pub fn of(bytes: &'a [u8], depth: u8) -> Result<Pixels<'a>, Error> {
        match depth {
            8 => Ok(Pixels::U8(bytes)),
            16 => Ok(Pixels::U16(bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect())),
            _ => Err(Error::new("param.dtype", format!("{depth} bits; 8 or 16"))),
        }
    }

    /// As a picture of that size.
    pub fn view(&self, width: u32, height: u32, channels: u32) -> ImageView<'_> {
        let samples = match self {
            Pixels::U8(s) => Samples::U8(s),
            Pixels::U16(s) => Samples::U16(s),
        };
        ImageView { width: width as usize, height: height as usize, channels: channels as usize, samples }
    }
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
    max_pixels: f64,
    max_elements: f64,
    threads_: u32,
) -> Result<Vec<u8>, JsValue> {
    let metadata = metadata(orientation, icc, exif);
    let options = options(profile, metadata, limits(max_bytes, max_pixels, max_elements))?;
    let options = Options { threads: threads(threads_), ..options };
    let pixels = Pixels::of(pixels, depth).map_err(thrown)?;
    write::compress(Kernels::active(), pixels.view(width, height, channels), &options).map_err(thrown)
}

/// Of one thread.
pub fn options(profile: &JsValue, metadata: Metadata, limits: Limits) -> Result<Options, JsValue> {
    let profile = params::of(profile).map_err(thrown)?;
    Ok(Options { profile, metadata, threads: Some(1), limits })
}
