//! Valid checksums on damaged files: without them every mutation ends at the first CRC.

use std::ops::Range;
use vaerans::bitstream::format::{MAGIC, PRELUDE, RECORD_HEAD, RECORD_INDEX, RECORD_ITEM, VERSION};
use vaerans::bitstream::Item;
use vaerans::wire::{checksum, Limits, Reader, Slice};

/// Makes a mutated file reach the code behind the checks: magic, version and flags, and of every record its type, its length,
/// its checksum and those of its item's sections. An index is told where it stands.
pub fn repair(bytes: &mut [u8], limits: &Limits) {
    if bytes.len() < PRELUDE + RECORD_HEAD + 4 {
        return;
    }
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..PRELUDE].copy_from_slice(&[VERSION as u8, (VERSION >> 8) as u8, 0, 0]);
    let mut at = 0;
    for _ in 0..limits.max_items() {
        match record(bytes, at, limits) {
            Some(end) => at = end,
            None => break,
        }
    }
    last_index(bytes, at);
}

/// Mends the record at an offset; gives where the next one begins.
fn record(bytes: &mut [u8], start: usize, limits: &Limits) -> Option<usize> {
    let head = if start == 0 { PRELUDE } else { start };
    let room = bytes.len().checked_sub(head + RECORD_HEAD + 4)?;
    if ![RECORD_ITEM, RECORD_INDEX].contains(&bytes[head]) {
        bytes[head] = RECORD_ITEM;
    }
    let length = length_at(bytes, head) % (room + 1);
    bytes[head + 1..head + RECORD_HEAD].copy_from_slice(&(length as u32).to_le_bytes());
    let body = head + RECORD_HEAD..head + RECORD_HEAD + length;
    if bytes[head] == RECORD_INDEX {
        index(bytes, start, body.clone());
        return Some(body.end + 4);
    }
    seal(bytes, start, body.end);
    let end = sections(bytes, start, body.clone(), limits);
    seal(bytes, start, body.end);
    end
}

fn length_at(bytes: &[u8], head: usize) -> usize {
    let mut r = Reader::new(&bytes[head + 1..], "length");
    r.u32().unwrap_or(0) as usize
}

/// Writes the checksum of the record that begins at `start` and whose body ends at `end`.
fn seal(bytes: &mut [u8], start: usize, end: usize) {
    let crc = checksum(&bytes[start..end]);
    bytes[end..end + 4].copy_from_slice(&crc.to_le_bytes());
}

/// Writes the checksums of the sections into the body: each stands behind its length, found by its old value. Gives where the
/// item ends; none where it cannot be read or is cut short.
fn sections(bytes: &mut [u8], start: usize, body: Range<usize>, limits: &Limits) -> Option<usize> {
    let mut edits = Vec::new();
    let source = Slice(bytes);
    let item = Item::at(&source, start as u64, limits).ok()?;
    let clip = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    let first = body.end as u64 + 4;
    for s in item.header.streams.iter().flat_map(|s| &s.sections) {
        let there = clip(first + s.offset)..clip(first + s.offset + s.len as u64);
        edits.push((s.crc, checksum(&bytes[there])));
    }
    let end = usize::try_from(item.end()).ok().filter(|&end| end <= bytes.len());
    let mut at = body.start;
    for (old, new) in edits {
        let offset = bytes[at..body.end].windows(4).position(|w| w == old.to_le_bytes())?;
        bytes[at + offset..at + offset + 4].copy_from_slice(&new.to_le_bytes());
        at += offset + 4;
    }
    end
}

/// Tells an index where it stands, and seals it.
fn index(bytes: &mut [u8], start: usize, body: Range<usize>) {
    if body.len() > 8 {
        bytes[body.end - 8..body.end].copy_from_slice(&(start as u64).to_le_bytes());
    }
    seal(bytes, start, body.end);
}

/// Mends an index that closes the file though what stands in front of it, from `from` on, cannot be read.
fn last_index(bytes: &mut [u8], from: usize) {
    let Some(tail) = bytes.len().checked_sub(12).filter(|_| from < bytes.len()) else { return };
    let Ok(start) = Reader::new(&bytes[tail..], "index").u64() else { return };
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    if start < PRELUDE || start > tail.saturating_sub(RECORD_HEAD) || bytes[start] != RECORD_INDEX {
        return;
    }
    let body = start + RECORD_HEAD..bytes.len() - 4;
    bytes[start + 1..body.start].copy_from_slice(&(body.len() as u32).to_le_bytes());
    index(bytes, start, body);
}
