//! From stored samples to pixels: bits spread, white and black the right way round, palettes looked up, inks and alpha undone.

use super::header::{Alpha, Header, Meaning};
use crate::color::ink_to_light;
use crate::memory::zeroed;
use crate::Result;

/// A sample of a picture.
pub(super) trait Sample: Copy + Default {
    const MOST: u32;
    fn of(value: u32) -> Self;
    fn get(self) -> u32;
}

impl Sample for u8 {
    const MOST: u32 = 255;
    fn of(value: u32) -> Self {
        value as Self
    }
    fn get(self) -> u32 {
        self.into()
    }
}

impl Sample for u16 {
    const MOST: u32 = 65_535;
    fn of(value: u32) -> Self {
        value as Self
    }
    fn get(self) -> u32 {
        self.into()
    }
}

/// Samples of fewer than 8 bits, one a byte; each row is filled up to whole bytes.
pub(super) fn spread(rows: &[u8], row_samples: usize, height: usize, bits: usize) -> Result<Vec<u8>> {
    let mut out = zeroed(row_samples * height)?;
    let row_bytes = (row_samples * bits).div_ceil(8);
    let mask = (1_u8 << bits) - 1;
    for (to, from) in out.chunks_exact_mut(row_samples).zip(rows.chunks_exact(row_bytes)) {
        for (i, value) in to.iter_mut().enumerate() {
            let bit = i * bits;
            *value = from[bit / 8] >> (8 - bits - bit % 8) & mask;
        }
    }
    Ok(out)
}

/// The samples of `header.samples` planes, pixel by pixel.
pub(super) fn interleave<T: Sample>(planes: &[Vec<T>]) -> Result<Vec<T>> {
    let mut out = zeroed(planes.iter().map(Vec::len).sum())?;
    for (i, plane) in planes.iter().enumerate() {
        for (pixel, value) in out.chunks_exact_mut(planes.len()).zip(plane) {
            pixel[i] = *value;
        }
    }
    Ok(out)
}

/// Grey, grey and alpha, RGB or RGBA of samples that stand pixel by pixel.
pub(super) fn pixels<T: Sample>(header: &Header, palette: &[u64], stored: Vec<T>) -> Result<Vec<T>> {
    let is_as_it_was = matches!(header.meaning, Meaning::BlackIsZero | Meaning::Rgb)
        && header.bits >= 8
        && header.samples == usize::from(header.channels())
        && !header.alpha.is_some_and(|alpha| alpha.is_associated);
    if is_as_it_was {
        return Ok(stored);
    }
    let channels = usize::from(header.channels());
    let mut out = zeroed(stored.len() / header.samples * channels)?;
    let scale = if header.bits < 8 { 255 / ((1 << header.bits) - 1) } else { 1 };
    for (from, to) in stored.chunks_exact(header.samples).zip(out.chunks_exact_mut(channels)) {
        let color = &mut to[..if channels > 2 { 3 } else { 1 }];
        match header.meaning {
            Meaning::WhiteIsZero => color[0] = T::of(T::MOST - from[0].get() * scale),
            Meaning::Palette => {
                let size = 1 << header.bits;
                let entry = from[0].get() as usize;
                // The map has 16 bits a value: all reds, all greens, all blues.
                let value = |i: usize| palette.get(i * size + entry).map_or(0, |value| value >> 8);
                (0..3).for_each(|i| color[i] = T::of(value(i) as u32));
            }
            Meaning::Cmyk => {
                let ink = |i: usize| from[i].get() * scale;
                (0..3).for_each(|i| color[i] = T::of(ink_to_light(ink(i), ink(3), T::MOST)));
            }
            Meaning::BlackIsZero | Meaning::Rgb | Meaning::YCbCr => {
                color.iter_mut().zip(from).for_each(|(to, from)| *to = T::of(from.get() * scale));
            }
        }
        if let Some(Alpha { at, is_associated }) = header.alpha {
            let alpha = from[at].get() * scale;
            if is_associated && alpha > 0 {
                to[..channels - 1].iter_mut().for_each(|value| *value = divided(*value, alpha));
            }
            to[channels - 1] = T::of(alpha);
        }
    }
    Ok(out)
}

/// A colour that was multiplied by alpha, without it, rounded.
fn divided<T: Sample>(value: T, alpha: u32) -> T {
    let most = u64::from(T::MOST);
    let whole = (u64::from(value.get()) * most + u64::from(alpha) / 2) / u64::from(alpha);
    T::of(whole.min(most) as u32)
}
