//! Writing a level.

use super::deltas::to_deltas;
use super::{Layout, Symbols, BANDS, CLASSES, DELTAS, DELTA_GROUPS, GROUPS};
use crate::codec::symbols::blob::Coding;
use crate::codec::symbols::blocks;
use crate::codec::symbols::groups::{Groups, Symbol};
use crate::error::Result;
use vaerans_kernels::Kernels;

/// So few bands of signed symbols have a table each: which of them share one would not pay its search.
const FEW: usize = 4;

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
