//! Pictures as rows of samples, and the tiles cut out of them.

use crate::arena::{zeros, Arena, DType, TensorRef};
use crate::bitstream::Metadata;
use crate::error::{Error, Result};
use crate::rect::Rect;

/// Borrowed samples, interleaved, row by row.
#[derive(Debug, Clone, Copy)]
pub enum Samples<'a> {
    /// 8 bits.
    U8(&'a [u8]),
    /// 16 bits.
    U16(&'a [u16]),
}

impl Samples<'_> {
    /// Element type.
    pub fn dtype(&self) -> DType {
        match self {
            Samples::U8(_) => DType::U8,
            Samples::U16(_) => DType::U16,
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        match self {
            Samples::U8(s) => s.len(),
            Samples::U16(s) => s.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A picture that someone else owns: (height, width, channels), contiguous.
#[derive(Debug, Clone, Copy)]
pub struct ImageView<'a> {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
    pub channels: usize,
    /// The samples.
    pub samples: Samples<'a>,
}

impl ImageView<'_> {
    /// Refuses what is no picture.
    ///
    /// # Errors
    /// `data.empty`, `param.shape`.
    pub fn check(&self) -> Result<()> {
        if self.width == 0 || self.height == 0 {
            return Err(Error::new("data.empty", format!("a picture of {} x {} pixels", self.width, self.height)));
        }
        let expected = self.width.checked_mul(self.height).and_then(|n| n.checked_mul(self.channels));
        if !(1..=4).contains(&self.channels) || expected != Some(self.samples.len()) {
            let (w, h, c, n) = (self.width, self.height, self.channels, self.samples.len());
            return Err(Error::new(
                "param.shape",
                format!("{n} samples for {h} x {w} pixels of {c} channels (1 to 4)"),
            ));
        }
        Ok(())
    }

    /// Channels a file keeps: alpha that is opaque throughout is left out of RGBA, because a browser's
    /// canvas knows nothing else.
    pub fn stored_channels(&self) -> usize {
        if self.channels == 4 {
            self.opaque_channels()
        } else {
            self.channels
        }
    }

    /// Channels without an alpha that is opaque throughout.
    pub(super) fn opaque_channels(&self) -> usize {
        let c = self.channels;
        let opaque = match self.samples {
            Samples::U8(s) => s.chunks_exact(c).all(|p| p[c - 1] == u8::MAX),
            Samples::U16(s) => s.chunks_exact(c).all(|p| p[c - 1] == u16::MAX),
        };
        c - usize::from(c % 2 == 0 && opaque)
    }
}

/// The first `channels` channels of a tile as a tensor (H, W, C).
pub(super) fn cut(arena: &Arena, image: &ImageView, rect: Rect, channels: usize, dtype: DType) -> Result<TensorRef> {
    let mut out = arena.alloc(dtype, &[rect.height, rect.width, channels])?;
    match image.samples {
        Samples::U8(s) => cut_rows(image, s, rect, channels, out.as_mut_slice()?),
        Samples::U16(s) => cut_rows(image, s, rect, channels, out.as_mut_slice()?),
    }
    Ok(out.freeze())
}

fn cut_rows<T: Copy>(image: &ImageView, samples: &[T], rect: Rect, channels: usize, out: &mut [T]) {
    for (y, to) in out.chunks_exact_mut(rect.width * channels).enumerate() {
        let from = ((rect.y + y) * image.width + rect.x) * image.channels;
        let row = &samples[from..from + rect.width * image.channels];
        if channels == image.channels {
            to.copy_from_slice(row);
            continue;
        }
        for (to, from) in to.chunks_exact_mut(channels).zip(row.chunks_exact(image.channels)) {
            to.copy_from_slice(&from[..channels]);
        }
    }
}

/// Owned samples, interleaved, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SampleBuf {
    /// 8 bits.
    U8(Vec<u8>),
    /// 16 bits.
    U16(Vec<u16>),
}

impl SampleBuf {
    /// Zeros, of 8 bits or of 16.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn zeros(dtype: DType, n: usize) -> Result<SampleBuf> {
        Ok(match dtype {
            DType::U8 => SampleBuf::U8(zeros(n)?),
            _ => SampleBuf::U16(zeros(n)?),
        })
    }

    /// The samples if they have 8 bits.
    pub fn as_u8(&self) -> Option<&[u8]> {
        match self {
            SampleBuf::U8(s) => Some(s),
            SampleBuf::U16(_) => None,
        }
    }

    /// The samples if they have 16 bits.
    pub fn as_u16(&self) -> Option<&[u16]> {
        match self {
            SampleBuf::U8(_) => None,
            SampleBuf::U16(s) => Some(s),
        }
    }
}

/// A decoded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
    pub channels: usize,
    /// The samples.
    pub samples: SampleBuf,
    /// What travelled with it.
    pub metadata: Metadata,
}

impl Image {
    /// The picture as what someone else owns.
    pub fn view(&self) -> ImageView<'_> {
        let samples = match &self.samples {
            SampleBuf::U8(s) => Samples::U8(s),
            SampleBuf::U16(s) => Samples::U16(s),
        };
        ImageView { width: self.width, height: self.height, channels: self.channels, samples }
    }
}
