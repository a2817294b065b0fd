//! Packs trained tables.

// What only unpacking needs is in it too.
#[allow(dead_code)]
#[path = "src/codec"]
mod codec {
    pub mod entropy {
        pub mod range;
    }
    pub mod packed;
}

use codec::entropy::range::BitEncoder;
use codec::packed::{bytes_of, code, Part, BANK, LOSSLESS};
use std::path::Path;

fn main() {
    let sources = ["build.rs", "src/codec/packed.rs", "src/codec/entropy/range.rs"];
    sources.iter().for_each(|source| println!("cargo:rerun-if-changed={source}"));
    pack("src/codec/photo/filter/bank.bin", BANK);
    pack("src/codec/lossless/model.bin", LOSSLESS);
}

/// Writes what is made of a table, under the name of its folder.
fn pack(path: &str, parts: &[Part]) {
    println!("cargo:rerun-if-changed={path}");
    let mut bytes = std::fs::read(path).unwrap_or_else(|e| panic!("vaerans: {path}: {e}"));
    assert_eq!(bytes.len(), bytes_of(parts), "vaerans: bytes of {path}");
    let mut coder = BitEncoder::default();
    code(&mut coder, parts, &mut bytes);
    let folder = Path::new(path).parent().and_then(Path::file_name).unwrap_or_default();
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let out = Path::new(&out).join(folder).with_extension("packed");
    std::fs::write(&out, coder.finish()).unwrap_or_else(|e| panic!("vaerans: {}: {e}", out.display()));
}
