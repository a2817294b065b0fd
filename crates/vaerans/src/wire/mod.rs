//! Bytes from and to the outside: limits, checksums, a bounds-checked reader, a writer.

mod limits;
mod reader;
mod writer;

pub use limits::Limits;
pub use reader::Reader;
pub use writer::Writer;

/// CRC32C (Castagnoli) of `bytes`, as every section of a file carries it.
pub fn checksum(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
}
