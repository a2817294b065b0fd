//! Bands decoded.

use super::{Band, Model, Short, LANES, MARGIN, PAD, SHORT};
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
