//! Counting symbols, taking rare ones out and putting them back, tokens.

/// Adds the number of times each byte value occurs.
pub fn histogram(symbols: &[u8], counts: &mut [u32; 256]) {
    for &s in symbols {
        counts[usize::from(s)] += 1;
    }
}

/// Copies the symbols of a set (symbol s: bit s % 8 of byte s / 8) to `out` while there is room; returns how many there are.
pub fn collect(set: &[u8; 32], symbols: &[u8], out: &mut [u8]) -> usize {
    let members = symbols.iter().filter(|&&s| set[usize::from(s / 8)] >> (s % 8) & 1 == 1);
    let mut found = 0;
    for &s in members {
        if let Some(place) = out.get_mut(found) {
            *place = s;
        }
        found += 1;
    }
    found
}

/// Replaces the symbols equal to `marker` by the list's, in order, while it lasts; returns how many there are.
pub fn replace(marker: u8, symbols: &mut [u8], list: &[u8]) -> usize {
    let mut found = 0;
    for s in symbols.iter_mut().filter(|s| **s == marker) {
        *s = *list.get(found).unwrap_or(s);
        found += 1;
    }
    found
}

/// Signed to unsigned, small magnitudes first: 0, -1, 1, -2, 2, ... to 0, 1, 2, 3, 4, ...
pub fn zigzag(value: i32) -> u32 {
    (value as u32) << 1 ^ (value >> 31) as u32
}

/// The inverse of [`zigzag`].
pub fn unzigzag(z: u32) -> i32 {
    (z >> 1) as i32 ^ -((z & 1) as i32)
}
