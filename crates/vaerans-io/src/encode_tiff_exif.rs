//! An EXIF block as directories of a TIFF file.

use std::io::{Seek, Write};

use ::tiff::encoder::{DirectoryEncoder, TiffEncoder, TiffKindStandard};
use ::tiff::tags::{Tag, Type};
use ::tiff::{Directory, TiffResult};

use crate::tiff::ifd::{parts_of, Source};
use crate::tiff::{tree, Tree};

/// The block as a tree of directories; `None` if it is not built as one.
pub(crate) fn parse(block: &[u8]) -> Option<(Tree<'_>, bool)> {
    let (source, first) = Source::new(block)?;
    let tree = tree(&source, &source.directory(first)?);
    // Fields that share their bytes are no block that anyone wrote.
    (tree.size() <= 2 * block.len()).then_some((tree, source.is_little))
}

/// Writes the directories below the first one; gives their tags and where they stand.
pub(crate) fn write_below<W: Write + Seek>(
    encoder: &mut TiffEncoder<W>,
    tree: &Tree,
    is_little: bool,
) -> TiffResult<Vec<(u16, u32)>> {
    let mut places = Vec::new();
    for (tag, below) in &tree.below {
        let deeper = write_below(encoder, below, is_little)?;
        let mut directory = encoder.extra_directory()?;
        write_fields(&mut directory, below, &deeper, is_little)?;
        places.push((*tag, directory.finish_with_offsets()?.offset));
    }
    Ok(places)
}

/// Writes the fields of a directory, and its pointers to those below.
pub(crate) fn write_fields<W: Write + Seek>(
    directory: &mut DirectoryEncoder<'_, W, TiffKindStandard>,
    tree: &Tree,
    places: &[(u16, u32)],
    is_little: bool,
) -> TiffResult<()> {
    for (tag, field) in &tree.fields {
        let (Some(kind), Some((size, _))) = (Type::from_u16(field.kind), parts_of(field.kind)) else { continue };
        let mut bytes = field.bytes.to_vec();
        if is_little != cfg!(target_endian = "little") {
            bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
        }
        let entry = directory.write_entry_bytes(kind, &bytes)?;
        directory.extend_from(&Directory::from_iter([(Tag::from_u16_exhaustive(*tag), entry)]));
    }
    for (tag, place) in places {
        directory.write_tag(Tag::from_u16_exhaustive(*tag), *place)?;
    }
    Ok(())
}
