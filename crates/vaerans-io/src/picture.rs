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

/// A block of metadata in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Block {
    #[default]
    None,
    Found(Vec<u8>),
    /// It is there, and cannot be read.
    Damaged,
}

impl Block {
    /// What was read of a block that is there.
    pub(crate) fn read(block: Option<Vec<u8>>) -> Self {
        block.map_or(Self::Damaged, Self::Found)
    }

    /// This, or the other where there is none or it is damaged.
    pub(crate) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Found(block), _) | (_, Self::Found(block)) => Self::Found(block),
            (Self::None, Self::None) => Self::None,
            _ => Self::Damaged,
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
    pub(crate) fn with_metadata(mut self, profile: Block, block: Block) -> Self {
        let (channels, no_profile) = (self.channels.into(), "its ICC profile is damaged");
        self.icc = self.kept(profile, no_profile, |profile| match icc::colour_space(profile) {
            None => Some(no_profile.to_owned()),
            Some(_) => icc::mismatch(profile, channels),
        });
        let no_block = "its EXIF block is damaged";
        let block = self.kept(block, no_block, |block| (!is_exif(block)).then(|| no_block.to_owned()));
        self.exif = block.map(|block| exif::strip(&block).to_vec());
        self.orientation = self.exif.as_deref().map_or(1, exif_orientation);
        self
    }

    /// The block, unless it is damaged or something is wrong with it, which is told.
    fn kept(&mut self, block: Block, damaged: &str, wrong: impl Fn(&[u8]) -> Option<String>) -> Option<Vec<u8>> {
        let why = match block {
            Block::None => return None,
            Block::Damaged => damaged.to_owned(),
            Block::Found(block) => match wrong(&block) {
                None => return Some(block),
                Some(why) => why,
            },
        };
        self.leave_out(&why);
        None
    }

    /// Tells of metadata that is left out.
    pub(crate) fn leave_out(&mut self, what: &str) {
        let told = self.dropped.take().map_or(String::new(), |told| told + "; ");
        self.dropped = Some(told + what);
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

/// Whether these bytes are an EXIF block, with `Exif\0\0` in front or without.
pub(crate) fn is_exif(found: &[u8]) -> bool {
    exif::is_block(exif::strip(found))
}
