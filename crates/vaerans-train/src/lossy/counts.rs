//! What is counted of coded photos, and tables of it.

use super::bytes::Tables;
use super::code::Coded;
use super::samples::Samples;
use vaerans::codec::photo::geometry::Orientation;
use vaerans::codec::photo::low;
use vaerans::codec::photo::model::{group, Model, Weights, GROUPS, LOW};
use vaerans::codec::photo::steps::of_band;
use vaerans::kernels::photo::{CLASSES, TOKENS};
use vaerans::kernels::reference::photo::token_of;
use vaerans::kernels::Kernels;

/// Rows of a group.
const ROWS: usize = 2 * CLASSES;

/// Counts of a training run.
pub struct Counts {
    /// By group, quantizer, class and token.
    tokens: Vec<f64>,
    /// Sums of (index - magnitude) and numbers, by row and size 1, 2, 3.
    shifts: Vec<[f64; 2]>,
    /// + and - by band sort and context.
    signs: Vec<[f64; 2]>,
    coefficients: f64,
}

impl Default for Counts {
    fn default() -> Counts {
        Counts {
            tokens: vec![0.0; GROUPS * ROWS * TOKENS],
            shifts: vec![[0.0; 2]; GROUPS * ROWS * 3],
            signs: vec![[0.0; 2]; 54],
            coefficients: 0.0,
        }
    }
}

fn row_of(group: usize, row: usize) -> usize {
    group * ROWS + (row >> 6) * CLASSES + (row & 63)
}

impl Counts {
    /// Adds a coded photo.
    pub fn add(&mut self, coded: &Coded) {
        for q in &coded.low {
            let width = coded.tile.pyramid.low_part(&coded.tile.rect).width;
            for s in low::symbols(q, width) {
                let at = row_of(LOW, s.class) * TOKENS + token_of(s.value.unsigned_abs());
                self.tokens[at] += 1.0;
                self.tokens[at + CLASSES * TOKENS] += 1.0;
            }
        }
        for (level, of_level) in &coded.levels {
            for (plane, of_plane) in of_level.iter().enumerate() {
                for (o, band) in Orientation::ALL.into_iter().zip(of_plane) {
                    self.band(coded, level, plane, o, band);
                }
            }
        }
    }

    fn band(
        &mut self,
        coded: &Coded,
        level: &vaerans::codec::photo::tile::Level,
        plane: usize,
        o: Orientation,
        of: &vaerans::codec::photo::tile::Coded,
    ) {
        let band = level.band(plane, o);
        let (rect, sizes) = (band.rect, band.band);
        let (cx, cy) = coded.tile.pyramid.corner(level.level, o);
        let half = coded.params.half_step(plane, level.level, o);
        let steps = of_band(coded.map.as_ref(), level.level, half);
        let mut scale = vec![0.0; rect.width];
        let sort = plane.min(1) * 3 + o as usize;
        for y in 0..rect.height {
            Kernels::active().photo_factors(&steps, y, false, &mut scale);
            let from = (cy + rect.y + y) * coded.tile.pyramid.width + cx + rect.x;
            for (x, &scale) in scale.iter().enumerate() {
                let at = sizes.at(y as isize) + x;
                let (k, row) = (of.indices[at], usize::from(of.rows[at]));
                let place = row_of(group(plane, level.level), row);
                self.tokens[place * TOKENS + token_of(k.unsigned_abs())] += 1.0;
                self.coefficients += 1.0;
                if k == 0 {
                    continue;
                }
                let c = coded.planes.values[plane][from + x] / scale;
                let u = if (c < 0.0) == (k < 0) { c.abs() } else { -c.abs() };
                let index = 2.0 * f64::from(k.unsigned_abs()) - (row >> 6) as f64;
                if k.abs() < 40 {
                    let shift = &mut self.shifts[place * 3 + k.unsigned_abs().min(3) as usize - 1];
                    shift[0] += index - f64::from(u);
                    shift[1] += 1.0;
                }
                let sign = |v: f32| i32::from(v > 0.0) - i32::from(v < 0.0);
                let (w, n) = (of.values[at - 1], of.values[sizes.at(y as isize - 1) + x]);
                let context = (3 * sign(w) + sign(n) + 4) as usize;
                self.signs[sort * 9 + context][usize::from(k < 0)] += 1.0;
            }
        }
    }

    /// Adds what others counted.
    pub fn merge(&mut self, other: &Counts) {
        self.tokens.iter_mut().zip(&other.tokens).for_each(|(a, b)| *a += b);
        let pairs = self.shifts.iter_mut().zip(&other.shifts).chain(self.signs.iter_mut().zip(&other.signs));
        pairs.for_each(|(a, b)| (0..2).for_each(|i| a[i] += b[i]));
        self.coefficients += other.coefficients;
    }

    /// Bits of tokens a coefficient, with a model's tables.
    pub fn bits(&self, model: &Model) -> f64 {
        let mut sum = 0.0;
        for (i, row) in self.tokens.chunks_exact(TOKENS).enumerate().take(LOW * ROWS) {
            let at = (i % CLASSES) | ((i / CLASSES % 2) << 6);
            let counts = model.tables[i / ROWS].counts(at);
            let bits = |n: u16| 15.0 - f64::from(n.max(1)).log2();
            sum += row.iter().zip(counts).map(|(&n, &c)| n * bits(c)).sum::<f64>();
        }
        sum / self.coefficients
    }

    /// Tables of what was counted, smoothed by the classes beside each.
    pub fn tables(&self) -> Tables {
        let mut probabilities = vec![[0.0; TOKENS]; GROUPS * ROWS];
        for (i, out) in probabilities.iter_mut().enumerate() {
            let (first, class) = (i / CLASSES * CLASSES, i % CLASSES);
            let near = class.saturating_sub(2)..(class + 3).min(CLASSES);
            let mut prior: [f64; TOKENS] = std::array::from_fn(|t| 2f64.powf(-0.5 * t as f64));
            for c in near {
                let row = &self.tokens[(first + c) * TOKENS..][..TOKENS];
                prior.iter_mut().zip(row).for_each(|(p, n)| *p += n);
            }
            let all: f64 = prior.iter().sum();
            let own = &self.tokens[i * TOKENS..][..TOKENS];
            let mixed: [f64; TOKENS] = std::array::from_fn(|t| own[t] + 8.0 * prior[t] / all);
            let sum: f64 = mixed.iter().sum();
            *out = mixed.map(|n| n / sum);
        }
        let shifts = self.shifts.iter().enumerate().map(|(i, s)| {
            let usual = if i % 3 == 0 { 0.16 } else { 0.04 };
            (s[0] + usual * 50.0) / (s[1] + 50.0)
        });
        let signs = self.signs.iter().map(|s| (s[0] + 1.0) / (s[0] + s[1] + 2.0));
        Tables { probabilities, shifts: shifts.collect(), signs: signs.collect() }
    }
}

/// Tables of samples whose classes follow from new weights; shifts and signs of counts.
pub fn of_samples(samples: &Samples, weights: &[Weights], counts: &Counts) -> Tables {
    let mut new = Counts { tokens: vec![0.0; GROUPS * ROWS * TOKENS], ..Counts::default() };
    for s in &samples.all {
        let row = row_of(s.group(), s.class(&weights[usize::from(s.set)]) | usize::from(s.quantizer) << 6);
        new.tokens[row * TOKENS + usize::from(s.token)] += f64::from(s.weight);
    }
    let low = LOW * ROWS * TOKENS;
    new.tokens[low..].copy_from_slice(&counts.tokens[low..]);
    let made = new.tables();
    let old = counts.tables();
    Tables { probabilities: made.probabilities, shifts: old.shifts, signs: old.signs }
}
