//! The tables of a level's sequences.

use super::decode::{groups, sizes_of};
use super::{Layout, BANDS, CLASSES, DELTAS, DELTA_GROUPS, GROUPS};
use crate::codec::bands::Band;
use crate::codec::entropy::Counts;
use crate::codec::symbols::blob::Coding;
use crate::codec::symbols::blocks;
use crate::error::Result;
use crate::wire::Reader;
use vaerans_kernels::Kernels;

/// Bits of a probability and the frequencies of the 256 symbols (or tokens) of a sequence.
pub type SequenceTable = (u32, Counts);

/// The tables of the sequences of a level, in order: what [`decode`] reads, without their symbols.
pub fn tables(k: &Kernels, coding: Coding, layout: Layout, r: &mut Reader, signed: bool) -> Result<Vec<SequenceTable>> {
    let mut found = Vec::new();
    let mut one = |r: &mut Reader, n: usize, signed: bool| -> Result<Vec<u8>> {
        found.push(coding.table(r.clone())?);
        match signed {
            true => coding.decode_i32(k, r, n).map(|_| Vec::new()),
            false => coding.decode_u8(k, r, n),
        }
    };
    match r.u8()? {
        CLASSES => {
            let classes = usize::from(r.u8()?);
            let map = one(r, blocks::count(layout.bands), false)?;
            let sizes = sizes_of(layout, &map, classes, r)?;
            sizes.iter().try_for_each(|&n| one(r, n, true).map(drop))?;
        }
        BANDS | DELTAS => layout.bands.iter().try_for_each(|b| one(r, b.len(), signed).map(drop))?,
        GROUPS | DELTA_GROUPS => groups(k, coding, layout, r)?
            .iter()
            .try_for_each(|bands| one(r, bands.iter().map(Band::len).sum(), signed).map(drop))?,
        mode => return Err(r.invalid(&format!("level mode {mode}"))),
    }
    Ok(found)
}
