//! Pixels from slices.

use super::{Shape, SLICE_ROWS};
use crate::error::{Error, Result};
use vaerans_kernels::screen::State;
use vaerans_kernels::Kernels;

/// Decodes the slices that are there into the first rows of `out`, which holds the whole picture; gives the number of rows. Rows of slices
/// that are not there are left as they are.
///
/// # Errors
/// `stream.truncated`, `stream.invalid`, `param.shape` if `out` is not of that shape.
pub fn decode(kernels: Kernels, shape: Shape, slices: &[&[u8]], out: &mut [u8]) -> Result<usize> {
    let row = shape.row_bytes(out.len())?;
    if slices.len() > shape.slices() {
        return Err(invalid("more slices than rows"));
    }
    let mut decoder = Decoder::new(kernels, shape)?;
    for (bytes, rows) in slices.iter().zip(out.chunks_mut(row * SLICE_ROWS)) {
        decoder.slice(bytes, rows)?;
    }
    Ok(shape.height.min(slices.len() * SLICE_ROWS))
}

/// Decodes slice after slice, as they arrive.
pub struct Decoder {
    kernels: Kernels,
    shape: Shape,
    state: State,
    next: usize,
}

impl Decoder {
    /// In front of the first slice.
    ///
    /// # Errors
    /// `param.shape` for a picture without pixels or with channels other than 1 to 4.
    pub fn new(kernels: Kernels, shape: Shape) -> Result<Decoder> {
        let whole = shape.width.saturating_mul(shape.height).saturating_mul(shape.channels);
        shape.row_bytes(whole)?;
        Ok(Decoder { kernels, shape, state: State::new(shape.width, shape.height, shape.channels), next: 0 })
    }

    /// Decodes the next slice into its rows, all of them. After an error nothing further can be decoded.
    ///
    /// # Errors
    /// `stream.truncated`, `stream.invalid`, `param.shape` if `rows` are not those of the slice.
    pub fn slice(&mut self, bytes: &[u8], rows: &mut [u8]) -> Result<()> {
        let row = self.shape.width * self.shape.channels;
        if rows.is_empty() || rows.len() != self.shape.rows(self.next) * row {
            return Err(Error::new("param.shape", format!("{} bytes for slice {}", rows.len(), self.next)));
        }
        self.state.begin_decoding(bytes);
        for out in rows.chunks_exact_mut(row) {
            self.kernels.screen_decode(&mut self.state, bytes, out);
            if self.state.at() > bytes.len() {
                self.next = usize::MAX;
                return Err(Error::new("stream.truncated", "a slice of a screen ends before its rows do"));
            }
        }
        let is_whole = self.state.at() == bytes.len() && self.state.is_at_end();
        self.next = if is_whole { self.next + 1 } else { usize::MAX };
        is_whole.then_some(()).ok_or_else(|| invalid("a slice does not end where its rows do"))
    }
}

fn invalid(what: &str) -> Error {
    Error::new("stream.invalid", format!("screen: {what}"))
}
