//! The bytes of one resolution level of one tensor of symbols.
//!
//! First byte: how the level is cut into sequences, each coded with a table of its own.
//! `BANDS`: one sequence per band. `CLASSES`: one per class of blocks (see [`super::blocks`]), behind
//! the map of classes. `DELTAS`: one per band, of differences to the left neighbour (in the first
//! column to the one above): low bands and whole planes. `GROUPS`, `DELTA_GROUPS`: one per group of
//! bands (see [`super::groups`]), behind the map of groups. A reader knows how many symbols a sequence has.

use super::blob::Coding;
use super::blocks::{self, Strip, EDGE};
use super::groups::{Groups, Symbol};
use crate::arena::zeros;
use crate::codec::bands::{self, Band};
use crate::codec::entropy::Counts;
use crate::error::{Error, Result};
use crate::wire::Reader;
use vaerans_kernels::Kernels;

/// Ways to cut a level.
const BANDS: u8 = 0;
const CLASSES: u8 = 1;
const DELTAS: u8 = 2;
const GROUPS: u8 = 3;
const DELTA_GROUPS: u8 = 4;

/// So few bands of signed symbols have a table each: which of them share one would not pay its search.
const FEW: usize = 4;

/// Symbols of one tensor as (C, H, W).
#[derive(Debug, Clone, Copy)]
pub enum Symbols<'a> {
    /// Unsigned bytes, as `QuantizeU8` makes them.
    U8(&'a [u8]),
    /// Anything else.
    I32(&'a [i32]),
}

/// Where decoded symbols go.
#[derive(Debug)]
pub enum SymbolsMut<'a> {
    /// Unsigned bytes.
    U8(&'a mut [u8]),
    /// Anything else.
    I32(&'a mut [i32]),
}

/// What both directions need to know.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// The level's bands.
    pub bands: &'a [Band],
    /// Rows of a plane.
    pub height: usize,
    /// Columns of a plane.
    pub width: usize,
}

impl Layout<'_> {
    /// First index and length of every row of band `b`.
    fn rows(&self, b: Band) -> impl Iterator<Item = (usize, usize)> {
        let (h, w) = (self.height, self.width);
        (0..b.height).map(move |y| ((b.channel * h + b.y + y) * w + b.x, b.width))
    }

    /// Sets every element of the bands to 0.
    fn zero<T: Copy + Default>(&self, data: &mut [T]) {
        for &b in self.bands {
            self.rows(b).for_each(|(at, n)| data[at..at + n].fill(T::default()));
        }
    }

    fn gather<T: Copy>(&self, b: Band, data: &[T]) -> Vec<T> {
        let mut out = Vec::with_capacity(b.len());
        self.rows(b).for_each(|(at, n)| out.extend_from_slice(&data[at..at + n]));
        out
    }

    fn scatter<T: Copy>(&self, b: Band, sequence: &[T], data: &mut [T]) {
        for ((at, n), row) in self.rows(b).zip(sequence.chunks_exact(b.width)) {
            data[at..at + n].copy_from_slice(row);
        }
    }
}

/// How an encoder cuts a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A sequence per band, or per group of bands.
    Bands,
    /// Signed symbols: classes of blocks.
    Classes,
    /// Signed symbols: classes of blocks, and differences in low bands and whole planes; others: differences where they pay.
    Adaptive,
}

/// Appends the bytes of a level.
pub fn encode(
    k: &Kernels,
    coding: Coding,
    layout: Layout,
    symbols: Symbols,
    mode: Mode,
    out: &mut Vec<u8>,
) -> Result<()> {
    let is_low = layout.bands.iter().all(|b| b.level == 0);
    let shares = cfg!(feature = "extra") && layout.bands.len() > FEW;
    match (symbols, mode) {
        (Symbols::I32(data), Mode::Adaptive) if is_low && shares => encode_groups(k, coding, layout, data, true, out),
        (Symbols::I32(data), Mode::Adaptive) if is_low => encode_bands(k, coding, layout, data, DELTAS, out),
        (Symbols::I32(data), Mode::Adaptive | Mode::Classes) => encode_classes(k, coding, layout, data, out),
        (Symbols::I32(data), Mode::Bands) if shares => encode_groups(k, coding, layout, data, false, out),
        (Symbols::I32(data), Mode::Bands) => encode_bands(k, coding, layout, data, BANDS, out),
        (Symbols::U8(data), mode) if cfg!(feature = "extra") => {
            encode_groups(k, coding, layout, data, mode == Mode::Adaptive, out)
        }
        (Symbols::U8(data), _) => encode_bands(k, coding, layout, data, BANDS, out),
    }
}

/// A sequence per band.
fn encode_bands<T: Symbol>(
    k: &Kernels,
    coding: Coding,
    layout: Layout,
    data: &[T],
    mode: u8,
    out: &mut Vec<u8>,
) -> Result<()> {
    out.push(mode);
    layout.bands.iter().try_for_each(|&b| {
        let mut sequence = layout.gather(b, data);
        if mode == DELTAS {
            to_deltas(&mut sequence, b.width);
        }
        T::encode(coding, k, &sequence, out)
    })
}

/// A sequence per group of bands, of the symbols or, where that `may_differ` and pays, of their differences.
fn encode_groups<T: Symbol>(
    k: &Kernels,
    coding: Coding,
    layout: Layout,
    data: &[T],
    may_differ: bool,
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut bands: Vec<Vec<T>> = layout.bands.iter().map(|&b| layout.gather(b, data)).collect();
    let (mut groups, mut mode) = (Groups::of(&bands), GROUPS);
    if may_differ {
        let mut deltas = bands.clone();
        deltas.iter_mut().zip(layout.bands).for_each(|(d, b)| to_deltas(d, b.width));
        let of_deltas = Groups::of(&deltas);
        if of_deltas.bits < groups.bits {
            (bands, groups, mode) = (deltas, of_deltas, DELTA_GROUPS);
        }
    }
    let mut found = grouped(k, coding, &bands, &groups, mode)?;
    // What grouping saves was estimated: one table for all may still be smaller.
    if groups.count > 1 {
        let one = grouped(k, coding, &bands, &Groups::one(bands.len()), mode)?;
        if one.len() < found.len() {
            found = one;
        }
    }
    out.extend(found);
    Ok(())
}

/// The level's bytes; where every band is a group of its own, no map is needed.
fn grouped<T: Symbol>(k: &Kernels, coding: Coding, bands: &[Vec<T>], groups: &Groups, mode: u8) -> Result<Vec<u8>> {
    if groups.count == bands.len() {
        let mut out = vec![if mode == GROUPS { BANDS } else { DELTAS }];
        bands.iter().try_for_each(|b| T::encode(coding, k, b, &mut out))?;
        return Ok(out);
    }
    let mut out = vec![mode, groups.count as u8];
    if groups.count > 1 {
        coding.encode_u8(k, &groups.map, &mut out)?;
    }
    for group in 0..groups.count {
        let members = bands.iter().zip(&groups.map).filter(|(_, &g)| usize::from(g) == group);
        let sequence: Vec<T> = members.flat_map(|(b, _)| b.iter().copied()).collect();
        T::encode(coding, k, &sequence, &mut out)?;
    }
    Ok(out)
}

fn encode_classes(k: &Kernels, coding: Coding, layout: Layout, data: &[i32], out: &mut Vec<u8>) -> Result<()> {
    let planes = blocks::Planes { data, height: layout.height, width: layout.width };
    let (map, classes) = blocks::classify(layout.bands, planes);
    let sizes = blocks::class_sizes(layout.bands, &map, classes);
    let mut sequences: Vec<Vec<i32>> = sizes.iter().map(|&n| Vec::with_capacity(n)).collect();
    blocks::for_each_row(layout.bands, layout.height, layout.width, |block, at, n| {
        match map[block] {
            0 => {}
            class => sequences[usize::from(class)].extend_from_slice(&data[at..at + n]),
        };
    });
    out.push(CLASSES);
    out.push(classes as u8);
    coding.encode_u8(k, &map, out)?;
    sequences[1..].iter().try_for_each(|s| coding.encode_i32(k, s, out))
}

/// Sets the bands of levels that are not there to 0, of a tensor (C, H, W) that was split into `levels`.
pub fn leave_out<T: Copy + Default>(missing: &[usize], shape: [usize; 3], levels: usize, data: &mut [T]) {
    for &level in missing {
        let bands = bands::of_level(shape, levels, level);
        Layout { bands: &bands, height: shape[1], width: shape[2] }.zero(data);
    }
}

/// Reads what [`encode`] wrote: every symbol of the level's bands is set.
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
fn groups(k: &Kernels, coding: Coding, layout: Layout, r: &mut Reader) -> Result<Vec<Vec<Band>>> {
    let count = usize::from(r.u8()?);
    let mut groups = vec![Vec::new(); count];
    let map = if count > 1 { coding.decode_u8(k, r, layout.bands.len())? } else { vec![0; layout.bands.len()] };
    for (&group, &band) in map.iter().zip(layout.bands) {
        let members = groups.get_mut(usize::from(group));
        members.ok_or_else(|| r.invalid(&format!("a band of group {group} of {count}")))?.push(band);
    }
    Ok(groups)
}

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

/// Symbols in the sequence of each class from 1 on: class 0, of zeros, has none.
fn sizes_of(layout: Layout, map: &[u8], classes: usize, r: &Reader) -> Result<Vec<usize>> {
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

/// Differences to the left neighbour; in the first column to the one above; the first symbol as it is.
fn to_deltas<T: Symbol>(sequence: &mut [T], width: usize) {
    for i in (1..sequence.len()).rev() {
        let before = if i % width == 0 { i - width } else { i - 1 };
        sequence[i] = sequence[i].minus(sequence[before]);
    }
}

fn from_deltas<T: Symbol>(sequence: &mut [T], width: usize) {
    for i in 1..sequence.len() {
        let before = if i % width == 0 { i - width } else { i - 1 };
        sequence[i] = sequence[i].plus(sequence[before]);
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
