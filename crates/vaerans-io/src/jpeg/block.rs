//! The coefficients of one block: sequential (ITU-T T.81, F.2.2) and progressive (G.1.2, G.2).

use super::bits::{Bits, Huffman};
use super::damage::{Damage, Found};

/// Where the coefficients of a scan stand in a block of 64: ZIGZAG\[k\] is the place of the k-th.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// Coefficients of a block, row by row.
pub(super) type Block = [i16; 64];

/// The part of the coefficients that a scan holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Band {
    /// First and last coefficient in zigzag order.
    pub first: usize,
    pub last: usize,
    /// The bit that was coded before, 0 if none was.
    pub high: u32,
    /// The bit this scan ends with.
    pub low: u32,
}

/// Reads the difference of a DC coefficient and adds it to the prediction.
fn dc(bits: &mut Bits, table: &Huffman, predicted: &mut i32) -> Found<()> {
    let size = table.read(bits)?;
    if size > 15 {
        return Err(Damage::Code);
    }
    *predicted = predicted.wrapping_add(bits.signed(size.into()));
    Ok(())
}

/// Coefficients that are not 0, the k-th in zigzag order as bit k; what it says of the DC coefficient does not matter.
pub(super) type Seen = u64;

/// The place in zigzag order of the last coefficient, 0 for none behind the DC coefficient.
#[inline(always)]
pub(super) fn last_of(seen: Seen) -> usize {
    63 - (seen | 1).leading_zeros() as usize
}

/// A block that one scan holds whole.
#[inline(always)]
pub(super) fn whole(
    bits: &mut Bits,
    (dc_table, ac_table): (&Huffman, &Huffman),
    predicted: &mut i32,
    block: &mut Block,
) -> Found<Seen> {
    dc(bits, dc_table, predicted)?;
    block[0] = *predicted as i16;
    let mut seen = 0;
    coefficients(bits, ac_table, 1..=63, 0, block, &mut seen)?;
    Ok(seen)
}

/// The k-th coefficient of a block.
#[inline(always)]
fn put(block: &mut Block, seen: &mut Seen, k: usize, value: i32) -> Found<()> {
    let place = *ZIGZAG.get(k).ok_or(Damage::Coefficient)?;
    block[usize::from(place)] = value as i16;
    *seen |= 1 << k;
    Ok(())
}

/// New AC coefficients up to the end of the block or of the band. Gives what a symbol said that ended the block early: the length of a
/// run of blocks that end there too.
#[inline(always)] // of whole blocks everything but the bits is known
fn coefficients(
    bits: &mut Bits,
    table: &Huffman,
    band: std::ops::RangeInclusive<usize>,
    low: u32,
    block: &mut Block,
    seen: &mut Seen,
) -> Found<Option<usize>> {
    let mut k = *band.start();
    while k <= *band.end() {
        if let Some((run, value)) = table.read_short(bits) {
            k += run;
            put(block, seen, k, value << low)?;
            k += 1;
            continue;
        }
        let symbol = table.read(bits)?;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 {
            if run < 15 {
                return Ok(Some(run));
            }
            k += 16;
            continue;
        }
        k += run;
        put(block, seen, k, bits.signed(size) << low)?;
        k += 1;
    }
    Ok(None)
}

/// The first or a further bit of the DC coefficient.
pub(super) fn dc_part(
    bits: &mut Bits,
    table: Option<&Huffman>,
    band: Band,
    predicted: &mut i32,
    block: &mut Block,
) -> Found<()> {
    if band.high > 0 {
        block[0] |= i16::from(bits.bit()) << band.low;
        return Ok(());
    }
    dc(bits, table.ok_or(Damage::Code)?, predicted)?;
    block[0] = (*predicted << band.low) as i16;
    Ok(())
}

/// How many blocks the end-of-band run that a symbol announces goes on for, this block among them.
fn end_of_band(bits: &mut Bits, run: usize) -> u32 {
    (1 << run) + bits.take(run as u32)
}

/// The first bits of AC coefficients. `ended` counts the blocks that hold no more.
#[inline(always)]
pub(super) fn ac_first(
    bits: &mut Bits,
    table: &Huffman,
    band: Band,
    ended: &mut u32,
    (block, seen): (&mut Block, &mut Seen),
) -> Found<()> {
    if *ended > 0 {
        *ended -= 1;
        return Ok(());
    }
    if let Some(run) = coefficients(bits, table, band.first..=band.last, band.low, block, seen)? {
        *ended = end_of_band(bits, run) - 1;
    }
    Ok(())
}

/// One bit more of AC coefficients: new ones come in between those that are there, which get a bit each on the way.
#[inline(always)]
pub(super) fn ac_refine(
    bits: &mut Bits,
    table: &Huffman,
    band: Band,
    ended: &mut u32,
    (block, seen): (&mut Block, &mut Seen),
) -> Found<()> {
    let one = 1_i16 << band.low;
    // Those that are new in this scan get no bit from it.
    let there = *seen;
    let mut k = band.first;
    if *ended == 0 {
        while k <= band.last {
            let symbol = table.read(bits)?;
            let (run, size) = (usize::from(symbol >> 4), symbol & 15);
            let value = match (size, run) {
                (0, 15) => 0,
                (0, _) => {
                    *ended = end_of_band(bits, run);
                    break;
                }
                (1, _) if bits.bit() => one,
                (1, _) => -one,
                _ => return Err(Damage::Code),
            };
            k = refine_until(bits, band, block, there, (k, run));
            if value != 0 {
                (k <= band.last).then_some(()).ok_or(Damage::Coefficient)?;
                put(block, seen, k, value.into())?;
            }
            k += 1;
        }
    }
    if *ended > 0 {
        refine_until(bits, band, block, there, (k, 64));
        *ended -= 1;
    }
    Ok(())
}

/// Gives each coefficient from `k` on that is there its bit, up to the zero behind `zeros` zeros, or to the end of the band; gives that
/// place.
#[inline(always)]
fn refine_until(
    bits: &mut Bits,
    band: Band,
    block: &mut Block,
    there: Seen,
    (mut k, mut zeros): (usize, usize),
) -> usize {
    let one = 1_i16 << band.low;
    while k <= band.last {
        let next = k + (there >> k).trailing_zeros() as usize;
        if next - k > zeros || next > band.last {
            return (k + zeros).min(band.last + 1);
        }
        zeros -= next - k;
        let value = &mut block[usize::from(ZIGZAG[next])];
        if bits.bit() && *value & one == 0 {
            *value = value.wrapping_add(if *value > 0 { one } else { -one });
        }
        k = next + 1;
    }
    k
}
