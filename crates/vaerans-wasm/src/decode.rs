//! Files to samples.

use crate::answer;
use crate::js::{list, set, Object, Uint8Array};
use crate::{limits, threads, thrown};
use std::sync::Arc;
use vaerans::arena::{DType, TensorRef};
use vaerans::codec::open::{DecodeOptions, Decoded, Opened};
use vaerans::codec::tile::SampleBuf;
use vaerans::kernels::Kernels;
use vaerans::rect::Rect;
use vaerans::wire::Limits;
use vaerans::{Result, REGISTRY};
use wasm_bindgen::prelude::*;

/// The bytes of a file, taken over from JavaScript.
pub(crate) fn opened(data: Vec<u8>, limits: &Limits) -> Result<Opened<'static>> {
    let source: Arc<dyn vaerans::wire::Source + Send> = Arc::new(data);
    Opened::new(source, &REGISTRY, limits)
}

/// What a file says of itself; no section is read.
#[wasm_bindgen]
pub fn info(data: Vec<u8>, max_bytes: f64, max_pixels: f64, max_elements: f64) -> std::result::Result<Object, JsValue> {
    Ok(answer::of(&opened(data, &limits(max_bytes, max_pixels, max_elements)).map_err(thrown)?.info()))
}

/// Decodes the samples of a file: of a picture at 1/2^`reduce`, of the region (x, y, w, h) in pixels of the whole (w = 0: all).
/// Gives `Raw` of web/src/types.ts: what the file says, with its metadata blocks, and the samples, little-endian; of a picture RGBA
/// of 8 bits where `rgba` asks for it.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn decode(
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
    threads_: u32,
    rgba: bool,
) -> std::result::Result<Object, JsValue> {
    let region = region(x, y, w, h);
    let options = DecodeOptions { threads: threads(threads_), levels: None, reduce, region, allow_truncated, rgba };
    let limits = limits(max_bytes, max_pixels, max_elements);
    let opened = opened(data, &limits);
    #[cfg(feature = "vae")]
    let opened = opened.map(|o| o.with_models(crate::layered::models()));
    opened.and_then(|opened| decoded(opened, &options)).map_err(thrown)
}

/// A rectangle; w = 0 is the whole.
pub(crate) fn region(x: u32, y: u32, w: u32, h: u32) -> Option<Rect> {
    let region = Rect { x: x as usize, y: y as usize, width: w as usize, height: h as usize };
    (w > 0).then_some(region)
}

/// `Raw` of web/src/types.ts.
pub(crate) fn decoded(opened: Opened, options: &DecodeOptions) -> Result<Object> {
    let info = opened.info();
    let answer = Object::new();
    let (shape, dtype, data) = match opened.decode(Kernels::active(), options)? {
        Decoded::Picture(image) => {
            let (dtype, data) = match &image.samples {
                SampleBuf::U8(s) => (DType::U8, Uint8Array::new(s)),
                SampleBuf::U16(s) => (DType::U16, Uint8Array::new(bytes_of(s))),
            };
            (vec![image.height, image.width, image.channels], dtype, data)
        }
        Decoded::Tensor(_, tensor) => (tensor.shape().to_vec(), tensor.dtype(), copy_of(&tensor)?),
    };
    let block = |b: &Option<Vec<u8>>| Uint8Array::new(b.as_deref().unwrap_or_default());
    set(&answer, "icc", block(&info.metadata.icc));
    set(&answer, "exif", block(&info.metadata.exif));
    set(&answer, "info", answer::of(&info));
    set(&answer, "shape", list(shape.iter().map(|&n| JsValue::from_f64(n as f64))));
    set(&answer, "dtype", dtype.name());
    set(&answer, "data", data);
    Ok(answer)
}

fn copy_of(tensor: &TensorRef) -> Result<Uint8Array> {
    Ok(Uint8Array::new(&tensor.bytes()?))
}

fn bytes_of(samples: &[u16]) -> &[u8] {
    // SAFETY: a slice of u16 is twice as many bytes, and bytes have no alignment.
    unsafe { std::slice::from_raw_parts(samples.as_ptr().cast(), samples.len() * 2) }
}
