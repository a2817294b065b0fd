//! Indices of a row: the cheapest way through the states of the quantizer, or a dead zone.

use super::energy::class_of;
use super::{magnitude, product, reconstruction, token_of};
use crate::photo::{Band, Model, Search, ROW, TRELLIS};

/// Largest magnitude in half steps.
const MOST: f32 = 16_000_000.0;

/// A way to a state: what it cost, and the magnitudes of its last two coefficients.
#[derive(Debug, Clone, Copy)]
struct Way {
    cost: f32,
    west: [i16; 2],
}

/// What index k costs in a row of the tables.
fn cost(model: &Model, search: &Search, u: f32, row: usize, k: u32) -> f32 {
    let index = if k > 0 { reconstruction(k, row as u32 >> 6) as f32 } else { 0.0 };
    let miss = u - (index - model.tables.shifts(row)[k.min(3) as usize]);
    miss * miss + search.costs[row * ROW + token_of(k)]
}

/// Energies of a row but for its own two neighbours.
fn above(band: &Band, model: &Model, row: usize, energy: i16, magnitudes: &[i16], x: usize) -> i32 {
    let near = |dx: isize, dy: isize| i32::from(magnitudes[(band.at(row as isize + dy) + x).wrapping_add_signed(dx)]);
    let [_, _, n, nn, nw, ne] = model.weights;
    let sum = product(4 * near(0, -1), n) + product(4 * near(0, -2), nn) + product(4 * near(-1, -1), nw);
    (i32::from(energy) + sum + product(4 * near(1, -1), ne)).min(32767)
}

/// The cheapest even and odd index of a state.
fn candidates(model: &Model, search: &Search, u: f32, row: usize) -> [Option<(f32, u32)>; 2] {
    let none = u * u + search.costs[row * ROW];
    if u < search.least {
        return [Some((none, 0)), None];
    }
    if u < 1.0 {
        return [Some((none, 0)), Some((cost(model, search, u, row, 1), 1))];
    }
    let quantizer = (row >> 6) as f32;
    let k = ((u.min(MOST) + quantizer) * 0.5) as u32;
    let of = |k: u32| (cost(model, search, u, row, k), k);
    let (low, high, lower) = (of(k), of(k + 1), of(if k > 0 { k - 1 } else { k + 1 }));
    let other = if lower.0 < high.0 { lower } else { high };
    let (even, odd) = if k % 2 == 0 { (low, other) } else { (other, low) };
    [Some(if none < even.0 { (none, 0) } else { even }), Some(odd)]
}

/// Indices and magnitudes of a row.
#[allow(clippy::too_many_arguments)] // as the kernel
pub fn search(
    band: &Band,
    model: &Model,
    search: &Search,
    row: usize,
    energies: &[i16],
    coefficients: &[f32],
    factors: &[f32],
    magnitudes: &mut [i16],
    indices: &mut [i32],
) {
    let start = |s: usize| Way { cost: if s == 0 { 0.0 } else { 1e30 }, west: [0, 0] };
    let mut ways: [Way; 8] = std::array::from_fn(start);
    let mut steps: Vec<[(usize, u32); 8]> = Vec::with_capacity(band.width);
    for x in 0..band.width {
        let u = (coefficients[x] * factors[x]).abs();
        let base = above(band, model, row, energies[x], magnitudes, x);
        let mut next = [(f32::INFINITY, 0usize, 0u32); 8];
        for (s, way) in ways.iter().enumerate() {
            let near = |i: usize| product(4 * i32::from(way.west[i]), model.weights[i]);
            let at = class_of((base + near(0) + near(1)).min(32767)) | (s & 1) << 6;
            for (parity, found) in candidates(model, search, u, at).into_iter().enumerate() {
                let to = &mut next[usize::from(TRELLIS[2 * s + parity])];
                let (cost, k) = found.map_or((2e30, 0), |(c, k)| (way.cost + c, k));
                // Of two ways as cheap the one from the lower state.
                if to.0 == f32::INFINITY || cost < to.0 {
                    *to = (cost, s, k);
                }
            }
        }
        ways = next.map(|(cost, from, k)| {
            let index = if k > 0 { reconstruction(k, from as u32 & 1) } else { 0 };
            Way { cost, west: [magnitude(index), ways[from].west[0]] }
        });
        steps.push(next.map(|(_, from, k)| (from, k)));
        if x % 64 == 63 {
            let least = ways[0].cost;
            ways.iter_mut().for_each(|w| w.cost -= least);
        }
    }
    let mut at = (1..8).fold(0, |best, s| if ways[s].cost < ways[best].cost { s } else { best });
    let first = band.at(row as isize);
    for x in (0..band.width).rev() {
        let (from, k) = steps[x][at];
        let index = if k > 0 { reconstruction(k, from as u32 & 1) } else { 0 };
        magnitudes[first + x] = magnitude(index);
        indices[first + x] = if coefficients[x] < 0.0 { -(k as i32) } else { k as i32 };
        at = from;
    }
}

/// Indices and magnitudes of a row by a dead zone.
pub fn round(
    band: &Band,
    zone: f32,
    row: usize,
    coefficients: &[f32],
    factors: &[f32],
    magnitudes: &mut [i16],
    indices: &mut [i32],
) {
    let first = band.at(row as isize);
    for x in 0..band.width {
        let c = coefficients[x] * factors[x];
        let k = (0.5 * c.abs() + (1.0 - zone)).min(MOST) as u32;
        magnitudes[first + x] = magnitude(reconstruction(k, 0));
        indices[first + x] = if c < 0.0 { -(k as i32) } else { k as i32 };
    }
}
