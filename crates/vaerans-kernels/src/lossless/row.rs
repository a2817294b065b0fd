//! A row that is coded, and all that belongs to it.

use super::{Line, CLASSES, COEFFICIENTS, COLUMNS, EDGE, SYMBOLS, TABLES, WEIGHTS};
use crate::native::lossless::Row as NativeRow;

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
    pub(super) fn check(&self, n: usize) {
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

    pub(super) fn native(&mut self) -> NativeRow {
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
