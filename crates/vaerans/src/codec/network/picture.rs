//! Between samples and the floats, red, green and blue of each pixel, that networks take and give.
//!
//! Each conversion is one multiplication or two operations of 32-bit floats, rounded one by one, so that they are the same
//! everywhere.

use crate::arena::Element;

/// A sample of a picture.
pub(super) trait Sample: Element + Into<f32> {
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

/// Red, green and blue in 0 to 1 of a picture (H, W, 1 or 3), its last row and column repeated up to `padded`.
pub(super) fn to_floats<S: Sample>(samples: &[S], size: Size, padded: Size, floats: &mut [f32]) {
    let gain = 1.0 / S::PEAK;
    let scaled = |sample: S| -> f32 { sample.into() * gain };
    let row = samples.len() / size.height;
    for (y, to) in floats.chunks_exact_mut(3 * padded.width).enumerate() {
        let from = &samples[y.min(size.height - 1) * row..][..row];
        let (inside, edge) = to.split_at_mut(3 * size.width);
        match row == size.width {
            true => inside.chunks_exact_mut(3).zip(from).for_each(|(rgb, &grey)| rgb.fill(scaled(grey))),
            false => inside.iter_mut().zip(from).for_each(|(to, &sample)| *to = scaled(sample)),
        }
        let last = &inside[3 * size.width - 3..];
        edge.chunks_exact_mut(3).for_each(|rgb| rgb.copy_from_slice(last));
    }
}

/// Samples (H, W, 1 or 3) of red, green and blue in 0 to 1: half up, what lies outside clipped, what is no number black.
pub(super) fn to_samples<S: Sample>(floats: &[f32], padded: Size, size: Size, samples: &mut [S]) {
    let row = samples.len() / size.height;
    for (to, from) in samples.chunks_exact_mut(row).zip(floats.chunks_exact(3 * padded.width)) {
        let rgb = from.iter().map(|&v| sample::<S>(v));
        match row == size.width {
            true => to.iter_mut().zip(from.chunks_exact(3)).for_each(|(grey, rgb)| {
                *grey = S::mean([sample(rgb[0]), sample(rgb[1]), sample(rgb[2])]);
            }),
            false => to.iter_mut().zip(rgb).for_each(|(to, sample)| *to = sample),
        }
    }
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
            let padded = size(1, all.len());
            let mut floats = vec![0.0; 3 * all.len()];
            to_floats(all, padded, padded, &mut floats);
            assert!(floats.iter().all(|p| (0.0..=1.0).contains(p)));
            let mut back = vec![S::of(7.0); all.len()];
            to_samples(&floats, padded, padded, &mut back);
            assert_eq!(back, all);
        }
        check(&(0..=u8::MAX).collect::<Vec<_>>());
        check(&(0..=u16::MAX).collect::<Vec<_>>());
    }

    #[test]
    fn edges_are_repeated_and_cut_off_again() {
        let rgb: Vec<u8> = (1..=18).collect(); // 2 x 3 pixels
        let mut floats = vec![f32::NAN; 4 * 4 * 3];
        to_floats(&rgb, size(2, 3), size(4, 4), &mut floats);
        let row = |y: usize| -> Vec<u8> { floats[y * 12..][..12].iter().map(|v| (v * 255.0).round() as u8).collect() };
        assert_eq!(row(0), [1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 8, 9]);
        for y in 1..4 {
            assert_eq!(row(y), [10, 11, 12, 13, 14, 15, 16, 17, 18, 16, 17, 18]);
        }
        let mut back = vec![0u8; 18];
        to_samples(&floats, size(4, 4), size(2, 3), &mut back);
        assert_eq!(back, rgb);
    }

    #[test]
    fn what_is_no_sample_is_clipped() {
        let mut out = [9u8; 6];
        let floats = [f32::NAN, f32::NEG_INFINITY, -0.1, 0.5, 1.1, f32::INFINITY];
        to_samples(&floats, size(1, 2), size(1, 2), &mut out);
        assert_eq!(out, [0, 0, 0, 128, 255, 255]);
        let mut rgb = [0u16; 3];
        to_samples(&[0.25, 0.5, 2.0], size(1, 1), size(1, 1), &mut rgb);
        assert_eq!(rgb, [16384, 32768, 65535]);
        let mut grey = [0u8; 1];
        to_samples(&[0.0, 1.0, 0.5], size(1, 1), size(1, 1), &mut grey);
        assert_eq!(grey, [128]);
    }
}
