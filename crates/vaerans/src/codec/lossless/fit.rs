//! Coefficients for a tile: weighted least squares over a part of its rows, class by class.
//!
//! Floats only choose what is written; they are added in one order, so that every machine writes the same.

use super::encode::Picture;
use super::header::Head;
use super::model::{taps, Model};
use super::planes::Planes;
use super::solve::Normal;
use super::Sample;
use crate::error::Result;
use vaerans_kernels::lossless::{Row, CLASSES, FEATURES};
use vaerans_kernels::reference::lossless::class;
use vaerans_kernels::Kernels;

/// Bits that a class's coefficients must save beyond what they take.
const MARGIN: f64 = 16.0;
/// Bits of a coefficient, as estimated before it is known.
const BITS: f64 = 5.5;

/// Of so many rows one is looked at. An odd number: rows of some photos are of two kinds in turn.
fn spacing(effort: u8) -> usize {
    match effort {
        0..=4 => 9,
        5 => 5,
        6..=7 => 3,
        _ => 1,
    }
}

/// Finds the coefficients of all planes that are worth their bits.
pub fn fit<T: Sample>(
    kernels: Kernels,
    model: &Model,
    picture: &Picture<T>,
    effort: u8,
    head: &mut Head,
) -> Result<()> {
    if effort < 3 || picture.shape.width < 8 || picture.shape.height < 4 {
        return Ok(());
    }
    let spacing = spacing(effort);
    let sums = sums(kernels, picture, spacing, head)?;
    for (plane, classes) in sums.iter().enumerate() {
        let kind = picture.shape.kind(plane);
        for (c, normal) in classes.iter().enumerate() {
            let usual = model.usual(kind, c);
            let Some(found) = normal.solve(usual) else { continue };
            // ln(a / b) is at least 1 - b / a; half an octave is a bit less 0.72.
            let gain = 0.72 * (normal.count * spacing) as f64 * (1.0 - normal.error(&found) / normal.error(usual));
            if gain > MARGIN + BITS * taps(kind) as f64 {
                head.planes[plane].fitted[c] = Some(found);
            }
        }
    }
    Ok(())
}

/// The sums of all planes and classes, over one of `spacing` rows.
pub fn sums<T: Sample>(
    kernels: Kernels,
    picture: &Picture<T>,
    spacing: usize,
    head: &Head,
) -> Result<Vec<Vec<Normal>>> {
    let shape = picture.shape;
    let mut planes = Planes::new(Model::shipped(), shape, head, T::MOST)?;
    let empty = |plane| (0..CLASSES).map(|_| Normal::new(taps(shape.kind(plane)))).collect();
    let mut all: Vec<Vec<Normal>> = (0..shape.channels).map(empty).collect();
    let mut loaded = 0;
    for y in (1..shape.height).step_by(spacing) {
        for row in y.saturating_sub(2).max(loaded)..=y {
            for (plane, classes) in all.iter_mut().enumerate() {
                let mut taken = planes.take(plane, row);
                let lead = if shape.kind(plane) > 0 { planes.line(0, row).values(shape.width) } else { &[] };
                picture.row(plane, row, lead, taken.line.values_mut(shape.width));
                if row == y && !head.planes[plane].is_constant {
                    let mut of = planes.row(&mut taken);
                    kernels.lossless_context(&mut of, shape.width);
                    add(kernels, &of, shape.width, head.scale, classes);
                }
                planes.put(taken);
            }
        }
        loaded = y + 1;
        all.iter_mut().flatten().for_each(|n| n.flush(kernels));
    }
    Ok(all)
}

/// Adds a row's columns.
fn add(kernels: Kernels, row: &Row, width: usize, scale: u32, classes: &mut [Normal]) {
    for x in 0..width {
        classes[class(row, x)].add(kernels, |f| {
            let activity = (features(row, x, f) >> scale) as f32;
            let unit = (1u32 << scale) as f32 * (activity * if row.earlier > 0 { 0.1 } else { 1.0 / 6.0 } + 1.0);
            1.0 / (unit * unit)
        });
    }
}

/// What coefficients are of, as differences from the sample to the left, in the order in which they are said; then the value. Gives the activity.
fn features(row: &Row, x: usize, out: &mut [f32; FEATURES]) -> i32 {
    let x = x as isize;
    let own = row.line.span(x - 3, 4);
    let left = own[2];
    let (n, nn) = (row.above[0].span(x - 2, 5), row.above[1].span(x - 1, 4));
    let mut at = 0;
    let mut put = |v: i32, from: i32| {
        out[at] = (v - from) as f32;
        at += 1;
    };
    n[..4].iter().chain(nn).for_each(|&v| put(v, left));
    put(own[1], left);
    put(own[0], left);
    put(n[4], left);
    for [a, b] in [row.first, row.second].into_iter().take(row.earlier) {
        let (a, b) = (a.span(x - 2, 4), b.span(x - 1, 3));
        [a[0], a[2], a[3], b[0], b[1], b[2]].into_iter().for_each(|v| put(v, a[1]));
    }
    put(own[3], left);
    let at = x as usize;
    let across = row.scratch.across[at] + own[2].abs_diff(own[1]) as i32;
    across + row.scratch.down[at] + own[2].abs_diff(n[1]) as i32
}
