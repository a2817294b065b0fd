//! A whole file: prelude, header body, its checksum, sections.

use super::format::{MAGIC, PRELUDE, VERSION};
use super::header::{Content, Header};
use super::metadata::Metadata;
use super::stream::Stream;
use crate::component::Lineage;
use crate::error::{Error, Result};
use crate::wire::{checksum, Limits, Reader, Writer};

/// A stream to be written: `sections[level][tile]`.
#[derive(Debug, Clone)]
pub struct NewStream {
    /// Key of the component.
    pub key: String,
    /// History of every tile.
    pub lineages: Vec<Lineage>,
    /// Bytes of every level of every tile.
    pub sections: Vec<Vec<Vec<u8>>>,
}

/// The bytes of a file.
pub fn write(content: Content, metadata: Metadata, streams: &[NewStream]) -> Result<Vec<u8>> {
    metadata.check()?;
    let mut header = Header { content, metadata, streams: Vec::with_capacity(streams.len()) };
    let mut at = 0;
    let tiles: Vec<_> = (0..header.content.tiles()).map(|i| header.content.tile_shape(i)).collect();
    for s in streams {
        let mut stream = Stream::new(&s.key, &s.lineages, &tiles, s.sections.len())?;
        for bytes in s.sections.iter().flatten() {
            stream.push(at, bytes);
            at += bytes.len();
        }
        header.streams.push(stream);
    }
    let mut body = Writer::new();
    header.write(&mut body);
    let body = body.into_vec();
    let mut w = Writer::new();
    w.bytes(&MAGIC);
    w.u16(VERSION);
    w.u16(0);
    let length = u32::try_from(body.len()).map_err(|_| Error::new("param.range", "more than 4 GiB of header"))?;
    w.u32(length);
    w.bytes(&body);
    let mut out = w.into_vec();
    out.extend_from_slice(&checksum(&out).to_le_bytes());
    out.reserve(at);
    streams.iter().flat_map(|s| s.sections.iter().flatten()).for_each(|b| out.extend_from_slice(b));
    Ok(out)
}

/// A parsed file over borrowed bytes; sections are checked when they are asked for.
#[derive(Debug, Clone)]
pub struct File<'a> {
    /// Everything in front of the sections.
    pub header: Header,
    /// The bytes behind the header.
    sections: &'a [u8],
    /// Offset of the first section in the file, for errors.
    start: usize,
}

impl<'a> File<'a> {
    /// Parses the header; nothing of the sections is read.
    ///
    /// # Errors
    /// `stream.magic`, `stream.version`, `stream.truncated`, `stream.checksum`, `stream.invalid`, `limit.*`.
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<File<'a>> {
        let known = bytes.len().min(MAGIC.len());
        if bytes[..known] != MAGIC[..known] {
            let text = format!("the first bytes are {}, expected {}", hex(&bytes[..known]), hex(&MAGIC));
            return Err(Error::new("stream.magic", text));
        }
        let mut r = Reader::new(bytes, "prelude");
        r.bytes(MAGIC.len())?;
        let version = r.u16()?;
        if version != VERSION {
            let text = format!("format version {version}; this build reads version {VERSION}");
            return Err(Error::new("stream.version", text));
        }
        let flags = r.u16()?;
        let length = r.u32()? as usize;
        let body = r.bytes(length)?;
        check(&bytes[..PRELUDE + length], r.u32()?, "header", 0)?;
        if flags != 0 {
            return Err(r.invalid(&format!("flags {flags:#x}")));
        }
        let header = Header::read(&mut Reader::new(body, "header"), limits)?;
        let start = r.offset();
        let file = File { header, sections: r.rest(), start };
        if bytes.len() > file.expected_len() {
            let text = format!("{} bytes behind the last section", bytes.len() - file.expected_len());
            return Err(Error::new("stream.invalid", text));
        }
        Ok(file)
    }

    /// The checked bytes of a section.
    ///
    /// # Errors
    /// `stream.truncated`, `stream.checksum`.
    pub fn section(&self, stream: usize, level: usize, tile: usize) -> Result<&'a [u8]> {
        let s = self.header.streams[stream].sections[level * self.header.content.tiles() + tile];
        let name = format!("stream {stream}, level {level}, tile {tile}");
        let offset = self.start + s.offset;
        let bytes = self.sections.get(s.offset..s.offset + s.len).ok_or_else(|| {
            let there = self.sections.len().saturating_sub(s.offset);
            let text = format!("{name}, offset {offset}: {} bytes expected, {there} there", s.len);
            Error::new("stream.truncated", text)
        })?;
        check(bytes, s.crc, &name, offset)?;
        Ok(bytes)
    }

    /// Levels of a stream whose sections are there for every tile.
    pub fn whole_levels(&self, stream: usize) -> usize {
        let tiles = self.header.content.tiles();
        let there = |s: &super::stream::Section| s.offset + s.len <= self.sections.len();
        let sections = &self.header.streams[stream].sections;
        sections.chunks(tiles.max(1)).take_while(|level| level.iter().all(there)).count()
    }

    /// Bytes in front of the first section.
    pub fn header_len(&self) -> usize {
        self.start
    }

    /// Bytes the file must have, whole.
    pub fn expected_len(&self) -> usize {
        let ends = self.header.streams.iter().filter_map(|s| s.sections.last());
        self.start + ends.map(|s| s.offset + s.len).max().unwrap_or(0)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn check(bytes: &[u8], crc: u32, name: &str, offset: usize) -> Result<()> {
    let got = checksum(bytes);
    if got == crc {
        return Ok(());
    }
    let text = format!("{name}, offset {offset}: CRC32C {got:#010x}, expected {crc:#010x}");
    Err(Error::new("stream.checksum", text))
}
