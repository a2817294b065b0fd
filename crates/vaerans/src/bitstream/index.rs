//! The index of a file of many items, and what finds the items where there is none.

use super::budget::Budget;
use super::file::{check_prelude, take, Record};
use super::format::{MAX_KEY, RECORD_INDEX};
use super::item::{header_of, Item};
use crate::error::{Error, Quoted, Result};
use crate::wire::{AnySource, Limits, Reader, Source, Writer};

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    /// Name of the item.
    pub key: String,
    /// Offset of its first byte in the file.
    pub offset: u64,
    /// Bytes of the item, header and sections.
    pub length: u64,
}

/// Bytes at the end of a file with an index: offset of the index, checksum of its record.
const TAIL: usize = 12;

/// The body of an index that stands at `offset`.
pub(super) fn body(entries: &[IndexEntry], offset: u64) -> Vec<u8> {
    let mut w = Writer::new();
    w.varint(entries.len() as u64);
    for e in entries {
        w.text(&e.key, MAX_KEY);
        w.varint(e.offset);
        w.varint(e.length);
    }
    w.u64(offset);
    w.into_vec()
}

/// The index at the end of the file, if there is one.
fn last(source: &dyn Source, limits: &Limits) -> Result<Option<Vec<IndexEntry>>> {
    let end = source.len();
    let Some(at) = end.checked_sub(TAIL as u64) else { return Ok(None) };
    let tail = source.read(at, TAIL)?;
    let offset = Reader::new(&tail, "index").u64()?;
    if offset >= at {
        return Ok(None);
    }
    let record = Record::at(source, offset, limits);
    match record {
        Ok(r) if r.kind == RECORD_INDEX && r.end == end => read(&r, limits).map(Some),
        _ => Ok(None),
    }
}

fn read(record: &Record, limits: &Limits) -> Result<Vec<IndexEntry>> {
    let mut r = Reader::new(record.body(), "index");
    let count = Budget::new(limits).items(r.varint()?)?;
    if count > r.remaining() {
        return Err(r.invalid(&format!("{count} items in the {} bytes left", r.remaining())));
    }
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let key = r.text(MAX_KEY)?.to_owned();
        let (offset, length) = (r.varint()?, r.varint()?);
        if offset.checked_add(length).is_none_or(|end| end > record.start) {
            return Err(r.invalid(&format!("an item of {length} bytes at {offset}")));
        }
        entries.push(IndexEntry { key, offset, length });
    }
    if r.u64()? != record.start || r.remaining() > 0 {
        return Err(r.invalid("an index of another place"));
    }
    Ok(entries)
}

/// All items that are whole, from the first record on, and where the next one could begin: what a writer that was ended in the
/// middle of an item left behind is not counted. Only a record that ends too early is such a rest; whatever else is wrong is an
/// error, so that nobody writes over items behind it.
pub(super) fn scan(source: &dyn Source, limits: &Limits) -> Result<(Vec<IndexEntry>, u64)> {
    // An index says where items stand; that this version reads them, the first bytes alone say.
    if !source.is_empty() {
        check_prelude(source)?;
    }
    if let Some(entries) = last(source, limits)? {
        return Ok((entries, source.len()));
    }
    let (mut entries, mut budget) = (Vec::new(), Budget::new(limits));
    let mut at = 0;
    while at < source.len() {
        match next(source, at, limits) {
            Ok((entry, end)) if end <= source.len() => {
                budget.items(entry.is_some().into())?;
                entries.extend(entry);
                at = end;
            }
            Err(error) if at == 0 || error.code() != "stream.truncated" => return Err(error),
            _ => break,
        }
    }
    Ok((entries, at))
}

/// The record at an offset: its entry, if it is an item, and where the next one begins.
fn next(source: &dyn Source, at: u64, limits: &Limits) -> Result<(Option<IndexEntry>, u64)> {
    let record = Record::at(source, at, limits)?;
    if record.kind == RECORD_INDEX {
        return Ok((None, record.end));
    }
    let header = header_of(&record, limits)?;
    let end = record.end + header.section_bytes();
    Ok((Some(IndexEntry { key: header.key, offset: at, length: end - at }), end))
}

/// Finds the items of a file.
pub struct FileReader<'a> {
    source: AnySource<'a>,
    limits: Limits,
    entries: Vec<IndexEntry>,
}

impl<'a> FileReader<'a> {
    /// Reads the index, or looks through the file where there is none.
    ///
    /// # Errors
    /// `stream.*`, `limit.*`.
    pub fn new(source: impl Into<AnySource<'a>>, limits: &Limits) -> Result<FileReader<'a>> {
        let source = source.into();
        take(source.get(), 0, 1, "file")?;
        let (entries, _) = scan(source.get(), limits)?;
        Ok(FileReader { source, limits: *limits, entries })
    }

    /// The items, in the order they were written.
    pub fn entries(&self) -> &[IndexEntry] {
        &self.entries
    }

    /// The newest item of a key.
    ///
    /// # Errors
    /// `param.unknown`, `stream.*`, `limit.*`.
    pub fn item(&self, key: &str) -> Result<Item<'a>> {
        let found = self.entries.iter().rev().find(|e| e.key == key);
        let entry = found.ok_or_else(|| {
            let text = format!("no item is called {}; there are {}", Quoted(key), self.entries.len());
            Error::new("param.unknown", text)
        })?;
        let item = Item::at(self.source.clone(), entry.offset, &self.limits)?;
        if item.header.key != key {
            let text = format!("the index says {}, the item {}", Quoted(key), Quoted(&item.header.key));
            return Err(Error::new("stream.invalid", text));
        }
        Ok(item)
    }
}
