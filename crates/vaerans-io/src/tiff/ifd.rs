//! Directories of TIFF files and of EXIF blocks, which are built alike (TIFF 6.0, section 2; BigTIFF).

use std::collections::BTreeMap;

/// One field: its type, how many values it has, and their bytes in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    pub kind: u16,
    pub count: usize,
    pub bytes: &'a [u8],
}

/// A file or block, and how its numbers are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub bytes: &'a [u8],
    pub is_little: bool,
    is_big_tiff: bool,
}

/// The fields of one directory, and where the next one stands; 0 if there is none.
#[derive(Debug, Default)]
pub(crate) struct Directory<'a> {
    pub fields: BTreeMap<u16, Field<'a>>,
    /// Tags of fields whose values lie outside of the file, or have an unknown type.
    pub lost: Vec<u16>,
    pub next: usize,
    /// Fields as they stand there, those of the same tag too.
    pub entries: usize,
}

/// Fields of one directory: as many as TIFF can count, which BigTIFF is held to.
const MOST_FIELDS: usize = 65535;
/// Bytes of a field in a directory, at least.
const FIELD: usize = 12;

/// Bytes of the parts that a value of a type consists of, and how many parts; rationals have two.
pub(crate) fn parts_of(kind: u16) -> Option<(usize, usize)> {
    match kind {
        1 | 2 | 6 | 7 => Some((1, 1)),
        3 | 8 => Some((2, 1)),
        4 | 9 | 11 | 13 => Some((4, 1)),
        5 | 10 => Some((4, 2)),
        12 | 16..=18 => Some((8, 1)),
        _ => None,
    }
}

impl<'a> Source<'a> {
    /// `None` unless the bytes begin as a TIFF file does; gives the place of the first directory too.
    pub(crate) fn new(bytes: &'a [u8]) -> Option<(Self, usize)> {
        let is_little = match bytes.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let mut source = Self { bytes, is_little, is_big_tiff: false };
        source.is_big_tiff = match source.number(2, 2)? {
            42 => false,
            43 => true,
            _ => return None,
        };
        let first = if source.is_big_tiff { source.number(8, 8)? } else { source.number(4, 4)? };
        Some((source, usize::try_from(first).ok()?))
    }

    /// A whole number of 1, 2, 4 or 8 bytes.
    fn number(&self, at: usize, size: usize) -> Option<u64> {
        Some(self.value(self.bytes.get(at..at.checked_add(size)?)?))
    }

    fn value(&self, bytes: &[u8]) -> u64 {
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        if self.is_little {
            bytes.iter().rev().fold(0, add)
        } else {
            bytes.iter().fold(0, add)
        }
    }

    /// The directory at a place; fields that point out of the file or have an unknown type are named alone.
    pub(crate) fn directory(&self, at: usize) -> Option<Directory<'a>> {
        let (count_size, entry, inline) = if self.is_big_tiff { (8, 20, 8) } else { (2, 12, 4) };
        let entries = usize::try_from(self.number(at, count_size)?).ok()?;
        if entries > MOST_FIELDS {
            return None;
        }
        let start = at + count_size;
        // A directory cannot be longer than the file.
        let end = start.checked_add(entries.checked_mul(entry)?)?;
        self.bytes.get(start..end)?;
        let (mut fields, mut lost) = (BTreeMap::new(), Vec::new());
        for place in (start..end).step_by(entry) {
            let (tag, kind) = (self.number(place, 2)? as u16, self.number(place + 2, 2)? as u16);
            let values = usize::try_from(self.number(place + 4, inline)?).ok()?;
            match self.field_bytes(place + 4 + inline, kind, values, inline) {
                Some(bytes) => _ = fields.entry(tag).or_insert(Field { kind, count: values, bytes }),
                None => lost.push(tag),
            }
        }
        let next = self.number(end, inline).and_then(|next| usize::try_from(next).ok()).unwrap_or(0);
        Some(Directory { fields, lost, next, entries })
    }

    fn field_bytes(&self, at: usize, kind: u16, count: usize, inline: usize) -> Option<&'a [u8]> {
        let (size, parts) = parts_of(kind)?;
        let length = count.checked_mul(size * parts)?;
        let start = if length <= inline { at } else { usize::try_from(self.number(at, inline)?).ok()? };
        self.bytes.get(start..start.checked_add(length)?)
    }

    /// The first values, `most` of them, of a field of whole numbers.
    pub(crate) fn numbers(&self, field: &Field, most: usize) -> Option<Vec<u64>> {
        match (field.kind, parts_of(field.kind)?) {
            (1 | 3 | 4 | 7 | 13 | 16 | 18, (size, 1)) => {
                Some(field.bytes.chunks_exact(size).take(most).map(|bytes| self.value(bytes)).collect())
            }
            _ => None,
        }
    }

    /// Whether a field holds whole numbers, one or more.
    pub(crate) fn has_numbers(&self, field: &Field) -> bool {
        self.numbers(field, 1).is_some_and(|numbers| !numbers.is_empty())
    }

    /// The first value of a field of whole numbers.
    pub(crate) fn first(&self, directory: &Directory, tag: u16) -> Option<u64> {
        let field = directory.fields.get(&tag)?;
        self.numbers(field, 1)?.first().copied()
    }

    /// Directories that the first one, at its place, leads to, itself among them: the pages of a file.
    pub(crate) fn pages(&self, at: usize, first: &Directory) -> u32 {
        const SUBFILE: u16 = 254;
        let mut places = std::collections::BTreeSet::from([at]);
        let (mut count, mut next) = (1, first.next);
        // Directories of a real file have no bytes in common.
        let mut left = self.bytes.len() / FIELD;
        while next != 0 && places.insert(next) {
            let Some(directory) = self.directory(next) else { break };
            let Some(rest) = left.checked_sub(directory.entries) else { break };
            left = rest;
            // A smaller version of another page is none.
            count += u32::from(self.first(&directory, SUBFILE).unwrap_or(0) & 1 == 0);
            next = directory.next;
        }
        count
    }
}
