//! The codec for JavaScript. What is here turns arguments into the core's and results into plain objects and bytes;
//! the package around it (web/) gives them their types.
//!
//! Errors are thrown as text: the code, a line break, the message.

#[cfg(any(feature = "decoder", feature = "pipe"))]
mod answer;
#[cfg(any(feature = "decoder", feature = "pipe"))]
mod decode;
#[cfg(any(feature = "encoder", feature = "pipe"))]
mod encode;
#[cfg(target_arch = "wasm32")]
mod heap;
mod js;
#[cfg(feature = "vae")]
mod layered;
#[cfg(feature = "learned")]
mod learned;
#[cfg(target_arch = "wasm32")]
mod memory;
#[cfg(feature = "engine")]
mod network;
#[cfg(any(feature = "encoder", feature = "pipe"))]
mod params;
#[cfg(feature = "pipe")]
mod pipe;
#[cfg(feature = "pipe")]
mod pipe_world;
#[cfg(feature = "threads")]
mod pool;
#[cfg(feature = "reader")]
mod reader;

#[cfg(any(feature = "encoder", feature = "pipe"))]
use vaerans::bitstream::Metadata;
#[cfg(not(any(feature = "reader", feature = "engine")))]
use vaerans::kernels::{Isa, Kernels};
use vaerans::wire::Limits;
use vaerans::Error;
use wasm_bindgen::prelude::*;

/// Which build of the module this is: 0 base, 1 simd, 2 threads.
#[cfg(not(any(feature = "reader", feature = "engine")))]
#[wasm_bindgen]
pub fn variant() -> u32 {
    match Kernels::active().isa() {
        _ if cfg!(feature = "threads") => 2,
        Isa::Simd128 => 1,
        _ => 0,
    }
}

/// Limits, bounds and targets are named as JavaScript names them: maxBytes for max_bytes.
fn thrown(error: Error) -> JsValue {
    let mut text = String::from(error.code());
    text.push('\n');
    let mut raise = false;
    for c in error.message().chars() {
        match c {
            // By hand: the search for a text is 2 KB of a small module.
            '_' if text.ends_with("max")
                || text.ends_with("target")
                || (cfg!(feature = "pipe") && text.ends_with("arena")) =>
            {
                raise = true
            }
            _ => text.push(if std::mem::take(&mut raise) { c.to_ascii_uppercase() } else { c }),
        }
    }
    JsValue::from_str(&text)
}

/// The limits that were asked for (none: 0 or NaN); nothing may be larger than one block can be here.
fn limits(max_bytes: f64, max_pixels: f64, max_elements: f64) -> Limits {
    let usual = Limits::default();
    Limits {
        max_pixels: allowed(max_pixels, usual.max_pixels),
        max_elements: allowed(max_elements, usual.max_elements),
        max_bytes: allowed(max_bytes, usual.max_bytes),
        ..usual
    }
}

/// What is allowed: what was asked for (0: the default), but no more than one block may have here.
fn allowed(asked: f64, default: u64) -> u64 {
    let most = if asked > 0.0 { asked as u64 } else { default };
    most.min(isize::MAX as u64)
}

/// Threads of a call: 0 is all the pool has.
#[cfg(not(any(feature = "reader", feature = "engine")))]
fn threads(n: u32) -> Option<usize> {
    (n > 0).then_some(n as usize)
}

#[cfg(any(feature = "encoder", feature = "pipe"))]
fn metadata(orientation: u8, icc: &[u8], exif: &[u8]) -> Metadata {
    let block = |b: &[u8]| (!b.is_empty()).then(|| b.to_vec());
    let orientation = (orientation > 0).then_some(orientation);
    Metadata { icc: block(icc), exif: block(exif), orientation, ..Metadata::default() }
}
