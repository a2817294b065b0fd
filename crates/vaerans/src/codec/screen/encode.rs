//! Slices from pixels.

use super::{Shape, SLICE_ROWS};
use crate::error::{Error, Result};
use vaerans_kernels::screen::State;
use vaerans_kernels::Kernels;

/// The least effort that codes every slice in two ways.
const BOTH_WAYS: u8 = 7;

/// Codes a picture; gives a slice for each 128 rows. `effort` is 1 to 9: from 7 on every slice is coded with the palette and without, and
/// the smaller is kept.
///
/// # Errors
/// `param.shape` if `pixels` are not of that shape, `limit.memory`.
pub fn encode(kernels: Kernels, shape: Shape, pixels: &[u8], effort: u8) -> Result<Vec<Vec<u8>>> {
    let row = shape.row_bytes(pixels.len())?;
    let mut state = State::new(shape.width, shape.height, shape.channels);
    let mut slices = Vec::with_capacity(shape.slices());
    for rows in pixels.chunks(row * SLICE_ROWS) {
        let other = (effort >= BOTH_WAYS).then(|| state.clone());
        let mut best = slice(kernels, &mut state, rows, row, false)?;
        if let Some(mut other) = other {
            let bytes = slice(kernels, &mut other, rows, row, true)?;
            if bytes.len() < best.len() {
                (best, state) = (bytes, other);
            }
        }
        slices.push(best);
    }
    Ok(slices)
}

fn slice(kernels: Kernels, state: &mut State, rows: &[u8], row: usize, without_palette: bool) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    state.begin_encoding(without_palette);
    for pixels in rows.chunks_exact(row) {
        make_room(&mut bytes, state.room())?;
        kernels.screen_encode(state, &mut bytes, pixels);
    }
    make_room(&mut bytes, state.room())?;
    let end = state.end(&mut bytes);
    Ok(bytes[..end].to_vec())
}

/// Twice as much as is needed, where it is not there.
fn make_room(bytes: &mut Vec<u8>, wanted: usize) -> Result<()> {
    if bytes.len() < wanted {
        let more = 2 * wanted - bytes.len();
        bytes.try_reserve_exact(more).map_err(|_| Error::new("limit.memory", "no memory for a slice of a screen"))?;
        bytes.resize(2 * wanted, 0);
    }
    Ok(())
}
