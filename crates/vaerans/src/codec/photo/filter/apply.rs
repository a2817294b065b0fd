//! Planes in eighths, filtered.

use super::steps::{bounds, limits};
use super::{pairs_of, Bank, BlockSteps, Filter, MOST_WEIGHT};
use crate::codec::photo::transform::Planes;
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
    /// Of planes of samples.
    pub fn new(kernels: Kernels, samples: &Planes, steps: BlockSteps, bank: &Bank, number: u16) -> Eighths {
        let planes: Vec<Plane> = (0..samples.planes).map(|p| eighths(kernels, samples, p)).collect();
        let sorts = vec![0; planes[0].across() * planes[0].down()];
        let mut made = Eighths { planes, sorts, steps, bounds: bounds(number) };
        made.sort(kernels, bank, number);
        made
    }

    /// Sorts the blocks by the limits of a bank.
    pub fn sort(&mut self, kernels: Kernels, bank: &Bank, number: u16) {
        kernels.adapt_classify(&self.planes[0], 0, &self.steps.steps, &limits(bank, number), &mut self.sorts);
    }

    /// What a filter knows of blocks.
    pub fn blocks(&self) -> Blocks<'_> {
        Blocks { begin: 0, sorts: &self.sorts, steps: &self.steps.steps, bounds: &self.bounds }
    }
}

/// A plane of samples in eighths.
pub fn eighths(kernels: Kernels, samples: &Planes, plane: usize) -> Plane {
    let (width, height) = (samples.pyramid.width, samples.pyramid.height);
    let mut out = Plane::new(width, height);
    let from = &samples.values[plane * samples.plane()..][..samples.plane()];
    for (y, row) in from.chunks_exact(width).enumerate() {
        kernels.adapt_eighths(row, out.row_mut(y));
    }
    out.mirror();
    out
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
pub(super) fn sorted(weights: &[i32], pairs: usize) -> Vec<i32> {
    let all = taps(pairs);
    let place = |tap: (isize, isize)| all.iter().position(|&t| t == tap || t == (-tap.0, -tap.1)).unwrap_or(0);
    debug_assert_eq!(weights.len(), CLASSES * 2 * pairs);
    let of_sort = |sort: usize| {
        let of = &weights[sort / 4 * 2 * pairs..][..2 * pairs];
        let mut to = vec![(0, 0); pairs];
        for (i, &tap) in all.iter().enumerate() {
            to[place(turned(tap, (sort % 4) as u8))] = (of[i] as i16, of[pairs + i] as i16);
        }
        to
    };
    (0..SORTS).flat_map(|sort| adapt::weights(&of_sort(sort)).collect::<Vec<_>>()).collect()
}

/// Planes, filtered; those without a filter as they are.
pub fn filtered(kernels: Kernels, from: Eighths, bank: &Bank, filter: &Filter) -> Vec<Plane> {
    let blocks = from.blocks();
    let one = |(i, plane): (usize, &Plane)| {
        let Some(weights) = weights(bank, filter, i) else { return plane.clone() };
        let mut out = Plane::new(plane.width, plane.height);
        let stride = out.stride();
        let n = pairs_of(i);
        kernels.adapt_filter(plane, n, &blocks, &sorted(&weights, n), out.rows_mut(), stride);
        out
    };
    from.planes.iter().enumerate().map(one).collect()
}
