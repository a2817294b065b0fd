//! Bands searched, described and encoded.

use super::{Band, Model, LANES, MARGIN, ROW, ROWS, WORDS};
use crate::native::photo as native;
use crate::reference::photo as reference;
use crate::Kernels;

/// What the search of a row knows beside the model.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Rows of [`ROW`]: what a token costs with its raw bits and its sign, in squares of half a step.
    pub costs: &'a [f32],
    /// Below this many half steps a coefficient is 0.
    pub least: f32,
}

/// 4-byte words of the scratch of a search, and where in it the kernel may begin: at a cache line.
#[derive(Debug, Default)]
pub struct Scratch(Vec<u32>);

impl Scratch {
    fn aligned(&mut self, width: usize) -> &mut [u32] {
        let len = 24 * width + 64;
        self.0.resize(len + 16, 0);
        let skip = self.0.as_ptr().align_offset(crate::native::LINE);
        &mut self.0[skip..skip + len]
    }
}

impl Kernels {
    /// Indices of a row by trellis search, of `coefficients[i] * factors[i]` half steps. `energies` are those from other bands, of the row;
    /// magnitudes of the rows above are there, those of the row are written.
    ///
    /// # Panics
    /// If a length is another than [`Band`] says.
    #[allow(clippy::too_many_arguments)] // as the kernel
    pub fn photo_search(
        &self,
        band: &Band,
        model: &Model,
        search: &Search,
        row: usize,
        energies: &[i16],
        coefficients: &[f32],
        factors: &[f32],
        magnitudes: &mut [i16],
        indices: &mut [i32],
        scratch: &mut Scratch,
    ) {
        band.check(magnitudes);
        band.check(indices);
        let w = band.width;
        assert!(row < band.height && energies.len() >= w && coefficients.len() >= w && factors.len() >= w);
        assert_eq!(search.costs.len(), ROWS * ROW, "photo: costs");
        let at = band.at(row as isize);
        let Some(f) = self.native.and_then(|t| t.photo.search) else {
            Kernels::by_reference();
            return reference::search(band, model, search, row, energies, coefficients, factors, magnitudes, indices);
        };
        let scratch = scratch.aligned(w).as_mut_ptr();
        let costs = native::Search { costs: search.costs.as_ptr(), least: search.least };
        // SAFETY: the kernel reads and writes `width` elements of the row, and magnitudes of the two rows above with one column more on both
        // sides, all inside the planes (asserted); the scratch has the size and the alignment that the header asks for.
        unsafe {
            f(
                &band.native(),
                &model.native(),
                &costs,
                row,
                energies.as_ptr(),
                coefficients.as_ptr(),
                factors.as_ptr(),
                magnitudes.as_mut_ptr().add(at),
                indices.as_mut_ptr().add(at),
                scratch,
            )
        }
    }

    /// As [`Kernels::photo_search`], with a dead zone: magnitude k from k - 1 + `zone` full steps on.
    ///
    /// # Panics
    /// If a length is another than [`Band`] says.
    #[allow(clippy::too_many_arguments)] // as the kernel
    pub fn photo_round(
        &self,
        band: &Band,
        zone: f32,
        row: usize,
        coefficients: &[f32],
        factors: &[f32],
        magnitudes: &mut [i16],
        indices: &mut [i32],
    ) {
        band.check(magnitudes);
        band.check(indices);
        assert!(row < band.height && coefficients.len() >= band.width && factors.len() >= band.width);
        let at = band.at(row as isize);
        let Some(f) = self.native.and_then(|t| t.photo.round) else {
            Kernels::by_reference();
            return reference::round(band, zone, row, coefficients, factors, magnitudes, indices);
        };
        // SAFETY: the kernel reads and writes `width` elements of the row (asserted).
        unsafe {
            f(
                &band.native(),
                zone,
                row,
                coefficients.as_ptr(),
                factors.as_ptr(),
                magnitudes.as_mut_ptr().add(at),
                indices.as_mut_ptr().add(at),
            )
        }
    }

    /// Of a band whose indices are known: rows of the tables and values (which were 0). `energies` are those from other bands, as rows.
    ///
    /// # Panics
    /// If a length is another than [`Band`] says.
    #[allow(clippy::too_many_arguments)] // as the kernel
    pub fn photo_describe(
        &self,
        band: &Band,
        model: &Model,
        energies: &[i16],
        magnitudes: &[i16],
        indices: &[i32],
        rows: &mut [u8],
        values: &mut [f32],
    ) {
        band.check(magnitudes);
        band.check(indices);
        band.check(rows);
        band.check(values);
        assert!(energies.len() >= band.energy_rows(), "photo: energies of {band:?}");
        let Some(f) = self.native.and_then(|t| t.photo.describe) else {
            Kernels::by_reference();
            return reference::describe(band, model, energies, magnitudes, indices, rows, values);
        };
        // SAFETY: planes and energies have the lengths of the band (asserted), and the kernel stays inside of them.
        unsafe {
            f(
                &band.native(),
                &model.native(),
                energies.as_ptr(),
                magnitudes[MARGIN..].as_ptr(),
                indices[MARGIN..].as_ptr(),
                rows[MARGIN..].as_mut_ptr(),
                values[MARGIN..].as_mut_ptr(),
            )
        }
    }

    /// Encodes a band that was described: words are written in front of the end of `words`; gives their number.
    ///
    /// # Panics
    /// If a length is another than [`Band`] says, or there is no room for [`WORDS`] words a coefficient.
    #[allow(clippy::too_many_arguments)] // as the kernel
    pub fn photo_encode(
        &self,
        band: &Band,
        model: &Model,
        rows: &[u8],
        indices: &[i32],
        values: &[f32],
        states: &mut [u32; LANES],
        words: &mut [u16],
    ) -> usize {
        band.check(indices);
        band.check(rows);
        band.check(values);
        assert!(rows.iter().all(|&r| usize::from(r & 63) < super::CLASSES && r < 128), "photo: rows");
        assert!(words.len() >= WORDS * band.width * band.height, "photo: no room for the words");
        let Some(f) = self.native.and_then(|t| t.photo.encode) else {
            Kernels::by_reference();
            return reference::encode(band, model, rows, indices, values, states, words);
        };
        // SAFETY: as above; every row of a class has an escape, so that no frequency that is divided by is 0, and a coefficient takes at most 4 words.
        unsafe {
            f(
                &band.native(),
                &model.native(),
                model.tables.all_counts().as_ptr(),
                rows[MARGIN..].as_ptr(),
                indices[MARGIN..].as_ptr(),
                values[MARGIN..].as_ptr(),
                states.as_mut_ptr(),
                words.as_mut_ptr_range().end,
            )
        }
    }
}
