//! The adaptive filter of photos: see [`crate::reference::adapt`] for what it means.

use crate::native::adapt as native;
use crate::reference::adapt as reference;
use crate::Kernels;

/// Samples to the left and to the right of a row.
pub const SIDE: usize = 16;
/// Rows above and below.
pub const ABOVE: usize = 8;
/// Classes of blocks.
pub const CLASSES: usize = 25;
/// Classes and how blocks of them are turned: 4 * class + turn.
pub const SORTS: usize = 100;
/// Steps of blocks.
pub const STEPS: usize = 17;
/// Pairs of samples of the filter of luma.
pub const LUMA: usize = 12;
/// Pairs of that of chroma.
pub const CHROMA: usize = 6;
/// Blocks that sums of 32 bits hold.
pub const FLUSH: usize = 250;
/// Numbers of a step's limits: four of the activity, and what is added to directions.
pub const LIMITS: usize = 5;
/// Largest magnitude of a sample, in eighths.
pub const MOST: i16 = 8191;

/// A plane of samples in eighths, with mirrored ones around it.
#[derive(Debug, Clone)]
pub struct Plane {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    samples: Vec<i16>,
}

/// The place of a mirrored sample: neither side's last one stands twice.
fn mirrored(i: isize, n: usize) -> usize {
    let last = n as isize - 1;
    if last == 0 {
        return 0;
    }
    let i = i.rem_euclid(2 * last);
    i.min(2 * last - i) as usize
}

impl Plane {
    /// Zeros.
    pub fn new(width: usize, height: usize) -> Plane {
        assert!(width > 0 && height > 0, "adapt: a plane of {height} x {width}");
        let mut plane = Plane { width, height, samples: Vec::new() };
        plane.samples = vec![0; plane.stride() * (height.next_multiple_of(4) + 2 * ABOVE)];
        plane
    }

    /// Samples from row to row.
    pub fn stride(&self) -> usize {
        self.width.next_multiple_of(16) + 2 * SIDE
    }

    /// Blocks of a row, a multiple of 4.
    pub fn across(&self) -> usize {
        self.width.div_ceil(16) * 4
    }

    /// Rows of blocks.
    pub fn down(&self) -> usize {
        self.height.div_ceil(4)
    }

    /// Place of a row's first sample.
    pub fn at(&self, y: isize) -> usize {
        (y + ABOVE as isize) as usize * self.stride() + SIDE
    }

    /// A row.
    pub fn row(&self, y: usize) -> &[i16] {
        &self.samples[self.at(y as isize)..][..self.width]
    }

    /// A row, to be written; then [`Plane::mirror`].
    pub fn row_mut(&mut self, y: usize) -> &mut [i16] {
        let at = self.at(y as isize);
        &mut self.samples[at..at + self.width]
    }

    /// All of it.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// Fills what is around the plane.
    pub fn mirror(&mut self) {
        let (width, stride) = (self.width, self.stride());
        for y in 0..self.height {
            let first = self.at(y as isize);
            for x in (-(SIDE as isize)..0).chain(width as isize..(stride - SIDE) as isize) {
                self.samples[first.wrapping_add_signed(x)] = self.samples[first + mirrored(x, width)];
            }
        }
        let last = self.height.next_multiple_of(4) + ABOVE;
        for y in (-(ABOVE as isize)..0).chain(self.height as isize..last as isize) {
            let from = self.at(mirrored(y, self.height) as isize) - SIDE;
            self.samples.copy_within(from..from + stride, (y + ABOVE as isize) as usize * stride);
        }
    }

    fn native(&self) -> native::Plane {
        native::Plane {
            samples: self.samples[self.at(0)..].as_ptr(),
            stride: self.stride(),
            width: self.width,
            height: self.height,
            across: self.across(),
        }
    }
}

/// Sorts, steps and bounds of the blocks of a plane.
#[derive(Debug, Clone, Copy)]
pub struct Blocks<'a> {
    /// Class and turn of each.
    pub sorts: &'a [u8],
    /// Step of each.
    pub steps: &'a [u8],
    /// Of each step: differences are clipped to this, 1 to 16383.
    pub bounds: &'a [i16; STEPS],
}

impl Blocks<'_> {
    fn check(&self, plane: &Plane) {
        let n = plane.across() * plane.down();
        let is_sound =
            self.sorts.len() == n && self.steps.len() == n && self.bounds.iter().all(|b| (1..=16383).contains(b));
        let fits =
            self.sorts.iter().all(|&s| usize::from(s) < SORTS) && self.steps.iter().all(|&s| usize::from(s) < STEPS);
        assert!(is_sound && fits, "adapt: blocks of a plane of {} x {}", plane.height, plane.width);
    }
}

/// Sums of products, by class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// Terms: those of the pairs, clipped ones, and what is lacking.
    pub terms: usize,
    /// The lower triangle of each class, row by row.
    pub sums: Vec<i64>,
    part: Vec<i32>,
    counts: [u32; CLASSES],
}

impl Sums {
    /// None, of filters of so many pairs.
    pub fn new(pairs: usize) -> Sums {
        let terms = 2 * pairs + 1;
        let count = CLASSES * terms * (terms + 1) / 2;
        Sums { terms, sums: vec![0; count], part: vec![0; 8 * count], counts: [0; CLASSES] }
    }

    /// Products of a class.
    pub fn of(&self, class: usize) -> &[i64] {
        let count = self.terms * (self.terms + 1) / 2;
        &self.sums[class * count..][..count]
    }

    /// Brings everything that was gathered into [`Sums::sums`].
    pub fn settle(&mut self) {
        for (sum, part) in self.sums.iter_mut().zip(self.part.chunks_exact_mut(8)) {
            *sum += part.iter().map(|&p| i64::from(p)).sum::<i64>();
            part.fill(0);
        }
        self.counts = [0; CLASSES];
    }
}

impl Kernels {
    /// Samples in eighths of floats, rounded to nearest even and cut at [`MOST`].
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn adapt_eighths(&self, from: &[f32], to: &mut [i16]) {
        assert_eq!(from.len(), to.len(), "adapt: samples");
        let Some(f) = self.native.and_then(|t| t.adapt.eighths) else {
            Kernels::by_reference();
            return reference::eighths(from, to);
        };
        // SAFETY: both have as many elements as the kernel is told.
        unsafe { f(from.as_ptr(), to.as_mut_ptr(), to.len()) }
    }

    /// Sorts of the blocks of a plane. `steps`: of each block; `limits`: [`LIMITS`] of each step.
    ///
    /// # Panics
    /// If there are not as many of something as there are blocks.
    pub fn adapt_classify(&self, plane: &Plane, steps: &[u8], limits: &[[u32; LIMITS]; STEPS], sorts: &mut [u8]) {
        let n = plane.across() * plane.down();
        let fits = steps.iter().all(|&s| usize::from(s) < STEPS);
        assert!(steps.len() == n && sorts.len() == n && fits, "adapt: blocks");
        let Some(f) = self.native.and_then(|t| t.adapt.classify) else {
            Kernels::by_reference();
            return reference::classify(plane, steps, limits, sorts);
        };
        let mut scratch = vec![0u16; 16 * plane.stride()];
        // SAFETY: a plane has the margins that the header asks for, steps and sorts one of each block (asserted), limits five of each step.
        unsafe {
            f(
                &plane.native(),
                0,
                plane.down(),
                steps.as_ptr(),
                limits.as_ptr().cast(),
                sorts.as_mut_ptr(),
                scratch.as_mut_ptr(),
            )
        }
    }

    /// Filters a plane into another of its sizes, whose surroundings are not written. `weights`: of each sort `pairs`, each the linear one in the low
    /// half and the clipped one in the high half, magnitudes of at most 512.
    ///
    /// # Panics
    /// If there are not as many of something as there should be.
    pub fn adapt_filter(&self, plane: &Plane, pairs: usize, blocks: &Blocks, weights: &[i32], out: &mut Plane) {
        blocks.check(plane);
        assert!(pairs == LUMA || pairs == CHROMA, "adapt: {pairs} pairs");
        assert!(
            weights.len() == SORTS * pairs && (out.width, out.height) == (plane.width, plane.height),
            "adapt: weights"
        );
        let Some(f) = self.native.and_then(|t| t.adapt.filter) else {
            Kernels::by_reference();
            return reference::filter(plane, pairs, blocks, weights, out);
        };
        let mut scratch = vec![0i32; 14 * plane.across()];
        let at = out.at(0);
        // SAFETY: as of `adapt_classify`; rows of `out` have the plane's stride and hold a multiple of 16 samples.
        unsafe {
            f(
                &plane.native(),
                pairs,
                0,
                plane.down(),
                blocks.sorts.as_ptr(),
                blocks.steps.as_ptr(),
                weights.as_ptr(),
                blocks.bounds.as_ptr(),
                out.samples.as_mut_ptr().add(at),
                scratch.as_mut_ptr(),
            )
        }
    }

    /// Adds the products of a row of blocks; `wanted` are the samples that a filter should make.
    ///
    /// # Panics
    /// As [`Kernels::adapt_filter`].
    pub fn adapt_gather(&self, plane: &Plane, wanted: &Plane, row: usize, blocks: &Blocks, sums: &mut Sums) {
        blocks.check(plane);
        assert!(row < plane.down() && (wanted.width, wanted.height) == (plane.width, plane.height), "adapt: wanted");
        let pairs = (sums.terms - 1) / 2;
        let Some(f) = self.native.and_then(|t| t.adapt.gather) else {
            Kernels::by_reference();
            return reference::gather(plane, wanted, row, blocks, sums);
        };
        // SAFETY: as of `adapt_filter`; sums, parts and counts are as many as the kernel adds to.
        unsafe {
            f(
                &plane.native(),
                wanted.samples[wanted.at(0)..].as_ptr(),
                pairs,
                row,
                blocks.sorts.as_ptr(),
                blocks.steps.as_ptr(),
                blocks.bounds.as_ptr(),
                sums.sums.as_mut_ptr(),
                sums.part.as_mut_ptr(),
                sums.counts.as_mut_ptr(),
            )
        }
    }
}
