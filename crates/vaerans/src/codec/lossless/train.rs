//! What training needs to see of pictures, and the file that it makes.

use super::encode::{Coder, Picture, Settings};
use super::model::{taps, Model, KINDS};
use super::solve::Normal;
use super::{fit, Shape};
use crate::error::Result;
use vaerans_kernels::lossless::{Row, CLASSES, PHASES, SCALES, SYMBOLS, WEIGHTS};
use vaerans_kernels::reference::lossless::{code_of, guess, symbol_of};
use vaerans_kernels::Kernels;

/// Symbols of a table.
pub const TABLE: usize = SYMBOLS;
/// Symbols of all tables of a plane.
pub const SYMBOLS_OF_A_PLANE: usize = SCALES * PHASES * SYMBOLS;
/// What the scale is made of.
pub const INPUTS: usize = WEIGHTS;

/// A picture of 8 bits, RGB.
#[derive(Clone, Copy)]
pub struct Photo<'a> {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Samples.
    pub rgb: &'a [u8],
}

/// A model that is being made; for each of three kinds of planes.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Coefficients of all classes, Q8.
    pub coefficients: [Vec<i32>; KINDS],
    /// Weights of the scale, Q10.
    pub weights: [[i32; INPUTS]; KINDS],
    /// Frequencies of the symbols of all tables, as bytes: an exponent of 5 bits, a mantissa of 3.
    pub codes: [Vec<u8>; KINDS],
}

impl Default for Draft {
    /// Predicts the sample to the left, and expects any symbol.
    fn default() -> Draft {
        let mut weights = [[0; INPUTS]; KINDS];
        weights.iter_mut().for_each(|w| (w[0], w[1], w[2], w[3], w[4]) = (300, 300, 300, 150, 150));
        Draft {
            coefficients: std::array::from_fn(|k| vec![0; CLASSES * taps(k)]),
            weights,
            codes: std::array::from_fn(|_| vec![0; SYMBOLS_OF_A_PLANE]),
        }
    }
}

impl Draft {
    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let numbers = self.coefficients.iter().flatten().chain(self.weights.iter().flatten());
        numbers.flat_map(|&n| (n as i16).to_le_bytes()).chain(self.codes.iter().flatten().copied()).collect()
    }

    fn model(&self) -> Model {
        Model::read(&self.bytes())
    }

    /// Replaces the coefficients by those that are best for all photos.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn fit_coefficients(&mut self, photos: &[Photo]) -> Result<()> {
        let mut all: Vec<Vec<Normal>> =
            (0..KINDS).map(|k| (0..CLASSES).map(|_| Normal::new(taps(k))).collect()).collect();
        for photo in photos {
            let picture = photo.picture();
            let found = fit::sums(Kernels::active(), &picture, 1, &picture.head(SETTINGS))?;
            all.iter_mut().flatten().zip(found.iter().flatten()).for_each(|(a, b)| a.join(b));
        }
        for (k, classes) in all.iter().enumerate() {
            let found = classes.iter().map(|n| n.solve(&vec![0; taps(k)]).unwrap_or_else(|| vec![0; taps(k)]));
            self.coefficients[k] = found.flatten().collect();
        }
        Ok(())
    }

    /// Codes a photo, and shows what was seen of each sample.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn visit(&self, photo: Photo, mut see: impl FnMut(Seen)) -> Result<()> {
        let (model, picture) = (self.model(), photo.picture());
        let mut head = picture.head(SETTINGS);
        fit::fit(Kernels::active(), &model, &picture, SETTINGS.effort, &mut head)?;
        let mut coder = Coder::new(Kernels::active(), &model, picture, &head)?;
        let mut records = Vec::new();
        for y in 0..photo.height {
            for plane in 0..KINDS {
                records.clear();
                coder.row_then(plane, y, &mut records, |row| {
                    (0..photo.width).for_each(|x| see(Seen::of(row, plane, x)));
                });
            }
        }
        Ok(())
    }
}

const SETTINGS: Settings = Settings { max_error: 0, effort: 7 };

/// What training sees of a sample.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Its plane.
    pub plane: usize,
    /// What its scale is made of, Q4.
    pub inputs: [i32; INPUTS],
    /// How far it is from its prediction, Q4.
    pub distance: i32,
    /// Its symbol, as an index into all tables.
    pub symbol: usize,
}

impl Seen {
    fn of(row: &Row, plane: usize, x: usize) -> Seen {
        let g = guess(row, x);
        let value = row.line.values(x + 1)[x];
        let symbol = g.table * SYMBOLS + symbol_of(code_of(&g, value, row.setting.step) >> g.shift);
        Seen { plane, inputs: inputs(row, x as isize), distance: row.line.distances(x + 1)[x], symbol }
    }
}

/// What the weights are of: see the reference of the kernel.
fn inputs(row: &Row, x: isize) -> [i32; INPUTS] {
    let own = row.line.span_of_distances(x - 2, 2);
    let (d, dd) = (row.above[0].span_of_distances(x - 2, 5), row.above[1].span_of_distances(x - 1, 3));
    let n = row.above[0].span(x - 1, 3);
    let left = row.line.span(x - 1, 1)[0];
    let far = |a: i32, b: i32| 16 * a.abs_diff(b) as i32;
    let mut all = [0; INPUTS];
    all[..8].copy_from_slice(&[16, own[1], d[2], d[1], d[3], own[0], dd[1], d[0] + d[4]]);
    all[8..12].copy_from_slice(&[far(left, n[0]), far(n[1], n[0]), far(n[1], n[2]), dd[0] + dd[2]]);
    for (k, [a, b]) in [row.first, row.second].into_iter().enumerate().take(row.earlier) {
        let (a, b) = (a.span_of_distances(x - 1, 3), b.span_of_distances(x - 1, 3));
        all[12 + 3 * k..][..3].copy_from_slice(&[a[1], a[0] + a[2] + b[1], b[0] + b[2]]);
    }
    all
}

impl<'a> Photo<'a> {
    fn picture(&self) -> Picture<'a, u8> {
        Picture { shape: Shape { width: self.width, height: self.height, channels: 3 }, samples: self.rgb }
    }
}
