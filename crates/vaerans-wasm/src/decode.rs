//! Files to samples.

use crate::{limits, threads, thrown};
use js_sys::Uint8Array;
use std::cell::RefCell;
use vaerans::arena::{Arena, DType};
use vaerans::bitstream::{Content, File, Rect};
use vaerans::codec::picture::{self, DecodeOptions};
use vaerans::codec::store;
use vaerans::codec::tile::SampleBuf;
use vaerans::ecs::Ctx;
use vaerans::kernels::Kernels;
use vaerans::wire::Limits;
use vaerans::Error;
use wasm_bindgen::prelude::*;

enum Samples {
    Picture(SampleBuf),
    Tensor(Vec<u8>),
}

impl Samples {
    fn bytes(&self) -> &[u8] {
        match self {
            Samples::Picture(SampleBuf::U8(s)) => s,
            // SAFETY: a slice of u16 is twice as many bytes, and bytes have no alignment.
            Samples::Picture(SampleBuf::U16(s)) => unsafe {
                std::slice::from_raw_parts(s.as_ptr().cast(), s.len() * 2)
            },
            Samples::Tensor(s) => s,
        }
    }
}

/// What `decode` gave, until `release`. One at a time, and no class around it: its glue would be a third of a page's script.
#[derive(Default)]
struct Decoded {
    size: [u32; 2],
    samples: Option<Samples>,
}

thread_local! {
    static LAST: RefCell<Decoded> = RefCell::default();
}

/// Width in pixels of what was decoded; 0 for a tensor, whose shape the header tells.
#[wasm_bindgen]
pub fn width() -> u32 {
    LAST.with_borrow(|last| last.size[0])
}

/// Height in pixels, as `width`.
#[wasm_bindgen]
pub fn height() -> u32 {
    LAST.with_borrow(|last| last.size[1])
}

/// The samples' bytes, little-endian, where they lie: the view is void after the next call of the module.
#[wasm_bindgen]
pub fn samples() -> Uint8Array {
    LAST.with_borrow(|last| {
        let bytes = last.samples.as_ref().map_or(&[][..], Samples::bytes);
        // SAFETY: JavaScript copies the view before it calls into the module again (web/src), so what it shows outlives it.
        unsafe { Uint8Array::view(bytes) }
    })
}

/// Gives the memory of what was decoded back.
#[wasm_bindgen]
pub fn release() {
    LAST.take();
}

/// Decodes the samples of a file: of a picture at 1/2^`reduce`, of the region (x, y, w, h) in pixels of the whole (w = 0: all).
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn decode(
    data: &[u8],
    reduce: u32,
    x: u32,
    y: u32,
    w: u32,
    h: u32,
    allow_truncated: bool,
    max_bytes: f64,
    threads_: u32,
) -> Result<(), JsValue> {
    let region = Rect { x: x as usize, y: y as usize, width: w as usize, height: h as usize };
    let options = DecodeOptions {
        limits: limits(max_bytes),
        threads: threads(threads_),
        levels: None,
        reduce,
        region: (w > 0).then_some(region),
        allow_truncated,
    };
    LAST.set(decoded(data, &options).map_err(thrown)?);
    Ok(())
}

fn decoded(data: &[u8], options: &DecodeOptions) -> Result<Decoded, Error> {
    if let Content::Tensor { dtype, shape, .. } = File::parse(data, &options.limits)?.header.content {
        let is_windowed = options.reduce > 0 || options.region.is_some();
        return match is_windowed {
            true => Err(Error::new("param.unknown", "scale and region are of pictures; this file holds a tensor")),
            false => tensor(data, dtype, &shape, &options.limits),
        };
    }
    let image = picture::decompress(Kernels::active(), data, options)?;
    Ok(Decoded { size: [image.width, image.height].map(|n| n as u32), samples: Some(Samples::Picture(image.samples)) })
}

fn tensor(data: &[u8], dtype: DType, shape: &[usize], limits: &Limits) -> Result<Decoded, Error> {
    let samples = shape.iter().try_fold(1u64, |n, &d| n.checked_mul(d as u64)).unwrap_or(u64::MAX);
    Limits::check_count(samples, limits.max_elements, "elements", "max_elements")?;
    let budget = samples.saturating_mul(24).saturating_add(data.len() as u64 * 2 + (1 << 20));
    let budget = usize::try_from(budget.min(limits.max_bytes)).unwrap_or(usize::MAX);
    let arena = Arena::new(budget)?;
    let ctx = Ctx { kernels: Kernels::active(), arena: &arena, threads: 1, limits };
    let (keyed, _) = store::open(&arena, data, limits)?;
    let end = keyed.undo(&ctx).map_err(store::blame_file)?.component;
    if let Some(step) = end.lineage.last() {
        let text = format!("step {} ({}) runs only where the home provides it", step.number, step.name);
        return Err(Error::new("unavailable.feature", text));
    }
    if end.data.dtype() != dtype || end.data.shape() != shape {
        return Err(Error::new("stream.invalid", "the file's pipe does not give what its header says"));
    }
    Ok(Decoded { size: [0, 0], samples: Some(Samples::Tensor(end.data.bytes()?.to_vec())) })
}
