//! A filter made ready for the kernels, and run.

use super::params::Filter;
use super::steps::{bound, of_block, step};
use super::{bank, pairs, MOST_WEIGHT, MOST_WEIGHTS, PLANES};
use crate::error::Result;
use crate::pool;
use std::sync::{Mutex, PoisonError};
use vaerans_kernels::adapt::{weights, Blocks, Plane, CLASSES, LIMITS, MOST_ADDED, SORTS, STEPS};
use vaerans_kernels::reference::adapt::{taps, turned};
use vaerans_kernels::Kernels;

/// Rows of blocks of a part that a thread takes.
const ROWS: usize = 16;

/// Numbers that the kernels take.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Of each step of blocks: limits of the activity, and what is added to directions.
    pub limits: [[u32; LIMITS]; STEPS],
    /// Of each step of blocks: what differences are clipped to.
    pub bounds: [i16; STEPS],
    /// Of each plane that is filtered: weights of each sort.
    pub weights: [Option<Vec<i32>>; PLANES],
}

/// A block's step by its number, 0 to 16: 2^(k / 4) of the picture's, k from -8 to 8.
fn k_of(i: usize) -> i32 {
    i as i32 - 8
}

fn limits(number: u16) -> [[u32; LIMITS]; STEPS] {
    let thresholds = bank::thresholds(number);
    let added = ((step(number.into()) + (1 << 17)) >> 18).clamp(1, MOST_ADDED.into()) as u32;
    std::array::from_fn(|i| {
        let step = of_block(number, k_of(i));
        // Sums of 64 differences in eighths, quartered: 128 of a sample.
        let [a, b, c, d] = thresholds.map(|t| ((t * step) >> 25).min(u32::MAX.into()) as u32);
        [a, b, c, d, added]
    })
}

/// The weights of a class of a plane, in 1/128.
pub fn class_weights(filter: &Filter, plane: usize, class: usize, number: u16) -> [i32; MOST_WEIGHTS] {
    let of_bank = bank::weights(plane, class, number);
    let added = |i: usize| filter.planes[plane].as_ref().map_or(0, |c| c.of(class, i));
    std::array::from_fn(|i| (of_bank[i] + added(i)).clamp(-MOST_WEIGHT, MOST_WEIGHT))
}

/// The place of each pair of a block that is turned among those of one that is not.
fn places(pairs: usize, turn: u8) -> Vec<usize> {
    let taps = taps(pairs);
    let at = |(x, y): (isize, isize)| taps.iter().position(|&t| t == (x, y) || t == (-x, -y)).unwrap_or(0);
    taps.iter().map(|&tap| at(turned(tap, turn))).collect()
}

/// Weights of all sorts, as the kernel wants them.
fn all_weights(filter: &Filter, plane: usize, number: u16) -> Vec<i32> {
    let n = pairs(plane);
    let places: Vec<Vec<usize>> = (0..4).map(|turn| places(n, turn)).collect();
    let mut all = Vec::with_capacity(SORTS * (n + 1));
    for class in 0..CLASSES {
        let own = class_weights(filter, plane, class, number);
        for places in &places {
            let mut of_pairs = vec![(0, 0); n];
            places.iter().enumerate().for_each(|(i, &to)| of_pairs[to] = (own[i] as i16, own[n + i] as i16));
            all.extend(weights(&of_pairs));
        }
    }
    all
}

/// Runs `work` for parts of rows of blocks, each with its part of `out`, of which a row of blocks has `row` elements.
fn in_parts<T: Send>(
    threads: usize,
    down: usize,
    row: usize,
    out: &mut [T],
    work: impl Fn(usize, &mut [T]) + Sync + Send,
) -> Result<()> {
    let parts: Vec<Mutex<&mut [T]>> = out.chunks_mut((ROWS * row).max(1)).map(Mutex::new).collect();
    pool::map(threads, down.div_ceil(ROWS), |i| {
        work(i * ROWS, &mut parts[i].lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    })?;
    Ok(())
}

impl Ready {
    /// Of a filter, for the step of a picture.
    pub fn new(filter: &Filter, number: u16) -> Ready {
        Ready {
            limits: limits(number),
            bounds: std::array::from_fn(|i| bound(of_block(number, k_of(i)))),
            weights: std::array::from_fn(|p| filter.planes[p].is_some().then(|| all_weights(filter, p, number))),
        }
    }

    /// Sorts of all blocks, from luma. `steps`: of each block, 8 + k.
    ///
    /// # Errors
    /// `internal.bug` only.
    pub fn sorts(&self, kernels: Kernels, luma: &Plane, steps: &[u8], threads: usize) -> Result<Vec<u8>> {
        let (across, down) = (luma.across(), luma.down());
        let mut sorts = vec![0; across * down];
        in_parts(threads, down, across, &mut sorts, |begin, sorts| {
            let steps = &steps[begin * across..][..sorts.len()];
            kernels.adapt_classify(luma, begin, steps, &self.limits, sorts);
        })?;
        Ok(sorts)
    }

    /// Filters a plane into rows of `plane.width` samples; where the filter leaves it as it is, they are copied.
    ///
    /// # Errors
    /// `internal.bug` only.
    #[allow(clippy::too_many_arguments)] // what is filtered, and by what
    pub fn filter(
        &self,
        kernels: Kernels,
        which: usize,
        plane: &Plane,
        sorts: &[u8],
        steps: &[u8],
        threads: usize,
        out: &mut [i16],
    ) -> Result<()> {
        let (across, width) = (plane.across(), plane.width);
        let Some(weights) = &self.weights[which] else {
            (0..plane.height).for_each(|y| out[y * width..][..width].copy_from_slice(plane.row(y)));
            return Ok(());
        };
        in_parts(threads, plane.down(), 4 * width, out, |begin, out| {
            let part = begin * across..(begin + ROWS).min(plane.down()) * across;
            let blocks = Blocks { begin, sorts: &sorts[part.clone()], steps: &steps[part], bounds: &self.bounds };
            kernels.adapt_filter(plane, pairs(which), &blocks, weights, out, width);
        })
    }
}
