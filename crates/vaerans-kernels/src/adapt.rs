//! The adaptive filter of photos: see [`crate::reference::adapt`] for what it means.

use crate::native::adapt as native;
use crate::reference::adapt as reference;
use crate::Kernels;
use std::ops::Range;

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
pub const FLUSH: usize = 31;
/// Sums of a row of products.
pub const ROW: usize = 32;
/// What may be added to directions.
pub const MOST_ADDED: u32 = 1 << 24;
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

/// Fills the places of a row, each with the sample that is mirrored there.
#[inline(never)] // docs/decisions/0008-cold-start.md
fn mirror_row(row: &mut [i16], places: &[(usize, usize)]) {
    places.iter().for_each(|&(to, from)| row[to] = row[from]);
}

/// Whether all numbers are below a bound.
#[inline(never)] // docs/decisions/0008-cold-start.md
fn are_below(numbers: &[u8], bound: usize) -> bool {
    usize::from(numbers.iter().fold(0, |most, &n| most.max(n))) < bound
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

    /// All rows, [`Plane::stride`] samples apart, to the last sample of the last; to be written.
    pub fn rows_mut(&mut self) -> &mut [i16] {
        let (at, end) = (self.at(0), self.at(self.height as isize - 1) + self.width);
        &mut self.samples[at..end]
    }

    /// All of it.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// Fills what is around the plane.
    pub fn mirror(&mut self) {
        let (width, stride) = (self.width as isize, self.stride());
        let sides = (-(SIDE as isize)..0).chain(width..(stride - SIDE) as isize);
        let sides: Vec<(usize, usize)> =
            sides.map(|x| (SIDE.wrapping_add_signed(x), SIDE + mirrored(x, self.width))).collect();
        let (first, last) = (ABOVE * stride, (ABOVE + self.height) * stride);
        self.samples[first..last].chunks_exact_mut(stride).for_each(|row| mirror_row(row, &sides));
        let last = self.height.next_multiple_of(4) + ABOVE;
        for y in (-(ABOVE as isize)..0).chain(self.height as isize..last as isize) {
            let from = self.at(mirrored(y, self.height) as isize) - SIDE;
            self.samples.copy_within(from..from + stride, (y + ABOVE as isize) as usize * stride);
        }
    }

    /// Fills the plane and the eight samples around it: of column x and row y, from -8 to 7 beyond the last, with `f(x, y)`; a part of a
    /// larger picture, that is.
    pub fn surround(&mut self, f: impl Fn(isize, isize) -> i16) {
        let near = ABOVE as isize;
        for y in -near..self.height as isize + near {
            for x in -near..self.width as isize + near {
                let at = self.at(y).wrapping_add_signed(x);
                self.samples[at] = f(x, y);
            }
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

/// Rows of blocks of a plane, and what each block in them is.
#[derive(Debug, Clone, Copy)]
pub struct Blocks<'a> {
    /// The first row.
    pub begin: usize,
    /// Class and turn of each.
    pub sorts: &'a [u8],
    /// Step of each.
    pub steps: &'a [u8],
    /// Of each step: differences are clipped to this, 1 to 16383.
    pub bounds: &'a [i16; STEPS],
}

impl<'a> Blocks<'a> {
    /// Some rows of them, by their numbers in the plane.
    pub fn rows(&self, plane: &Plane, rows: Range<usize>) -> Blocks<'a> {
        let part = (rows.start - self.begin) * plane.across()..(rows.end - self.begin) * plane.across();
        Blocks { begin: rows.start, sorts: &self.sorts[part.clone()], steps: &self.steps[part], bounds: self.bounds }
    }

    /// The row behind the last.
    ///
    /// # Panics
    /// If the plane has no such rows, or a number is none.
    fn end(&self, plane: &Plane) -> usize {
        let end = end_of(plane, self.begin, self.steps, self.sorts.len());
        let is_sound = self.bounds.iter().all(|b| (1..=16383).contains(b));
        assert!(is_sound && are_below(self.sorts, SORTS), "adapt: bounds or sorts");
        end
    }
}

/// The row behind the last of those that `steps` are of.
fn end_of(plane: &Plane, begin: usize, steps: &[u8], sorts: usize) -> usize {
    let end = begin + steps.len() / plane.across();
    let fits = steps.len() % plane.across() == 0 && end <= plane.down() && sorts == steps.len();
    assert!(fits, "adapt: {} blocks from row {begin} on of a plane of {} x {}", steps.len(), plane.height, plane.width);
    assert!(are_below(steps, STEPS), "adapt: a step that is none");
    end
}

/// Sums of products, by class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// Terms: those of the pairs, clipped ones, and what is lacking.
    pub terms: usize,
    sums: Vec<i64>,
    part: Vec<i32>,
    counts: [u32; CLASSES],
}

impl Sums {
    /// None, of filters of so many pairs.
    pub fn new(pairs: usize) -> Sums {
        let terms = 2 * pairs + 1;
        let count = CLASSES * terms * ROW;
        Sums { terms, sums: vec![0; count], part: vec![0; count], counts: [0; CLASSES] }
    }

    /// Of a class: the sum of the products of two terms. Those that were gathered since [`Sums::settle`] are not in it.
    pub fn of(&self, class: usize, i: usize, j: usize) -> i64 {
        self.sums[(class * self.terms + i.min(j)) * ROW + i.max(j)]
    }

    pub(crate) fn add(&mut self, class: usize, i: usize, j: usize, product: i64) {
        self.sums[(class * self.terms + i.min(j)) * ROW + i.max(j)] += product;
    }

    /// Brings everything that was gathered into the sums.
    pub fn settle(&mut self) {
        for i in 0..CLASSES * self.terms {
            for j in i % self.terms..self.terms {
                self.sums[i * ROW + j] += i64::from(self.part[i * ROW + j]);
            }
        }
        self.part.fill(0);
        self.counts = [0; CLASSES];
    }

    /// Adds other sums of as many terms; both are settled.
    pub fn join(&mut self, other: &Sums) {
        assert_eq!(self.sums.len(), other.sums.len(), "adapt: sums of other terms");
        self.sums.iter_mut().zip(&other.sums).for_each(|(a, b)| *a += b);
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

    /// Sorts of blocks, from row `begin` of blocks on. `steps`: of each block; `limits`: [`LIMITS`] of each step.
    ///
    /// # Panics
    /// If these are not whole rows of blocks of the plane, or a step or what is added to directions is too large.
    pub fn adapt_classify(
        &self,
        plane: &Plane,
        begin: usize,
        steps: &[u8],
        limits: &[[u32; LIMITS]; STEPS],
        sorts: &mut [u8],
    ) {
        let end = end_of(plane, begin, steps, sorts.len());
        assert!(limits.iter().all(|l| l[4] <= MOST_ADDED), "adapt: limits");
        let Some(f) = self.native.and_then(|t| t.adapt.classify) else {
            Kernels::by_reference();
            return reference::classify(plane, begin, steps, limits, sorts);
        };
        let (steps, limits, sorts) = (steps.as_ptr(), limits.as_ptr().cast(), sorts.as_mut_ptr());
        // SAFETY: a plane has the margins that the header asks for; steps and sorts are of the blocks of these rows and limits five of each
        // step (asserted).
        unsafe { f(&plane.native(), begin, end, steps, limits, sorts) }
    }

    /// Filters rows of blocks into rows of samples that begin `out_stride` samples apart. `weights`: [`weights`] of each sort.
    ///
    /// # Panics
    /// If there are not as many of something as there should be.
    pub fn adapt_filter(
        &self,
        plane: &Plane,
        pairs: usize,
        blocks: &Blocks,
        weights: &[i32],
        out: &mut [i16],
        out_stride: usize,
    ) {
        let end = blocks.end(plane);
        assert!(pairs == LUMA || pairs == CHROMA, "adapt: {pairs} pairs");
        let rows = (4 * end).min(plane.height) - (4 * blocks.begin).min(plane.height);
        let room = rows.checked_sub(1).map_or(0, |n| n * out_stride + plane.width);
        assert!(weights.len() == SORTS * (pairs + 1) && out_stride >= plane.width && out.len() >= room, "adapt: rows");
        let Some(f) = self.native.and_then(|t| t.adapt.filter) else {
            Kernels::by_reference();
            return reference::filter(plane, pairs, blocks, weights, out, out_stride);
        };
        let (sorts, steps, bounds) = (blocks.sorts.as_ptr(), blocks.steps.as_ptr(), blocks.bounds.as_ptr());
        let (begin, weights, out) = (blocks.begin, weights.as_ptr(), out.as_mut_ptr());
        // SAFETY: as of `adapt_classify`; `out` has room for the rows, of each of which `width` samples are written.
        unsafe { f(&plane.native(), pairs, begin, end, sorts, steps, weights, bounds, out, out_stride) }
    }

    /// Adds the products of rows of blocks; `wanted` are the samples that a filter should make.
    ///
    /// # Panics
    /// As [`Kernels::adapt_filter`].
    pub fn adapt_gather(&self, plane: &Plane, wanted: &Plane, blocks: &Blocks, sums: &mut Sums) {
        let end = blocks.end(plane);
        assert!((wanted.width, wanted.height) == (plane.width, plane.height), "adapt: wanted");
        let pairs = (sums.terms - 1) / 2;
        let Some(f) = self.native.and_then(|t| t.adapt.gather) else {
            Kernels::by_reference();
            return reference::gather(plane, wanted, blocks, sums);
        };
        let (sorts, steps, bounds) = (blocks.sorts.as_ptr(), blocks.steps.as_ptr(), blocks.bounds.as_ptr());
        let (wanted, begin) = (wanted.samples[wanted.at(0)..].as_ptr(), blocks.begin);
        let (total, part, counts) = (sums.sums.as_mut_ptr(), sums.part.as_mut_ptr(), sums.counts.as_mut_ptr());
        // SAFETY: as of `adapt_filter`; `wanted` is laid out as the plane; sums, parts and counts are as many as the kernel adds to.
        unsafe { f(&plane.native(), wanted, pairs, begin, end, sorts, steps, bounds, total, part, counts) }
    }
}

/// Weights of the pairs of a sort, linear and clipped ones, magnitudes of at most 512, as a kernel wants them.
pub fn weights(pairs: &[(i16, i16)]) -> impl Iterator<Item = i32> + '_ {
    let word = |low: i32, high: i32| low & 0xffff | high << 16;
    let sum: i32 = pairs.iter().map(|&(l, c)| i32::from(l) + i32::from(c)).sum();
    pairs.iter().map(move |&(l, c)| word(l.into(), c.into())).chain([word(-2 * sum, 64)])
}
