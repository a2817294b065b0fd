//! What a decoder is willing to do for bytes it does not trust.

use crate::error::{Error, Names, Quoted, Result};

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

/// The limits that callers may set, by name, with what they bound.
pub const KNOBS: &[(&str, &str)] = &[
    ("max_pixels", "largest number of pixels of a picture"),
    ("max_bytes", "most bytes of working memory, the result included"),
    ("max_elements", "largest number of elements of a tensor"),
    ("max_side", "largest width or height in pixels"),
    ("max_symbols", "largest number of symbols in one entropy-coded stream"),
    ("max_metadata", "most bytes of metadata (ICC profile, EXIF block, private parameters)"),
    ("max_items", "largest number of tiles, sections, steps and items"),
];

impl Limits {
    /// The same with one limit set. More pixels are allowed the memory that they take.
    ///
    /// # Errors
    /// `param.unknown` for another name, `param.range` where the limit cannot be so large.
    pub fn with(self, name: &str, value: u64) -> Result<Limits> {
        let narrow = || {
            let text = format!("{name}={value}; at most {}", u32::MAX);
            u32::try_from(value).map_err(|_| Error::new("param.range", text))
        };
        Ok(match name {
            "max_pixels" => Limits {
                max_pixels: value,
                max_elements: self.max_elements.max(value.saturating_mul(4)),
                // Four channels of 16 bits, and as much again as one tile of them all takes.
                max_bytes: self.max_bytes.max(value.saturating_mul(4 * 26)),
                ..self
            },
            "max_bytes" => Limits { max_bytes: value, ..self },
            "max_elements" => Limits { max_elements: value, ..self },
            "max_symbols" => Limits { max_symbols: value, ..self },
            "max_metadata" => Limits { max_metadata: value, ..self },
            "max_side" => Limits { max_side: narrow()?, ..self },
            "max_items" => Limits { max_items: narrow()?, ..self },
            _ => {
                let names: Vec<_> = KNOBS.iter().map(|(n, _)| *n).collect();
                let text = format!("no limit is called {}; there are {}", Quoted(name), Names(&names));
                return Err(Error::new("param.unknown", text));
            }
        })
    }

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
