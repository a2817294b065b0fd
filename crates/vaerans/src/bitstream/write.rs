//! Items to bytes: header and sections, into a sink. What is coded is written from where it lies.

use super::file::{prelude, record};
use super::format::{RECORD_INDEX, RECORD_ITEM};
use super::header::{Content, Header};
use super::index::{self, IndexEntry};
use super::metadata::Metadata;
use super::stream::Stream;
use crate::component::Lineage;
use crate::error::Result;
use crate::registry::Role;
use crate::wire::{Limits, Sink, Source, Writer};

/// The coded bytes of a tile: those of all levels one after another, and how many each level has.
#[derive(Clone)]
pub struct TileBytes<B> {
    /// All bytes.
    pub bytes: B,
    /// Of each level, coarsest first.
    pub levels: Vec<usize>,
}

impl<B: AsRef<[u8]>> TileBytes<B> {
    /// Those of a level; none where the tile has not so many.
    fn level(&self, level: usize) -> &[u8] {
        let at: usize = self.levels.iter().take(level).sum();
        let n = self.levels.get(level).copied().unwrap_or(0);
        &self.bytes.as_ref()[at..at + n]
    }
}

/// A stream to be written.
#[derive(Clone)]
pub struct NewStream<B> {
    /// What it is to the picture.
    pub role: Role,
    /// Key of the component.
    pub key: String,
    /// History of every tile.
    pub lineages: Vec<Lineage>,
    /// Bytes of every tile.
    pub tiles: Vec<TileBytes<B>>,
}

impl<B: AsRef<[u8]>> NewStream<B> {
    fn levels(&self) -> usize {
        self.tiles.iter().map(|t| t.levels.len()).max().unwrap_or(0)
    }

    /// The bytes of every section in file order: level by level, tile by tile.
    fn sections(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.levels()).flat_map(|l| self.tiles.iter().map(move |t| t.level(l)))
    }
}

/// An item to be written.
pub struct NewItem<B> {
    /// What it gives.
    pub content: Content,
    /// What travels with it.
    pub metadata: Metadata,
    /// Its streams; the first one is the picture or tensor.
    pub streams: Vec<NewStream<B>>,
}

impl<B: AsRef<[u8]>> NewItem<B> {
    fn header(&self, key: &str) -> Result<(Header, u64)> {
        let content = self.content.clone();
        let metadata = self.metadata.clone().settled(content.channels())?;
        let mut header = Header { key: key.to_owned(), content, metadata, streams: Vec::new() };
        let shapes: Vec<_> = (0..header.content.tiles()).map(|i| header.content.tile_shape(i)).collect();
        let mut at = 0;
        for s in &self.streams {
            let mut stream = Stream::new(s.role, &s.key, &s.lineages, &shapes, s.levels())?;
            for bytes in s.sections() {
                stream.push(at, bytes);
                at += bytes.len() as u64;
            }
            header.streams.push(stream);
        }
        Ok((header, at))
    }

    /// Writes the record of the item, with `before` in front of it; gives the number of bytes.
    fn write(&self, key: &str, before: &[u8], sink: &mut dyn Sink) -> Result<u64> {
        let (header, sections) = self.header(key)?;
        let mut body = Writer::new();
        header.write(&mut body);
        let front = record(RECORD_ITEM, &body.finish()?, before)?;
        sink.expect(front.len() as u64 + sections);
        sink.write(&front)?;
        for s in &self.streams {
            s.sections().try_for_each(|bytes| sink.write(bytes))?;
        }
        Ok(front.len() as u64 + sections)
    }
}

/// A file of one item.
///
/// # Errors
/// `param.*` for what no file can hold.
pub fn to_vec<B: AsRef<[u8]>>(item: &NewItem<B>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    item.write("", &prelude(), &mut out)?;
    Ok(out)
}

/// Writes a file of many items: each is whole once `add` returned, and a reader finds all that are, with or without the index
/// that `finish` writes.
pub struct FileWriter<S: Sink> {
    sink: S,
    at: u64,
    index: Vec<IndexEntry>,
}

impl<S: Sink> FileWriter<S> {
    /// A new file.
    pub fn new(sink: S) -> FileWriter<S> {
        FileWriter { sink, at: 0, index: Vec::new() }
    }

    /// Goes on with a file. `sink` must write behind the first [`FileWriter::offset`] bytes of it: what stands behind them, if
    /// anything, is what a writer left that was ended in the middle of an item.
    ///
    /// # Errors
    /// `stream.*`, `limit.*`.
    pub fn resume(source: &dyn Source, limits: &Limits, sink: S) -> Result<FileWriter<S>> {
        let (index, at) = index::scan(source, limits)?;
        Ok(FileWriter { sink, at, index })
    }

    /// Bytes written so far, or there before.
    pub fn offset(&self) -> u64 {
        self.at
    }

    /// Adds an item. One of the same key takes the place of an earlier one.
    ///
    /// # Errors
    /// `param.*` for what no file can hold, and those of the sink.
    pub fn add<B: AsRef<[u8]>>(&mut self, key: &str, item: &NewItem<B>) -> Result<()> {
        let before = if self.at == 0 { prelude() } else { Vec::new() };
        let length = item.write(key, &before, &mut self.sink)?;
        self.index.push(IndexEntry { key: key.to_owned(), offset: self.at, length });
        self.at += length;
        Ok(())
    }

    /// Writes the index and gives the sink back.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finish(mut self) -> Result<S> {
        let before = if self.at == 0 { prelude() } else { Vec::new() };
        let body = index::body(&self.index, self.at);
        let bytes = record(RECORD_INDEX, &body, &before)?;
        self.sink.write(&bytes)?;
        Ok(self.sink)
    }
}
