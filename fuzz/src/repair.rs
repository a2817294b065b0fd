//! Valid checksums on damaged files: without them every mutation ends at the first CRC.

use vaerans::bitstream::{format, File};
use vaerans::wire::{checksum, Limits};

/// Makes a mutated file reach the code behind the checks: magic, version, flags, length of the header body
/// (what is left after `sections` bytes), the checksum of every section and that of the header.
pub fn repair(bytes: &mut [u8], limits: &Limits) {
    if bytes.len() < format::PRELUDE + 4 {
        return;
    }
    bytes[..8].copy_from_slice(&format::MAGIC);
    bytes[8..12].copy_from_slice(&[format::VERSION as u8, (format::VERSION >> 8) as u8, 0, 0]);
    let stored = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) as usize;
    let body = stored % (bytes.len() - format::PRELUDE - 3);
    bytes[12..16].copy_from_slice(&(body as u32).to_le_bytes());
    seal(bytes, body);
    sections(bytes, limits);
    seal(bytes, body);
}

/// Writes the header's checksum.
fn seal(bytes: &mut [u8], body: usize) {
    let end = format::PRELUDE + body;
    let crc = checksum(&bytes[..end]);
    bytes[end..end + 4].copy_from_slice(&crc.to_le_bytes());
}

/// Writes the checksums of the sections into the header: each stands behind its length, found by its old value.
fn sections(bytes: &mut [u8], limits: &Limits) {
    let mut edits = Vec::new();
    if let Ok(file) = File::parse(bytes, limits) {
        let start = file.header_len();
        for s in file.header.streams.iter().flat_map(|s| &s.sections) {
            let from = start.saturating_add(s.offset).min(bytes.len());
            let to = from.saturating_add(s.len).min(bytes.len());
            edits.push((s.crc, checksum(&bytes[from..to])));
        }
    }
    let mut at = format::PRELUDE;
    for (old, new) in edits {
        let end = format::PRELUDE + u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) as usize;
        let found = bytes[at..end].windows(4).position(|w| w == old.to_le_bytes());
        let Some(offset) = found else { return };
        bytes[at + offset..at + offset + 4].copy_from_slice(&new.to_le_bytes());
        at += offset + 4;
    }
}
