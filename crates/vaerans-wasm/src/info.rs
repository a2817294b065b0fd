//! What a file says of itself, as JSON.

use crate::{limits, thrown};
use std::fmt::Write;
use vaerans::bitstream::Content;
use vaerans::codec::picture::{self, Info, StepInfo};
use vaerans::codec::registry::{self, Family};
use wasm_bindgen::prelude::*;

/// JSON of a file's header; no section is read.
#[wasm_bindgen]
pub fn info(data: &[u8], max_bytes: f64) -> Result<String, JsValue> {
    Ok(json(&picture::info(data, &limits(max_bytes)).map_err(thrown)?))
}

/// Names of systems are identifiers of the registry, or text of the file: quotes and control characters are left out.
fn text(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\')).collect();
    format!("\"{plain}\"")
}

fn list<T>(items: &[T], f: impl Fn(&T) -> String) -> String {
    let mut out = String::from("[");
    for (i, item) in items.iter().enumerate() {
        out += if i == 0 { "" } else { "," };
        out += &f(item);
    }
    out + "]"
}

/// Whether a network undoes this step, or a system of the user's own.
fn is_of_a_home(step: &StepInfo) -> bool {
    registry::by_number(step.number).is_none_or(|e| e.family == Family::Network)
}

fn json(info: &Info) -> String {
    let mut out = match &info.content {
        Content::Picture(g) => {
            let (bits, tile) = (g.depth, if g.tile == 0 { g.width.max(g.height) } else { g.tile });
            format!(
                "{{\"kind\":\"picture\",\"width\":{},\"height\":{},\"channels\":{},\"dtype\":\"uint{bits}\",\"tile\":{tile}",
                g.width,
                g.height,
                g.colour.channels()
            )
        }
        Content::Tensor { dtype, shape, .. } => {
            let shape = list(shape, |n| n.to_string());
            let none = "\"width\":0,\"height\":0,\"channels\":0,\"tile\":0";
            format!("{{\"kind\":\"tensor\",{none},\"shape\":{shape},\"dtype\":\"{}\"", dtype.name())
        }
    };
    let meta = &info.metadata;
    let size = |b: &Option<Vec<u8>>| b.as_ref().map_or(0, Vec::len);
    let _ = write!(
        out,
        ",\"tiles\":{},\"streams\":{},\"levels\":{},\"level_bytes\":{},\"header_bytes\":{},\"file_bytes\":{}",
        info.tiles,
        info.streams,
        info.level_bytes.len(),
        list(&info.level_bytes, |n| n.to_string()),
        info.header_bytes,
        info.file_bytes
    );
    let _ = write!(
        out,
        ",\"is_complete\":{},\"is_lossless\":{},\"orientation\":{},\"icc_bytes\":{},\"exif_bytes\":{},\"version\":{}",
        info.is_complete,
        info.is_lossless,
        meta.orientation.unwrap_or(1),
        size(&meta.icc),
        size(&meta.exif),
        info.version
    );
    let network = info.steps.iter().any(is_of_a_home);
    let _ = write!(out, ",\"steps\":{},\"network\":{network}}}", list(&info.steps, |s| text(&s.name)));
    out
}
