//! Pictures as a canvas takes them.

use super::tile::{Image, SampleBuf};
use crate::arena::zeros;
use crate::error::Result;

impl Image {
    /// Its pixels as red, green, blue and alpha of 8 bits: 16 bits are rounded, grey is repeated, what has no alpha is opaque.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn into_rgba(mut self) -> Result<Image> {
        let channels = std::mem::replace(&mut self.channels, 4);
        if channels == 4 && self.samples.as_u8().is_some() {
            return Ok(self);
        }
        let eight = |at: usize| match &self.samples {
            SampleBuf::U8(samples) => samples[at],
            // v / 257, rounded to the nearest.
            SampleBuf::U16(samples) => ((u32::from(samples[at]) * 255 + 32895) >> 16) as u8,
        };
        // Where red, green, blue and alpha are in a pixel.
        let places = if channels < 3 { [0, 0, 0, 1] } else { [0, 1, 2, 3] };
        let mut out = zeros(4 * self.width * self.height)?;
        for (i, to) in out.iter_mut().enumerate() {
            let is_opaque = i % 4 == 3 && channels % 2 == 1;
            *to = if is_opaque { u8::MAX } else { eight(i / 4 * channels + places[i % 4]) };
        }
        self.samples = SampleBuf::U8(out);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitstream::Metadata;

    fn image(width: usize, channels: usize, samples: SampleBuf) -> Image {
        Image { width, height: 1, channels, samples, metadata: Metadata::default() }
    }

    #[test]
    fn every_number_of_channels_becomes_four() {
        let wanted: [(usize, &[u8], [u8; 8]); 4] = [
            (1, &[1, 2], [1, 1, 1, 255, 2, 2, 2, 255]),
            (2, &[1, 2, 3, 4], [1, 1, 1, 2, 3, 3, 3, 4]),
            (3, &[1, 2, 3, 4, 5, 6], [1, 2, 3, 255, 4, 5, 6, 255]),
            (4, &[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]),
        ];
        for (channels, samples, rgba) in wanted {
            let made = image(2, channels, SampleBuf::U8(samples.to_vec())).into_rgba().unwrap();
            assert_eq!(made, image(2, 4, SampleBuf::U8(rgba.to_vec())));
        }
    }

    #[test]
    fn sixteen_bits_are_rounded_to_the_nearest() {
        let all: Vec<u16> = (0..=u16::MAX).collect();
        let wanted: Vec<u8> = all.iter().map(|&v| (f64::from(v) / 257.0).round() as u8).collect();
        let rgba = image(all.len(), 1, SampleBuf::U16(all)).into_rgba().unwrap();
        assert!(rgba.samples.as_u8().unwrap().chunks(4).zip(&wanted).all(|(p, &v)| p == [v, v, v, 255]));
    }
}
