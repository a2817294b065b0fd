//! `photo` from samples to bytes and back, whole, cut and refined.

use super::coded;
use super::open::{DecodeOptions, Decoded, Opened};
use super::test_kit::{
    decode, info, lossless, lossy, native, picture, picture_with, scene_u16, scene_u8, view, view_u16,
};
use super::write::{compress, Options};
use super::Progress;
use crate::bitstream::{to_vec, Metadata};
use crate::component::{Component, Kind, Params};
use crate::ecs::{EntityId, Pipe, Step, World, WorldOptions};
use crate::rect::Rect;
use crate::wire::{Limits, Slice};
use crate::REGISTRY;
use vaerans_kernels::Kernels;

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
            assert!(info(&file).is_lossless);
            let deep = scene_u16(w, h, c);
            let file = compress(Kernels::active(), view_u16(w, h, c, &deep), &lossless()).unwrap();
            assert_eq!(decode(&file).unwrap().as_u16(), Some(&deep[..]), "{w} x {h} x {c} u16");
        }
    }
}

#[test]
fn extreme_samples_survive_lossless() {
    let (w, h) = (37, 29);
    let deep: Vec<u16> = (0..w * h * 3).map(|i| if i * 2_654_435_761 % 7 < 3 { 0 } else { 65535 }).collect();
    let image = view_u16(w, h, 3, &deep);
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
            assert!(!info(&file).is_lossless);
        }
    }
}

#[test]
fn deep_samples_lose_as_little_as_shallow_ones() {
    let (w, h) = (90, 70);
    let deep = scene_u16(w, h, 3);
    let image = view_u16(w, h, 3, &deep);
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
        let options = Options::default().with("quality", quality);
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
            let two = DecodeOptions { threads: Some(2), ..DecodeOptions::default() };
            let back = picture(kernels, &one, &Limits::default(), &two).unwrap();
            assert_eq!(back.samples, shown, "{:?}", kernels.isa());
        }
    }
}

#[test]
fn opaque_alpha_is_left_out() {
    let mut pixels = scene_u8(20, 10, 4);
    pixels.chunks_exact_mut(4).for_each(|p| p[3] = 255);
    let file = compress(Kernels::active(), view(20, 10, 4, &pixels), &lossless()).unwrap();
    let image = picture_with(&file, &DecodeOptions::default()).unwrap();
    let rgb: Vec<u8> = pixels.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    assert_eq!((image.channels, image.samples.as_u8()), (3, Some(&rgb[..])));
    pixels[3] = 254;
    let file = compress(Kernels::active(), view(20, 10, 4, &pixels), &lossless()).unwrap();
    assert_eq!(decode(&file).unwrap().as_u8(), Some(&pixels[..]));
}

#[test]
fn metadata_travels() {
    let metadata =
        Metadata { icc: Some(vec![7; 500]), exif: Some(b"MM\0*".to_vec()), orientation: Some(8), json: None };
    let pixels = scene_u8(8, 8, 3);
    let options = Options { metadata: metadata.clone(), ..lossy(50) };
    let file = compress(Kernels::active(), view(8, 8, 3, &pixels), &options).unwrap();
    assert_eq!(picture_with(&file, &DecodeOptions::default()).unwrap().metadata, metadata);
    assert_eq!(info(&file).metadata, metadata);
}

#[test]
fn a_cut_file_shows_the_levels_it_has() {
    let (w, h) = (200, 150);
    let pixels = scene_u8(w, h, 3);
    let file = compress(Kernels::active(), view(w, h, 3, &pixels), &lossy(80)).unwrap();
    let about = info(&file);
    let partial = DecodeOptions { allow_truncated: true, ..DecodeOptions::default() };
    let mut end = about.header_bytes as usize;
    let mut last = 0.0;
    for (level, bytes) in about.level_bytes.iter().enumerate() {
        end += bytes;
        let cut = &file[..end];
        assert_eq!(decode(cut).is_ok(), end == file.len());
        let image = picture_with(cut, &partial).unwrap();
        let now = psnr(image.samples.as_u8().unwrap(), &pixels);
        assert!(now > last, "level {level}: {last} then {now}");
        let asked = DecodeOptions { levels: Some(level + 1), ..DecodeOptions::default() };
        assert_eq!(picture_with(&file, &asked).unwrap(), image);
        last = now;
    }
    assert_eq!(end, file.len());
    let code = picture_with(&file[..about.header_bytes as usize], &partial).unwrap_err().code();
    assert_eq!(code, "stream.truncated");
}

/// A file of an entity's components under these keys.
fn file_of(world: &World, id: EntityId, keys: &[&str]) -> Vec<u8> {
    let components: Vec<_> = keys.iter().map(|&k| (k, world.component(id, k, None).unwrap())).collect();
    to_vec(&coded::item(&REGISTRY, &components, Metadata::default()).unwrap()).unwrap()
}

fn advance(world: &mut World, pipe: &Pipe) {
    assert!(matches!(pipe.advance(world).unwrap(), Progress::Done));
}

/// A lossy picture and, under the key `second`, the residual over its reconstruction, one bit of which is turned by `flip`.
pub(super) fn refined_file(width: usize, height: usize, samples: &[u8], second: &str, flip: u8) -> Vec<u8> {
    let options = WorldOptions { arena_bytes: 1 << 22, ..WorldOptions::new(Kernels::active()) };
    let mut world = World::new(options).unwrap();
    let image = world.arena().put(&[height, width, 3], samples).unwrap();
    let id = world.new_entity();
    world.attach(id, "RGB", Component::new(Kind::Image, image), None).unwrap();
    let chain = [
        native("YCoCgR", Params::new().with("float", true.into())),
        native("WaveletCDF97", Params::new().with("levels", 3i64.into())),
        native("DeadZone", Params::new().with("step", 9.0.into()).with("weighted", true.into())),
        native("ANSEncode", Params::new().with("adaptive", true.into())),
    ];
    let mut pipe = Pipe::new(vec![id]);
    chain.iter().for_each(|s| {
        pipe.to(&mut world, Step::Native(s.clone()), None);
    });
    chain.iter().rev().for_each(|s| {
        pipe.to(&mut world, Step::Native(s.undo().unwrap()), None);
    });
    advance(&mut world, &pipe);
    let base = world.component(id, "ReconRGB", None).unwrap().clone();
    let mut bytes = base.data.read::<u8>().unwrap().to_vec();
    bytes[0] ^= flip;
    let data = world.arena().put(&[height, width, 3], &bytes).unwrap();
    world.attach(id, "ReconRGB", Component { data, ..base }, None).unwrap();
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, Step::Native(native("Residual", Params::new())), None);
    pipe.to(&mut world, Step::Native(native("ANSEncode", Params::new())), Some(second.into()));
    advance(&mut world, &pipe);
    file_of(&world, id, &["Bitstream", second])
}

#[test]
fn a_second_stream_refines_the_picture_whatever_its_key() {
    let (w, h) = (61, 40);
    let samples = scene_u8(w, h, 3);
    // One of the keys is that of something else, another is the first stream's own kind of name.
    for key in ["ResidualBitstream", "Second", "SymbolsU8", "Bitstream2"] {
        let file = refined_file(w, h, &samples, key, 0);
        assert!(info(&file).is_lossless);
        assert_eq!(decode(&file).unwrap().as_u8().unwrap(), samples, "{key}");
        // The first stream alone is a picture too.
        let about = info(&file);
        let cut = &file[..about.header_bytes as usize + about.level_bytes.iter().sum::<usize>()];
        assert_eq!(decode(cut).unwrap_err().code(), "stream.truncated");
        let o = DecodeOptions { allow_truncated: true, ..DecodeOptions::default() };
        let coarse = picture_with(cut, &o).unwrap().samples;
        assert!(coarse.as_u8().unwrap() != samples && psnr(coarse.as_u8().unwrap(), &samples) > 20.0);
        // Over another reconstruction the residual would give wrong pixels.
        assert_eq!(decode(&refined_file(w, h, &samples, key, 1)).unwrap_err().code(), "data.base_differs");
    }
}

#[test]
fn a_small_scale_leaves_the_residual_out() {
    let (w, h) = (61, 40);
    let samples = scene_u8(w, h, 3);
    let file = refined_file(w, h, &samples, "Second", 0);
    let about = info(&file);
    let first = &file[..about.header_bytes as usize + about.level_bytes.iter().sum::<usize>()];
    for reduce in 1..5 {
        let o = DecodeOptions { reduce, ..DecodeOptions::default() };
        let small = picture_with(&file, &o).unwrap();
        assert_eq!((small.width, small.height), (w.div_ceil(1 << reduce), h.div_ceil(1 << reduce)));
        assert_eq!(picture_with(first, &o).unwrap(), small, "1/2^{reduce} of the first stream alone");
    }
}

/// Largest error of a file's picture.
fn worst<T: Copy + Into<i64>>(samples: &[T], back: &[T]) -> i64 {
    samples.iter().zip(back).map(|(&a, &b)| (a.into() - b.into()).abs()).max().unwrap()
}

#[test]
fn near_lossless_keeps_its_bound() {
    let (w, h) = (150, 100);
    for c in [1, 3] {
        let (pixels, deep) = (scene_u8(w, h, c), scene_u16(w, h, c));
        for k in [1, 2, 7, 40] {
            let options = lossy(30).with("max_error", k);
            let file = compress(Kernels::active(), view(w, h, c, &pixels), &options).unwrap();
            let about = info(&file);
            assert_eq!((about.tiles, about.streams.len(), about.is_lossless), (6, 1, false));
            let off = worst(&pixels, decode(&file).unwrap().as_u8().unwrap());
            assert!(off <= k, "{c} channels of 8 bits: off by {off}, {k} allowed");
            let file = compress(Kernels::active(), view_u16(w, h, c, &deep), &options).unwrap();
            let off = worst(&deep, decode(&file).unwrap().as_u16().unwrap());
            assert!(off <= k, "{c} channels of 16 bits: off by {off}, {k} allowed");
        }
    }
    // The smaller the bound, the larger the file.
    let pixels = scene_u8(w, h, 3);
    let size =
        |k: i64| compress(Kernels::active(), view(w, h, 3, &pixels), &lossy(30).with("max_error", k)).unwrap().len();
    assert!([0, 1, 3, 9].map(size).windows(2).all(|w| w[1] < w[0]));
    // Without a bound the error is larger.
    let file = compress(Kernels::active(), view(w, h, 3, &pixels), &lossy(30)).unwrap();
    assert!(worst(&pixels, decode(&file).unwrap().as_u8().unwrap()) > 7);
}

#[test]
fn a_bound_of_nothing_is_lossless_and_one_of_everything_is_refused() {
    let pixels = scene_u8(70, 20, 3);
    let with = |o: &Options| compress(Kernels::active(), view(70, 20, 3, &pixels), o);
    assert_eq!(with(&lossy(30).with("max_error", 0i64)).unwrap(), with(&lossless()).unwrap());
    assert_eq!(with(&lossy(30).with("max_error", 256i64)).unwrap_err().code(), "param.range");
    assert_eq!(with(&lossy(30).with("max_error", -1i64)).unwrap_err().code(), "param.range");
    assert_eq!(with(&lossless().with("max_error", 3i64)).unwrap_err().code(), "param.range");
}

#[test]
fn undoing_in_a_world_gives_what_decoding_gives() {
    let (w, h) = (150, 100);
    let pixels = scene_u8(w, h, 3);
    let file = compress(Kernels::active(), view(w, h, 3, &pixels), &lossless()).unwrap();
    let source = Slice(&file);
    let opened = Opened::new(&source, &REGISTRY, &Limits::default()).unwrap();
    let undone = |options: &DecodeOptions| {
        let arena_bytes = opened.world_bytes().unwrap() as usize;
        let mut world = World::new(WorldOptions { arena_bytes, ..WorldOptions::new(Kernels::active()) }).unwrap();
        let undoing = opened.undoing(&mut world, Vec::new(), options).unwrap();
        advance(&mut world, &undoing.pipe);
        let Decoded::Picture(image) = undoing.collect(&world).unwrap() else { panic!("a tensor") };
        image
    };
    for region in [None, Some(Rect { x: 60, y: 10, width: 71, height: 63 })] {
        let options = DecodeOptions { region, ..DecodeOptions::default() };
        assert_eq!(undone(&options), picture_with(&file, &options).unwrap(), "{region:?}");
        // What no wavelet leaves out is averaged: other samples, but the same size.
        let small = DecodeOptions { reduce: 3, ..options };
        let (a, b) = (undone(&small), picture_with(&file, &small).unwrap());
        assert_eq!((a.width, a.height), (b.width, b.height));
    }
    // A picture of several tiles has no components; one of one tile has each stream under its own key.
    let mut world = World::new(WorldOptions::new(Kernels::active())).unwrap();
    assert_eq!(opened.spawn(&mut world).unwrap_err().code(), "stream.invalid");
    let file = refined_file(20, 10, &scene_u8(20, 10, 3), "Second", 0);
    let source = Slice(&file);
    let id = Opened::new(&source, &REGISTRY, &Limits::default()).unwrap().spawn(&mut world).unwrap();
    let keys: Vec<_> = world.keys(id).unwrap().into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["Bitstream", "Second"]);
    assert_eq!(file_of(&world, id, &["Bitstream", "Second"]), file);
}
