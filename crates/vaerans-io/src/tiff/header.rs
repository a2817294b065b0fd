//! What the tags of a TIFF file say of its samples; what cannot be read right is refused here.

use super::ifd::{Directory, Source};
use crate::decode::{damaged, kind};
use crate::{Error, Format, Result};

/// How samples become colours (PhotometricInterpretation).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Cmyk,
    /// Only where JPEG makes it.
    YCbCr,
}

/// The sample that says how opaque a pixel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Alpha {
    /// Its place among the samples of a pixel.
    pub at: usize,
    /// Whether the colours are multiplied by it.
    pub is_associated: bool,
}

/// Sizes and meaning of the samples.
#[derive(Debug)]
pub(super) struct Header {
    pub width: usize,
    pub height: usize,
    pub bits: usize,
    /// Samples of a pixel, and how many of them are colours.
    pub samples: usize,
    pub colors: usize,
    pub alpha: Option<Alpha>,
    pub meaning: Meaning,
    pub compression: u64,
    pub predictor: u64,
    pub is_planar: bool,
    pub is_reversed: bool,
    pub orientation: u8,
}

pub(super) const JPEG: u64 = 7;

fn unsupported(what: &str) -> Error {
    kind(Format::Tiff, what)
}

impl Header {
    pub(super) fn read(source: &Source, tags: &Directory) -> Result<Self> {
        check_values(source, tags)?;
        let first = |tag| source.first(tags, tag);
        // No more values than a pixel can have samples.
        let all = |tag| tags.fields.get(&tag).and_then(|field| source.numbers(field, 1 << 16));
        let side = |tag, name: &str| match first(tag) {
            Some(side @ 1..=0xffff_ffff) => Ok(side as usize),
            _ => Err(damaged(Format::Tiff, &format!("it states no {name}"))),
        };
        let (width, height) = (side(256, "width")?, side(257, "height")?);
        let samples = first(277).unwrap_or(1) as usize;
        let bits = all(258).unwrap_or_else(|| vec![1]);
        let same = |values: &[u64]| values.first().copied().filter(|one| values.iter().all(|value| value == one));
        let bits = same(&bits).ok_or_else(|| unsupported("samples of different numbers of bits"))? as usize;
        if all(339).is_some_and(|formats| formats.iter().any(|format| !matches!(format, 1 | 4))) {
            return Err(unsupported("signed, floating-point or complex samples"));
        }
        let compression = first(259).unwrap_or(1);
        let (meaning, colors) = meaning(first(262), compression)?;
        let extra =
            samples.checked_sub(colors).ok_or_else(|| damaged(Format::Tiff, "it has too few samples a pixel"))?;
        let turn = first(274).filter(|_| tags.fields.get(&274).is_some_and(|field| field.count == 1));
        let header = Self {
            width,
            height,
            bits,
            samples,
            colors,
            alpha: alpha(&all(338).unwrap_or_default(), colors, extra),
            meaning,
            compression,
            predictor: first(317).unwrap_or(1),
            is_planar: samples > 1 && first(284) == Some(2),
            is_reversed: first(266) == Some(2),
            orientation: turn.filter(|turn| (1..=8).contains(turn)).unwrap_or(1) as u8,
        };
        header.check(first(332).unwrap_or(1))?;
        Ok(header)
    }

    fn check(&self, inks: u64) -> Result<()> {
        let most = if self.meaning == Meaning::Palette { 8 } else { 16 };
        if !matches!(self.bits, 1 | 2 | 4 | 8 | 16) || self.bits > most {
            return Err(unsupported(&format!("samples of {} bits", self.bits)));
        }
        if self.meaning == Meaning::Cmyk && inks != 1 {
            return Err(unsupported("inks other than cyan, magenta, yellow and black"));
        }
        if !matches!(self.compression, 1 | 4 | 5 | JPEG | 8 | 32773 | 32946) {
            return Err(unsupported(&format!("compression {}", self.compression)));
        }
        if !matches!(self.predictor, 1 | 2) || (self.predictor == 2 && self.bits < 8) {
            return Err(unsupported(&format!("predictor {} for {} bits", self.predictor, self.bits)));
        }
        let is_plain = self.bits == 8 && !self.is_planar && self.samples == self.colors;
        if self.compression == JPEG && !(is_plain && self.meaning != Meaning::Palette) {
            return Err(unsupported("JPEG compression of this kind"));
        }
        if self.samples > 64 {
            return Err(unsupported(&format!("{} samples a pixel", self.samples)));
        }
        Ok(())
    }

    /// Channels of the picture that this becomes.
    pub(super) fn channels(&self) -> u8 {
        let grey = matches!(self.meaning, Meaning::WhiteIsZero | Meaning::BlackIsZero);
        (if grey { 1 } else { 3 }) + u8::from(self.alpha.is_some())
    }

    /// Bytes of a sample of that picture.
    pub(super) fn bytes(&self) -> u8 {
        if self.bits == 16 {
            2
        } else {
            1
        }
    }
}

/// Tags without which samples would be read as something else: their defaults are for fields that are not there.
const SHAPING: [u16; 20] =
    [256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 332, 338, 339];

/// Refuses fields that are there and cannot be read.
fn check_values(source: &Source, tags: &Directory) -> Result<()> {
    let has_numbers = |tag| tags.fields.get(tag).is_none_or(|field| source.has_numbers(field));
    match SHAPING.iter().find(|tag| tags.lost.contains(tag) || !has_numbers(tag)) {
        None => Ok(()),
        Some(tag) => Err(damaged(Format::Tiff, &format!("the values of its tag {tag} cannot be read"))),
    }
}

/// How samples are meant, and how many of them make a colour.
fn meaning(photometric: Option<u64>, compression: u64) -> Result<(Meaning, usize)> {
    Ok(match photometric {
        Some(0) => (Meaning::WhiteIsZero, 1),
        Some(1) => (Meaning::BlackIsZero, 1),
        Some(2) => (Meaning::Rgb, 3),
        Some(3) => (Meaning::Palette, 1),
        Some(5) => (Meaning::Cmyk, 4),
        Some(6) if compression == JPEG => (Meaning::YCbCr, 3),
        Some(6) => return Err(unsupported("YCbCr that is not compressed as JPEG")),
        Some(other) => return Err(unsupported(&format!("colours of kind {other} (PhotometricInterpretation)"))),
        None => return Err(unsupported("samples of unknown meaning (no PhotometricInterpretation)")),
    })
}

/// The first extra sample that is declared to be alpha (ExtraSamples); what is not declared is none.
fn alpha(declared: &[u64], colors: usize, extra: usize) -> Option<Alpha> {
    let at = declared.iter().take(extra).position(|what| matches!(what, 1 | 2))?;
    Some(Alpha { at: colors + at, is_associated: declared[at] == 1 })
}
