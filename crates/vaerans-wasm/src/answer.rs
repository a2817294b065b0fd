//! What JavaScript is told of a file: one object with the fields of `FileInfo` in web/src/types.ts.

use crate::js::{list, set, Array, Object};
use vaerans::bitstream::Content;
use vaerans::codec::open::Info;
use wasm_bindgen::prelude::*;

fn number(n: u64) -> JsValue {
    JsValue::from_f64(n as f64)
}

fn numbers(values: impl Iterator<Item = u64>) -> Array {
    list(values.map(number))
}

/// What a header says.
pub fn of(info: &Info) -> Object {
    let o = Object::new();
    let (kind, dtype, [width, height, channels, tile]) = match &info.content {
        Content::Picture(g) => {
            let tile = if g.tile == 0 { g.width.max(g.height) } else { g.tile };
            ("picture", g.dtype(), [g.width, g.height, g.colour.channels(), tile])
        }
        Content::Tensor { dtype, shape, .. } => {
            set(&o, "shape", numbers(shape.iter().map(|&n| n as u64)));
            ("tensor", *dtype, [0; 4])
        }
    };
    set(&o, "kind", kind);
    set(&o, "dtype", dtype.name());
    let meta = &info.metadata;
    let size = |b: &Option<Vec<u8>>| b.as_ref().map_or(0, Vec::len) as u64;
    let fields = [
        ("width", width as u64),
        ("height", height as u64),
        ("channels", channels as u64),
        ("tile", tile as u64),
        ("tiles", info.tiles as u64),
        ("streams", info.streams.len() as u64),
        ("levels", info.level_bytes.len() as u64),
        ("headerBytes", info.header_bytes),
        ("fileBytes", info.file_bytes),
        ("orientation", meta.orientation.unwrap_or(1).into()),
        ("iccBytes", size(&meta.icc)),
        ("exifBytes", size(&meta.exif)),
        ("version", info.version.into()),
    ];
    fields.into_iter().for_each(|(name, n)| set(&o, name, number(n)));
    set(&o, "isComplete", info.is_complete);
    set(&o, "isLossless", info.is_lossless);
    set(&o, "network", !info.foreign.is_empty());
    set(&o, "levelBytes", numbers(info.level_bytes.iter().map(|&n| n as u64)));
    set(&o, "levelKind", JsValue::from_str(info.levels.name()));
    set(&o, "steps", list(info.steps.iter().map(|s| JsValue::from_str(&s.name))));
    o
}
