//! `photo` from samples to bytes and back, whole, cut and refined.

use super::{compress, decompress, info, DecodeOptions, Options};
use crate::arena::Arena;
use crate::bitstream::Metadata;
use crate::codec::chain::Keyed;
use crate::codec::registry;
use crate::codec::store;
use crate::codec::tile::{ImageView, SampleBuf, Samples};
use crate::component::{Component, Kind, Params};
use crate::ecs::{Ctx, Input};
use crate::wire::Limits;
use vaerans_kernels::Kernels;

/// A smooth picture with some texture: values 0..=top.
fn scene(width: usize, height: usize, channels: usize, top: u32) -> Vec<u32> {
    let mut state = 1u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 28
    };
    let mut out = Vec::with_capacity(width * height * channels);
    for y in 0..height {
        for x in 0..width {
            for c in 0..channels {
                let wave = (x * (3 + c) + y * (5 - c)) % 200;
                let edge = if (x / 23 + y / 17) % 2 == 0 { 40 } else { 0 };
                out.push((wave as u32 + edge + noise()) * top / 255);
            }
        }
    }
    out
}

pub(super) fn scene_u8(width: usize, height: usize, channels: usize) -> Vec<u8> {
    scene(width, height, channels, 255).into_iter().map(|v| v as u8).collect()
}

pub(super) fn view(width: usize, height: usize, channels: usize, samples: &[u8]) -> ImageView<'_> {
    ImageView { width, height, channels, samples: Samples::U8(samples) }
}

pub(super) fn lossless() -> Options {
    Options { lossless: true, tile: Some(64), threads: Some(1), ..Options::default() }
}

pub(super) fn lossy(quality: u8) -> Options {
    Options { quality, tile: Some(64), threads: Some(1), ..Options::default() }
}

pub(super) fn decode(bytes: &[u8]) -> crate::Result<SampleBuf> {
    decompress(Kernels::active(), bytes, &DecodeOptions { threads: Some(1), ..DecodeOptions::default() })
        .map(|i| i.samples)
}

fn psnr(a: &[u8], b: &[u8]) -> f64 {
    let square = |(a, b): (&u8, &u8)| (f64::from(*a) - f64::from(*b)).powi(2);
    let mse = a.iter().zip(b).map(square).sum::<f64>() / a.len() as f64;
    10.0 * (65025.0 / mse).log10()
}

const SIZES: [(usize, usize); 9] = [(1, 1), (1, 7), (9, 1), (2, 3), (17, 33), (63, 65), (64, 64), (130, 70), (5, 200)];

#[test]
fn lossless_gives_every_sample_back() {
    for (w, h) in SIZES {
        for c in 1..=4 {
            let pixels = scene_u8(w, h, c);
            let file = compress(Kernels::active(), view(w, h, c, &pixels), &lossless()).unwrap();
            assert_eq!(decode(&file).unwrap().as_u8(), Some(&pixels[..]), "{w} x {h} x {c}");
            assert!(info(&file, &Limits::default()).unwrap().is_lossless);
            let deep: Vec<u16> = scene(w, h, c, 65535).into_iter().map(|v| v as u16).collect();
            let deep_view = ImageView { width: w, height: h, channels: c, samples: Samples::U16(&deep) };
            let file = compress(Kernels::active(), deep_view, &lossless()).unwrap();
            assert_eq!(decode(&file).unwrap().as_u16(), Some(&deep[..]), "{w} x {h} x {c} u16");
        }
    }
}

#[test]
fn extreme_samples_survive_lossless() {
    let (w, h) = (37, 29);
    let deep: Vec<u16> = (0..w * h * 3).map(|i| if i * 2_654_435_761 % 7 < 3 { 0 } else { 65535 }).collect();
    let image = ImageView { width: w, height: h, channels: 3, samples: Samples::U16(&deep) };
    let file = compress(Kernels::active(), image, &lossless()).unwrap();
    assert_eq!(decode(&file).unwrap().as_u16(), Some(&deep[..]));
}

#[test]
fn lossy_comes_close_for_every_shape() {
    for (w, h) in SIZES {
        for c in 1..=4 {
            let pixels = scene_u8(w, h, c);
            let file = compress(Kernels::active(), view(w, h, c, &pixels), &lossy(100)).unwrap();
            let back = decode(&file).unwrap();
            assert!(psnr(back.as_u8().unwrap(), &pixels) > 48.0, "{w} x {h} x {c}");
            assert!(!info(&file, &Limits::default()).unwrap().is_lossless);
        }
    }
}

#[test]
fn deep_samples_lose_as_little_as_shallow_ones() {
    let (w, h) = (90, 70);
    let deep: Vec<u16> = scene(w, h, 3, 65535).into_iter().map(|v| v as u16).collect();
    let image = ImageView { width: w, height: h, channels: 3, samples: Samples::U16(&deep) };
    let file = compress(Kernels::active(), image, &lossy(90)).unwrap();
    let back = decode(&file).unwrap();
    let square = |(a, b): (&u16, &u16)| (f64::from(*a) - f64::from(*b)).powi(2);
    let mse = back.as_u16().unwrap().iter().zip(&deep).map(square).sum::<f64>() / deep.len() as f64;
    assert!(10.0 * (65535f64.powi(2) / mse).log10() > 35.0);
}

#[test]
fn size_and_psnr_never_fall_as_quality_rises() {
    let (w, h) = (128, 96);
    let pixels = scene_u8(w, h, 3);
    let mut last = (0, 0.0);
    for quality in 0..=100 {
        let options = Options { tile: None, ..lossy(quality) };
        let file = compress(Kernels::active(), view(w, h, 3, &pixels), &options).unwrap();
        let now = (file.len(), psnr(decode(&file).unwrap().as_u8().unwrap(), &pixels));
        assert!(now.0 >= last.0 && now.1 >= last.1, "quality {quality}: {last:?} then {now:?}");
        last = now;
    }
}

#[test]
fn threads_and_instruction_sets_do_not_show() {
    let (w, h) = (150, 140);
    let pixels = scene_u8(w, h, 3);
    for options in [lossless(), lossy(60)] {
        let one = compress(Kernels::REFERENCE, view(w, h, 3, &pixels), &options).unwrap();
        let shown = decode(&one).unwrap();
        for kernels in Kernels::available() {
            let options = Options { threads: Some(3), ..options.clone() };
            assert_eq!(compress(kernels, view(w, h, 3, &pixels), &options).unwrap(), one, "{:?}", kernels.isa());
            let back =
                decompress(kernels, &one, &DecodeOptions { threads: Some(2), ..DecodeOptions::default() }).unwrap();
            assert_eq!(back.samples, shown, "{:?}", kernels.isa());
        }
    }
}

#[test]
fn opaque_alpha_is_left_out() {
    let mut pixels = scene_u8(20, 10, 4);
    pixels.chunks_exact_mut(4).for_each(|p| p[3] = 255);
    let file = compress(Kernels::active(), view(20, 10, 4, &pixels), &lossless()).unwrap();
    let image = decompress(Kernels::active(), &file, &DecodeOptions::default()).unwrap();
    let rgb: Vec<u8> = pixels.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    assert_eq!((image.channels, image.samples.as_u8()), (3, Some(&rgb[..])));
    pixels[3] = 254;
    let file = compress(Kernels::active(), view(20, 10, 4, &pixels), &lossless()).unwrap();
    assert_eq!(decode(&file).unwrap().as_u8(), Some(&pixels[..]));
}

#[test]
fn metadata_travels() {
    let metadata = Metadata { icc: Some(vec![7; 500]), exif: Some(vec![1, 2]), orientation: Some(8), json: None };
    let pixels = scene_u8(8, 8, 3);
    let options = Options { metadata: metadata.clone(), ..lossy(50) };
    let file = compress(Kernels::active(), view(8, 8, 3, &pixels), &options).unwrap();
    assert_eq!(decompress(Kernels::active(), &file, &DecodeOptions::default()).unwrap().metadata, metadata);
    assert_eq!(info(&file, &Limits::default()).unwrap().metadata, metadata);
}

#[test]
fn a_cut_file_shows_the_levels_it_has() {
    let (w, h) = (200, 150);
    let pixels = scene_u8(w, h, 3);
    let file = compress(Kernels::active(), view(w, h, 3, &pixels), &lossy(80)).unwrap();
    let about = info(&file, &Limits::default()).unwrap();
    let partial = DecodeOptions { allow_truncated: true, ..DecodeOptions::default() };
    let mut end = about.header_bytes;
    let mut last = 0.0;
    for (level, bytes) in about.level_bytes.iter().enumerate() {
        end += bytes;
        let cut = &file[..end];
        assert_eq!(decode(cut).is_ok(), end == file.len());
        let image = decompress(Kernels::active(), cut, &partial).unwrap();
        let now = psnr(image.samples.as_u8().unwrap(), &pixels);
        assert!(now > last, "level {level}: {last} then {now}");
        let asked = DecodeOptions { levels: Some(level + 1), ..DecodeOptions::default() };
        assert_eq!(decompress(Kernels::active(), &file, &asked).unwrap(), image);
        last = now;
    }
    assert_eq!(end, file.len());
    let code = decompress(Kernels::active(), &file[..about.header_bytes], &partial).unwrap_err().code();
    assert_eq!(code, "stream.truncated");
}

/// A lossy picture and a second stream with its residual.
fn refined_file(width: usize, height: usize, samples: &[u8], flip: u8) -> Vec<u8> {
    let arena = Arena::new(1 << 22).unwrap();
    let (kernels, limits) = (Kernels::active(), Limits::default());
    let ctx = Ctx { kernels, arena: &arena, threads: 1, limits: &limits };
    let image = Component::new(Kind::Image, arena.put(&[height, width, 3], samples).unwrap());
    let start = Keyed { key: "RGB".into(), component: image };
    let chain = super::photo_systems(20, false, width.max(height), 8).unwrap();
    let coded = start.clone().run(&ctx, &chain).unwrap();
    let mut base = coded.clone().undo(&ctx).unwrap().component;
    if flip > 0 {
        let mut bytes = base.data.read::<u8>().unwrap().to_vec();
        bytes[0] ^= flip;
        base.data = arena.put(&[height, width, 3], &bytes).unwrap();
    }
    let residual = registry::build("Residual", &Params::new()).unwrap();
    let inputs = [Input { key: "RGB", component: &start.component }, Input { key: "ReconRGB", component: &base }];
    let residual = Keyed { key: "Residual".into(), component: residual.run(&ctx, &inputs).unwrap() };
    let second = residual.run(&ctx, &[registry::build("ANSEncode", &Params::new()).unwrap()]).unwrap();
    let streams = [("Bitstream", &coded.component), ("ResidualBitstream", &second.component)];
    store::save_streams(&streams, Metadata::default()).unwrap()
}

#[test]
fn a_second_stream_refines_the_picture() {
    let (w, h) = (61, 40);
    let samples = scene_u8(w, h, 3);
    let file = refined_file(w, h, &samples, 0);
    assert!(info(&file, &Limits::default()).unwrap().is_lossless);
    assert_eq!(decode(&file).unwrap().as_u8().unwrap(), samples);
    // The first stream alone is a picture too.
    let about = info(&file, &Limits::default()).unwrap();
    let cut = &file[..about.header_bytes + about.level_bytes.iter().sum::<usize>()];
    assert_eq!(decode(cut).unwrap_err().code(), "stream.truncated");
    let o = DecodeOptions { allow_truncated: true, ..DecodeOptions::default() };
    let coarse = decompress(Kernels::active(), cut, &o).unwrap().samples;
    assert!(coarse.as_u8().unwrap() != samples && psnr(coarse.as_u8().unwrap(), &samples) > 20.0);
    // Over another reconstruction the residual would give wrong pixels.
    assert_eq!(decode(&refined_file(w, h, &samples, 1)).unwrap_err().code(), "data.base_differs");
}
