//! What a decoder is willing to do for bytes it does not trust: one set of limits, the same in every language.

use crate::error::{Error, Names, Quoted, Result};

/// One of the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::max_pixels`].
    Pixels,
    /// [`Limits::max_elements`].
    Elements,
    /// [`Limits::max_bytes`].
    Bytes,
}

/// The limits by name, with what they bound.
pub const KNOBS: [(Limit, &str, &str); 3] = [
    (Limit::Pixels, "max_pixels", "largest number of pixels of a picture"),
    (Limit::Elements, "max_elements", "largest number of elements of a tensor, and of symbols in a coded stream"),
    (Limit::Bytes, "max_bytes", "most bytes of working memory, header, metadata and result included"),
];

/// Bounds that are checked before anything is allocated for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest number of pixels of a picture.
    pub max_pixels: u64,
    /// Largest number of elements of a tensor that a step takes or makes, and of symbols in a coded stream.
    pub max_elements: u64,
    /// Most bytes of working memory: a picture and the tiles that are decoded at once. Of a header no more than shares of that:
    /// [`Limits::max_items`], [`Limits::max_metadata`].
    pub max_bytes: u64,
    /// Which of them the caller can set, by bits of 1 << [`Limit`]: a message advises no others.
    pub settable: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_pixels: 1 << 28, max_elements: 1 << 30, max_bytes: 4 << 30, settable: 7 }
    }
}

/// Largest width or height of a picture in pixels, whatever the limits are.
pub const MAX_SIDE: u64 = 1 << 20;

/// Elements and bytes that stay allowed however few pixels are: networks and tables take so much for any picture.
const LEAST_ELEMENTS: u64 = 1 << 22;
const LEAST_BYTES: u64 = 128 << 20;
/// Bytes of working memory a pixel: four channels of 16 bits, and as much again as one tile of them all takes.
const PIXEL_BYTES: u64 = 4 * 26;

impl Limits {
    /// The defaults with those limits that are given. Without limits of their own, elements and memory follow the pixels.
    ///
    /// # Errors
    /// `param.unknown` for a name that is none of [`KNOBS`].
    pub fn of<'a>(given: impl IntoIterator<Item = (&'a str, Option<u64>)>) -> Result<Limits> {
        let (mut values, mut settable) = ([None; 3], 0);
        for (name, value) in given {
            let Some((knob, ..)) = KNOBS.iter().find(|(_, n, _)| *n == name) else {
                let text = format!("no limit is called {}; there are {}", Quoted(name), Names(&KNOBS.map(|k| k.1)));
                return Err(Error::new("param.unknown", text));
            };
            values[*knob as usize] = value;
            settable |= 1 << *knob as u8;
        }
        let limits = Limits { settable, ..Limits::default() };
        let [pixels, elements, bytes] = values;
        let follow = |rate: u64, least: u64, usual: u64| pixels.map_or(usual, |p| p.saturating_mul(rate).max(least));
        Ok(Limits {
            max_pixels: pixels.unwrap_or(limits.max_pixels),
            max_elements: elements.unwrap_or_else(|| follow(4, LEAST_ELEMENTS, limits.max_elements)),
            max_bytes: bytes.unwrap_or_else(|| follow(PIXEL_BYTES, LEAST_BYTES, limits.max_bytes)),
            settable,
        })
    }

    /// Most tiles, sections, items and other things that a header lists.
    pub fn max_items(&self) -> u64 {
        (self.max_bytes >> 12).max(1 << 10)
    }

    /// Most bytes of metadata and of what steps keep of their own (profiles, EXIF, parameters, side bytes).
    pub fn max_metadata(&self) -> u64 {
        (self.max_bytes >> 6).max(1 << 16)
    }

    /// What to do about a limit: nothing where the caller cannot set it.
    pub fn advice(&self, limit: Limit) -> &'static str {
        const ADVICE: [&str; 3] = [" (raise max_pixels)", " (raise max_elements)", " (raise max_bytes)"];
        match self.settable >> limit as u8 & 1 {
            0 => "",
            _ => ADVICE[limit as usize],
        }
    }

    /// The error of something that takes `count`, where `most` are allowed.
    pub fn refused(&self, limit: Limit, count: u64, what: &str, most: u64) -> Error {
        let code = match limit {
            Limit::Pixels => "limit.dimensions",
            Limit::Elements => "limit.symbols",
            Limit::Bytes => "limit.memory",
        };
        Error::new(code, format!("{count} {what}; at most {most}{}", self.advice(limit)))
    }

    /// Checks a picture's sides, in pixels, and gives its number of pixels.
    ///
    /// # Errors
    /// `limit.dimensions` where the area is too large.
    pub fn check_picture(&self, width: u64, height: u64) -> Result<u64> {
        let pixels = width.saturating_mul(height);
        if pixels <= self.max_pixels && width.max(height) <= MAX_SIDE {
            return Ok(pixels);
        }
        let (most, advice) = (self.max_pixels, if pixels > self.max_pixels { self.advice(Limit::Pixels) } else { "" });
        let text =
            format!("a picture of {width} x {height} pixels; at most {MAX_SIDE} a side and {most} in all{advice}");
        Err(Error::new("limit.dimensions", text))
    }

    /// Checks a number of elements or symbols.
    ///
    /// # Errors
    /// `limit.symbols` where there are too many.
    pub fn check_elements(&self, count: u64, what: &str) -> Result<usize> {
        match count <= self.max_elements {
            true => Ok(count as usize),
            false => Err(self.refused(Limit::Elements, count, what, self.max_elements)),
        }
    }

    /// Checks a need of working memory.
    ///
    /// # Errors
    /// `limit.memory` where it is too much.
    pub fn check_bytes(&self, needed: u64, what: &str) -> Result<()> {
        match needed <= self.max_bytes {
            true => Ok(()),
            false => Err(self.refused(Limit::Bytes, needed, what, self.max_bytes)),
        }
    }
}
