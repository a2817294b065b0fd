//! Predictive coding of planes of integers: see [`crate::reference::predict`] for what it means.

use crate::native::predict::Row as NativeRow;
use crate::reference::predict as reference;
use crate::Kernels;

pub use crate::reference::predict::Fault;

/// Columns are worked on so many at a time.
pub const COLUMNS: usize = 16;
/// Classes of scales.
pub const CLASSES: usize = 60;
/// Phases of a mean: quarters of its distance from the nearest integer.
pub const PHASES: usize = 4;
/// Symbols of a table; the last is the escape.
pub const SYMBOLS: usize = 32;
/// Bits of a probability.
pub const BITS: u32 = 15;
/// The most lanes.
pub const LANES: usize = 32;
/// Bytes behind the words that may be read.
pub const PAD: usize = 128;
/// Entries of the tables of a layer.
pub const ENTRIES: usize = CLASSES * PHASES * SYMBOLS;

/// `VAERANS_PREDICT_SHORT`.
pub(crate) const SHORT: usize = usize::MAX;
/// `VAERANS_PREDICT_RANGE`.
pub(crate) const RANGE: usize = usize::MAX - 1;

/// Weighted elements of an array, told from the place of the element that is predicted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taps {
    offsets: Vec<isize>,
    weights: Vec<i32>,
}

impl Taps {
    /// None.
    pub const NONE: Taps = Taps { offsets: Vec::new(), weights: Vec::new() };

    /// One more.
    pub fn push(&mut self, offset: isize, weight: i32) {
        self.offsets.push(offset);
        self.weights.push(weight);
    }

    /// Offset and weight of each.
    pub fn iter(&self) -> impl Iterator<Item = (isize, i32)> + '_ {
        self.offsets.iter().copied().zip(self.weights.iter().copied())
    }

    /// Whether `columns` elements from `at` on have all of these taps within an array of `len`.
    fn fit(&self, at: usize, columns: usize, len: usize) -> bool {
        let (least, largest) = self.offsets.iter().fold((0, 0), |(a, b), &o| (o.min(a), o.max(b)));
        let last = at.checked_add(columns).and_then(|end| end.checked_add_signed(largest));
        at.checked_add_signed(least).is_some() && last.is_some_and(|end| end <= len)
    }
}

/// A row that is predicted: planes, its first element in them, and what its context is made of.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Integers.
    pub values: &'a [i16],
    /// Distances of the integers from their means, 1/16.
    pub residuals: &'a [u16],
    /// Place of the row in both.
    pub at: usize,
    /// Weighted residuals of all planes before, 0 up to 2^23.
    pub energy: &'a [i32],
    /// Place of the row in it.
    pub energy_at: usize,
    /// Of the values, Q12: they make the mean.
    pub mean: &'a Taps,
    /// Of the residuals, Q16: they make the scale.
    pub scale: &'a Taps,
    /// Of the energy, Q16: part of the scale.
    pub energy_taps: &'a Taps,
    /// Of the scale, Q12, below 2^29.
    pub bias: i32,
}

impl Kernels {
    /// Means (Q12) and classes of a row.
    ///
    /// # Panics
    /// If the lengths of the results differ or are no multiple of [`COLUMNS`], or if a tap lies outside of its array.
    pub fn predict_context(&self, row: &Row, means: &mut [i32], classes: &mut [u8]) {
        let n = means.len();
        assert!(n == classes.len() && n % COLUMNS == 0, "predict: {n} means, {} classes", classes.len());
        let is_inside = row.mean.fit(row.at, n, row.values.len())
            && row.scale.fit(row.at, n, row.residuals.len())
            && row.energy_taps.fit(row.energy_at, n, row.energy.len());
        assert!(is_inside, "predict: a tap outside of its array");
        let Some(f) = self.native.and_then(|t| t.predict.context) else {
            Kernels::by_reference();
            return reference::context(row, means, classes);
        };
        let native = NativeRow {
            values: row.values[row.at..].as_ptr(),
            residuals: row.residuals[row.at..].as_ptr(),
            energy: row.energy[row.energy_at..].as_ptr(),
            value_offsets: row.mean.offsets.as_ptr(),
            value_weights: row.mean.weights.as_ptr(),
            value_count: row.mean.offsets.len(),
            residual_offsets: row.scale.offsets.as_ptr(),
            residual_weights: row.scale.weights.as_ptr(),
            residual_count: row.scale.offsets.len(),
            energy_offsets: row.energy_taps.offsets.as_ptr(),
            energy_weights: row.energy_taps.weights.as_ptr(),
            energy_count: row.energy_taps.offsets.len(),
            bias: row.bias,
        };
        // SAFETY: the kernel reads `n` elements from each tap's place on, which lie inside the arrays, and writes `n` means and classes;
        // offsets and weights are as many as each other because only `push` makes them.
        unsafe { f(&native, means.as_mut_ptr(), classes.as_mut_ptr(), n) }
    }

    /// Decodes a row of integers, `values.len()` of them, and their residuals; gives the words used. `words` are followed by [`PAD`] bytes
    /// that do not count; `tables` are entries `start << 16 | frequency` of each class and phase.
    ///
    /// # Errors
    /// [`Fault`]; then states, values and residuals hold garbage.
    ///
    /// # Panics
    /// If the number of states is not a power of two up to [`LANES`], a slice is too short, or a class is none.
    #[allow(clippy::too_many_arguments)] // a row of what the kernel takes
    pub fn predict_decode(
        &self,
        tables: &[u32],
        states: &mut [u32],
        words: &[u8],
        means: &[i32],
        classes: &[u8],
        values: &mut [i16],
        residuals: &mut [u16],
    ) -> Result<usize, Fault> {
        let (lanes, n) = (states.len(), values.len());
        assert!(lanes.is_power_of_two() && lanes <= LANES, "predict: {lanes} lanes; a power of two up to 32 expected");
        assert!(tables.len() == ENTRIES && words.len() >= PAD, "predict: tables or padding too short");
        assert!(means.len() >= n && classes.len() >= n && residuals.len() == n, "predict: rows of other lengths");
        assert!(classes[..n].iter().all(|&c| usize::from(c) < CLASSES), "predict: a class without a table");
        let count = (words.len() - PAD) / 2;
        let Some(f) = self.native.and_then(|t| t.predict.decode) else {
            Kernels::by_reference();
            return reference::decode(tables, states, &words[..2 * count], means, classes, values, residuals);
        };
        let (states, words, means, classes) = (states.as_mut_ptr(), words.as_ptr(), means.as_ptr(), classes.as_ptr());
        let (values, residuals) = (values.as_mut_ptr(), residuals.as_mut_ptr());
        // SAFETY: a value takes at most 45 words, and the kernel stops behind the value that took a word too many, so that it reads within
        // the padding; a slot is found within its table of `SYMBOLS`, and classes are below `CLASSES`; `n` of everything is there.
        match unsafe { f(tables.as_ptr(), states, lanes, words, count, means, classes, values, residuals, n) } {
            SHORT => Err(Fault::Short),
            RANGE => Err(Fault::Range),
            used => Ok(used),
        }
    }
}
