//! What travels with a picture untouched: ICC profile, EXIF block, orientation, JSON of the writer's own.

use super::budget::Budget;
use super::format::{META_EXIF, META_ICC, META_JSON, META_ORIENTATION};
use crate::error::{Error, Result};
use crate::wire::{Reader, Writer};
use crate::{exif, icc};

/// Metadata of a file; every part may be absent.
///
/// The orientation is stated once: whoever writes may leave it to the EXIF block, and of a file that was read it is the one that
/// counts. Where the block has a place for it, it says the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// ICC profile.
    pub icc: Option<Vec<u8>>,
    /// EXIF block; as it is stored and read, from its TIFF header on.
    pub exif: Option<Vec<u8>>,
    /// EXIF orientation, 1..=8: how a viewer turns the stored samples. None: upright, and neither the file nor its block says so.
    pub orientation: Option<u8>,
    /// JSON text of the writer's own.
    pub json: Option<String>,
}

impl Metadata {
    /// As a file holds it: the EXIF block without any `Exif\0\0` in front, the orientation that was given, or else the
    /// block's, in both places; empty blocks are none. `channels`: of the picture, 0 of what is none.
    ///
    /// # Errors
    /// `param.range` for an orientation outside 1..=8, `param.metadata` for a block that is not EXIF and for a profile of another
    /// colour space than the picture has.
    pub fn settled(mut self, channels: usize) -> Result<Metadata> {
        if let Some(o) = self.orientation.filter(|o| !(1..=8).contains(o)) {
            return Err(Error::new("param.range", format!("orientation {o}; EXIF knows 1 to 8")));
        }
        self.icc = self.icc.filter(|icc| !icc.is_empty());
        self.exif = self.exif.map(|block| exif::strip(&block).to_vec()).filter(|block| !block.is_empty());
        if self.exif.as_ref().is_some_and(|block| !exif::is_block(block)) {
            let text = "exif: expected an EXIF block, which begins with II*\\0 or MM\\0* (Exif\\0\\0 may stand in front), got other bytes";
            return Err(Error::new("param.metadata", text));
        }
        icc::check(self.icc.as_deref().unwrap_or_default(), channels)?;
        self.agree();
        Ok(self)
    }

    /// One orientation, in both places.
    fn agree(&mut self) {
        if let Some(block) = &mut self.exif {
            self.orientation = self.orientation.or_else(|| exif::orientation(block));
            exif::set_orientation(block, self.orientation.unwrap_or(1));
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        let orientation = self.orientation.map(|o| vec![o]);
        let json = self.json.as_ref().map(|j| j.as_bytes().to_vec());
        let items =
            [(META_ICC, &self.icc), (META_EXIF, &self.exif), (META_ORIENTATION, &orientation), (META_JSON, &json)];
        w.varint(items.iter().filter(|i| i.1.is_some()).count() as u64);
        for (id, value) in items {
            if let Some(bytes) = value {
                w.u8(id);
                w.varint(bytes.len() as u64);
                w.bytes(bytes);
            }
        }
    }

    pub(super) fn read(r: &mut Reader, budget: &mut Budget) -> Result<Metadata> {
        let mut out = Metadata::default();
        let count = r.varint()?;
        for _ in 0..budget.items(count)? {
            let id = r.u8()?;
            let len = r.varint()?;
            let bytes = r.bytes(budget.bytes(len)?)?;
            out.set(r, id, bytes)?;
        }
        out.agree();
        Ok(out)
    }

    fn set(&mut self, r: &Reader, id: u8, bytes: &[u8]) -> Result<()> {
        match (id, bytes) {
            (META_ICC, _) => self.icc = Some(bytes.to_vec()),
            // What is no EXIF block says nothing: it costs the block, not the picture.
            (META_EXIF, _) => self.exif = Some(exif::strip(bytes).to_vec()).filter(|block| exif::is_block(block)),
            (META_ORIENTATION, &[o @ 1..=8]) => self.orientation = Some(o),
            (META_ORIENTATION, _) => return Err(r.invalid("an orientation outside 1..=8")),
            (META_JSON, _) => {
                let text = std::str::from_utf8(bytes).map_err(|_| r.invalid("JSON that is not UTF-8"))?;
                self.json = Some(text.to_owned());
            }
            // Unknown items are of later writers: a decoder needs none of them to show the picture.
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(orientation: u8) -> Vec<u8> {
        let mut out = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
        out[19] = orientation;
        out
    }

    /// A block with no place for an orientation.
    const BARE: &[u8] = b"II*\0\x08\0\0\0\0\0\0\0\0\0";

    fn metadata(exif: Option<&[u8]>, orientation: Option<u8>) -> Metadata {
        Metadata { exif: exif.map(<[u8]>::to_vec), orientation, ..Metadata::default() }
    }

    /// What a reader makes of these entries as they stand, agreed or not.
    fn read(stored: &Metadata) -> Metadata {
        let mut w = Writer::new();
        stored.write(&mut w);
        let bytes = w.finish().unwrap();
        let limits = crate::wire::Limits::default();
        Metadata::read(&mut Reader::new(&bytes, "header"), &mut Budget::new(&limits)).unwrap()
    }

    #[test]
    fn writers_and_readers_find_the_same_orientation_and_say_it_in_both_places() {
        for entry in [None, Some(1), Some(3), Some(8)] {
            for tag in [0u8, 1, 6, 9] {
                let said = entry.or((1..=8).contains(&tag).then_some(tag));
                let given = metadata(Some(&block(tag)), entry);
                let expected = metadata(Some(&block(said.unwrap_or(1))), said);
                assert_eq!(read(&given), expected, "{entry:?} {tag}");
                assert_eq!(given.settled(3).unwrap(), expected, "{entry:?} {tag}");
            }
            let bare = metadata(Some(BARE), entry);
            assert_eq!((read(&bare), bare.clone().settled(3).unwrap()), (bare.clone(), bare), "nothing is added");
        }
    }

    #[test]
    fn a_prefix_is_stripped_and_empty_blocks_are_none() {
        for prefix in [&b"Exif\0\0"[..], b"Exif\0\0Exif\0\0"] {
            let given = metadata(Some(&[prefix, &block(6)].concat()), None);
            let expected = metadata(Some(&block(6)), Some(6));
            assert_eq!((read(&given), given.settled(3).unwrap()), (expected.clone(), expected));
            assert_eq!(metadata(Some(prefix), None).settled(3).unwrap(), Metadata::default());
        }
        let empty = Metadata { icc: Some(vec![]), exif: Some(vec![]), ..Metadata::default() };
        assert_eq!(empty.settled(3).unwrap(), Metadata::default());
    }

    #[test]
    fn what_is_no_exif_block_is_refused_by_writers_and_left_out_by_readers() {
        for wrong in [&b"garbage"[..], b"MM", b"<xml/>", b"Exif\0\0JFIF"] {
            let given = metadata(Some(wrong), Some(3));
            assert_eq!(read(&given), metadata(None, Some(3)));
            assert_eq!(given.settled(3).unwrap_err().code(), "param.metadata");
        }
        for orientation in [0, 9, 255] {
            assert_eq!(metadata(None, Some(orientation)).settled(3).unwrap_err().code(), "param.range");
        }
    }

    #[test]
    fn a_profile_of_another_colour_space_is_refused() {
        let mut icc = vec![0; 128];
        icc[16..20].copy_from_slice(b"RGB ");
        icc[36..40].copy_from_slice(b"acsp");
        let given = Metadata { icc: Some(icc), ..Metadata::default() };
        assert_eq!(given.clone().settled(1).unwrap_err().code(), "param.metadata");
        assert_eq!(given.clone().settled(4).unwrap(), given);
    }
}
