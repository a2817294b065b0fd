//! The codec for JavaScript. What is here turns arguments into the core's and results into plain numbers, bytes and JSON;
//! the package around it (web/) gives them their types.
//!
//! Errors are thrown as text: the code, a line break, the message.

#[cfg(any(feature = "decoder", feature = "pipe"))]
mod decode;
#[cfg(feature = "encoder")]
mod encode;
mod info;
#[cfg(target_arch = "wasm32")]
mod memory;
#[cfg(feature = "pipe")]
mod pipe;
#[cfg(feature = "pipe")]
mod pipe_world;
#[cfg(feature = "threads")]
mod pool;

use vaerans::bitstream::Metadata;
use vaerans::kernels::{Isa, Kernels};
use vaerans::wire::Limits;
use vaerans::Error;
use wasm_bindgen::prelude::*;

/// Which build of the module this is: 0 base, 1 simd, 2 threads.
#[wasm_bindgen]
pub fn variant() -> u32 {
    match Kernels::active().isa() {
        _ if cfg!(feature = "threads") => 2,
        Isa::Simd128 => 1,
        _ => 0,
    }
}

fn thrown(error: Error) -> JsValue {
    JsValue::from_str(&format!("{}\n{}", error.code(), error.message()))
}

/// The default limits, with this many bytes of working memory (0: as they are), but no more than one block may have here.
fn limits(max_bytes: f64) -> Limits {
    let limits = Limits::default();
    let asked = if max_bytes > 0.0 { max_bytes as u64 } else { limits.max_bytes };
    Limits { max_bytes: asked.min(isize::MAX as u64), ..limits }
}

/// Threads of a call: 0 is all the pool has.
fn threads(n: u32) -> Option<usize> {
    (n > 0).then_some(n as usize)
}

#[cfg(feature = "encoder")]
fn metadata(orientation: u8, icc: &[u8], exif: &[u8]) -> Metadata {
    let block = |b: &[u8]| (!b.is_empty()).then(|| b.to_vec());
    let orientation = (orientation > 0).then_some(orientation);
    Metadata { icc: block(icc), exif: block(exif), orientation, ..Metadata::default() }
}

fn metadata_of(data: &[u8]) -> Result<Metadata, JsValue> {
    Ok(vaerans::codec::picture::info(data, &Limits::default()).map_err(thrown)?.metadata)
}

/// The ICC profile of a file, or its EXIF block; empty where it has none.
#[wasm_bindgen]
pub fn block(data: &[u8], is_exif: bool) -> Result<Vec<u8>, JsValue> {
    let Metadata { icc, exif, .. } = metadata_of(data)?;
    Ok(if is_exif { exif } else { icc }.unwrap_or_default())
}
