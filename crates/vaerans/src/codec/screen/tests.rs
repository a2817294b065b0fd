//! Round trips, damage, slices that are missing.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

use super::{decode, encode, repeats, suits, Decoder, Repeats, Shape, SLICE_ROWS};
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

fn shape(width: usize, height: usize, channels: usize) -> Shape {
    Shape { width, height, channels }
}

/// A picture of a function of column and row.
fn picture(shape: Shape, mut colour: impl FnMut(usize, usize) -> u32) -> Vec<u8> {
    let all = (0..shape.height).flat_map(|y| (0..shape.width).map(move |x| (x, y)));
    all.flat_map(|(x, y)| colour(x, y).to_le_bytes()[..shape.channels].to_vec()).collect()
}

/// A window with a title that fades, lines of soft-edged letters, and a border.
fn screen(shape: Shape) -> Vec<u8> {
    let mut random = SplitMix64(4);
    let glyphs: Vec<[u64; 8]> = (0..20).map(|_| [(); 8].map(|()| random.next() & random.next())).collect();
    let text: Vec<usize> = (0..4000).map(|_| random.below(20) as usize).collect();
    let grey = |v: u32| (v * 0x01_0101) | 0xff00_0000;
    picture(shape, |x, y| {
        let (line, column) = (y / 12, x / 9);
        let (inner, across) = (y % 12, x % 9);
        match () {
            () if y < 20 => grey(200 - 3 * y as u32),
            () if x == 0 || y + 1 == shape.height => 0xff20_5070,
            () if inner < 8 && across < 8 => {
                let glyph = glyphs[text[(line * 31 + column) % text.len()]][inner];
                let ink = (glyph >> (8 * across) & 7) as u32;
                grey(255 - ink * if line % 5 == 0 { 20 } else { 36 })
            }
            () => grey(255),
        }
    })
}

fn round_trip(shape: Shape, pixels: &[u8]) -> usize {
    let kernels = Kernels::active();
    let slices = encode(kernels, shape, pixels, 5).unwrap();
    assert_eq!(slices.len(), shape.slices());
    let views: Vec<&[u8]> = slices.iter().map(Vec::as_slice).collect();
    let mut out = vec![0; pixels.len()];
    assert_eq!(decode(kernels, shape, &views, &mut out).unwrap(), shape.height);
    assert!(out == pixels, "{shape:?} does not come back");
    views.iter().map(|s| s.len()).sum()
}

#[test]
fn every_small_size_comes_back() {
    let mut random = SplitMix64(1);
    for width in 1..=40 {
        for height in [1, 2, 3, 5, 8, 13, 27, 40] {
            let shape = shape(width, height, 1 + (width + height) % 4);
            round_trip(shape, &picture(shape, |_, _| random.next() as u32));
            round_trip(shape, &picture(shape, |x, y| [0, !0][(x + y) % 2]));
        }
    }
}

#[test]
fn flat_pictures_noise_and_screens_come_back() {
    let mut random = SplitMix64(2);
    for channels in 1..=4 {
        for (width, height) in [(131, 300), (64, 128), (257, 129), (1, 400)] {
            let shape = shape(width, height, channels);
            let flat = round_trip(shape, &picture(shape, |_, _| 0x8040_2010));
            assert!(flat < 12 * shape.slices() + 40, "{flat} bytes of {shape:?}");
            let noise = round_trip(shape, &picture(shape, |_, _| random.next() as u32));
            assert!(noise < width * height * channels * 5 / 4 + 80, "{noise} bytes of {shape:?}");
            round_trip(shape, &picture(shape, |x, y| ((x * y / 7) as u32).wrapping_mul(0x0101_0301)));
            round_trip(shape, &screen(shape));
        }
    }
}

#[test]
fn more_effort_is_never_larger_in_a_slice() {
    let shape = shape(200, 120, 3);
    let pixels = screen(shape);
    let sizes = [1, 5, 7, 9].map(|effort| encode(Kernels::active(), shape, &pixels, effort).unwrap()[0].len());
    assert!(sizes[0] == sizes[1] && sizes[2] <= sizes[1] && sizes[2] == sizes[3], "{sizes:?}");
    assert!(sizes[1] < pixels.len() / 12, "{} bytes", sizes[1]);
}

#[test]
fn every_prefix_of_the_slices_gives_its_rows() {
    let (shape, kernels) = (shape(90, 300, 4), Kernels::active());
    let pixels = screen(shape);
    let slices = encode(kernels, shape, &pixels, 9).unwrap();
    let views: Vec<_> = slices.iter().map(Vec::as_slice).collect();
    for there in 0..=views.len() {
        let mut out = vec![7; pixels.len()];
        let rows = decode(kernels, shape, &views[..there], &mut out).unwrap();
        assert_eq!(rows, (there * SLICE_ROWS).min(300));
        let end = rows * 90 * 4;
        assert!(out[..end] == pixels[..end] && out[end..].iter().all(|&b| b == 7), "{there} slices");
    }
}

#[test]
fn damage_is_an_error_and_nothing_else() {
    let (shape, kernels) = (shape(60, 140, 3), Kernels::active());
    let pixels = screen(shape);
    let slices = encode(kernels, shape, &pixels, 5).unwrap();
    let mut out = vec![0; pixels.len()];
    let mut code = |a: &[u8], b: &[u8]| decode(kernels, shape, &[a, b], &mut out).map_or_else(|e| e.code(), |_| "");
    let whole = &slices[0];
    for end in 0..whole.len() {
        assert_eq!(code(&whole[..end], &slices[1]), "stream.truncated", "cut at {end}");
    }
    let longer = [whole.as_slice(), &[0]].concat();
    assert_eq!(code(&longer, &slices[1]), "stream.invalid");
    assert_eq!(code(&slices[1], whole), "stream.truncated");
    let mut random = SplitMix64(6);
    for _ in 0..500 {
        let mut changed = whole.clone();
        let at = random.below(changed.len() as u64) as usize;
        changed[at] ^= 1 << random.below(8);
        assert!(code(&changed, &slices[1]).starts_with("stream."), "byte {at}");
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    let kernels = Kernels::active();
    for (w, h, c) in [(0, 4, 3), (4, 0, 3), (4, 4, 0), (4, 4, 5), (4, 5, 3), (usize::MAX, 2, 4)] {
        assert_eq!(encode(kernels, shape(w, h, c), &[0; 48], 5).unwrap_err().code(), "param.shape");
        assert_eq!(decode(kernels, shape(w, h, c), &[], &mut [0; 48]).unwrap_err().code(), "param.shape");
    }
    assert_eq!(decode(kernels, shape(4, 4, 3), &[&[], &[]], &mut [0; 48]).unwrap_err().code(), "stream.invalid");
    assert!(Decoder::new(kernels, shape(4, 4, 5)).is_err());
    let mut decoder = Decoder::new(kernels, shape(4, 4, 3)).unwrap();
    assert_eq!(decoder.slice(&[], &mut [0; 47]).unwrap_err().code(), "param.shape");
    assert_eq!(decoder.slice(&[], &mut [0; 48]).unwrap_err().code(), "stream.truncated");
    assert!(decoder.slice(&[], &mut [0; 48]).is_err());
}

#[test]
fn screens_suit_and_photos_do_not() {
    let shape = shape(320, 200, 3);
    assert!(suits(shape, &screen(shape)));
    assert_eq!(repeats(shape, &picture(shape, |_, _| 5)), Repeats { either: 1000, both: 1000 });
    let fading = picture(shape, |_, y| y as u32 * 0x01_0101);
    assert!(repeats(shape, &fading) == Repeats { either: 1000, both: 0 } && suits(shape, &fading));
    let mut random = SplitMix64(3);
    let grain = picture(shape, |x, y| (x / 4 + y / 3) as u32 * 0x01_0101 + (random.next() as u32 & 0x03_0303));
    assert!(!suits(shape, &grain));
}
