//! Whether a picture is worth a try: a quick look at some of its rows.

use super::Shape;

/// Every so many rows one is looked at.
const STRIDE: usize = 8;
/// A picture suits that repeats itself so often. Of 80 photos none reached either; of screens those with text and flat areas repeat both
/// neighbours in more than 600 of 1000 pixels, those of gradients one of them.
const ENOUGH: Repeats = Repeats { either: 600, both: 300 };

/// How many pixels of 1000 have the colour of the pixel to their left or that of the one above, and how many have both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repeats {
    /// The same as one of the two, or as both.
    pub either: u32,
    /// The same as both.
    pub both: u32,
}

/// Counts repeats in one row of eight. A picture too small to look at repeats itself everywhere.
pub fn repeats(shape: Shape, pixels: &[u8]) -> Repeats {
    let (either, both, all) = match shape.channels {
        1 => count::<1>(shape, pixels),
        2 => count::<2>(shape, pixels),
        3 => count::<3>(shape, pixels),
        _ => count::<4>(shape, pixels),
    };
    let share = |n: usize| (n as u64 * 1000).checked_div(all as u64).unwrap_or(1000) as u32;
    Repeats { either: share(either), both: share(both) }
}

/// Whether the picture may be smaller in this mode than as a photo. Nearly all photos are refused; where it says yes, code it both ways.
pub fn suits(shape: Shape, pixels: &[u8]) -> bool {
    let found = repeats(shape, pixels);
    found.either >= ENOUGH.either || found.both >= ENOUGH.both
}

/// Pixels that repeat one neighbour, both, and pixels.
fn count<const N: usize>(shape: Shape, pixels: &[u8]) -> (usize, usize, usize) {
    let (mut either, mut both, mut all) = (0, 0, 0);
    let row_bytes = N * shape.width;
    for y in (STRIDE / 2..shape.height).step_by(STRIDE) {
        let Some(two) = pixels.get((y - 1) * row_bytes..(y + 1) * row_bytes) else { break };
        let (above, row) = two.split_at(row_bytes);
        let pixel = |bytes: &[u8]| bytes.first_chunk::<N>().copied();
        let rows = row.chunks_exact(N).zip(row[N..].chunks_exact(N)).zip(above[N..].chunks_exact(N));
        for ((w, c), n) in rows {
            let (is_w, is_n) = (pixel(c) == pixel(w), pixel(c) == pixel(n));
            either += usize::from(is_w | is_n);
            both += usize::from(is_w & is_n);
        }
        all += shape.width - 1;
    }
    (either, both, all)
}
