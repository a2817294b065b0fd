//! What an encoder sees of samples before it codes them.

use crate::photo::{Look, CELL};

/// Four times the luma of pixels.
pub fn luma<S: Look>(src: &[S], channels: usize, out: &mut [u16]) {
    for (luma, pixel) in out.iter_mut().zip(src.chunks_exact(channels)) {
        *luma = match channels {
            1 | 2 => 4 * pixel[0].eight(),
            _ => pixel[0].eight() + 2 * pixel[1].eight() + pixel[2].eight(),
        } as u16;
    }
}

/// Products of what twice a sample differs by from its neighbours.
pub fn covariance<S: Look>(src: &[S], width: usize, channels: usize) -> [i64; 6] {
    let mut sums = [0i64; 6];
    let stride = width * channels;
    for (above, row) in src.chunks_exact(stride).zip(src.chunks_exact(stride).skip(1)) {
        for x in 1..width {
            let at = |row: &[S], x: usize, c: usize| row[x * channels + c].eight();
            let d: [i32; 3] = std::array::from_fn(|c| 2 * at(row, x, c) - at(row, x - 1, c) - at(above, x, c));
            let products = [d[0] * d[0], d[0] * d[1], d[0] * d[2], d[1] * d[1], d[1] * d[2], d[2] * d[2]];
            sums.iter_mut().zip(products).for_each(|(s, p)| *s += i64::from(p));
        }
    }
    sums
}

/// Sums of cells.
pub fn cells(luma: &[u16], stride: usize, width: usize, height: usize, sums: &mut [u32], squares: &mut [u32]) {
    sums.fill(0);
    squares.fill(0);
    for row in luma.chunks(stride).take(height) {
        for (x, &v) in row[..width].iter().enumerate() {
            sums[x / CELL] += u32::from(v);
            squares[x / CELL] += u32::from(v) * u32::from(v);
        }
    }
}
