//! Predictive coding of rows of samples: see [`crate::reference::lossless`] for what it means.

use crate::native::lossless::{Lane as NativeLane, Row as NativeRow, Side};
use crate::reference::lossless as reference;
use crate::Kernels;

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

/// A row of a plane: values, and distances from their predictions (1/16).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub(crate) values: Vec<i32>,
    pub(crate) distances: Vec<i32>,
}

impl Line {
    /// Elements of a row of `width` columns.
    pub fn elements(width: usize) -> usize {
        width.next_multiple_of(COLUMNS) + 2 * EDGE
    }

    /// A row of two vectors of [`Line::elements`] elements.
    ///
    /// # Panics
    /// If their lengths differ.
    pub fn new(values: Vec<i32>, distances: Vec<i32>) -> Line {
        assert_eq!(values.len(), distances.len(), "lossless: a row of two lengths");
        Line { values, distances }
    }

    /// The same value everywhere, as if it had been predicted.
    pub fn fill(&mut self, value: i32) {
        self.values.fill(value);
        self.distances.fill(0);
    }

    /// Values of `width` columns.
    pub fn values(&self, width: usize) -> &[i32] {
        &self.values[EDGE..EDGE + width]
    }

    /// As [`Line::values`], to be written.
    pub fn values_mut(&mut self, width: usize) -> &mut [i32] {
        &mut self.values[EDGE..EDGE + width]
    }

    /// Values of `n` columns from `x` on, which may lie in front of the row.
    pub fn span(&self, x: isize, n: usize) -> &[i32] {
        &self.values[EDGE.wrapping_add_signed(x)..][..n]
    }

    /// As [`Line::span`], of distances.
    pub fn span_of_distances(&self, x: isize, n: usize) -> &[i32] {
        &self.distances[EDGE.wrapping_add_signed(x)..][..n]
    }

    /// Distances of `width` columns.
    pub fn distances(&self, width: usize) -> &[i32] {
        &self.distances[EDGE..EDGE + width]
    }

    /// What stands to the left of column 0: what stood in it in the row above.
    pub fn begin(&mut self, above: &Line) {
        self.values[..EDGE].fill(above.values[EDGE]);
        self.distances[..EDGE].fill(above.distances[EDGE]);
    }

    /// What stands to the right of the last column: the same as in it.
    pub fn end(&mut self, width: usize) {
        for side in [&mut self.values, &mut self.distances] {
            let last = side[EDGE + width - 1];
            side[EDGE + width..].fill(last);
        }
    }

    fn side(&self) -> Side {
        Side { values: self.values[EDGE..].as_ptr(), distances: self.distances[EDGE..].as_ptr() }
    }
}

/// What a row's columns need that does not follow from its own values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scratch {
    /// Differences along the row and along the columns.
    pub across: Vec<i32>,
    /// As `across`.
    pub down: Vec<i32>,
    /// Part of the scale, Q14.
    pub energy: Vec<i32>,
}

/// Numbers that hold for all rows of a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Activities where classes end, and the least difference of two directions.
    pub limits: [i32; 4],
    /// The largest sample, at most 65535.
    pub most: i32,
    /// 1, or the odd step of quantised residuals: at most 8191.
    pub step: i32,
    /// Tables adapt by 2^-rate, 1 to 15.
    pub rate: u32,
}

/// A row that is coded, and what it follows from. Where there is no plane, lines of zeros.
pub struct Row<'a> {
    /// Of this plane: the row above, and the one above that.
    pub above: [&'a Line; 2],
    /// Of the plane before: the same row, and the row above.
    pub first: [&'a Line; 2],
    /// Of the plane before that.
    pub second: [&'a Line; 2],
    /// Of the plane from which this one is a difference.
    pub lead: [&'a Line; 2],
    /// The row itself, with what is to the left of it.
    pub line: &'a mut Line,
    /// Memory.
    pub scratch: &'a mut Scratch,
    /// [`CLASSES`] times [`COEFFICIENTS`].
    pub coefficients: &'a [i32],
    /// Of the scale.
    pub weights: &'a [i32; WEIGHTS],
    /// Cumulative probabilities: [`TABLES`].
    pub tables: &'a mut [u16],
    /// Planes before this one that its prediction looks at, at most 2.
    pub earlier: usize,
    /// The rest.
    pub setting: Setting,
}

impl Row<'_> {
    /// Panics if a kernel would read or write outside of something for `n` columns.
    fn check(&self, n: usize) {
        let lines = self.above.iter().chain(&self.first).chain(&self.second).chain(&self.lead);
        let is_long = |line: &Line| line.values.len().min(line.distances.len()) >= Line::elements(n);
        assert!(lines.copied().all(is_long) && is_long(self.line), "lossless: a row of fewer than {n} columns");
        let scratch = [&self.scratch.across, &self.scratch.down, &self.scratch.energy];
        assert!(scratch.iter().all(|s| s.len() >= n.next_multiple_of(COLUMNS)), "lossless: too little scratch");
        assert_eq!(self.coefficients.len(), CLASSES * COEFFICIENTS, "lossless: coefficients");
        assert!(
            self.tables.len() == TABLES && self.tables.iter().step_by(SYMBOLS).all(|&t| t == 0),
            "lossless: tables"
        );
        let Setting { most, step, rate, .. } = self.setting;
        assert!(
            (0..=0xffff).contains(&most) && (1..=8191).contains(&step) && (1..16).contains(&rate),
            "lossless: setting"
        );
    }

    fn native(&mut self) -> NativeRow {
        NativeRow {
            above: self.above.map(Line::side),
            first: self.first.map(Line::side),
            second: self.second.map(Line::side),
            lead: self.lead.map(Line::side),
            values: self.line.values[EDGE..].as_mut_ptr(),
            distances: self.line.distances[EDGE..].as_mut_ptr(),
            across: self.scratch.across.as_mut_ptr(),
            down: self.scratch.down.as_mut_ptr(),
            energy: self.scratch.energy.as_mut_ptr(),
            coefficients: self.coefficients.as_ptr(),
            weights: self.weights.as_ptr(),
            tables: self.tables.as_mut_ptr(),
            earlier: self.earlier as u32,
            limits: self.setting.limits,
            most: self.setting.most,
            step: self.setting.step,
            inverse: 65536 / self.setting.step as u32,
            rate: self.setting.rate,
        }
    }
}

/// Where a row is decoded from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane<'a> {
    /// The coder's state, at least 2^16.
    pub state: u32,
    /// Words, and [`PAD`] bytes behind them that do not count.
    pub words: &'a [u8],
    /// Place of the next word.
    pub at: usize,
}

/// What is coded for a sample, or a part of it.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// A symbol's interval `start << 16 | frequency`, or 0.
    pub interval: u32,
    /// Bits behind it: `count << 16 | bits`.
    pub raw: u32,
}

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
