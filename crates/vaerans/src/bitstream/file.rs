//! The frame of a file: prelude, then records, each with its length and checksum.

use super::format::{MAGIC, PRELUDE, RECORD_HEAD, RECORD_INDEX, RECORD_ITEM, RELEASES, VERSION};
use crate::error::{Error, Result};
use crate::wire::{checksum, Limits, Reader, Source};
use std::borrow::Cow;

/// The first bytes of a file.
pub(super) fn prelude() -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&0u16.to_le_bytes());
    out
}

/// A record as bytes; the first one of a file covers the prelude with its checksum.
pub(super) fn record(kind: u8, body: &[u8], before: &[u8]) -> Result<Vec<u8>> {
    let length = u32::try_from(body.len()).map_err(|_| Error::new("param.range", "more than 4 GiB of header"))?;
    let mut out = before.to_vec();
    out.push(kind);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(body);
    out.extend_from_slice(&checksum(&out).to_le_bytes());
    Ok(out)
}

/// Bytes of a header that are read under any limits.
const SMALL: u64 = 1 << 16;

/// A record of a file: its type, where its body begins, and the body, whose checksum is right.
pub(super) struct Record<'a> {
    /// [`RECORD_ITEM`] or [`RECORD_INDEX`].
    pub kind: u8,
    /// Offset of the record's first byte; 0 for the first one, which begins with the prelude.
    pub start: u64,
    /// Offset of the first byte behind the record's checksum: sections of an item begin here.
    pub end: u64,
    bytes: Cow<'a, [u8]>,
    body: std::ops::Range<usize>,
}

impl<'a> Record<'a> {
    /// The record at an offset: 0 for the first one, which stands behind the prelude.
    ///
    /// # Errors
    /// `stream.magic`, `stream.version`, `stream.truncated`, `stream.checksum`, `stream.invalid`, `limit.memory`, `unavailable.file`.
    pub fn at(source: &'a dyn Source, start: u64, limits: &Limits) -> Result<Record<'a>> {
        if start > 0 {
            return Record::read(source, start, 0, limits);
        }
        check_prelude(source)?;
        Record::read(source, 0, PRELUDE, limits)
    }

    /// Its body.
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.body.clone()]
    }

    fn read(source: &'a dyn Source, start: u64, skip: usize, limits: &Limits) -> Result<Record<'a>> {
        let front = take(source, start, skip + RECORD_HEAD, "record")?;
        let mut r = Reader::new(&front[skip..], "record");
        let kind = r.u8()?;
        if kind != RECORD_ITEM && kind != RECORD_INDEX {
            return Err(Error::new(
                "stream.invalid",
                format!("offset {}: a record of type {kind}", start + skip as u64),
            ));
        }
        let (length, body) = (r.u32()? as usize, skip + RECORD_HEAD);
        limits.check_bytes((length as u64).saturating_sub(SMALL), "bytes of header")?;
        let bytes = take(source, start, body.saturating_add(length).saturating_add(4), "header")?;
        let end = body + length;
        let crc = Reader::new(&bytes[end..], "header").u32()?;
        check(&bytes[..end], crc, "header", start)?;
        Ok(Record { kind, start, end: start + bytes.len() as u64, body: body..end, bytes })
    }
}

/// Refuses a file that does not begin as a file of this version does.
pub(super) fn check_prelude(source: &dyn Source) -> Result<()> {
    let there = source.len().min(PRELUDE as u64) as usize;
    let bytes = source.read(0, there)?;
    let known = there.min(MAGIC.len());
    if bytes[..known] != MAGIC[..known] {
        let text = format!("the first bytes are {}, expected {}", hex(&bytes[..known]), hex(&MAGIC));
        return Err(Error::new("stream.magic", text));
    }
    let mut r = Reader::new(&bytes, "prelude");
    r.bytes(MAGIC.len())?;
    let version = r.u16()?;
    if version != VERSION {
        let release =
            RELEASES.iter().find(|(v, _)| *v == version).map_or("a later release of vaerans", |(_, name)| name);
        let text = format!("format version {version}: {release} reads it; this build reads version {VERSION}");
        return Err(Error::new("stream.version", text));
    }
    match r.u16()? {
        0 => Ok(()),
        flags => Err(r.invalid(&format!("flags {flags:#x}"))),
    }
}

/// `n` bytes at an offset that comes from a file.
pub(super) fn take<'a>(source: &'a dyn Source, at: u64, n: usize, what: &str) -> Result<Cow<'a, [u8]>> {
    check_there(source, at, n, what)?;
    source.read(at, n)
}

/// Refuses bytes at an offset that are not there.
pub(super) fn check_there(source: &dyn Source, at: u64, n: usize, what: &str) -> Result<()> {
    let there = source.len().saturating_sub(at);
    if n as u64 <= there {
        return Ok(());
    }
    Err(Error::new("stream.truncated", format!("{what}, offset {at}: {n} bytes expected, {there} there")))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

pub(super) fn check(bytes: &[u8], crc: u32, name: &str, offset: u64) -> Result<()> {
    let got = checksum(bytes);
    if got == crc {
        return Ok(());
    }
    let text = format!("{name}, offset {offset}: CRC32C {got:#010x}, expected {crc:#010x}");
    Err(Error::new("stream.checksum", text))
}
