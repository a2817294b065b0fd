//! One stream of a file: the steps that made it, and where its sections lie.

use super::budget::Budget;
use super::format::{MAX_LEVELS, MAX_STEPS};
use super::step::{read_key, write_key, StoredStep};
use crate::component::Lineage;
use crate::error::{Error, Result};
use crate::registry::Role;
use crate::wire::{checksum, Reader, Writer};

/// One section: the bytes of one level of one tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Offset of its first byte from the first section of the file.
    pub offset: u64,
    /// Length in bytes.
    pub len: usize,
    /// CRC32C of its bytes.
    pub crc: u32,
}

/// One stream: a component that was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// What it is to the picture.
    pub role: Role,
    /// Key of the component (`Bitstream`, or the user's own).
    pub key: String,
    /// Steps from the source to the saved bytes.
    pub steps: Vec<StoredStep>,
    /// Sections per tile.
    pub levels: usize,
    /// Level-major: the section of (level, tile) stands at `level * tiles + tile`.
    pub sections: Vec<Section>,
}

impl Stream {
    /// A stream without sections yet; `lineages` and `tiles` (their shapes) are one per tile.
    pub(super) fn new(
        role: Role,
        key: &str,
        lineages: &[Lineage],
        tiles: &[Vec<usize>],
        levels: usize,
    ) -> Result<Stream> {
        let count = lineages[0].steps().len();
        if lineages.len() != tiles.len() || lineages.iter().any(|l| l.steps().len() != count) {
            return Err(Error::new("internal.bug", "tiles of one stream went through different pipes"));
        }
        let mut steps = Vec::with_capacity(count);
        let mut before: Vec<Vec<usize>> = Vec::new();
        for i in 0..count {
            let records: Vec<_> = lineages.iter().map(|l| l.steps()[i].as_ref()).collect();
            steps.push(StoredStep::of(&records, tiles, &before)?);
            before = records.iter().map(|r| r.origin.shape.clone()).collect();
        }
        Ok(Stream { role, key: key.to_owned(), steps, levels, sections: Vec::new() })
    }

    /// The history of tile `tile`, whose shape (H, W, C) is `tile_shape`.
    ///
    /// # Errors
    /// `stream.invalid` where a shape rule has nothing to go by.
    pub fn lineage(&self, tile: usize, tile_shape: &[usize]) -> Result<Lineage> {
        let mut records = Vec::with_capacity(self.steps.len());
        let mut before: Option<Vec<usize>> = None;
        for step in &self.steps {
            let shape = step.shape.resolve(tile, tile_shape, before.as_deref())?;
            before = Some(shape.clone());
            records.push(step.record(tile, shape));
        }
        Ok(Lineage::of(records))
    }

    /// Appends the next section; `at` is the offset it will stand at.
    pub(super) fn push(&mut self, at: u64, bytes: &[u8]) {
        self.sections.push(Section { offset: at, len: bytes.len(), crc: checksum(bytes) });
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.u8(self.role as u8);
        write_key(w, &self.key);
        w.count(self.steps.len(), MAX_STEPS, "steps");
        self.steps.iter().for_each(|s| s.write(w));
        w.count(self.levels, MAX_LEVELS, "levels");
        for s in &self.sections {
            w.varint(s.len as u64);
            w.u32(s.crc);
        }
    }

    /// Reads a stream whose first section starts at `*at`; `*at` moves behind its last one.
    pub(super) fn read(r: &mut Reader, tiles: usize, at: &mut u64, budget: &mut Budget) -> Result<Stream> {
        let number = r.u8()?;
        let role = Role::from_number(number).ok_or_else(|| r.invalid(&format!("stream role {number}")))?;
        let key = read_key(r)?;
        let count = r.count(MAX_STEPS, "steps")?;
        let steps = (0..count).map(|_| StoredStep::read(r, tiles, budget)).collect::<Result<_>>()?;
        let levels = r.count(MAX_LEVELS, "levels")?;
        let total = (levels * tiles) as u64;
        budget.items(total)?;
        // Five bytes at least per section: the bytes left bound the allocation.
        if total * 5 > r.remaining() as u64 {
            return Err(r.invalid(&format!("{total} sections in the {} bytes left", r.remaining())));
        }
        let sections = (0..total).map(|_| read_section(r, at)).collect::<Result<_>>()?;
        Ok(Stream { role, key, steps, levels, sections })
    }
}

fn read_section(r: &mut Reader, at: &mut u64) -> Result<Section> {
    let len = r.varint()?;
    let crc = r.u32()?;
    let offset = *at;
    let end = offset.checked_add(len).filter(|&e| e <= i64::MAX as u64 / 2 && len <= isize::MAX as u64 / 2);
    *at = end.ok_or_else(|| r.invalid(&format!("a section of {len} bytes")))?;
    Ok(Section { offset, len: len as usize, crc })
}
