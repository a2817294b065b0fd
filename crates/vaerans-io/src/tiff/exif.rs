//! EXIF in TIFF: the same directories as in an EXIF block, among those of the picture.

use super::ifd::{parts_of, Directory, Field, Source};
use super::ifd_write::{append, header, Written};
use super::ICC_PROFILE;
use crate::limits::check_metadata;
use crate::{Limits, Result};
use vaerans::exif;

const ORIENTATION: u16 = 274;
/// Resolution: without a unit of length it says nothing.
const RESOLUTION: [u16; 3] = [282, 283, RESOLUTION_UNIT];
const RESOLUTION_UNIT: u16 = 296;
/// Directories that a field points to, from the first directory and from that of EXIF.
const EXIF: u16 = 34665;
const GPS: u16 = 34853;
const INTEROPERABILITY: u16 = 40965;

/// Whether a tag of the first directory is of how samples are stored, of what is read apart (orientation, ICC profile, EXIF and GPS
/// directories), or of what is left out (further directories, XMP, IPTC, what Photoshop keeps): any other tells of the picture.
fn is_left_out(tag: u16) -> bool {
    let of_samples = matches!(tag, 254..=259 | 262..=266 | 273 | 277..=281 | 284 | 288..=293 | 317 | 320..=325 | 332..=347 | 512..=521);
    let apart = matches!(tag, ORIENTATION | EXIF | GPS | ICC_PROFILE);
    of_samples || apart || matches!(tag, 330 | 331 | 400 | 700 | 33723 | 34377 | 37724)
}

/// Whether a field can stand in an EXIF block, which has no numbers of 64 bits.
fn fits(field: &Field) -> bool {
    !matches!(field.kind, 16..=18)
}

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
    let tells =
        |(tag, field): &(&u16, &Field)| !is_left_out(**tag) && (has_unit || !RESOLUTION.contains(tag)) && fits(field);
    let fields = first.fields.iter().filter(tells).map(|(tag, field)| (*tag, *field));
    let below = [EXIF, GPS].into_iter().filter_map(|tag| Some((tag, below(source, first, tag, 2)?)));
    Tree { fields: fields.collect(), below: below.collect() }
}

fn below<'a>(source: &Source<'a>, directory: &Directory<'a>, tag: u16, depth: usize) -> Option<Tree<'a>> {
    let found = source.directory(usize::try_from(source.first(directory, tag)?).ok()?)?;
    let deeper = (depth > 1).then(|| below(source, &found, INTEROPERABILITY, depth - 1)).flatten();
    let is_own = |(tag, field): &(&u16, &Field)| **tag != INTEROPERABILITY && fits(field);
    Some(Tree {
        fields: found.fields.iter().filter(is_own).map(|(tag, field)| (*tag, *field)).collect(),
        below: deeper.map(|tree| (INTEROPERABILITY, tree)).into_iter().collect(),
    })
}

/// An EXIF block of what a TIFF file's first directory tells of the picture, which need be no more than that directory: what
/// [`decode`](crate::decode) gives of such a file. `None` where it tells nothing but the orientation, or is no such file.
pub fn exif_of_tiff(file: &[u8]) -> Option<Vec<u8>> {
    let (source, first) = Source::new(exif::strip(file))?;
    let first = source.directory(first)?;
    let tree = tree(&source, &first);
    block(&source, &first, tree, &Limits::default()).ok().flatten()
}

/// Whether all that is there of EXIF in the first directory, and the directories that it points to, can be read.
pub(super) fn is_whole(first: &Directory, tree: &Tree) -> bool {
    let is_there = |tag| tree.below.iter().any(|(below, _)| *below == tag);
    let own = [EXIF, GPS].into_iter().all(|tag| !first.fields.contains_key(&tag) || is_there(tag));
    own && first.lost.iter().all(|tag| *tag == ICC_PROFILE)
}

/// An EXIF block of what a TIFF file tells; none where it tells nothing but the orientation.
///
/// # Errors
/// `limit.metadata`.
pub(super) fn block<'a>(
    source: &Source,
    first: &Directory<'a>,
    mut tree: Tree<'a>,
    limits: &Limits,
) -> Result<Option<Vec<u8>>> {
    if tree.fields.is_empty() && tree.below.is_empty() {
        return Ok(None);
    }
    check_metadata(limits, "EXIF block", tree.size())?;
    // As the rule of EXIF blocks has it: one value.
    let turn = first.fields.get(&ORIENTATION).filter(|field| field.count == 1);
    tree.fields.extend(turn.map(|field| (ORIENTATION, *field)));
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
