//! Energies from other bands, and bands decoded.

use super::{Around, Band, Model, Short, LANES, MARGIN, PAD, SHORT};
use crate::reference::photo as reference;
use crate::Kernels;

impl Kernels {
    /// Decodes a band, whose energies from other bands are `steps`: its magnitudes and values (in half steps), which were 0; gives the words
    /// used. `words` are followed by [`PAD`] bytes that do not count. `history`: 16 elements for each step and 32 more.
    ///
    /// # Errors
    /// [`Short`].
    ///
    /// # Panics
    /// If a length is another than [`Band`] says.
    #[allow(clippy::too_many_arguments)] // as the kernel
    pub fn photo_decode(
        &self,
        band: &Band,
        model: &Model,
        steps: &[i16],
        states: &mut [u32; LANES],
        words: &[u8],
        magnitudes: &mut [i16],
        values: &mut [f32],
        history: &mut [i16],
    ) -> Result<usize, Short> {
        band.check(magnitudes);
        band.check(values);
        let n = band.steps() * LANES;
        assert!(steps.len() >= n && history.len() >= n + 2 * LANES, "photo: steps");
        let Some(count) = words.len().checked_sub(PAD).map(|n| n / 2) else { return Err(Short) };
        let Some(f) = self.native.and_then(|t| t.photo.decode) else {
            Kernels::by_reference();
            return reference::decode(band, model, steps, states, &words[..2 * count], magnitudes, values);
        };
        // SAFETY: planes, steps, history and model have the lengths that the header asks for (asserted); a step takes at most 16 * 5 words, so
        // that less than PAD bytes behind the words are read before the kernel looks where it stands.
        let used = unsafe {
            f(
                &band.native(),
                &model.native(),
                steps.as_ptr(),
                states.as_mut_ptr(),
                words.as_ptr(),
                count,
                magnitudes[MARGIN..].as_mut_ptr(),
                values[MARGIN..].as_mut_ptr(),
                history.as_mut_ptr(),
            )
        };
        (used != SHORT).then_some(used).ok_or(Short)
    }
}

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
