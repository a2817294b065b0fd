//! The chunks of a PNG file (PNG, 5.3), and what is deflated in them.

use std::io::Read;

use flate2::bufread::ZlibDecoder;

use crate::limits::check_metadata;
use crate::{Limits, Result};

/// A chunk's name and data, and whether its checksum holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk<'a> {
    pub name: &'a [u8; 4],
    pub data: &'a [u8],
    pub is_whole: bool,
}

/// The chunks up to the end of the picture or of the file, without those of samples: the decoder checks these.
pub(super) fn chunks(file: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = file.get(8..).unwrap_or(&[]);
    let mut ended = false;
    std::iter::from_fn(move || loop {
        if ended {
            return None;
        }
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (named, after) = after.split_at_checked((u32::from_be_bytes(*length) as usize).checked_add(4)?)?;
        let (checksum, after) = after.split_first_chunk::<4>()?;
        rest = after;
        let (name, data) = named.split_first_chunk::<4>()?;
        ended = name == b"IEND";
        if !matches!(name, b"IDAT" | b"fdAT") {
            let mut crc = flate2::Crc::new();
            crc.update(named);
            return Some(Chunk { name, data, is_whole: crc.sum() == u32::from_be_bytes(*checksum) });
        }
    })
}

/// Bytes of metadata that the limits leave, over all chunks of a file.
pub(super) struct Budget<'a> {
    limits: &'a Limits,
    bytes: usize,
}

impl<'a> Budget<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, bytes: 0 }
    }

    /// Takes so many for a block.
    pub(super) fn take(&mut self, what: &str, bytes: usize) -> Result<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        check_metadata(self.limits, what, self.bytes)
    }

    /// Inflates a block, no further than the limits allow. `None` where it is damaged.
    pub(super) fn inflate(&mut self, what: &str, data: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut out = Vec::new();
        let most = self.limits.max_metadata().saturating_sub(self.bytes as u64) + 1;
        let done = ZlibDecoder::new(data).take(most).read_to_end(&mut out);
        self.take(what, out.len())?;
        Ok(done.is_ok().then_some(out))
    }
}
