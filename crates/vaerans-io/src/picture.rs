//! A decoded picture: interleaved samples and what its file said about them.

use vaerans::{exif, icc};

use crate::{Error, Result};

/// Samples in row order, channels interleaved, in the machine's byte order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Samples {
    /// Samples of 8 bits.
    U8(Vec<u8>),
    /// Samples of 16 bits.
    U16(Vec<u16>),
}

impl Samples {
    /// Number of samples: width x height x channels.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(samples) => samples.len(),
            Self::U16(samples) => samples.len(),
        }
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bits of one sample: 8 or 16.
    pub fn bits(&self) -> u8 {
        match self {
            Self::U8(_) => 8,
            Self::U16(_) => 16,
        }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::U8(samples) => samples,
            Self::U16(samples) => bytemuck::cast_slice(samples),
        }
    }
}

/// A picture as its file stores it: the orientation is told, not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Height x width x channels samples.
    pub samples: Samples,
    /// Pixels of a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha; alpha is not multiplied in.
    pub channels: u8,
    /// ICC profile of these channels. A profile of another colour space (CMYK, say, after conversion to RGB) is left out.
    pub icc: Option<Vec<u8>>,
    /// EXIF block from its TIFF header on, without any `Exif\0\0` in front.
    pub exif: Option<Vec<u8>>,
    /// EXIF orientation 1 to 8: how to turn the stored picture for showing; 1 is upright.
    pub orientation: u8,
    /// Pictures, frames or pages in the file; this is the first. 1 for a still picture.
    pub frames: u32,
    /// What is wrong with the file, if it is damaged and the caller asked for what can be saved.
    pub damage: Option<String>,
}

impl Picture {
    /// A picture without metadata.
    ///
    /// # Errors
    /// `param.shape` when the sizes do not belong together.
    pub fn new(samples: Samples, width: u32, height: u32, channels: u8) -> Result<Self> {
        let picture =
            Self { samples, width, height, channels, icc: None, exif: None, orientation: 1, frames: 1, damage: None };
        picture.check().map(|()| picture)
    }

    /// The fields are public: whoever takes a picture asks again.
    pub(crate) fn check(&self) -> Result<()> {
        let (width, height, channels) = (self.width, self.height, self.channels);
        let expected =
            u64::from(width).checked_mul(u64::from(height)).and_then(|pixels| pixels.checked_mul(u64::from(channels)));
        let fits = width > 0 && height > 0 && (1..=4).contains(&channels);
        if fits && expected == Some(self.samples.len() as u64) {
            return Ok(());
        }
        let message = format!(
            "{width}x{height} with {channels} channels and {} samples; expected sides of at least 1, 1 to 4 channels and width x height x channels samples",
            self.samples.len()
        );
        Err(Error::new("param.shape", message))
    }
}

/// Whether an ICC profile describes pictures of this many channels; what is no profile describes none.
pub(crate) fn profile_fits(profile: &[u8], channels: u8) -> bool {
    icc::colour_space(profile).is_some() && icc::check(profile, channels.into()).is_ok()
}

/// An EXIF block from its TIFF header on; what is none is left out.
pub(crate) fn exif_block(found: &[u8]) -> Option<Vec<u8>> {
    let block = exif::strip(found);
    exif::is_block(block).then(|| block.to_vec())
}
