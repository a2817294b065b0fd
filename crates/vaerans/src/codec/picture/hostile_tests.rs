//! `photo` files that are cut, flipped and forged, and limits.

use super::tests::{decode, lossless, lossy, scene_u8, view};
use super::{compress, decompress, info, DecodeOptions, Options};
use crate::arena::{Arena, DType};
use crate::bitstream::{self, Content, File, Metadata, NewStream};
use crate::codec::store;
use crate::component::{Kind, Lineage, Origin, StepRecord};
use crate::ecs::Ctx;
use crate::wire::Limits;
use vaerans_kernels::Kernels;

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
