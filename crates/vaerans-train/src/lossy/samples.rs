//! Coefficients to fit weights with: some of every band.

use super::code::Coded;
use vaerans::codec::photo::geometry::Orientation;
use vaerans::codec::photo::model::{set, Weights};
use vaerans::codec::photo::tile::{around, Plane};
use vaerans::kernels::photo::{Band, OTHER, OWN};
use vaerans::kernels::reference::photo::{class_of, token_of};

/// Neighbours of a coefficient.
pub const NEAR: usize = OWN + OTHER;

/// A coefficient.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Set of weights.
    pub set: u8,
    /// Quantizer.
    pub quantizer: u8,
    /// Its token.
    pub token: u8,
    /// Coefficients that it stands for.
    pub weight: f32,
    /// Reconstruction indices of its neighbours, sums of them.
    pub near: [u16; NEAR],
}

/// Which neighbours are sums.
pub const SUMS: [bool; NEAR] = {
    let mut sums = [false; NEAR];
    sums[OWN + 3] = true;
    let mut i = OWN + 5;
    while i < NEAR {
        sums[i] = true;
        i += 2;
    }
    sums
};

impl Sample {
    /// Group of tables.
    pub fn group(&self) -> usize {
        usize::from(self.set >= 12) * 4 + usize::from(self.set % 4)
    }

    /// Class by weights, as a decoder has it.
    pub fn class(&self, weights: &Weights) -> usize {
        let all = weights.own.iter().chain(&weights.other);
        let product = |(i, &w): (usize, &i16)| {
            let a = i32::from(self.near[i]) << if SUMS[i] { 5 } else { 7 };
            (a.min(32767) * i32::from(w) + 0x4000) >> 15
        };
        class_of((i32::from(weights.bias) + all.enumerate().map(product).sum::<i32>()).min(32767))
    }
}

/// Samples of many photos.
#[derive(Debug, Default)]
pub struct Samples {
    pub all: Vec<Sample>,
}

fn chance(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    ((*state >> 33) as f64) / f64::from(1u32 << 31)
}

impl Samples {
    /// Adds about `wanted` coefficients of each band of a photo.
    pub fn add(&mut self, coded: &Coded, wanted: usize, seed: u64) {
        if wanted == 0 {
            return;
        }
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for (i, (level, of_level)) in coded.levels.iter().enumerate() {
            let coarser = i.checked_sub(1).map(|i| &coded.levels[i].0);
            for (plane, of_plane) in of_level.iter().enumerate() {
                for (o, of) in Orientation::ALL.into_iter().zip(of_plane) {
                    let band = level.band(plane, o);
                    let (w, h) = (band.rect.width, band.rect.height);
                    let share = (wanted as f64 / (w * h).max(1) as f64).min(1.0);
                    let seen = around(level, coarser, plane, o, &Weights::default());
                    for y in 0..h {
                        for x in 0..w {
                            if chance(&mut state) >= share {
                                continue;
                            }
                            let at = band.band.at(y as isize) + x;
                            self.all.push(Sample {
                                set: set(plane, o, level.level) as u8,
                                quantizer: of.rows[at] >> 6,
                                token: token_of(of.indices[at].unsigned_abs()) as u8,
                                weight: (1.0 / share) as f32,
                                near: near(band, &seen, x as isize, y as isize),
                            });
                        }
                    }
                }
            }
        }
    }

    /// Adds others.
    pub fn merge(&mut self, other: Samples) {
        self.all.extend(other.all);
    }
}

fn at(magnitudes: &[i16], band: &Band, x: isize, y: isize) -> u16 {
    let is_inside = (0..band.width as isize).contains(&x) && (0..band.height as isize).contains(&y);
    if is_inside {
        (magnitudes[band.at(y) + x as usize] >> 5) as u16
    } else {
        0
    }
}

fn near(plane: &Plane, seen: &vaerans::kernels::photo::Around, x: isize, y: isize) -> [u16; NEAR] {
    let mut out = [0; NEAR];
    let own = [(-1, 0), (-2, 0), (0, -1), (0, -2), (-1, -1), (1, -1)];
    for (o, (dx, dy)) in out.iter_mut().zip(own) {
        *o = at(&plane.magnitudes, &plane.band, x + dx, y + dy);
    }
    let of = |s: &vaerans::kernels::photo::Source, x, y| at(s.magnitudes, &s.band, x, y);
    if let Some([parent, one, two]) = &seen.parents {
        let (px, py) = (x >> 1, y >> 1);
        out[OWN] = of(parent, px, py);
        out[OWN + 1] = of(parent, px + (x & 1) * 2 - 1, py);
        out[OWN + 2] = of(parent, px, py + (y & 1) * 2 - 1);
        out[OWN + 3] = of(one, px, py) + of(two, px, py);
    }
    for (i, s) in seen.beside.iter().enumerate() {
        let Some(s) = s else { continue };
        out[OWN + 4 + 2 * i] = of(s, x, y);
        out[OWN + 5 + 2 * i] = of(s, x - 1, y) + of(s, x + 1, y) + of(s, x, y - 1) + of(s, x, y + 1);
    }
    out
}
