//! `photo` from samples to bytes and back, whole, cut, flipped and forged.

use super::{compress, decompress, info, DecodeOptions, Options};
use crate::arena::{Arena, DType};
use crate::bitstream::{self, Content, File, Metadata, NewStream};
use crate::codec::chain::Keyed;
use crate::codec::registry;
use crate::codec::store;
use crate::codec::tile::{ImageView, SampleBuf, Samples};
use crate::component::{Component, Kind, Lineage, Origin, Params, StepRecord};
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

fn lossless() -> Options {
    Options { lossless: true, tile: Some(64), threads: Some(1), ..Options::default() }
}

fn lossy(quality: u8) -> Options {
    Options { quality, tile: Some(64), threads: Some(1), ..Options::default() }
}

fn decode(bytes: &[u8]) -> crate::Result<SampleBuf> {
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

#[test]
fn every_cut_and_every_flipped_bit_is_an_error() {
    let pixels = scene_u8(13, 11, 3);
    for options in [lossless(), lossy(40)] {
        let file = compress(Kernels::active(), view(13, 11, 3, &pixels), &options).unwrap();
        (0..file.len()).for_each(|n| assert!(decode(&file[..n]).is_err(), "cut at {n}"));
        for bit in 0..file.len() * 8 {
            let mut bad = file.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&bad).is_err(), "bit {bit}");
        }
    }
}

/// The file's only stream with its sections and histories changed, checksums made to fit.
fn forged(file: &[u8], change: impl Fn(&mut Vec<Vec<Vec<u8>>>, &mut Vec<Vec<StepRecord>>)) -> Vec<u8> {
    let file = File::parse(file, &Limits::default()).unwrap();
    let content = file.header.content.clone();
    let stream = &file.header.streams[0];
    let tiles = content.tiles();
    let level = |l| (0..tiles).map(|t| file.section(0, l, t).unwrap().to_vec()).collect();
    let mut sections = (0..stream.levels).map(level).collect();
    let lineage = |t| stream.lineage(t, &content.tile_shape(t)).unwrap().steps().to_vec();
    let mut steps = (0..tiles).map(lineage).collect();
    change(&mut sections, &mut steps);
    let lineages = steps.into_iter().map(Lineage::of).collect();
    let stream = NewStream { key: stream.key.clone(), lineages, sections };
    bitstream::write(content, Metadata::default(), &[stream]).unwrap()
}

#[test]
fn damaged_sections_with_good_checksums_do_not_panic() {
    let pixels = scene_u8(40, 30, 3);
    for options in [lossless(), lossy(70)] {
        let file = compress(Kernels::active(), view(40, 30, 3, &pixels), &options).unwrap();
        let about = info(&file, &Limits::default()).unwrap();
        for level in 0..about.level_bytes.len() {
            for at in (0..about.level_bytes[level]).step_by(3) {
                for value in [0u8, 1, 0x80, 0xff] {
                    let bad = forged(&file, |sections, _| sections[level][0][at] = value);
                    drop(decode(&bad));
                }
                let short = forged(&file, |sections, _| sections[level][0].truncate(at));
                assert!(decode(&short).is_err(), "level {level} cut at {at}");
            }
        }
    }
}

fn code_of(file: &[u8], change: impl Fn(&mut Vec<StepRecord>)) -> &'static str {
    decode(&forged(file, |_, steps| steps.iter_mut().for_each(&change))).unwrap_err().code()
}

#[test]
fn wrong_pipelines_are_refused() {
    let pixels = scene_u8(40, 30, 3);
    let file = compress(Kernels::active(), view(40, 30, 3, &pixels), &lossy(70)).unwrap();
    assert_eq!(code_of(&file, |s| s[2].number = 200), "pipe.unknown_system");
    assert_eq!(code_of(&file, |s| s[2].number = 0x9000), "unavailable.feature");
    assert_eq!(code_of(&file, |s| s.swap(1, 2)), "stream.invalid");
    assert_eq!(code_of(&file, |s| drop(s.pop())), "stream.invalid");
    assert_eq!(code_of(&file, |s| drop(s.remove(0))), "stream.invalid");
    let again = |s: &mut Vec<StepRecord>| s.extend(s.clone());
    assert!(code_of(&file, again).starts_with("stream."));
    // Shapes that lie: larger, smaller and of another rank.
    assert!(code_of(&file, |s| s[3].origin.shape = vec![3, 1 << 14, 1 << 14]).starts_with("limit."));
    assert!(code_of(&file, |s| s[3].origin.shape = vec![3, 2, 2]).starts_with("stream."));
    assert!(code_of(&file, |s| s[3].origin.shape = vec![3600]).starts_with("stream."));
}

#[test]
fn steps_that_no_file_can_undo_are_refused() {
    let pixels = scene_u8(40, 30, 3);
    let file = compress(Kernels::active(), view(40, 30, 3, &pixels), &lossy(70)).unwrap();
    // A residual wants a base, a metric two pictures, a blur has no inverse: a file that names them once panicked.
    for number in [80, 81, 96, 97, 98] {
        for at in 0..4 {
            let swap = |s: &mut Vec<StepRecord>| (s[at].number, s[at].params) = (number, Default::default());
            assert_eq!(code_of(&file, swap), "stream.invalid", "step {at} is {number}");
        }
    }
}

#[test]
fn cut_and_damaged_files_are_refused_before_the_picture_is_allocated() {
    let pixels = scene_u8(40, 30, 3);
    let file = compress(Kernels::active(), view(40, 30, 3, &pixels), &lossy(70)).unwrap();
    // Were the picture allocated first, this limit would be the error.
    let limits = Limits { max_bytes: 1, ..Limits::default() };
    let options = DecodeOptions { limits, ..DecodeOptions::default() };
    let code = |bytes: &[u8]| decompress(Kernels::active(), bytes, &options).unwrap_err().code();
    assert_eq!(code(&file), "limit.memory");
    assert_eq!(code(&file[..file.len() - 1]), "stream.truncated");
    let mut damaged = file.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(code(&damaged), "stream.checksum");
}

#[test]
fn tiles_are_worked_on_in_turn_where_memory_is_short() {
    let pixels = scene_u8(200, 130, 3);
    let file = compress(Kernels::active(), view(200, 130, 3, &pixels), &lossless()).unwrap();
    let with = |max_bytes| {
        let limits = Limits { max_bytes, ..Limits::default() };
        let options = DecodeOptions { limits, threads: Some(8), ..DecodeOptions::default() };
        decompress(Kernels::active(), &file, &options).map(|i| i.samples)
    };
    let tile = 10 * 64 * 64 * 3 + (1 << 20);
    let picture = 200 * 130 * 3;
    assert_eq!(with(picture + tile - 1).unwrap_err().code(), "limit.memory");
    assert_eq!(with(picture + tile).unwrap().as_u8(), Some(&pixels[..]));
}

#[test]
fn a_small_picture_of_a_large_one_needs_little_memory() {
    let pixels = scene_u8(200, 130, 3);
    let file = compress(Kernels::active(), view(200, 130, 3, &pixels), &lossless()).unwrap();
    let with = |max_bytes, options: DecodeOptions| {
        let limits = Limits { max_bytes, ..Limits::default() };
        decompress(Kernels::active(), &file, &DecodeOptions { limits, ..options }).map(|i| (i.width, i.height))
    };
    let quarter = || DecodeOptions { reduce: 2, ..DecodeOptions::default() };
    let needed = 50 * 33 * 3 + 10 * 16 * 16 * 3 + (1 << 20);
    assert_eq!(with(needed, quarter()).unwrap(), (50, 33));
    assert_eq!(with(needed - 1, quarter()).unwrap_err().code(), "limit.memory");
    let corner = crate::bitstream::Rect { x: 0, y: 0, width: 8, height: 8 };
    let part = || DecodeOptions { region: Some(corner), ..DecodeOptions::default() };
    assert_eq!(with(8 * 8 * 3 + 10 * 64 * 64 * 3 + (1 << 20), part()).unwrap(), (8, 8));
}

#[test]
fn a_billion_planes_of_one_sample_are_refused() {
    let shape = vec![1 << 29, 1, 1];
    let step = |number, dtype, kind| StepRecord {
        number,
        name: String::new(),
        params: Default::default(),
        side: vec![],
        origin: Origin { key: "Latent4".into(), kind, dtype, shape: shape.clone() },
    };
    let (arena, limits) = (Arena::new(1 << 20).unwrap(), Limits::default());
    let ctx = Ctx { kernels: Kernels::active(), arena: &arena, threads: 1, limits: &limits };
    for quantizer in [step(32, DType::F32, Kind::Latent), step(33, DType::F32, Kind::Latent)] {
        let lineage = Lineage::of(vec![quantizer, step(48, DType::U8, Kind::Symbols)]);
        let content = Content::Tensor { kind: Kind::Latent, dtype: DType::F32, shape: shape.clone() };
        let stream = NewStream { key: "b".into(), lineages: vec![lineage], sections: vec![vec![vec![0, 0, 0]]] };
        let file = bitstream::write(content, Metadata::default(), &[stream]).unwrap();
        let (keyed, _) = store::open(&arena, &file, &limits).unwrap();
        assert_eq!(keyed.undo(&ctx).unwrap_err().code(), "limit.symbols");
    }
}

#[test]
fn limits_hold_before_anything_is_allocated() {
    let pixels = scene_u8(40, 30, 3);
    let file = compress(Kernels::active(), view(40, 30, 3, &pixels), &lossy(70)).unwrap();
    let with = |limits| decompress(Kernels::active(), &file, &DecodeOptions { limits, ..DecodeOptions::default() });
    let small = |max_pixels| Limits { max_pixels, ..Limits::default() };
    assert_eq!(with(small(1199)).unwrap_err().code(), "limit.dimensions");
    assert!(with(small(1200)).is_ok());
    let few = Limits { max_symbols: 100, ..Limits::default() };
    assert_eq!(with(few).unwrap_err().code(), "limit.symbols");
    let tight = Limits { max_bytes: 3599, ..Limits::default() };
    assert_eq!(with(tight).unwrap_err().code(), "limit.memory");
}

#[test]
fn impossible_pictures_are_refused() {
    let pixels = scene_u8(4, 4, 3);
    let code = |image, options: &Options| compress(Kernels::active(), image, options).unwrap_err().code();
    assert_eq!(code(view(0, 4, 3, &[]), &lossy(50)), "data.empty");
    assert_eq!(code(view(4, 5, 3, &pixels), &lossy(50)), "param.shape");
    assert_eq!(code(view(2, 2, 12, &pixels), &lossy(50)), "param.shape");
    assert_eq!(code(view(4, 4, 3, &pixels), &lossy(101)), "param.range");
    assert_eq!(code(view(4, 4, 3, &pixels), &Options { tile: Some(8), ..lossy(50) }), "param.range");
    let limits = Limits { max_pixels: 15, ..Limits::default() };
    assert_eq!(code(view(4, 4, 3, &pixels), &Options { limits, ..lossy(50) }), "limit.dimensions");
}

#[test]
fn a_tensor_file_is_no_picture() {
    let content =
        Content::Tensor { kind: crate::component::Kind::Latent, dtype: crate::arena::DType::F32, shape: vec![1] };
    let stream = NewStream { key: "b".into(), lineages: vec![Lineage::default()], sections: vec![vec![vec![]]] };
    let file = bitstream::write(content, Metadata::default(), &[stream]).unwrap();
    assert_eq!(decode(&file).unwrap_err().code(), "pipe.wrong_kind");
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
