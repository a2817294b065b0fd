//! Parts of pictures: regions and scales.

use super::DecodeOptions;
use crate::codec::test_kit::{info, picture_with, scene_u8, view};
use crate::codec::write::{compress, Options};
use crate::rect::Rect;
use vaerans_kernels::Kernels;

const K: fn() -> Kernels = Kernels::active;

fn options(lossless: bool, tile: usize) -> Options {
    let options = Options { threads: Some(2), ..Options::default() };
    options.with("lossless", lossless).with("quality", 90i64).with("tile", tile as i64)
}

/// (width, height, samples) of the file's picture.
fn decoded(file: &[u8], reduce: u32, region: Option<Rect>) -> (usize, usize, Vec<u8>) {
    let o = DecodeOptions { reduce, region, threads: Some(2), ..DecodeOptions::default() };
    let image = picture_with(file, &o).unwrap();
    (image.width, image.height, image.samples.as_u8().unwrap().to_vec())
}

fn crop(width: usize, samples: &[u8], r: Rect) -> Vec<u8> {
    let rows = (r.y..r.y + r.height).map(|y| &samples[(y * width + r.x) * 3..][..r.width * 3]);
    rows.flatten().copied().collect()
}

/// The pixels of the picture at 1/2^`reduce` that a region becomes.
fn shrunk(r: Rect, reduce: u32) -> Rect {
    let (x, y) = (r.x >> reduce, r.y >> reduce);
    let end = |at: usize, n: usize| ((at + n - 1) >> reduce) + 1;
    Rect { x, y, width: end(r.x, r.width) - x, height: end(r.y, r.height) - y }
}

#[test]
fn sides_are_those_of_the_picture_and_a_region_is_the_cut_of_the_whole() {
    let (w, h) = (200, 150);
    let pixels = scene_u8(w, h, 3);
    let mut random = crate::codec::test_kit::SplitMix64(5);
    for (lossless, tile) in [(true, 64), (false, 64), (true, 128), (false, 128), (false, 768)] {
        let file = compress(K(), view(w, h, 3, &pixels), &options(lossless, tile)).unwrap();
        for reduce in 0..=9 {
            let (sw, sh, whole) = decoded(&file, reduce, None);
            assert_eq!((sw, sh), (w.div_ceil(1 << reduce), h.div_ceil(1 << reduce)), "tiles of {tile} at 1/2^{reduce}");
            let fixed =
                [(0, 0, 200, 150), (0, 0, 1, 1), (199, 149, 1, 1), (63, 63, 2, 2), (66, 99, 2, 2), (70, 10, 90, 130)];
            let some = (0..6).map(|_| {
                let (x, y) = (random.below(w as u64) as usize, random.below(h as u64) as usize);
                let (rw, rh) = (random.below((w - x) as u64), random.below((h - y) as u64));
                (x, y, rw as usize + 1, rh as usize + 1)
            });
            for (x, y, width, height) in fixed.into_iter().chain(some) {
                let r = Rect { x, y, width, height };
                let (rw, rh, part) = decoded(&file, reduce, Some(r));
                let expected = shrunk(r, reduce);
                assert_eq!((rw, rh), (expected.width, expected.height), "{r:?} at 1/2^{reduce} in tiles of {tile}");
                assert!(part == crop(sw, &whole, expected), "{r:?} at 1/2^{reduce} in tiles of {tile}");
            }
        }
    }
}

/// Means of blocks of 2^k x 2^k samples.
fn averaged(w: usize, h: usize, samples: &[u8], k: u32) -> Vec<f64> {
    let (sw, sh, edge) = (w >> k, h >> k, 1usize << k);
    let mean = |y: usize, x: usize, c: usize| {
        let block = (0..edge * edge).map(|i| samples[((y * edge + i / edge) * w + x * edge + i % edge) * 3 + c]);
        block.map(f64::from).sum::<f64>() / (edge * edge) as f64
    };
    (0..sh * sw * 3).map(|i| mean(i / 3 / sw, i / 3 % sw, i % 3)).collect()
}

#[test]
fn a_smaller_picture_looks_like_the_averaged_one() {
    let (w, h) = (256, 192);
    // Smooth: the low band is centred on the first sample of a block, not on its middle.
    let wave = |i: usize| {
        120.0 + 90.0 * ((i / 3 % w) as f64 / 29.0).sin() * ((i / 3 / w) as f64 / 23.0 + (i % 3) as f64).cos()
    };
    let samples: Vec<u8> = (0..w * h * 3).map(|i| wave(i) as u8).collect();
    for (lossless, tile) in [(true, 64), (false, 64), (true, 768), (false, 768)] {
        let file = compress(K(), view(w, h, 3, &samples), &options(lossless, tile)).unwrap();
        for k in 1..=3 {
            let (_, _, got) = decoded(&file, k, None);
            let expected = averaged(w, h, &samples, k);
            assert_eq!(got.len(), expected.len());
            let mse =
                got.iter().zip(&expected).map(|(&g, e)| (f64::from(g) - e).powi(2)).sum::<f64>() / got.len() as f64;
            let psnr = 10.0 * (65025.0 / mse).log10();
            assert!(psnr > 26.0, "lossless={lossless} tile={tile} 1/2^{k}: {psnr:.1} dB");
        }
    }
}

#[test]
fn the_finest_levels_are_not_needed_for_a_smaller_picture() {
    let (w, h) = (130, 70);
    let file = compress(K(), view(w, h, 3, &scene_u8(w, h, 3)), &options(false, 768)).unwrap();
    let about = info(&file);
    for k in 1..=3 {
        let kept = about.level_bytes.len() - k as usize;
        let cut = &file[..about.header_bytes as usize + about.level_bytes[..kept].iter().sum::<usize>()];
        let o = DecodeOptions { reduce: k, ..DecodeOptions::default() };
        let image = picture_with(cut, &o).unwrap();
        assert_eq!(image.samples.as_u8().unwrap(), decoded(&file, k, None).2);
        assert_eq!(picture_with(&cut[..cut.len() - 1], &o).unwrap_err().code(), "stream.truncated");
    }
}

#[test]
fn impossible_windows_are_refused() {
    let file = compress(K(), view(20, 10, 3, &scene_u8(20, 10, 3)), &Options::default()).unwrap();
    let code = |reduce, x, y, width, height| {
        let o = DecodeOptions { reduce, region: Some(Rect { x, y, width, height }), ..DecodeOptions::default() };
        picture_with(&file, &o).unwrap_err().code()
    };
    let bad = [(0, 0, 0, 0, 1), (0, 0, 0, 21, 1), (0, 20, 0, 1, 1), (0, usize::MAX, 0, 1, 1), (17, 0, 0, 1, 1)];
    for (reduce, x, y, w, h) in bad {
        assert_eq!(code(reduce, x, y, w, h), "param.range");
    }
}
