//! Planes in eighths, filtered.

use super::steps::{bounds, limits};
use super::{pairs_of, Bank, BlockSteps, Filter, MOST_WEIGHT};
use crate::arena::zeros;
use crate::codec::photo::transform::Planes;
use crate::error::Result;
use crate::pool;
use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use vaerans_kernels::adapt::{self, Blocks, Plane, CLASSES, SORTS, STEPS};
use vaerans_kernels::reference::adapt::{taps, turned};
use vaerans_kernels::Kernels;

/// The planes of a window in eighths of samples, and what their filter goes by.
#[derive(Debug, Clone)]
pub struct Eighths {
    /// By plane.
    pub planes: Vec<Plane>,
    /// Sorts of the blocks of the first.
    pub sorts: Vec<u8>,
    /// Their steps.
    pub steps: BlockSteps,
    /// What differences are clipped to.
    pub bounds: [i16; STEPS],
}

impl Eighths {
    /// Of planes in eighths.
    ///
    /// # Errors
    /// `internal.bug` only.
    pub fn new(
        kernels: Kernels,
        planes: Vec<Plane>,
        steps: BlockSteps,
        bank: &Bank,
        number: u16,
        threads: usize,
    ) -> Result<Eighths> {
        let sorts = vec![0; planes[0].across() * planes[0].down()];
        let mut made = Eighths { planes, sorts, steps, bounds: bounds(number) };
        made.sort(kernels, bank, number, threads)?;
        Ok(made)
    }

    /// Sorts the blocks by the limits of a bank.
    ///
    /// # Errors
    /// `internal.bug` only.
    pub fn sort(&mut self, kernels: Kernels, bank: &Bank, number: u16, threads: usize) -> Result<()> {
        let (luma, steps, limits) = (&self.planes[0], &self.steps.steps, limits(bank, number));
        let across = luma.across();
        in_parts(threads, luma.down(), across, &mut self.sorts, &|begin, sorts| {
            kernels.adapt_classify(luma, begin, &steps[begin * across..][..sorts.len()], &limits, sorts);
        })
    }

    /// What a filter knows of blocks.
    pub fn blocks(&self) -> Blocks<'_> {
        Blocks { begin: 0, sorts: &self.sorts, steps: &self.steps.steps, bounds: &self.bounds }
    }
}

/// Rows of blocks that a thread takes at a time.
const ROWS: usize = 16;

/// Runs `work` for parts of `down` rows of blocks, with the first row of each and its part of `out`, of which a row of blocks has `row` elements.
fn in_parts<T: Send>(
    threads: usize,
    down: usize,
    row: usize,
    out: &mut [T],
    work: &(dyn Fn(usize, &mut [T]) + Sync),
) -> Result<()> {
    let parts: Vec<Mutex<&mut [T]>> = out.chunks_mut(ROWS * row).map(Mutex::new).collect();
    pool::map(threads, down.div_ceil(ROWS), |i| {
        work(i * ROWS, &mut parts[i].lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    })?;
    Ok(())
}

/// The samples of planes of lossy coefficients, in eighths. Coefficients that nobody else holds are let go plane by plane.
///
/// # Errors
/// `limit.memory`.
pub fn synthesis(kernels: Kernels, mut coefficients: Cow<Planes>, threads: usize) -> Result<Vec<Plane>> {
    let (count, width) = (coefficients.count(), coefficients.pyramid.width);
    let mut samples = zeros::<f32>(coefficients.plane())?;
    let one = |plane| {
        coefficients.inverse_plane(kernels, plane, &mut samples, threads)?;
        if let Cow::Owned(own) = &mut coefficients {
            own.values[plane] = Vec::new();
        }
        plane_of(kernels, &samples, width, threads)
    };
    (0..count).map(one).collect()
}

/// A plane of samples in eighths.
fn plane_of(kernels: Kernels, samples: &[f32], width: usize, threads: usize) -> Result<Plane> {
    let mut out = Plane::new(width, samples.len() / width);
    let (down, stride) = (out.down(), out.stride());
    in_parts(threads, down, 4 * stride, out.rows_mut(), &|begin, out| {
        let rows = samples[4 * begin * width..].chunks_exact(width);
        rows.zip(out.chunks_mut(stride)).for_each(|(row, out)| kernels.adapt_eighths(row, &mut out[..width]));
    })?;
    out.mirror();
    Ok(out)
}

/// Weights of each class of a plane: trained ones, corrected.
pub(super) fn weights(bank: &Bank, filter: &Filter, plane: usize) -> Option<Vec<i32>> {
    let correction = filter.planes[plane].as_ref()?;
    let n = 2 * pairs_of(plane);
    let mut all = bank.weights[plane].clone();
    if let Some(c) = correction {
        for (class, &group) in c.groups.iter().enumerate() {
            let Some(more) = c.weights.get(usize::from(group)) else { continue };
            all[class * n..][..n].iter_mut().zip(more).for_each(|(w, m)| *w += m << c.shift);
        }
    }
    all.iter_mut().for_each(|w| *w = (*w).clamp(-MOST_WEIGHT, MOST_WEIGHT));
    Some(all)
}

/// Weights of each sort as the kernel takes them: a turned block's weight stands at the pair that its tap is turned to.
#[inline(never)] // docs/decisions/0008-cold-start.md
pub(super) fn sorted(weights: &[i32], pairs: usize) -> Vec<i32> {
    let all = taps(pairs);
    let place = |tap: (isize, isize)| all.iter().position(|&t| t == tap || t == (-tap.0, -tap.1)).unwrap_or(0);
    let places: [Vec<usize>; 4] =
        std::array::from_fn(|turn| all.iter().map(|&tap| place(turned(tap, turn as u8))).collect());
    debug_assert_eq!(weights.len(), CLASSES * 2 * pairs);
    let mut sorted = Vec::with_capacity(SORTS * (pairs + 1));
    let mut to = vec![(0, 0); pairs];
    for of in weights.chunks_exact(2 * pairs) {
        let (linear, clipped) = of.split_at(pairs);
        for places in &places {
            let both = linear.iter().zip(clipped).map(|(&l, &c)| (l as i16, c as i16));
            places.iter().zip(both).for_each(|(&place, both)| to[place] = both);
            sorted.extend(adapt::weights(&to));
        }
    }
    sorted
}

/// Planes, filtered; those without a filter as they are.
///
/// # Errors
/// `internal.bug` only.
pub fn filtered(kernels: Kernels, from: Eighths, bank: &Bank, filter: &Filter, threads: usize) -> Result<Vec<Plane>> {
    let (planes, blocks) =
        (&from.planes, Blocks { begin: 0, sorts: &from.sorts, steps: &from.steps.steps, bounds: &from.bounds });
    let mut made = Vec::with_capacity(planes.len());
    for (i, plane) in planes.iter().enumerate() {
        let Some(weights) = weights(bank, filter, i) else {
            made.push(None);
            continue;
        };
        let (n, stride, weights) = (pairs_of(i), plane.stride(), sorted(&weights, pairs_of(i)));
        let mut out = Plane::new(plane.width, plane.height);
        in_parts(threads, plane.down(), 4 * stride, out.rows_mut(), &|begin, out| {
            let rows = blocks.rows(plane, begin..(begin + ROWS).min(plane.down()));
            kernels.adapt_filter(plane, n, &rows, &weights, out, stride);
        })?;
        made.push(Some(out));
    }
    Ok(made.into_iter().zip(from.planes).map(|(made, plane)| made.unwrap_or(plane)).collect())
}
