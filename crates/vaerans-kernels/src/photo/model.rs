//! The model of a band: tables, and weights of its own neighbours.

use super::{BITS, CLASSES, OWN, ROW, ROWS, SIZES, TOKENS};
use crate::native::photo as native;

/// Tables of the tokens of a group of bands.
#[derive(Debug, Clone)]
pub struct Tables {
    /// Rows of [`ROW`]: frequencies of the tokens.
    counts: Vec<u16>,
    /// Rows of [`ROW`]: the last slot of each token, 32767 from the escape on.
    ends: Vec<i16>,
    /// Frequency of token 0 of each row.
    zeros: Vec<u32>,
    /// Rows of [`SIZES`]: how much less than its index a magnitude is.
    shifts: Vec<f32>,
}

impl Tables {
    /// Of frequencies and shifts, both by quantizer and class: [`TOKENS`] and [`SIZES`] of each. None where the frequencies of a row do not
    /// sum to 2^15, or where token 0 or the escape has none.
    ///
    /// # Panics
    /// If there are not 2 * [`CLASSES`] rows.
    pub fn new(counts: &[u16], shifts: &[f32]) -> Option<Tables> {
        assert_eq!([counts.len(), shifts.len()], [2 * CLASSES * TOKENS, 2 * CLASSES * SIZES], "photo: tables");
        let mut tables = Tables {
            counts: vec![0; ROWS * ROW],
            ends: vec![i16::MAX; ROWS * ROW],
            zeros: vec![1 << BITS; ROWS],
            shifts: vec![0.0; ROWS * SIZES],
        };
        for (i, (counts, shifts)) in counts.chunks_exact(TOKENS).zip(shifts.chunks_exact(SIZES)).enumerate() {
            tables.put(i % CLASSES + ROWS / 2 * (i / CLASSES), counts, shifts)?;
        }
        Some(tables)
    }

    fn put(&mut self, row: usize, counts: &[u16], shifts: &[f32]) -> Option<()> {
        let sum: u32 = counts.iter().map(|&n| u32::from(n)).sum();
        let is_whole = sum == 1 << BITS && counts[0] > 0 && counts[TOKENS - 1] > 0;
        let mut end = 0;
        for (i, &n) in counts.iter().enumerate() {
            end += u32::from(n);
            self.ends[row * ROW + i] = end.wrapping_sub(1) as i16;
        }
        self.counts[row * ROW..][..TOKENS].copy_from_slice(counts);
        self.zeros[row] = u32::from(counts[0]);
        self.shifts[row * SIZES..][..SIZES].copy_from_slice(shifts);
        is_whole.then_some(())
    }

    /// Frequencies of the tokens of a row.
    pub fn counts(&self, row: usize) -> &[u16] {
        &self.counts[row * ROW..][..TOKENS]
    }

    /// Last slots of the tokens of a row.
    pub(crate) fn ends(&self, row: usize) -> &[i16] {
        &self.ends[row * ROW..][..ROW]
    }

    /// Shifts of a row.
    pub fn shifts(&self, row: usize) -> &[f32] {
        &self.shifts[row * SIZES..][..SIZES]
    }

    #[cfg(feature = "encode")]
    pub(super) fn all_counts(&self) -> &[u16] {
        &self.counts
    }
}

/// The model of a band.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    /// Of its tokens.
    pub tables: &'a Tables,
    /// Frequency of + by the signs of the neighbours, 3 * that of W + that of N + 4.
    pub signs: [u16; 9],
    /// Of the band's own neighbours, Q15.
    pub weights: [i16; OWN],
    /// [`super::TRELLIS`] or [`super::UNIFORM`].
    pub next: [u8; 16],
}

impl Model<'_> {
    pub(super) fn native(&self) -> native::Model {
        let is_sound = self.next.iter().all(|&s| s < 8) && self.signs.iter().all(|&n| (1..1 << BITS).contains(&n));
        assert!(is_sound, "photo: quantizer states, frequencies of signs");
        native::Model {
            ends: self.tables.ends.as_ptr(),
            zeros: self.tables.zeros.as_ptr(),
            shifts: self.tables.shifts.as_ptr(),
            signs: self.signs.as_ptr(),
            weights: self.weights,
            next: self.next,
        }
    }
}
