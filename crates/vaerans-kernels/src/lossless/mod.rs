//! Predictive coding of rows of samples: see [`crate::reference::lossless`] for what it means.

mod line;
mod row;

use crate::native::lossless::{Lane as NativeLane, Row as NativeRow};
use crate::reference::lossless as reference;
use crate::Kernels;

pub use line::Line;
pub use row::{Lane, Record, Row, Scratch, Setting};

/// Columns are worked on so many at a time where they do not follow one another.
pub const COLUMNS: usize = 16;
/// Elements in front of column 0 and behind the last whole column.
pub const EDGE: usize = 16;
/// Kinds of surroundings.
pub const CLASSES: usize = 12;
/// Coefficients of a class, Q8: see [`crate::reference::lossless::predicted`].
pub const COEFFICIENTS: usize = 28;
/// Weights of what makes the scale, Q10.
pub const WEIGHTS: usize = 18;
/// Scales with tables of their own.
pub const SCALES: usize = 28;
/// Phases of a prediction.
pub const PHASES: usize = 4;
/// Symbols of a table; the last is the escape.
pub const SYMBOLS: usize = 16;
/// Bits of a probability.
pub const BITS: u32 = 15;
/// Bytes behind the words that may be read.
pub const PAD: usize = 16;
/// The most records that a sample gives.
pub const RECORDS: usize = 4;
/// The most rows that are decoded at once.
pub const ROWS: usize = 4;
/// Numbers of a sample whose products are summed.
pub const FEATURES: usize = 24;
/// Samples of a batch.
pub const BATCH: usize = 16;
/// Length of the tables of a plane: one number more than their symbols, which is 0.
pub const TABLES: usize = SCALES * PHASES * SYMBOLS + 1;

impl Kernels {
    /// Fills the scratch of a row of `n` columns.
    ///
    /// # Panics
    /// If something is shorter than `n` columns want.
    pub fn lossless_context(&self, row: &mut Row, n: usize) {
        row.check(n);
        let columns = n.next_multiple_of(COLUMNS);
        let Some(f) = self.native.and_then(|t| t.lossless.context) else {
            Kernels::by_reference();
            return reference::context(row, columns);
        };
        // SAFETY: `check` saw that every line reaches `EDGE` elements beyond `columns`, and the scratch `columns`.
        unsafe { f(&row.native(), columns) }
    }

    /// Decodes `n` columns of rows, of which none follows from another. False if words ran out; then rows and lanes hold garbage.
    ///
    /// # Panics
    /// If something is shorter than `n` columns want, or there are more than [`ROWS`] rows.
    pub fn lossless_decode(&self, rows: &mut [Row], lanes: &mut [Lane], n: usize) -> bool {
        assert!(
            rows.len() == lanes.len() && rows.len() <= ROWS,
            "lossless: {} rows, {} lanes",
            rows.len(),
            lanes.len()
        );
        rows.iter().for_each(|r| r.check(n));
        assert!(lanes.iter().all(|l| l.at + PAD <= l.words.len()), "lossless: words without padding");
        let Some(f) = self.native.and_then(|t| t.lossless.decode) else {
            Kernels::by_reference();
            return rows.iter_mut().zip(lanes).all(|(row, lane)| reference::decode(row, lane, n));
        };
        let mut native: [Option<NativeRow>; ROWS] = [const { None }; ROWS];
        let mut places: [Option<NativeLane>; ROWS] = [const { None }; ROWS];
        for (i, (row, lane)) in rows.iter_mut().zip(lanes.iter()).enumerate() {
            let end = lane.words[lane.words.len() - PAD..].as_ptr();
            native[i] = Some(row.native());
            places[i] = Some(NativeLane { state: lane.state, words: lane.words[lane.at..].as_ptr(), end });
        }
        let count = rows.len();
        let (native, mut places): (Vec<_>, Vec<_>) =
            (native.into_iter().flatten().collect(), places.into_iter().flatten().collect());
        // SAFETY: `check` saw the lengths; a column takes at most 5 words of 2 bytes, and the kernel stops behind the column that took a word
        // too many, so that it reads within the padding; classes, scales, phases and symbols are within their tables whatever the words are.
        let is_whole = unsafe { f(native.as_ptr(), places.as_mut_ptr(), count, n) } != 0;
        for (lane, place) in lanes.iter_mut().zip(&places) {
            lane.state = place.state;
            lane.at = place.words as usize - lane.words.as_ptr() as usize;
        }
        is_whole
    }

    /// Adds weighted products of the first features of a batch of samples to sums: `sums[i][j]` for all `j` up to `i`; what lies right of
    /// them is garbage.
    ///
    /// # Panics
    /// If there are more than [`FEATURES`] rows of sums.
    pub fn lossless_moments(
        &self,
        features: &[[f32; FEATURES]; BATCH],
        weights: &[f32; BATCH],
        sums: &mut [[f32; FEATURES]],
    ) {
        assert!(sums.len() <= FEATURES, "lossless: {} features", sums.len());
        let Some(f) = self.native.and_then(|t| t.lossless.moments) else {
            Kernels::by_reference();
            return reference::moments(features, weights, sums);
        };
        // SAFETY: the kernel reads a whole batch, and reads and writes rows of `FEATURES`, as many as there are.
        unsafe { f(features.as_ptr().cast(), weights.as_ptr(), sums.as_mut_ptr().cast(), sums.len()) }
    }

    /// Codes the values of a row: appends records in the order of decoding, and leaves the values that a decoder will have.
    ///
    /// # Panics
    /// If something is shorter than the values want.
    pub fn lossless_encode(&self, row: &mut Row, values: &[i32], records: &mut Vec<Record>) {
        let n = values.len();
        row.check(n);
        let Some(f) = self.native.and_then(|t| t.lossless.encode) else {
            Kernels::by_reference();
            return reference::encode(row, values, records);
        };
        let start = records.len();
        records.resize(start + RECORDS * n, Record::default());
        // SAFETY: `check` saw the lengths; there is room for `RECORDS` records a value.
        let used = unsafe { f(&row.native(), values.as_ptr(), records[start..].as_mut_ptr(), n) };
        records.truncate(start + used);
    }
}
