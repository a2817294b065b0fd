//! Bytes from and to the outside: limits, checksums, a bounds-checked reader, a writer.

mod limits;
mod reader;
mod sha256;
mod source;
mod writer;

pub use limits::{Limit, Limits, KNOBS};
pub use reader::Reader;
pub use sha256::{hex, sha256};
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
    castagnoli().checksum(bytes)
}

#[cfg(target_family = "wasm")]
type Castagnoli = crc::Table<16>;

#[cfg(target_family = "wasm")]
fn castagnoli() -> &'static crc::Crc<u32, Castagnoli> {
    // Made when first used: as a constant it would be downloaded.
    static CRC32C: once_cell::race::OnceBox<crc::Crc<u32, Castagnoli>> = once_cell::race::OnceBox::new();
    CRC32C.get_or_init(|| Box::new(crc::Crc::<u32, Castagnoli>::new(&crc::CRC_32_ISCSI)))
}

/// [`checksum`] of bytes that come part by part.
pub fn checksum_of(mut parts: impl FnMut(&mut dyn FnMut(&[u8]))) -> u32 {
    #[cfg(not(target_family = "wasm"))]
    {
        let mut sum = 0;
        parts(&mut |part| sum = crc32c::crc32c_append(sum, part));
        sum
    }
    #[cfg(target_family = "wasm")]
    {
        let mut sum = castagnoli().digest();
        parts(&mut |part| sum.update(part));
        sum.finalize()
    }
}
