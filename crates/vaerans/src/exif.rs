//! EXIF blocks: where they begin, and the orientation that they state (EXIF 2.32, tag 0x0112 of IFD0).
//!
//! This is all that the codec knows of them. A block begins with its TIFF header; offsets that lead nowhere mean that no
//! orientation is stated.

use std::ops::Range;

const ORIENTATION: usize = 0x112;

/// The block without the `Exif\0\0` that JPEG files, and Pillow, put in front of it.
///
/// ```
/// assert_eq!(vaerans::exif::strip(b"Exif\0\0MM\0*"), b"MM\0*");
/// ```
pub fn strip(mut block: &[u8]) -> &[u8] {
    while let Some(rest) = block.strip_prefix(b"Exif\0\0") {
        block = rest;
    }
    block
}

/// Whether the low byte of a number comes first; none: the bytes do not begin with a TIFF header, and are no EXIF block.
fn low_first(block: &[u8]) -> Option<bool> {
    match block.get(..4)? {
        b"II*\0" => Some(true),
        b"MM\0*" => Some(false),
        _ => None,
    }
}

/// Whether these bytes, stripped, are an EXIF block: whether they begin with a TIFF header.
pub fn is_block(block: &[u8]) -> bool {
    low_first(block).is_some()
}

/// The orientation, 1 to 8, that a block states in IFD0.
pub fn orientation(block: &[u8]) -> Option<u8> {
    let (place, low) = place(block)?;
    let value = match place.len() {
        1 => block[place.start].into(),
        2 => short(block, place.start, low)?,
        _ => long(block, place.start, low)?,
    };
    (1..=8).contains(&value).then_some(value as u8)
}

/// Sets the orientation in a block that has a place for it; any other stays as it is.
pub fn set_orientation(block: &mut [u8], orientation: u8) {
    let Some((place, low)) = place(block) else { return };
    let lowest = if low { place.start } else { place.end - 1 };
    block[place].fill(0);
    block[lowest] = orientation;
}

/// The block with this orientation stated in it, for files that have no other place to state it. A block without the tag gets
/// a copy of IFD0 that has it, behind all that it holds; what is no block is taken for an empty one. One whose IFD0 is full (65,535
/// entries) stays as it is.
pub fn stating(block: &[u8], orientation: u8) -> Vec<u8> {
    let mut out = if is_block(block) { block.to_vec() } else { b"MM\0*\0\0\0\0".to_vec() };
    if place(&out).is_none() {
        add_place(&mut out);
    }
    set_orientation(&mut out, orientation);
    out
}

/// Moves IFD0 to the end of the block, with an entry for the orientation.
fn add_place(out: &mut Vec<u8>) {
    let low = low_first(out) == Some(true);
    let digits = |n: usize, bytes: usize| -> Vec<u8> {
        let all = (n as u32).to_be_bytes();
        let last = all[4 - bytes..].iter().copied();
        if low {
            last.rev().collect()
        } else {
            last.collect()
        }
    };
    let (places, next) = long(out, 4, low).and_then(|at| entries(out, at, low)).unwrap_or_default();
    let mut entries: Vec<_> = places.iter().map(|&at| out[at..at + 12].to_vec()).collect();
    entries.retain(|entry| short(entry, 0, low) != Some(ORIENTATION));
    if entries.len() >= usize::from(u16::MAX) {
        return; // a directory cannot count one more
    }
    let at = entries.partition_point(|entry| short(entry, 0, low) < Some(ORIENTATION));
    entries.insert(at, [digits(ORIENTATION, 2), digits(3, 2), digits(1, 4), vec![0; 4]].concat());
    out.resize(out.len().max(8).next_multiple_of(2), 0);
    let start = digits(out.len(), 4);
    out[4..8].copy_from_slice(&start);
    out.extend(digits(entries.len(), 2));
    out.extend(entries.concat());
    out.extend(digits(next, 4));
}

/// Where the entries of a directory stand, as far as they lie inside the block; and the place of the next directory, 0 for
/// none.
fn entries(block: &[u8], at: usize, low: bool) -> Option<(Vec<usize>, usize)> {
    let count = short(block, at, low)?;
    let whole = (block.len() - at - 2) / 12;
    let places: Vec<_> = (0..count.min(whole)).map(|i| at + 2 + 12 * i).collect();
    let next = long(block, at + 2 + 12 * count, low);
    Some((places, next.unwrap_or(0)))
}

/// Where the orientation's value stands, inside the block, and whether its low byte comes first. Of two the last counts.
fn place(block: &[u8]) -> Option<(Range<usize>, bool)> {
    let low = low_first(block)?;
    let first = long(block, 4, low)?;
    let count = short(block, first, low)?;
    let mut found = None;
    for (i, entry) in block[first + 2..].chunks_exact(12).take(count).enumerate() {
        // BYTE, SHORT (as the standard has it) or LONG.
        let bytes = match short(entry, 2, low) {
            Some(1) => 1,
            Some(3) => 2,
            Some(4) => 4,
            _ => continue,
        };
        let start = first + 2 + 12 * i + 8;
        if short(entry, 0, low) == Some(ORIENTATION) && long(entry, 4, low) == Some(1) {
            found = Some(start..start + bytes);
        }
    }
    found.map(|place| (place, low))
}

/// A number of two bytes, if it lies inside the block.
fn short(block: &[u8], at: usize, low_first: bool) -> Option<usize> {
    let bytes = *block.get(at..)?.first_chunk()?;
    Some(usize::from(if low_first { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }))
}

/// A number of four bytes.
fn long(block: &[u8], at: usize, low_first: bool) -> Option<usize> {
    let bytes = *block.get(at..)?.first_chunk()?;
    Some((if low_first { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of one entry: its tag, type, count, and the bytes of its value.
    fn block(low: bool, tag: u16, kind: u16, count: u32, value: [u8; 4]) -> Vec<u8> {
        let short = |n: u16| if low { n.to_le_bytes() } else { n.to_be_bytes() };
        let long = |n: u32| if low { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut out = if low { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        out.extend(long(8));
        out.extend(short(1));
        out.extend(short(tag));
        out.extend(short(kind));
        out.extend(long(count));
        out.extend(value);
        out.extend(long(0));
        out
    }

    fn value(low: bool, kind: u16, n: u8) -> [u8; 4] {
        match (low, kind) {
            (true, _) | (false, 1) => [n, 0, 0, 0],
            (false, 3) => [0, n, 0, 0],
            _ => [0, 0, 0, n],
        }
    }

    #[test]
    fn every_orientation_is_read_and_set_in_both_byte_orders_and_every_type() {
        for low in [true, false] {
            for (kind, n) in [1, 3, 4].into_iter().flat_map(|kind| (1..=8).map(move |n| (kind, n))) {
                let mut from = block(low, 0x112, kind, 1, value(low, kind, n));
                assert_eq!(orientation(&from), Some(n), "{low} {kind}");
                set_orientation(&mut from, 9 - n);
                assert_eq!(from, block(low, 0x112, kind, 1, value(low, kind, 9 - n)));
            }
        }
    }

    #[test]
    fn a_full_directory_stays_as_it_is() {
        let mut from = b"II*\0\x08\0\0\0\xff\xff".to_vec();
        (0..65535).for_each(|_| from.extend([1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0]));
        from.extend([0; 4]);
        assert_eq!(stating(&from, 6), from);
        let one_less = [&b"II*\0\x08\0\0\0\xfe\xff"[..], &from[22..]].concat();
        assert_eq!(orientation(&stating(&one_less, 6)), Some(6));
    }

    #[test]
    fn a_value_that_is_none_is_replaced_and_what_states_none_stays() {
        for n in [0, 9, 200] {
            let mut from = block(true, 0x112, 3, 1, value(true, 3, n));
            assert_eq!(orientation(&from), None);
            set_orientation(&mut from, 6);
            assert_eq!(orientation(&from), Some(6));
        }
        for (tag, kind, count) in [(0x113, 3, 1), (0x112, 2, 1), (0x112, 3, 2), (0x112, 5, 1)] {
            let from = block(false, tag, kind, count, [0, 6, 0, 6]);
            let mut set = from.clone();
            set_orientation(&mut set, 3);
            assert_eq!((orientation(&from), set), (None, from));
        }
    }

    #[test]
    fn nothing_outside_of_a_block_is_looked_at() {
        let whole = block(false, 0x112, 3, 1, value(false, 3, 6));
        for cut in 0..whole.len() - 4 {
            let mut part = whole[..cut].to_vec();
            set_orientation(&mut part, 3);
            assert_eq!((orientation(&part), &part[..]), (None, &whole[..cut]), "{cut}");
        }
        for offset in [0, 4, 9, 21, 22, 1 << 31, u32::MAX - 1, u32::MAX] {
            let mut lost = whole.clone();
            lost[4..8].copy_from_slice(&offset.to_be_bytes());
            assert_eq!(orientation(&lost), None, "{offset}");
            set_orientation(&mut lost, 3);
        }
        let mut many = whole;
        many[8..10].fill(0xFF);
        assert_eq!(orientation(&many), Some(6), "as many entries as there are");
    }

    #[test]
    fn a_block_without_a_place_gets_one_and_keeps_its_other_entries() {
        assert_eq!(orientation(&stating(b"", 6)), Some(6));
        assert_eq!(stating(&block(true, 0x112, 3, 1, [3, 0, 0, 0]), 6), block(true, 0x112, 3, 1, [6, 0, 0, 0]));
        for low in [true, false] {
            for (tag, kind) in [(0x10E, 2), (0x131, 2), (0x112, 2)] {
                let mut from = block(low, tag, kind, 1, *b"abcd");
                let last = from.len() - if low { 4 } else { 1 };
                from[last] = 77; // the next IFD
                let to = stating(&from, 8);
                assert_eq!((orientation(&to), &to[8..from.len()]), (Some(8), &from[8..]), "{low} {tag}");
                let (kept, next) = entries(&to, long(&to, 4, low).unwrap(), low).unwrap();
                let tags: Vec<_> = kept.iter().map(|&at| short(&to, at, low).unwrap()).collect();
                let mut expected = vec![usize::from(tag), ORIENTATION];
                expected.sort_unstable();
                expected.dedup();
                assert_eq!((tags, next), (expected, 77));
            }
        }
        let whole = block(false, 0x10E, 2, 1, *b"abcd");
        for cut in 0..whole.len() {
            assert_eq!(orientation(&stating(&whole[..cut], 5)), Some(5), "{cut}");
        }
    }

    #[test]
    fn a_prefix_is_no_part_of_a_block() {
        for (from, to) in [(&b"Exif\0\0Exif\0\0II*\0"[..], &b"II*\0"[..]), (b"Exif\0\0", b""), (b"Exif\0", b"Exif\0")] {
            assert_eq!(strip(from), to);
        }
        assert!(is_block(b"II*\0") && is_block(b"MM\0*\0\0\0\x08"));
        assert!(!is_block(b"II*") && !is_block(b"MM\0+....") && !is_block(b"Exif\0\0II*\0"));
    }
}
