//! Bytes from and to the outside: limits, checksums, a bounds-checked reader, a writer.

mod limits;
mod reader;
mod source;
mod writer;

pub use limits::{Limit, Limits, KNOBS};
pub use reader::Reader;
pub use source::{AnySource, Sink, Slice, Source};
pub use writer::Writer;

/// CRC32C (Castagnoli) of `bytes`, as every section of a file carries it.
#[cfg(not(target_family = "wasm"))]
pub fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
}

/// CRC32C (Castagnoli) of `bytes`, as every section of a file carries it.
#[cfg(target_family = "wasm")]
pub fn checksum(bytes: &[u8]) -> u32 {
    type Castagnoli = crc::Crc<u32, crc::Table<16>>;
    // Made when first used: as a constant it would be downloaded.
    static CRC32C: once_cell::race::OnceBox<Castagnoli> = once_cell::race::OnceBox::new();
    CRC32C.get_or_init(|| Box::new(Castagnoli::new(&crc::CRC_32_ISCSI))).checksum(bytes)
}
