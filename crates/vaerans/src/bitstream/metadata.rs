//! What travels with a picture untouched: ICC profile, EXIF block, orientation, JSON of the writer's own.

use super::budget::Budget;
use super::format::{META_EXIF, META_ICC, META_JSON, META_ORIENTATION};
use crate::error::{Error, Result};
use crate::wire::{Reader, Writer};

/// Metadata of a file; every part may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// ICC profile.
    pub icc: Option<Vec<u8>>,
    /// EXIF block (TIFF header first).
    pub exif: Option<Vec<u8>>,
    /// EXIF orientation, 1..=8: how a viewer turns the stored samples.
    pub orientation: Option<u8>,
    /// JSON text of the writer's own.
    pub json: Option<String>,
}

impl Metadata {
    /// Refuses what no file can hold.
    ///
    /// # Errors
    /// `param.range` for an orientation outside 1..=8.
    pub fn check(&self) -> Result<()> {
        match self.orientation {
            Some(o) if !(1..=8).contains(&o) => {
                Err(Error::new("param.range", format!("orientation {o}; EXIF knows 1 to 8")))
            }
            _ => Ok(()),
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
        for _ in 0..budget.items(count, "metadata items")? {
            let id = r.u8()?;
            let len = r.varint()?;
            let bytes = r.bytes(budget.bytes(len, "bytes of metadata")?)?;
            out.set(r, id, bytes)?;
        }
        Ok(out)
    }

    fn set(&mut self, r: &Reader, id: u8, bytes: &[u8]) -> Result<()> {
        match (id, bytes) {
            (META_ICC, _) => self.icc = Some(bytes.to_vec()),
            (META_EXIF, _) => self.exif = Some(bytes.to_vec()),
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
