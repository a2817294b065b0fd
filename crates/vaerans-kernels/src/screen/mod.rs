//! Lossless coding of screens, a row at a time: see [`crate::reference::screen`] for what it means.

use crate::reference::screen as reference;
use crate::Kernels;

mod state;
pub use state::State;

/// Pixels of a block that is coded as one if it equals the row above.
pub const BLOCK: usize = 64;
/// Pixels in front of a row and behind it.
pub const MARGIN: usize = 4;
/// Colours of the palette.
pub const PALETTE: usize = 4096;
/// Chances that are found without a hash.
pub const DIRECT: usize = 79968;
/// Sets of four weights, of which three are used.
pub const SETS: usize = 608;
/// Colours that are remembered as ink.
pub const INKS: usize = 1024;
/// Scores of predictors.
pub const SCORES: usize = 192;
/// Entries of the table by which an encoder finds a colour in the palette.
pub const PLACES: usize = 16384;
/// Bytes that a pixel may take at most, and a row besides.
pub const ROOM: usize = 128;

/// The most bytes that a [`State`] takes, but for 18 a pixel of the width.
pub const MOST_BYTES: usize = 5 << 20;

/// Bits of the number of hashed chances: one more than the pixels have, within 14 and 20.
fn hash_bits(width: usize, height: usize) -> u32 {
    let pixels = width.saturating_mul(height).max(1);
    (pixels.ilog2() + 1).clamp(14, 20)
}

impl Kernels {
    /// Decodes the next row of a picture. Any bytes give a row; behind their end are zeros.
    ///
    /// # Panics
    /// If `out` is not a row.
    pub fn screen_decode(&self, state: &mut State, bytes: &[u8], out: &mut [u8]) {
        assert!(out.len() == state.width * state.channels, "screen: a row of {} bytes", out.len());
        state.advance();
        let Some(f) = self.native.and_then(|t| t.screen.decode) else {
            Kernels::by_reference();
            return reference::decode(state, bytes, out);
        };
        let mut native = state.native();
        // SAFETY: the arrays are as long as the header says, which only `new` made; every place in them follows from their sizes, from
        // bytes below 256 and from counts that the kernel keeps below their ends; `bytes` are read below their number alone.
        unsafe { f(&mut native, bytes.as_ptr(), bytes.len(), out.as_mut_ptr()) }
        state.take(&native);
    }

    /// Codes the next row of a picture behind the bytes of the slice so far.
    ///
    /// # Panics
    /// If `pixels` is not a row, if `bytes` has not the [`State::room`] that is needed, or if no slice was begun.
    pub fn screen_encode(&self, state: &mut State, bytes: &mut [u8], pixels: &[u8]) {
        assert!(pixels.len() == state.width * state.channels, "screen: a row of {} bytes", pixels.len());
        assert!(bytes.len() >= state.room() && state.places.len() == PLACES, "screen: no room, or no slice");
        state.advance();
        let Some(f) = self.native.and_then(|t| t.screen.encode) else {
            Kernels::by_reference();
            return reference::encode(state, bytes, pixels);
        };
        let mut native = state.native();
        // SAFETY: as above; a pixel takes at most 72 decisions of less than 14 bits, for which there is room.
        unsafe { f(&mut native, bytes.as_mut_ptr(), pixels.as_ptr()) }
        state.take(&native);
    }
}
