//! EXIF in TIFF: the same directories as in an EXIF block, among those of the picture.

use super::ifd::{parts_of, Directory, Field, Source};
use super::ifd_write::{append, header, Written};
use crate::limits::check_metadata;
use crate::{Limits, Result};

/// Tags of the first directory that tell of the picture and not of its samples.
const TELLING: [u16; 20] = [
    269, 270, 271, 272, 282, 283, 285, 296, 305, 306, 315, 316, 18246, 18249, 33432, 40091, 40092, 40093, 40094, 40095,
];
const ORIENTATION: u16 = 274;
/// Resolution: without a unit of length it says nothing.
const RESOLUTION: [u16; 3] = [282, 283, RESOLUTION_UNIT];
const RESOLUTION_UNIT: u16 = 296;
/// Directories that a field points to, from the first directory and from that of EXIF.
const EXIF: u16 = 34665;
const GPS: u16 = 34853;
const INTEROPERABILITY: u16 = 40965;

/// A directory with those below it.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a> {
    pub fields: Vec<(u16, Field<'a>)>,
    pub below: Vec<(u16, Tree<'a>)>,
}

impl Tree<'_> {
    /// Bytes that it takes when it is written; fields of a hostile file may share theirs.
    pub(crate) fn size(&self) -> usize {
        let own = self.fields.iter().map(|(_, field)| field.bytes.len() + 12);
        own.chain(self.below.iter().map(|(_, below)| below.size())).fold(8, usize::saturating_add)
    }
}

/// What the first directory tells, and the directories of EXIF and GPS.
pub(crate) fn tree<'a>(source: &Source<'a>, first: &Directory<'a>) -> Tree<'a> {
    let has_unit = matches!(source.first(first, RESOLUTION_UNIT), Some(2 | 3));
    let tells = |tag: &u16| TELLING.contains(tag) && (has_unit || !RESOLUTION.contains(tag));
    let fields = first.fields.iter().filter(|(tag, _)| tells(tag)).map(|(tag, field)| (*tag, *field));
    let below = [EXIF, GPS].into_iter().filter_map(|tag| Some((tag, below(source, first, tag, 2)?)));
    Tree { fields: fields.collect(), below: below.collect() }
}

fn below<'a>(source: &Source<'a>, directory: &Directory<'a>, tag: u16, depth: usize) -> Option<Tree<'a>> {
    let found = source.directory(usize::try_from(source.first(directory, tag)?).ok()?)?;
    let deeper = (depth > 1).then(|| below(source, &found, INTEROPERABILITY, depth - 1)).flatten();
    let is_own = |(tag, field): &(&u16, &Field)| **tag != INTEROPERABILITY && !matches!(field.kind, 16..=18);
    Some(Tree {
        fields: found.fields.iter().filter(is_own).map(|(tag, field)| (*tag, *field)).collect(),
        below: deeper.map(|tree| (INTEROPERABILITY, tree)).into_iter().collect(),
    })
}

/// An EXIF block of what a TIFF file tells; `None` where it tells nothing but the orientation.
///
/// # Errors
/// `limit.metadata`.
pub(super) fn block(source: &Source, first: &Directory, limits: &Limits) -> Result<Option<Vec<u8>>> {
    let mut tree = tree(source, first);
    if tree.fields.is_empty() && tree.below.is_empty() {
        return Ok(None);
    }
    check_metadata(limits, "EXIF block", tree.size())?;
    tree.fields.extend(first.fields.get(&ORIENTATION).map(|field| (ORIENTATION, *field)));
    let mut out = header(0, source.is_little);
    let place = write(&mut out, &tree, source.is_little);
    out[..8].copy_from_slice(&header(place, source.is_little));
    Ok(Some(out))
}

/// Appends a directory behind those below it.
fn write(out: &mut Vec<u8>, tree: &Tree, is_little: bool) -> usize {
    let mut fields: Vec<Written> = Vec::new();
    for (tag, below) in &tree.below {
        let place = write(out, below, is_little);
        fields.push(Written::numbers(*tag, false, &[place as u64], is_little));
    }
    let own = tree.fields.iter().filter(|(_, field)| parts_of(field.kind).is_some());
    fields.extend(own.map(|(tag, field)| Written {
        tag: *tag,
        kind: field.kind,
        count: field.count,
        bytes: field.bytes.to_vec(),
    }));
    append(out, 0, fields, is_little)
}
