//! A decoded picture: interleaved samples and what its file said about them.

use vaerans::{exif, icc};

use crate::{exif_orientation, Error, Result};

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
    /// Metadata of the file that is not this picture's any more, or cannot be read, in words.
    pub dropped: Option<String>,
}

impl Picture {
    /// A picture without metadata.
    ///
    /// # Errors
    /// `param.shape` when the sizes do not belong together.
    pub fn new(samples: Samples, width: u32, height: u32, channels: u8) -> Result<Self> {
        let (icc, exif, orientation) = (None, None, 1);
        let picture =
            Self { samples, width, height, channels, icc, exif, orientation, frames: 1, damage: None, dropped: None };
        picture.check().map(|()| picture)
    }

    /// Takes what a file holds as ICC profile and EXIF block, as far as they belong to these samples, and the orientation that the
    /// block states; what is left out is told.
    pub(crate) fn with_metadata(mut self, profile: Option<Vec<u8>>, block: Option<Vec<u8>>) -> Self {
        let mut dropped = Vec::new();
        let channels = self.channels.into();
        self.icc = profile.filter(|profile| {
            let no_profile = || "what stands as its ICC profile is none".to_owned();
            let wrong =
                icc::colour_space(profile).map_or_else(|| Some(no_profile()), |_| icc::mismatch(profile, channels));
            wrong.map(|text| dropped.push(text)).is_none()
        });
        self.exif = block.map(|block| exif::strip(&block).to_vec()).filter(|block| {
            let is_block = exif::is_block(block);
            is_block || {
                dropped.push("what stands as its EXIF block is none".to_owned());
                false
            }
        });
        self.orientation = self.exif.as_deref().map_or(1, exif_orientation);
        self.dropped = (!dropped.is_empty()).then(|| dropped.join("; "));
        self
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

/// An EXIF block from its TIFF header on; what is none is left out.
pub(crate) fn exif_block(found: &[u8]) -> Option<Vec<u8>> {
    let block = exif::strip(found);
    exif::is_block(block).then(|| block.to_vec())
}
