//! Between samples and the floats, red, green and blue of each pixel, that networks take and give.
//!
//! Each conversion is one multiplication or two operations of 32-bit floats, rounded one by one, so that they are the same
//! everywhere.

use crate::arena::Element;
use crate::codec::tile::Samples;
use crate::rect::Rect;

/// A sample of a picture.
pub(in crate::codec) trait Sample: Element + Into<f32> {
    /// White.
    const PEAK: f32;
    /// Of a number in 0 to [`Sample::PEAK`], whose fraction is left out.
    fn of(value: f32) -> Self;
    /// The mean of three, rounded.
    fn mean(rgb: [Self; 3]) -> Self;
}

macro_rules! samples {
    ($($t:ty: $peak:expr;)*) => { $(
        impl Sample for $t {
            const PEAK: f32 = $peak;
            fn of(value: f32) -> $t {
                value as $t
            }
            fn mean(rgb: [$t; 3]) -> $t {
                ((rgb.iter().map(|&s| u32::from(s)).sum::<u32>() + 1) / 3) as $t
            }
        }
    )* };
}

samples! {
    u8: 255.0;
    u16: 65535.0;
}

/// Rows and columns of planes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub height: usize,
    pub width: usize,
}

/// Samples of a picture (H, W, 1 to 4), of either depth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pixels<'a> {
    samples: Samples<'a>,
    pub size: Size,
}

impl Pixels<'_> {
    /// Of samples of that many rows and columns.
    pub fn of(samples: Samples, size: Size) -> Pixels {
        Pixels { samples, size }
    }

    /// Red, green and blue in 0 to 1 of a window, without alpha, which may go beyond the picture: there its last row and column are repeated.
    pub fn floats(&self, window: Rect, floats: &mut [f32]) {
        match self.samples {
            Samples::U8(samples) => to_floats(samples, self.size, window, floats),
            Samples::U16(samples) => to_floats(samples, self.size, window, floats),
        }
    }
}

fn to_floats<S: Sample>(samples: &[S], size: Size, window: Rect, floats: &mut [f32]) {
    let gain = 1.0 / S::PEAK;
    let scaled = |sample: S| -> f32 { sample.into() * gain };
    let row = samples.len() / size.height;
    let channels = row / size.width;
    // Columns of the window that the picture has, one at the least.
    let first = window.x.min(size.width - 1);
    let count = (size.width - first).min(window.width);
    for (y, to) in floats.chunks_exact_mut(3 * window.width).enumerate() {
        let from = &samples[(window.y + y).min(size.height - 1) * row..][first * channels..][..count * channels];
        let (inside, edge) = to.split_at_mut(3 * count);
        let pixels = inside.chunks_exact_mut(3).zip(from.chunks_exact(channels));
        match channels {
            1 | 2 => pixels.for_each(|(rgb, pixel)| rgb.fill(scaled(pixel[0]))),
            3 => inside.iter_mut().zip(from).for_each(|(to, &sample)| *to = scaled(sample)),
            _ => pixels.for_each(|(rgb, pixel)| rgb.iter_mut().zip(pixel).for_each(|(to, &s)| *to = scaled(s))),
        }
        let last = &inside[3 * count - 3..];
        edge.chunks_exact_mut(3).for_each(|rgb| rgb.copy_from_slice(last));
    }
}

/// Puts what of a block lies in a window into the window's samples (H, W, 1 to 4): half up, what lies outside of 0 to 1 clipped, what is no
/// number black.
pub(super) fn to_samples<S: Sample>(floats: &[f32], block: Rect, window: Rect, channels: usize, samples: &mut [S]) {
    let Some(cut) = block.cut(&window) else { return };
    for y in cut.y..cut.y + cut.height {
        let from = &floats[3 * ((y - block.y) * block.width + cut.x - block.x)..][..3 * cut.width];
        let at = channels * ((y - window.y) * window.width + cut.x - window.x);
        let to = &mut samples[at..][..channels * cut.width];
        match channels {
            3 => to.iter_mut().zip(from).for_each(|(to, &v)| *to = sample(v)),
            _ => to.chunks_exact_mut(channels).zip(from.chunks_exact(3)).for_each(|(pixel, rgb)| put(pixel, rgb)),
        }
    }
}

/// A pixel that is grey or has alpha, which is opaque.
fn put<S: Sample>(pixel: &mut [S], rgb: &[f32]) {
    let rgb = [sample(rgb[0]), sample(rgb[1]), sample(rgb[2])];
    let (colour, alpha) = pixel.split_at_mut(if pixel.len() > 2 { 3 } else { 1 });
    match colour {
        [grey] => *grey = S::mean(rgb),
        colour => colour.copy_from_slice(&rgb),
    }
    alpha.fill(S::of(S::PEAK));
}

fn sample<S: Sample>(value: f32) -> S {
    // `max` of what is no number is 0.
    S::of((value * S::PEAK + 0.5).max(0.0).min(S::PEAK))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn size(height: usize, width: usize) -> Size {
        Size { height, width }
    }

    #[test]
    fn every_sample_comes_back() {
        fn check<S: Sample + PartialEq + std::fmt::Debug>(all: &[S]) {
            let whole = Rect::whole(all.len(), 1);
            let mut floats = vec![0.0; 3 * all.len()];
            to_floats(all, size(1, all.len()), whole, &mut floats);
            assert!(floats.iter().all(|p| (0.0..=1.0).contains(p)));
            let mut back = vec![S::of(7.0); all.len()];
            to_samples(&floats, whole, whole, 1, &mut back);
            assert_eq!(back, all);
        }
        check(&(0..=u8::MAX).collect::<Vec<_>>());
        check(&(0..=u16::MAX).collect::<Vec<_>>());
    }

    #[test]
    fn edges_are_repeated_and_cut_off_again() {
        let rgb: Vec<u8> = (1..=18).collect(); // 2 x 3 pixels
        let mut floats = vec![f32::NAN; 4 * 4 * 3];
        to_floats(&rgb, size(2, 3), Rect::whole(4, 4), &mut floats);
        let row = |y: usize| -> Vec<u8> { floats[y * 12..][..12].iter().map(|v| (v * 255.0).round() as u8).collect() };
        assert_eq!(row(0), [1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 8, 9]);
        for y in 1..4 {
            assert_eq!(row(y), [10, 11, 12, 13, 14, 15, 16, 17, 18, 16, 17, 18]);
        }
        let mut back = vec![0u8; 18];
        to_samples(&floats, Rect::whole(4, 4), Rect::whole(3, 2), 3, &mut back);
        assert_eq!(back, rgb);
    }

    #[test]
    fn windows_are_cuts_of_the_whole() {
        let rgb: Vec<u8> = (0..3 * 5 * 4).collect();
        let (whole, window) = (Rect::whole(8, 8), Rect { x: 3, y: 1, width: 5, height: 4 });
        let mut all = vec![0.0; 8 * 8 * 3];
        to_floats(&rgb, size(4, 5), whole, &mut all);
        let mut part = vec![0.0; 5 * 4 * 3];
        to_floats(&rgb, size(4, 5), window, &mut part);
        for y in 0..4 {
            assert_eq!(part[y * 15..][..15], all[(y + 1) * 24 + 9..][..15], "row {y}");
        }
        let mut back = [7u8; 2 * 2 * 3];
        let wanted = Rect { x: 2, y: 2, width: 2, height: 2 };
        to_samples(&part, window, wanted, 3, &mut back);
        assert_eq!(back[..3], [7; 3]); // column 2 is not in the block
        assert_eq!(back[3..6], rgb[(2 * 5 + 3) * 3..][..3]);
    }

    #[test]
    fn what_is_no_sample_is_clipped() {
        let mut out = [9u8; 6];
        let floats = [f32::NAN, f32::NEG_INFINITY, -0.1, 0.5, 1.1, f32::INFINITY];
        to_samples(&floats, Rect::whole(2, 1), Rect::whole(2, 1), 3, &mut out);
        assert_eq!(out, [0, 0, 0, 128, 255, 255]);
        let mut rgb = [0u16; 3];
        to_samples(&[0.25, 0.5, 2.0], Rect::whole(1, 1), Rect::whole(1, 1), 3, &mut rgb);
        assert_eq!(rgb, [16384, 32768, 65535]);
        let mut grey = [0u8; 1];
        to_samples(&[0.0, 1.0, 0.5], Rect::whole(1, 1), Rect::whole(1, 1), 1, &mut grey);
        assert_eq!(grey, [128]);
    }
}
