//! Whether a picture is worth a try: a quick look at some of its rows.

use super::Shape;

/// Every so many rows one is looked at.
const STRIDE: usize = 8;
/// A picture with at least so many repeats suits.
const ENOUGH: u32 = 250;

/// Pixels of 1000 that have the colour of the pixel to their left or of the one above, by a look at one row of eight.
pub fn repeats(shape: Shape, pixels: &[u8]) -> u32 {
    let seen = match shape.channels {
        1 => count::<1>(shape, pixels),
        2 => count::<2>(shape, pixels),
        3 => count::<3>(shape, pixels),
        _ => count::<4>(shape, pixels),
    };
    let (same, all) = seen;
    (same * 1000).checked_div(all).unwrap_or(1000) as u32
}

/// Whether the picture may be smaller in this mode than as a photo. Photos are refused; where it says yes, code it both ways.
pub fn suits(shape: Shape, pixels: &[u8]) -> bool {
    repeats(shape, pixels) >= ENOUGH
}

/// Pixels that repeat, and pixels.
fn count<const N: usize>(shape: Shape, pixels: &[u8]) -> (u64, u64) {
    let (mut same, mut all) = (0, 0);
    let row_bytes = N * shape.width;
    for y in (STRIDE / 2..shape.height).step_by(STRIDE) {
        let Some(two) = pixels.get((y - 1) * row_bytes..(y + 1) * row_bytes) else { break };
        let (above, row) = two.split_at(row_bytes);
        let pixel = |bytes: &[u8]| bytes.first_chunk::<N>().copied();
        let rows = row.chunks_exact(N).zip(row[N..].chunks_exact(N)).zip(above[N..].chunks_exact(N));
        let repeated = rows.filter(|&((w, c), n)| pixel(c) == pixel(w) || pixel(c) == pixel(n));
        same += repeated.count() as u64;
        all += shape.width as u64 - 1;
    }
    (same, all)
}
