//! Convolutions of 3 by 3 taps, stride 1, by Winograd's F(4x4, 3x3) with the points 0, 1, -1, 2, -2 (Lavin and Gray 2016).

use super::epilogue::Epilogue;
use super::gemm::ZEROS;
use std::ops::Range;

/// Parts of a transformed tile.
pub const PARTS: usize = 36;

/// A block of tiles of 4 by 4 results each.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// Pixels, channels last.
    pub from: &'a [f32],
    /// Where the six rows of each row of tiles begin; [`ZEROS`] is padding.
    pub rows: &'a [usize],
    /// How far behind the begin of a row each column lies: four a tile and two; [`ZEROS`] is padding.
    pub columns: &'a [usize],
    /// Rows of tiles.
    pub tile_rows: usize,
    /// Tiles of a row.
    pub tiles: usize,
    /// Channels read.
    pub c: usize,
    /// What [`pack`] makes.
    pub panels: &'a [f32],
    /// Channels of a panel.
    pub panel: usize,
    /// Channels written.
    pub n: usize,
}

/// Where results go.
#[derive(Debug)]
pub struct Results<'a> {
    /// The first of them stands first.
    pub data: &'a mut [f32],
    /// Rows that are wanted.
    pub height: usize,
    /// Columns that are wanted.
    pub width: usize,
    /// Numbers from row to row.
    pub row_stride: usize,
    /// Numbers from column to column.
    pub column_stride: usize,
}

/// Numbers that [`pack`] makes.
pub fn packed(c: usize, n: usize, panel: usize) -> usize {
    n.next_multiple_of(panel).saturating_mul(PARTS).saturating_mul(c)
}

/// Numbers that a kernel needs for itself: so many tiles, `c` channels read.
pub fn scratch(tiles: usize, c: usize, panel: usize) -> usize {
    PARTS * (tiles * (c.next_multiple_of(panel) + panel) + 32)
}

/// Transforms taps, `[9][channels][n]`, of some of the `c` channels read, into zeros: panels, `[36][c][panel]` each.
pub fn pack(c: usize, channels: Range<usize>, n: usize, panel: usize, out: &mut [f32], taps: &[f32]) {
    let size = channels.len() * n;
    for (i, k) in channels.enumerate() {
        let to = &mut out[k * panel..];
        pack_channel(&taps[i * n..], size, n, c, panel, to);
    }
}

/// One channel: tap t of column i is `taps[t * apart + i]`, its part p goes to `out[(i / panel * 36 + p) * c * panel + i % panel]`.
fn pack_channel(taps: &[f32], apart: usize, n: usize, c: usize, panel: usize, out: &mut [f32]) {
    for column in 0..n {
        let tap = |x: usize, y: usize| f64::from(taps[(3 * y + x) * apart + column]);
        let columns: [[f64; 6]; 3] = std::array::from_fn(|x| spread([tap(x, 0), tap(x, 1), tap(x, 2)]));
        for (i, line) in (0..6).map(|i| spread(columns.map(|column| column[i]))).enumerate() {
            for (j, part) in line.into_iter().enumerate() {
                out[(column / panel * PARTS + 6 * i + j) * c * panel + column % panel] = part as f32;
            }
        }
    }
}

/// Three taps at the points 0, 1, -1, 2, -2 and infinity, over what the results would have to be divided by.
fn spread([a, b, c]: [f64; 3]) -> [f64; 6] {
    let [a6, b6, c6] = [a, b, c].map(|tap| tap * (1.0 / 6.0));
    let (a24, b12) = (a * (1.0 / 24.0), b * (1.0 / 12.0));
    [0.25 * a, 0.0 - a6 - b6 - c6, b6 - a6 - c6, a24 + b12 + c6, a24 - b12 + c6, c]
}

fn forward(d: [f32; 6]) -> [f32; 6] {
    let (a, b) = (d[4] - 4.0 * d[2], d[3] - 4.0 * d[1]);
    let (c, e) = (d[4] - d[2], 2.0 * (d[3] - d[1]));
    [4.0 * d[0] - 5.0 * d[2] + d[4], a + b, a - b, c + e, c - e, 4.0 * d[1] - 5.0 * d[3] + d[5]]
}

fn inverse(m: [f32; 6]) -> [f32; 4] {
    let (a, b, c, e) = (m[1] + m[2], m[1] - m[2], m[3] + m[4], m[3] - m[4]);
    [m[0] + a + c, b + 2.0 * e, a + 4.0 * c, b + 8.0 * e + m[5]]
}

/// A tile of one channel, transformed.
fn transformed(b: &Block, tile_row: usize, tile: usize, channel: usize) -> [[f32; 6]; 6] {
    let pixel = |i: usize, j: usize| {
        let (row, column) = (b.rows[6 * tile_row + i], b.columns[4 * tile + j]);
        if row == ZEROS || column == ZEROS {
            0.0
        } else {
            b.from[row + column + channel]
        }
    };
    let columns: [[f32; 6]; 6] = std::array::from_fn(|j| forward(std::array::from_fn(|i| pixel(i, j))));
    std::array::from_fn(|i| forward(std::array::from_fn(|j| columns[j][i])))
}

/// The results of a block: each tile transformed, 36 sums over the channels read in their order, transformed back.
pub fn winograd(b: &Block, out: &mut Results, epilogue: &Epilogue) {
    for tile in 0..b.tile_rows * b.tiles {
        let (y, x) = (tile / b.tiles * 4, tile % b.tiles * 4);
        let parts: Vec<_> = (0..b.c).map(|k| transformed(b, tile / b.tiles, tile % b.tiles, k)).collect();
        for column in 0..b.n {
            let panel = &b.panels[column / b.panel * PARTS * b.c * b.panel..];
            let weight = |p: usize, k: usize| panel[(p * b.c + k) * b.panel + column % b.panel];
            let sum = |i: usize, j: usize| (0..b.c).fold(0.0f32, |s, k| s + parts[k][i][j] * weight(6 * i + j, k));
            let columns: [[f32; 4]; 6] = std::array::from_fn(|j| inverse(std::array::from_fn(|i| sum(i, j))));
            for i in (0..4).take(out.height.saturating_sub(y)) {
                let line = inverse(columns.map(|column| column[i]));
                for (j, result) in line.into_iter().enumerate().take(out.width.saturating_sub(x)) {
                    let at = (y + i) * out.row_stride + (x + j) * out.column_stride + column;
                    out.data[at] = epilogue.of(result, column, at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 5 by 6 results of a picture without padding, worked out from the definition.
    #[test]
    fn is_a_convolution() {
        let (c, n, panel, height, width) = (3, 5, 4, 7, 8);
        let number = |i: usize| ((i * 37 + 11) % 64) as f32 / 32.0 - 1.0;
        let from: Vec<f32> = (0..height * width * c).map(number).collect();
        let weight = |t: usize, k: usize, o: usize| number(t * 101 + k * 13 + o * 7);
        let taps: Vec<_> = (0..9 * c * n).map(|i| weight(i / (c * n), i / n % c, i % n)).collect();
        let mut panels = vec![0.0; packed(c, n, panel)];
        pack(c, 0..c, n, panel, &mut panels, &taps);
        let line = |y: usize| if y < height { y * width * c } else { ZEROS };
        let rows: Vec<_> = (0..2).flat_map(|t| (0..6).map(move |i| 4 * t + i)).map(line).collect();
        let columns: Vec<_> = (0..10).map(|x| if x < width { x * c } else { ZEROS }).collect();
        let block =
            Block { from: &from, rows: &rows, columns: &columns, tile_rows: 2, tiles: 2, c, panels: &panels, panel, n };
        let mut data = vec![0.0; 5 * 6 * n];
        let mut out = Results { data: &mut data, height: 5, width: 6, row_stride: 6 * n, column_stride: n };
        winograd(&block, &mut out, &Epilogue::default());
        for (i, got) in data.iter().enumerate() {
            let (y, x, o) = (i / n / 6, i / n % 6, i % n);
            let tap = |t: usize, k: usize| from[((y + t / 3) * width + x + t % 3) * c + k] * weight(t, k, o);
            let want: f32 = (0..9).flat_map(|t| (0..c).map(move |k| (t, k))).map(|(t, k)| tap(t, k)).sum();
            assert!((got - want).abs() < 1e-4, "{y} {x} {o}: {got} {want}");
        }
    }
}
