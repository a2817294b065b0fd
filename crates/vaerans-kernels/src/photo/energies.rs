//! Energies from other bands.

use super::{Around, LANES};
use crate::reference::photo as reference;
use crate::Kernels;

impl Kernels {
    /// Energies from other bands: as rows of the band ([`Band::energy_at`]; elements of `rows` elsewhere are of no meaning), and, if there is
    /// room for them, as steps of 16 lanes, [`super::IDLE`] where a lane has nothing to do.
    ///
    /// # Panics
    /// If a length is another than [`Band`] says, or a source is too small.
    pub fn photo_energies(&self, around: &Around, rows: &mut [i16], steps: &mut [i16]) {
        around.check();
        let band = around.band;
        assert!(band.width > 0 && band.height > 0 && rows.len() >= band.energy_rows(), "photo: energies of {band:?}");
        assert!(steps.is_empty() || steps.len() >= band.steps() * LANES, "photo: steps");
        let Some(f) = self.native.and_then(|t| t.photo.energies) else {
            Kernels::by_reference();
            return reference::energies(around, rows, steps);
        };
        let steps = if steps.is_empty() { std::ptr::null_mut() } else { steps.as_mut_ptr() };
        // SAFETY: sources have planes of their bands, which are as large as this one or half of it (asserted), and margins that are wider than
        // what a vector reads beyond; `rows` and `steps` have the lengths that the kernel writes.
        unsafe { f(&around.native(), rows.as_mut_ptr(), steps) }
    }
}
