//! The frame header: how large the picture is and how its components are sampled (ITU-T T.81, B.2.2).

use super::block::{Block, Seen};
use super::segment::Segment;
use crate::decode::{damaged, kind};
use crate::memory::zeroed;
use crate::{Error, Format, Result};

/// One colour component and what is decoded of it.
pub(super) struct Component {
    pub id: u8,
    /// Sampling factors.
    pub across: usize,
    pub down: usize,
    pub quant_index: usize,
    /// The table that counts when its first scan begins.
    pub quant: Option<Box<[u16; 64]>>,
    /// Samples that belong to the picture.
    pub width: usize,
    pub height: usize,
    /// Blocks that are stored: those of whole MCUs.
    pub blocks_wide: usize,
    pub blocks_high: usize,
    pub samples: Vec<u8>,
    /// 64 a block, where several scans make them.
    pub coefficients: Vec<i16>,
    /// For each block, which of them are not 0.
    pub seen: Vec<Seen>,
    pub is_coded: bool,
}

impl Component {
    /// Samples of a stored line.
    pub(super) fn stride(&self) -> usize {
        self.blocks_wide * 8
    }
}

/// The one frame of a file.
pub(super) struct Frame {
    pub is_progressive: bool,
    pub width: usize,
    pub height: usize,
    pub mcus_wide: usize,
    pub mcus_high: usize,
    /// The largest sampling factors.
    pub across: usize,
    pub down: usize,
    pub components: Vec<Component>,
}

/// Why a frame of this marker cannot be decoded, `None` if it can.
pub(super) fn unsupported(marker: u8) -> Option<&'static str> {
    match marker {
        0xc0..=0xc2 => None,
        0xc3 => Some("lossless JPEG"),
        0xc9..=0xcb => Some("arithmetic coding"),
        0xc5..=0xc7 | 0xcd..=0xcf => Some("hierarchical JPEG"),
        _ => Some("an unknown kind of JPEG"),
    }
}

impl Frame {
    pub(super) fn parse(segment: &Segment) -> Result<Self> {
        if let Some(what) = unsupported(segment.marker) {
            return Err(kind(Format::Jpeg, what));
        }
        let fail = |why: &str| damaged(Format::Jpeg, why);
        let [precision, y1, y0, x1, x0, count, parts @ ..] = segment.body else {
            return Err(fail("its frame header is too short"));
        };
        let (height, width) = (u16::from_be_bytes([*y1, *y0]), u16::from_be_bytes([*x1, *x0]));
        if *precision != 8 {
            return Err(kind(Format::Jpeg, &format!("samples of {precision} bits")));
        }
        if height == 0 {
            return Err(kind(Format::Jpeg, "a number of lines that only a DNL segment tells"));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(kind(Format::Jpeg, &format!("{count} colour components")));
        }
        if width == 0 || parts.len() != 3 * usize::from(*count) {
            return Err(fail("its frame header contradicts itself"));
        }
        let mut frame = Self {
            is_progressive: segment.marker == 0xc2,
            width: width.into(),
            height: height.into(),
            mcus_wide: 0,
            mcus_high: 0,
            across: 1,
            down: 1,
            components: parts.chunks_exact(3).map(component).collect::<Option<_>>().ok_or_else(|| fail(FACTORS))?,
        };
        frame.lay_out()?;
        Ok(frame)
    }

    /// How many samples and blocks each component has (A.1.1, A.2.4).
    fn lay_out(&mut self) -> Result<()> {
        if let [only] = &mut self.components[..] {
            // One component is never interleaved: its MCU is a block whatever the factors.
            (only.across, only.down) = (1, 1);
        }
        self.across = self.components.iter().map(|c| c.across).max().unwrap_or(1);
        self.down = self.components.iter().map(|c| c.down).max().unwrap_or(1);
        self.mcus_wide = self.width.div_ceil(8 * self.across);
        self.mcus_high = self.height.div_ceil(8 * self.down);
        for c in &mut self.components {
            if !self.across.is_multiple_of(c.across) || !self.down.is_multiple_of(c.down) {
                return Err(kind(Format::Jpeg, "components sampled at no whole fraction of each other"));
            }
            c.width = (self.width * c.across).div_ceil(self.across);
            c.height = (self.height * c.down).div_ceil(self.down);
            c.blocks_wide = self.mcus_wide * c.across;
            c.blocks_high = self.mcus_high * c.down;
        }
        Ok(())
    }

    /// Bytes that decoding takes: samples of each component, their coefficients where they are kept, and the pixels.
    pub(super) fn bytes(&self) -> u64 {
        let blocks: u64 = self.components.iter().map(|c| c.blocks_wide as u64 * c.blocks_high as u64).sum();
        let kept = if self.is_progressive { size_of::<Block>() + size_of::<Seen>() } else { 0 };
        let channels = if self.components.len() == 1 { 1 } else { 3 };
        blocks * (64 + kept as u64) + self.width as u64 * self.height as u64 * channels
    }

    /// Memory for what is decoded; the limits were asked before.
    pub(super) fn allocate(&mut self) -> Result<()> {
        let is_progressive = self.is_progressive;
        self.components.iter_mut().try_for_each(|c| {
            let samples = c.blocks_wide * c.blocks_high * 64;
            c.coefficients = zeroed(if is_progressive { samples } else { 0 })?;
            c.seen = zeroed(c.coefficients.len() / 64)?;
            c.samples = zeroed(samples)?;
            Ok::<_, Error>(())
        })
    }
}

const FACTORS: &str = "its sampling factors or tables are out of range";

fn component(part: &[u8]) -> Option<Component> {
    let (across, down, quant) = (part[1] >> 4, part[1] & 15, part[2]);
    let fits = (1..=4).contains(&across) && (1..=4).contains(&down) && quant < 4;
    fits.then(|| Component {
        id: part[0],
        across: across.into(),
        down: down.into(),
        quant_index: quant.into(),
        quant: None,
        width: 0,
        height: 0,
        blocks_wide: 0,
        blocks_high: 0,
        samples: Vec::new(),
        coefficients: Vec::new(),
        seen: Vec::new(),
        is_coded: false,
    })
}
