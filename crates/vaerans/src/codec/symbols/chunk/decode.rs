//! Reading a level.

use super::deltas::from_deltas;
use super::{Layout, SymbolsMut, BANDS, CLASSES, DELTAS, DELTA_GROUPS, GROUPS};
use crate::arena::zeros;
use crate::codec::bands::Band;
use crate::codec::symbols::blob::Coding;
use crate::codec::symbols::blocks::{self, Strip, EDGE};
use crate::codec::symbols::groups::Symbol;
use crate::error::{Error, Result};
use crate::wire::Reader;
use vaerans_kernels::Kernels;

/// Reads what [`encode`](super::encode()) wrote: every symbol of the level's bands is set.
pub fn decode(k: &Kernels, coding: Coding, layout: Layout, r: &mut Reader, symbols: &mut SymbolsMut) -> Result<()> {
    match (r.u8()?, symbols) {
        (CLASSES, SymbolsMut::I32(data)) => decode_classes(k, coding, layout, r, data),
        (mode, SymbolsMut::U8(data)) => decode_bands(k, coding, layout, r, mode, data),
        (mode, SymbolsMut::I32(data)) => decode_bands(k, coding, layout, r, mode, data),
    }
}

fn decode_bands<T: Symbol>(
    k: &Kernels,
    coding: Coding,
    layout: Layout,
    r: &mut Reader,
    mode: u8,
    data: &mut [T],
) -> Result<()> {
    let mut put = |bands: &[Band], r: &mut Reader| -> Result<()> {
        let mut sequence = T::decode(coding, k, r, bands.iter().map(Band::len).sum())?;
        let mut rest = &mut sequence[..];
        for &b in bands {
            let (part, behind) = rest.split_at_mut(b.len());
            if matches!(mode, DELTAS | DELTA_GROUPS) {
                from_deltas(part, b.width);
            }
            layout.scatter(b, part, data);
            rest = behind;
        }
        Ok(())
    };
    match mode {
        BANDS | DELTAS => layout.bands.iter().try_for_each(|b| put(std::slice::from_ref(b), r)),
        GROUPS | DELTA_GROUPS if cfg!(feature = "extra") => {
            groups(k, coding, layout, r)?.iter().try_for_each(|bands| put(bands, r))
        }
        GROUPS | DELTA_GROUPS => {
            Err(Error::new("unavailable.feature", "bands that share a table are left out of this build"))
        }
        _ => Err(r.invalid(&format!("level mode {mode}"))),
    }
}

/// The bands of each group.
pub(super) fn groups(k: &Kernels, coding: Coding, layout: Layout, r: &mut Reader) -> Result<Vec<Vec<Band>>> {
    let count = usize::from(r.u8()?);
    let mut groups = vec![Vec::new(); count];
    let map = if count > 1 { coding.decode_u8(k, r, layout.bands.len())? } else { vec![0; layout.bands.len()] };
    for (&group, &band) in map.iter().zip(layout.bands) {
        let members = groups.get_mut(usize::from(group));
        members.ok_or_else(|| r.invalid(&format!("a band of group {group} of {count}")))?.push(band);
    }
    Ok(groups)
}

/// Symbols in the sequence of each class from 1 on: class 0, of zeros, has none.
pub(super) fn sizes_of(layout: Layout, map: &[u8], classes: usize, r: &Reader) -> Result<Vec<usize>> {
    if let Some(class) = map.iter().find(|&&c| usize::from(c) >= classes) {
        return Err(r.invalid(&format!("a block of class {class} of {classes}")));
    }
    let mut sizes = blocks::class_sizes(layout.bands, map, classes);
    sizes.drain(..1.min(classes));
    Ok(sizes)
}

fn decode_classes(k: &Kernels, coding: Coding, layout: Layout, r: &mut Reader, data: &mut [i32]) -> Result<()> {
    let classes = usize::from(r.u8()?);
    let map = coding.decode_u8(k, r, blocks::count(layout.bands))?;
    let coded = sizes_of(layout, &map, classes, r)?;
    layout.zero(data);
    // One class after another: what is held beside the result is the largest sequence, not all of them.
    let mut values = zeros(coded.iter().copied().max().unwrap_or(0))?;
    for (&n, class) in coded.iter().zip(1..) {
        coding.decode_i32_into(k, r, &mut values[..n])?;
        deal_out(layout, &map, class, &values[..n], data);
    }
    Ok(())
}

/// Puts a class's sequence, row after row, into the blocks of that class.
fn deal_out(layout: Layout, map: &[u8], class: u8, mut sequence: &[i32], data: &mut [i32]) {
    let mut columns = Vec::new();
    blocks::for_each_strip(layout.bands, layout.height, layout.width, |strip| {
        columns.clear();
        // Counted by hand: a range with steps is a call for each block in a small module.
        let blocks = map[strip.blocks()].iter().enumerate();
        columns.extend(blocks.filter(|(_, &c)| c == class).map(|(i, _)| i * EDGE));
        sequence = deal_strip(&strip, &columns, layout.width, sequence, data);
    });
}

/// The blocks of one strip that begin at these columns; gives what is left of the sequence.
// Out of line, as every loop that runs for long: an engine compiles a hot function of wasm anew, and a small one is done sooner.
#[inline(never)]
fn deal_strip<'a>(
    strip: &Strip,
    columns: &[usize],
    width: usize,
    mut sequence: &'a [i32],
    data: &mut [i32],
) -> &'a [i32] {
    for y in 0..strip.rows {
        let row = &mut data[strip.at + y * width..][..strip.columns];
        for &x in columns {
            let (from, rest) = sequence.split_at(strip.columns_from(x));
            copy_row(from, &mut row[x..x + from.len()]);
            sequence = rest;
        }
    }
    sequence
}

/// Most rows are whole ones of a block: a copy of known size is two instructions, any other is a call.
fn copy_row(from: &[i32], to: &mut [i32]) {
    match (<&[i32; EDGE]>::try_from(from), <&mut [i32; EDGE]>::try_from(&mut *to)) {
        (Ok(from), Ok(to)) => *to = *from,
        _ => to.copy_from_slice(from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::bands;
    use crate::codec::entropy::Setting;

    /// As many classes as a file can have, blocks cut off at the edges: every coefficient of a block is its class.
    #[test]
    fn sequences_of_every_class_arrive_in_their_blocks() {
        let (height, width, classes) = (37, 53, u8::MAX);
        let bands = bands::of_level([2, height, width], 1, 1);
        let layout = Layout { bands: &bands, height, width };
        let map: Vec<u8> = (0..blocks::count(&bands)).map(|i| (i * 11 % usize::from(classes)) as u8).collect();
        let sizes = blocks::class_sizes(&bands, &map, classes.into());
        let (k, coding) = (Kernels::active(), Coding::Rans(Setting::Fast));
        let mut bytes = vec![CLASSES, classes];
        coding.encode_u8(&k, &map, &mut bytes).unwrap();
        for (class, &n) in sizes.iter().enumerate().skip(1) {
            coding.encode_i32(&k, &vec![class as i32; n], &mut bytes).unwrap();
        }
        let mut data = vec![0; 2 * height * width];
        let mut r = Reader::new(&bytes, "test");
        decode(&k, coding, layout, &mut r, &mut SymbolsMut::I32(&mut data)).unwrap();
        assert_eq!(r.remaining(), 0);
        blocks::for_each_row(&bands, height, width, |block, at, n| {
            assert_eq!(data[at..at + n], vec![i32::from(map[block]); n]);
        });
    }
}
