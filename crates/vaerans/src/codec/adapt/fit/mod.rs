//! The encoder's side: which weights a picture is worth. Sums of products are integers, and everything behind them is f64 in a fixed order, so
//! that every machine makes the same bytes.

mod groups;
mod solve;

pub use solve::Moments;

use super::params::{Correction, Filter};
use super::ready::Ready;
use super::{bank, pairs, steps::step, PLANES};
use crate::codec::entropy::bits::BitCounter;
use crate::error::Result;
use crate::pool;
use vaerans_kernels::adapt::{Blocks, Plane, Sums, CLASSES};
use vaerans_kernels::Kernels;

/// A bit is worth so much squared error, in squared steps.
const LAMBDA: f64 = 0.09;

/// What a filter is fitted to.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// Planes that a decoder has, mirrored.
    pub made: &'a [Plane],
    /// Planes of the picture itself.
    pub wanted: &'a [Plane],
    /// Of each block of 4 x 4, 8 + k.
    pub steps: &'a [u8],
    /// Number of the picture's step.
    pub number: u16,
}

/// What an effort of 1 to 9 looks at: the most pixels, and whether corrections are looked for.
fn looks(effort: u8) -> (usize, bool) {
    match effort {
        0..=2 => (1 << 17, false),
        3..=6 => (3 << 19, true),
        7..=8 => (1 << 23, true),
        _ => (usize::MAX, true),
    }
}

/// Products of rows of blocks `every` apart.
fn gathered(
    kernels: Kernels,
    problem: &Problem,
    ready: &Ready,
    sorts: &[u8],
    plane: usize,
    every: usize,
    threads: usize,
) -> Result<Sums> {
    let (made, wanted) = (&problem.made[plane], &problem.wanted[plane]);
    let (across, parts) = (made.across(), threads.max(1));
    let sums = pool::map(threads, parts, |part| {
        let mut sums = Sums::new(pairs(plane));
        for begin in (every / 2..made.down()).step_by(every).skip(part).step_by(parts) {
            let row = begin * across..(begin + 1) * across;
            let (sorts, steps) = (&sorts[row.clone()], &problem.steps[row]);
            kernels.adapt_gather(made, wanted, &Blocks { begin, sorts, steps, bounds: &ready.bounds }, &mut sums);
        }
        sums.settle();
        Ok(sums)
    })?;
    Ok(sums.into_iter().reduce(|mut a, b| {
        a.join(&b);
        a
    })
    .unwrap_or_else(|| Sums::new(pairs(plane))))
}

/// The moments of each class of a plane.
///
/// # Errors
/// `internal.bug` only.
pub fn moments(kernels: Kernels, problem: &Problem, most: usize, threads: usize) -> Result<Vec<Vec<Moments>>> {
    let ready = Ready::new(&Filter::default(), problem.number);
    let luma = &problem.made[0];
    let sorts = ready.sorts(kernels, luma, problem.steps, threads)?;
    let every = (luma.width * luma.height).div_ceil(most).max(1).min(luma.down());
    // As if all had been looked at.
    let scale = luma.down() as f64 / (every / 2..luma.down()).step_by(every).len().max(1) as f64;
    (0..problem.made.len())
        .map(|plane| {
            let sums = gathered(kernels, problem, &ready, &sorts, plane, every, threads)?;
            Ok((0..CLASSES).map(|class| Moments::of(&sums, class, scale)).collect())
        })
        .collect()
}

/// What is gained, less what bits cost; and the correction.
fn best(classes: &[Moments], plane: usize, number: u16, corrects: bool, lambda: f64) -> Option<Correction> {
    let n = 2 * pairs(plane);
    let base: Vec<Vec<f64>> = (0..CLASSES)
        .map(|class| bank::weights(plane, class, number)[..n].iter().map(|&w| f64::from(w) / 128.0).collect())
        .collect();
    let by_bank: f64 = classes.iter().zip(&base).map(|(m, w)| m.gain(w)).sum();
    let mut found = (by_bank - 2.0 * lambda, Correction::default());
    if corrects {
        let rest: Vec<Moments> = classes.iter().zip(&base).map(|(m, w)| m.behind(w)).collect();
        let (gain, correction) = groups::search(&rest, plane, lambda);
        if by_bank + gain > found.0 {
            found = (by_bank + gain, correction);
        }
    }
    (found.0 > -lambda).then_some(found.1)
}

/// Bits of a plane's correction.
fn bits(correction: &Correction, plane: usize) -> f64 {
    let mut counter = BitCounter::default();
    match correction.clone().code(&mut counter, plane) {
        Ok(()) => 1.0 + counter.cost as f64 / 65536.0,
        Err(_) => f64::INFINITY,
    }
}

/// The filter that a picture is worth, `effort` 1 to 9.
///
/// # Errors
/// `internal.bug` only.
///
/// # Panics
/// If planes differ in size, or there is not a step for each block.
pub fn fit(kernels: Kernels, problem: &Problem, effort: u8, threads: usize) -> Result<Filter> {
    let (most, corrects) = looks(effort);
    let step = step(problem.number.into()) as f64 / 65536.0 * 8.0;
    let lambda = LAMBDA * step * step;
    let mut filter = Filter::default();
    for (plane, classes) in moments(kernels, problem, most, threads)?.iter().enumerate().take(PLANES) {
        filter.planes[plane] = best(classes, plane, problem.number, corrects, lambda);
    }
    Ok(filter)
}
