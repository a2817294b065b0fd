//! Energies and classes.

use super::product;
use crate::photo::{Around, Band, Source, CLASSES, IDLE, LAG, LANES, OWN};

/// Energies from other bands; `steps` may be empty.
pub fn energies(around: &Around, rows: &mut [i16], steps: &mut [i16]) {
    let band = around.band;
    for y in 0..band.height {
        for x in 0..band.width {
            rows[band.energy_at(y) + x] = other(around, x, y);
        }
    }
    if steps.is_empty() {
        return;
    }
    for (t, lanes) in steps[..band.steps() * LANES].chunks_exact_mut(LANES).enumerate() {
        for (l, energy) in lanes.iter_mut().enumerate() {
            *energy = place(&band, t, l).map_or(IDLE, |(x, y)| rows[band.energy_at(y) + x]);
        }
    }
}

/// Column and row of a lane at a step.
pub(super) fn place(band: &Band, step: usize, lane: usize) -> Option<(usize, usize)> {
    let since = step.checked_sub(LAG * lane)?;
    let (x, y) = (since % band.pitch(), since / band.pitch() * LANES + lane);
    (x < band.width && y < band.height).then_some((x, y))
}

/// The magnitude at a place that may lie outside, where it is 0.
fn at(source: &Source, x: isize, y: isize) -> i32 {
    let Band { width, height } = source.band;
    let is_inside = (0..width as isize).contains(&x) && (0..height as isize).contains(&y);
    if is_inside {
        i32::from(source.magnitudes[source.band.at(y) + x as usize])
    } else {
        0
    }
}

fn other(around: &Around, x: usize, y: usize) -> i16 {
    let (x, y) = (x as isize, y as isize);
    let weights = &around.weights;
    let mut energy = i32::from(around.bias);
    if let Some([parent, one, two]) = &around.parents {
        let (px, py) = (x >> 1, y >> 1);
        let near = |at: isize| (at & 1) * 2 - 1;
        energy += product(4 * at(parent, px, py), weights[0]);
        energy += product(4 * at(parent, px + near(x), py), weights[1]);
        energy += product(4 * at(parent, px, py + near(y)), weights[2]);
        energy += product(at(one, px, py) + at(two, px, py), weights[3]);
    }
    for (source, weights) in around.beside.iter().zip(weights[4..].chunks_exact(2)) {
        let Some(source) = source else { continue };
        let four = at(source, x - 1, y) + at(source, x + 1, y) + at(source, x, y - 1) + at(source, x, y + 1);
        energy += product(4 * at(source, x, y), weights[0]) + product(four.min(32767), weights[1]);
    }
    energy.min(32767) as i16
}

/// The class of a coefficient whose energy from other bands is this.
pub(super) fn class_at(
    band: &Band,
    weights: &[i16; OWN],
    energy: i16,
    magnitudes: &[i16],
    x: usize,
    y: usize,
) -> usize {
    let own = [(-1, 0), (-2, 0), (0, -1), (0, -2), (-1, -1), (1, -1)];
    let near = |(dx, dy): (isize, isize)| magnitudes[(band.at(y as isize + dy) + x).wrapping_add_signed(dx)];
    let sum: i32 = own.iter().zip(weights).map(|(&o, &w)| product(4 * i32::from(near(o)), w)).sum();
    class_of((i32::from(energy) + sum).min(32767))
}

/// Quarter octave of an energy: 0 below 10/128.
pub fn class_of(energy: i32) -> usize {
    let e = energy.max(8) as u32;
    let octave = e.ilog2();
    ((4 * (octave - 3) + (e >> (octave - 2) & 3)) as usize).min(CLASSES - 1)
}
