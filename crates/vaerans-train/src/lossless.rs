//! The lossless coder's model: coefficients that predict, weights of the scale, tables to begin with.

use crate::ppm::Picture;
use std::io::{Error, Result};
use std::path::Path;
use vaerans::codec::lossless::train::{Draft, Photo, Seen, INPUTS, SYMBOLS_OF_A_PLANE, TABLE};

/// Kinds of planes.
const KINDS: usize = 3;
/// Rounds of fitting weights: each weighs by the scales that the one before it gave.
const ROUNDS: usize = 3;
/// Of so many photos one is looked at for the weights.
const SPACING: usize = 4;
/// The least weight of the constant, Q10.
const LEAST: i32 = 20;

/// Trains on photos; writes the model.
pub fn train(pictures: &[Picture], result: &Path) -> Result<()> {
    let photos: Vec<Photo> = pictures.iter().map(|p| Photo { width: p.width, height: p.height, rgb: &p.rgb }).collect();
    let failed = |e: vaerans::error::Error| Error::other(e.to_string());
    let mut draft = Draft::default();
    draft.fit_coefficients(&photos).map_err(failed)?;
    for _ in 0..ROUNDS {
        draft.weights = weights(&draft, &photos).map_err(failed)?;
    }
    draft.codes = codes(&draft, &photos).map_err(failed)?;
    std::fs::write(result, draft.bytes())
}

/// Weights by least squares of distances over what they are made of; an error counts in proportion to the scale that was expected.
fn weights(draft: &Draft, photos: &[Photo]) -> vaerans::error::Result<[[i32; INPUTS]; KINDS]> {
    let mut sums = [[[0f64; INPUTS + 1]; INPUTS]; KINDS];
    for photo in photos.iter().step_by(SPACING) {
        draft.visit(*photo, |seen| add(&mut sums[seen.plane], &draft.weights[seen.plane], &seen))?;
    }
    Ok(sums
        .map(|mut m| {
            (0..INPUTS).for_each(|i| m[i][i] += 1e-3);
            solve(&mut m).map(|w| (w * 1024.0).round().max(0.0) as i32)
        })
        .map(|mut w| {
            w[0] = w[0].max(LEAST);
            w
        }))
}

fn add(sums: &mut [[f64; INPUTS + 1]; INPUTS], weights: &[i32; INPUTS], seen: &Seen) {
    let expected: f64 = seen.inputs.iter().zip(weights).map(|(&i, &w)| f64::from(i) * f64::from(w) / 1024.0).sum();
    let unit = expected.max(1.0) + 2.4;
    let weight = 1.0 / (unit * unit);
    for (i, row) in sums.iter_mut().enumerate() {
        let w = weight * f64::from(seen.inputs[i]);
        row[..INPUTS].iter_mut().zip(&seen.inputs).for_each(|(s, &input)| *s += w * f64::from(input));
        row[INPUTS] += w * f64::from(seen.distance);
    }
}

/// Gauss.
fn solve(m: &mut [[f64; INPUTS + 1]; INPUTS]) -> [f64; INPUTS] {
    for i in 0..INPUTS {
        let pivot = m[i];
        for row in m.iter_mut().skip(i + 1) {
            let factor = row[i] / pivot[i];
            row.iter_mut().zip(pivot).for_each(|(a, b)| *a -= factor * b);
        }
    }
    let mut found = [0.0; INPUTS];
    for i in (0..INPUTS).rev() {
        let known: f64 = (i + 1..INPUTS).map(|j| m[i][j] * found[j]).sum();
        found[i] = (m[i][INPUTS] - known) / m[i][i];
    }
    found
}

/// Frequencies of symbols as bytes. A table that was seldom used leans on those of its scale's other phases.
fn codes(draft: &Draft, photos: &[Photo]) -> vaerans::error::Result<[Vec<u8>; KINDS]> {
    let mut counts: [Vec<u64>; KINDS] = std::array::from_fn(|_| vec![0; SYMBOLS_OF_A_PLANE]);
    for photo in photos {
        draft.visit(*photo, |seen| counts[seen.plane][seen.symbol] += 1)?;
    }
    Ok(counts.map(|all| all.chunks_exact(4 * TABLE).flat_map(scale_codes).collect()))
}

fn scale_codes(counts: &[u64]) -> Vec<u8> {
    let of = |s: usize| counts.iter().skip(s).step_by(TABLE).sum::<u64>();
    let all: u64 = counts.iter().sum::<u64>() + TABLE as u64;
    let table = |table: &[u64]| -> Vec<u8> {
        let total = table.iter().sum::<u64>() + 16;
        // In 2^20: as often as it was seen, and 16 times as the other phases saw it.
        let part = |s: usize| ((table[s] << 20) + (16 << 20) * (of(s) + 1) / all) / total;
        (0..TABLE).map(|s| code(part(s))).collect()
    };
    counts.chunks_exact(TABLE).flat_map(table).collect()
}

/// The byte of a frequency.
fn code(part: u64) -> u8 {
    let v = part.max(8);
    let exponent = v.ilog2() - 3;
    (exponent << 3) as u8 | (v >> exponent & 7) as u8
}
