//! What a decoder is willing to do for bytes it does not trust.

use crate::error::{Error, Result};

/// Bounds that are checked before anything is allocated for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest width or height in pixels.
    pub max_side: u32,
    /// Largest number of pixels.
    pub max_pixels: u64,
    /// Largest number of symbols in one entropy-coded stream.
    pub max_symbols: u64,
    /// Largest number of tensor elements of one step.
    pub max_elements: u64,
    /// Largest number of bytes of metadata (ICC, EXIF, private parameters).
    pub max_metadata: u64,
    /// Largest number of sections, tiles and steps.
    pub max_items: u32,
    /// Largest number of bytes of working memory: a picture and the tiles that are decoded at once.
    pub max_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_side: 1 << 20,
            max_pixels: 1 << 28,
            max_symbols: 1 << 30,
            max_elements: 1 << 30,
            max_metadata: 1 << 26,
            max_items: 1 << 20,
            max_bytes: 4 << 30,
        }
    }
}

impl Limits {
    /// Checks a picture's sides, in pixels, and gives its number of pixels.
    ///
    /// # Errors
    /// `limit.dimensions` where a side or the area is too large.
    pub fn check_picture(&self, width: u64, height: u64) -> Result<u64> {
        let pixels = width.checked_mul(height);
        let side = width.max(height);
        match pixels {
            Some(p) if side <= u64::from(self.max_side) && p <= self.max_pixels => Ok(p),
            _ => Err(Error::new(
                "limit.dimensions",
                format!(
                    "a picture of {width} x {height} pixels; at most {} a side and {} in all (raise max_side, max_pixels)",
                    self.max_side, self.max_pixels
                ),
            )),
        }
    }

    /// Checks a count of items against a limit of this set.
    ///
    /// # Errors
    /// `limit.symbols` where `count` is above `max`.
    pub fn check_count(count: u64, max: u64, what: &str, field: &str) -> Result<usize> {
        if count > max {
            let text = format!("{count} {what}; at most {max} (raise {field})");
            return Err(Error::new("limit.symbols", text));
        }
        Ok(count as usize)
    }
}
