//! Between samples, interleaved, and the planes of floats that networks take and give.
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

/// Red, green and blue planes in 0 to 1 of a picture (H, W, 1 or 3), its last row and column repeated up to `padded`.
pub(super) fn to_planes<S: Sample>(samples: &[S], size: Size, padded: Size, planes: &mut [f32]) {
    let row = samples.len() / size.height;
    let [red, green, blue] = split(planes, padded);
    for y in 0..padded.height {
        let from = &samples[y.min(size.height - 1) * row..][..row];
        let here = y * padded.width..(y + 1) * padded.width;
        let rows = (&mut red[here.clone()], &mut green[here.clone()], &mut blue[here]);
        row_to_planes(from, size.width, rows);
    }
}

fn row_to_planes<S: Sample>(from: &[S], width: usize, (red, green, blue): (&mut [f32], &mut [f32], &mut [f32])) {
    let gain = 1.0 / S::PEAK;
    let scaled = |sample: S| -> f32 { sample.into() * gain };
    let to = red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut());
    match from.len() == width {
        true => to.zip(from).for_each(|(((r, g), b), &grey)| (*r, *g, *b) = (scaled(grey), scaled(grey), scaled(grey))),
        false => to.zip(from.chunks_exact(3)).for_each(|(((r, g), b), rgb)| {
            (*r, *g, *b) = (scaled(rgb[0]), scaled(rgb[1]), scaled(rgb[2]));
        }),
    }
    for plane in [red, green, blue] {
        let last = plane[width - 1];
        plane[width..].fill(last);
    }
}

/// The three planes.
fn split(planes: &mut [f32], size: Size) -> [&mut [f32]; 3] {
    let n = size.height * size.width;
    let (red, others) = planes.split_at_mut(n);
    let (green, blue) = others.split_at_mut(n);
    [red, green, blue]
}

/// Samples (H, W, 1 or 3) of planes in 0 to 1: half up, what lies outside clipped, what is no number black.
pub(super) fn to_samples<S: Sample>(planes: &[f32], padded: Size, size: Size, samples: &mut [S]) {
    let row = samples.len() / size.height;
    let plane = padded.height * padded.width;
    for (y, to) in samples.chunks_exact_mut(row).enumerate() {
        let at = |c: usize| planes[c * plane + y * padded.width..][..size.width].iter().map(|&v| sample::<S>(v));
        let rgb = at(0).zip(at(1)).zip(at(2)).map(|((r, g), b)| [r, g, b]);
        match row == size.width {
            true => to.iter_mut().zip(rgb).for_each(|(to, rgb)| *to = S::mean(rgb)),
            false => to.chunks_exact_mut(3).zip(rgb).for_each(|(to, rgb)| to.copy_from_slice(&rgb)),
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
            let mut planes = vec![0.0; 3 * all.len()];
            to_planes(all, padded, padded, &mut planes);
            assert!(planes.iter().all(|p| (0.0..=1.0).contains(p)));
            let mut back = vec![S::of(7.0); all.len()];
            to_samples(&planes, padded, padded, &mut back);
            assert_eq!(back, all);
        }
        check(&(0..=u8::MAX).collect::<Vec<_>>());
        check(&(0..=u16::MAX).collect::<Vec<_>>());
    }

    #[test]
    fn edges_are_repeated_and_cut_off_again() {
        let rgb: Vec<u8> = (1..=18).collect(); // 2 x 3 pixels
        let mut planes = vec![f32::NAN; 3 * 4 * 4];
        to_planes(&rgb, size(2, 3), size(4, 4), &mut planes);
        let row =
            |c: usize, y: usize| planes[c * 16 + y * 4..][..4].iter().map(|v| (v * 255.0).round() as u8).collect();
        let rows: [Vec<u8>; 4] = [row(0, 0), row(0, 1), row(1, 3), row(2, 2)];
        assert_eq!(rows, [vec![1, 4, 7, 7], vec![10, 13, 16, 16], vec![11, 14, 17, 17], vec![12, 15, 18, 18]]);
        let mut back = vec![0u8; 18];
        to_samples(&planes, size(4, 4), size(2, 3), &mut back);
        assert_eq!(back, rgb);
    }

    #[test]
    fn what_is_no_sample_is_clipped() {
        let mut out = [9u8; 7];
        let planes = [f32::NAN, f32::NEG_INFINITY, -0.1, 0.5, 1.1, f32::INFINITY, 0.2 / 255.0].repeat(3);
        to_samples(&planes, size(1, 7), size(1, 7), &mut out);
        assert_eq!(out, [0, 0, 0, 128, 255, 255, 0]);
        let mut rgb = [0u16; 3];
        to_samples(&[0.25, 0.5, 2.0], size(1, 1), size(1, 1), &mut rgb);
        assert_eq!(rgb, [16384, 32768, 65535]);
    }
}
