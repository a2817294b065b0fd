//! The colour transform of a picture: a rotation that makes its planes as independent as they can be.
//!
//! A file holds what leads back: three columns of three numbers in 1/128. The way there is its inverse.

use crate::error::{Error, Result};

/// One, in the units of a file.
const ONE: f64 = 128.0;

/// Columns of the way back, row by row: R, G and B of each plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [i8; 9]);

type Matrix = [[f64; 3]; 3];

fn inverse(m: &Matrix) -> Option<Matrix> {
    let minor = |r: usize, c: usize| {
        let (r0, r1, c0, c1) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
        m[r0][c0] * m[r1][c1] - m[r0][c1] * m[r1][c0]
    };
    let determinant = m[0][0] * minor(0, 0) + m[0][1] * minor(0, 1) + m[0][2] * minor(0, 2);
    if determinant.abs() < 0.25 {
        return None;
    }
    Some(std::array::from_fn(|r| std::array::from_fn(|c| minor(c, r) / determinant)))
}

impl Colour {
    /// The way back as floats, row by row.
    pub fn back(&self) -> [f32; 9] {
        self.0.map(|n| f32::from(n) / 128.0)
    }

    /// The way there, row by row.
    ///
    /// # Errors
    /// `stream.invalid` for numbers that no way leads back from.
    pub fn there(&self) -> Result<[f32; 9]> {
        let m: Matrix = std::array::from_fn(|r| std::array::from_fn(|c| f64::from(self.0[3 * r + c]) / ONE));
        let m = inverse(&m).ok_or_else(|| Error::new("stream.invalid", "a colour transform that is none"))?;
        Ok(std::array::from_fn(|i| m[i / 3][i % 3] as f32))
    }

    /// Of the covariances of what samples differ by from the mean of those to their left and above: the principal axes. The same on every
    /// machine: sums, products, quotients and square roots alone.
    pub fn of(covariance: &[i64; 6]) -> Colour {
        let [rr, rg, rb, gg, gb, bb] = covariance.map(|n| n as f64);
        let axes = principal([[rr, rg, rb], [rg, gg, gb], [rb, gb, bb]]);
        let round = |v: f64| (v * ONE).round_ties_even().clamp(-127.0, 127.0) as i8;
        let colour = Colour(std::array::from_fn(|i| round(axes[i % 3][i / 3])));
        match colour.there() {
            Ok(_) => colour,
            Err(_) => Colour::DEFAULT,
        }
    }

    /// About the axes of most photos.
    pub const DEFAULT: Colour = Colour([74, 90, 52, 74, 0, -105, 74, -90, 52]);
}

/// The axes of a symmetric matrix, the longest first, each pointing to where its numbers sum to something positive (Jacobi).
fn principal(mut s: Matrix) -> Matrix {
    let mut v: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    for _ in 0..24 {
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            if s[p][q] == 0.0 {
                continue;
            }
            let theta = (s[q][q] - s[p][p]) / (2.0 * s[p][q]);
            let t = 1.0 / (theta.abs() + (theta * theta + 1.0).sqrt());
            let t = if theta < 0.0 { -t } else { t };
            let c = 1.0 / (t * t + 1.0).sqrt();
            let d = t * c;
            for row in &mut s {
                (row[p], row[q]) = (c * row[p] - d * row[q], d * row[p] + c * row[q]);
            }
            let (a, b) = (s[p], s[q]);
            s[p] = std::array::from_fn(|k| c * a[k] - d * b[k]);
            s[q] = std::array::from_fn(|k| d * a[k] + c * b[k]);
            for row in &mut v {
                (row[p], row[q]) = (c * row[p] - d * row[q], d * row[p] + c * row[q]);
            }
        }
    }
    let mut order = [0, 1, 2];
    order.sort_by(|&a, &b| s[b][b].total_cmp(&s[a][a]));
    order.map(|i| {
        let axis = [v[0][i], v[1][i], v[2][i]];
        let sum = axis[0] + axis[1] + axis[2];
        if sum < 0.0 {
            axis.map(|x| -x)
        } else {
            axis
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_found() {
        // Along (1, 1, 1) most, then along (1, 0, -1).
        let grey = [1000i64; 6];
        let other = [100, 0, -100, 0, 0, 100];
        let mut sums = [0; 6];
        (0..6).for_each(|i| sums[i] = grey[i] + other[i] + [1, 0, 0, 1, 0, 1][i]);
        let Colour(m) = Colour::of(&sums);
        assert_eq!([m[0], m[3], m[6]], [74, 74, 74]);
        assert_eq!([m[1].abs(), m[4].abs(), m[7].abs()], [91, 0, 91]);
        let there = Colour(m).there().unwrap();
        let back = Colour(m).back();
        for (r, c) in [(0, 0), (0, 1), (1, 1), (2, 1), (2, 2)] {
            let sum: f32 = (0..3).map(|k| there[3 * r + k] * back[3 * k + c]).sum();
            assert!((sum - f32::from(u8::from(r == c))).abs() < 1e-5);
        }
    }
}
