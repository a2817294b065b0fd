//! One item of a file: a picture or tensor with its header, and its sections, which are read when they are asked for.

use super::file::{check, check_there, take, Record};
use super::format::{RECORD_INDEX, RECORD_ITEM};
use super::header::Header;
use super::write::TileBytes;
use crate::error::{Error, Result};
use crate::wire::{AnySource, Limits, Reader};
use std::borrow::Cow;

/// A parsed item over a source that someone else owns.
pub struct Item<'a> {
    /// Everything in front of the sections.
    pub header: Header,
    source: AnySource<'a>,
    /// Offset of the record in the file.
    begin: u64,
    /// Offset of the first section in the file.
    start: u64,
}

impl<'a> Item<'a> {
    /// The first item of a file; nothing of its sections is read.
    ///
    /// # Errors
    /// `stream.*`, `limit.*`.
    pub fn first(source: impl Into<AnySource<'a>>, limits: &Limits) -> Result<Item<'a>> {
        let item = Item::at(source, 0, limits)?;
        item.check_behind()?;
        Ok(item)
    }

    /// The item at an offset of the index.
    ///
    /// # Errors
    /// As [`Item::first`].
    pub fn at(source: impl Into<AnySource<'a>>, offset: u64, limits: &Limits) -> Result<Item<'a>> {
        let source = source.into();
        let (header, begin, start) = {
            let record = Record::at(source.get(), offset, limits)?;
            (header_of(&record, limits)?, record.start, record.end)
        };
        Ok(Item { header, source, begin, start })
    }

    /// Refuses bytes behind the last section that are no record.
    fn check_behind(&self) -> Result<()> {
        let (end, there) = (self.end(), self.source.get().len());
        if there <= end {
            return Ok(());
        }
        match self.source.get().read(end, 1)?[0] {
            RECORD_ITEM | RECORD_INDEX => Ok(()),
            _ => {
                let text = format!("{} bytes behind the last section", there - end);
                Err(Error::new("stream.invalid", text))
            }
        }
    }

    /// Where the section of (stream, level, tile) stands, its length and its checksum.
    fn place(&self, stream: usize, level: usize, tile: usize) -> (u64, usize, u32) {
        let s = self.header.streams[stream].sections[level * self.header.content.tiles() + tile];
        (self.start + s.offset, s.len, s.crc)
    }

    /// Fills `out`, which has the section's length, with its checked bytes.
    ///
    /// # Errors
    /// `stream.truncated`, `stream.checksum`.
    pub fn read_section(&self, stream: usize, level: usize, tile: usize, out: &mut [u8]) -> Result<()> {
        out.copy_from_slice(&self.section(stream, level, tile)?);
        Ok(())
    }

    /// The bytes of a section, checked.
    fn section(&self, stream: usize, level: usize, tile: usize) -> Result<Cow<'_, [u8]>> {
        let (offset, len, crc) = self.place(stream, level, tile);
        let name = name(stream, level, tile);
        let bytes = take(self.source.get(), offset, len, &name)?;
        check(&bytes, crc, &name, offset)?;
        Ok(bytes)
    }

    /// Holds every section against its checksum; nothing is decoded.
    ///
    /// # Errors
    /// `stream.truncated`, `stream.checksum`.
    pub fn verify(&self) -> Result<()> {
        for (stream, s) in self.header.streams.iter().enumerate() {
            for i in 0..s.sections.len() {
                let tiles = self.header.content.tiles();
                let (level, tile) = (i / tiles, i % tiles);
                self.section(stream, level, tile)?;
            }
        }
        Ok(())
    }

    /// Bytes of each of the first `levels` levels of a tile, coarsest first.
    pub fn level_bytes(&self, stream: usize, tile: usize, levels: usize) -> Vec<usize> {
        let levels = levels.min(self.header.streams[stream].levels);
        (0..levels).map(|level| self.place(stream, level, tile).1).collect()
    }

    /// Fills `out` with the checked bytes of the first levels of a tile, one after another: as many as [`Item::level_bytes`]
    /// says.
    ///
    /// # Errors
    /// As [`Item::read_section`].
    pub fn read_levels(&self, stream: usize, tile: usize, levels: &[usize], out: &mut [u8]) -> Result<()> {
        let mut rest = out;
        for (level, &n) in levels.iter().enumerate() {
            let (part, behind) = rest.split_at_mut(n);
            self.read_section(stream, level, tile, part)?;
            rest = behind;
        }
        Ok(())
    }

    /// All levels of a tile, as a writer takes them.
    ///
    /// # Errors
    /// As [`Item::read_section`].
    pub fn tile_bytes(&self, stream: usize, tile: usize) -> Result<TileBytes<Vec<u8>>> {
        let levels = self.level_bytes(stream, tile, usize::MAX);
        let mut bytes = vec![0; levels.iter().sum()];
        self.read_levels(stream, tile, &levels, &mut bytes)?;
        Ok(TileBytes { bytes, levels })
    }

    /// Refuses sections that are not there.
    ///
    /// # Errors
    /// `stream.truncated`.
    pub fn check_there(&self, stream: usize, level: usize, tile: usize) -> Result<()> {
        let (offset, len, _) = self.place(stream, level, tile);
        check_there(self.source.get(), offset, len, &name(stream, level, tile))
    }

    /// Levels of a stream whose sections are there for every tile.
    pub fn whole_levels(&self, stream: usize) -> usize {
        let tiles = self.header.content.tiles();
        let there = |s: &super::stream::Section| self.start + s.offset + s.len as u64 <= self.source.get().len();
        let sections = &self.header.streams[stream].sections;
        sections.chunks(tiles.max(1)).take_while(|level| level.iter().all(there)).count()
    }

    /// Bytes of the file in front of the first section, from the item's own first byte on.
    pub fn header_len(&self) -> u64 {
        self.start - self.begin
    }

    /// Offset of the first byte behind the item.
    pub fn end(&self) -> u64 {
        self.start + self.header.section_bytes()
    }

    /// Bytes that the item has, whole, header and all.
    pub fn bytes(&self) -> u64 {
        self.end() - self.begin
    }

    /// Whether all of it is there.
    pub fn is_complete(&self) -> bool {
        self.end() <= self.source.get().len()
    }
}

/// A section in messages.
fn name(stream: usize, level: usize, tile: usize) -> String {
    format!("stream {stream}, level {level}, tile {tile}")
}

/// The header that a record holds.
pub(super) fn header_of(record: &Record, limits: &Limits) -> Result<Header> {
    if record.kind != RECORD_ITEM {
        return Err(Error::new("stream.invalid", format!("offset {}: an item expected", record.start)));
    }
    Header::read(&mut Reader::new(record.body(), "header"), limits).map_err(|e| match e.code() {
        // The record is whole, as its checksum says: it was written so.
        "stream.truncated" => Error::new("stream.invalid", e.message()),
        _ => e,
    })
}
