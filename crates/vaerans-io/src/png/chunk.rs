//! The chunks of a PNG file (PNG, 5.3), and what is deflated in them.

use std::io::Read;

use flate2::bufread::ZlibDecoder;

use crate::limits::check_metadata;
use crate::{Limits, Result};

/// A chunk's name and data.
pub(super) type Chunk<'a> = ([u8; 4], &'a [u8]);

/// The chunks whose checksums hold, up to the end of the picture or of the file.
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
        if matches!(name, b"IDAT" | b"fdAT") {
            continue; // the decoder checks these
        }
        let mut crc = flate2::Crc::new();
        crc.update(named);
        if crc.sum() == u32::from_be_bytes(*checksum) {
            return Some((*name, data));
        }
    })
}

/// Inflates a block of metadata, no further than the limits allow. `None` where it is damaged.
pub(super) fn inflate(what: &str, data: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>> {
    let mut out = Vec::new();
    let most = limits.max_metadata() + 1;
    let done = ZlibDecoder::new(data).take(most).read_to_end(&mut out);
    check_metadata(limits, what, out.len())?;
    Ok(done.is_ok().then_some(out))
}
