//! `photo` files that are cut, flipped and forged, hostile histories, and limits.

use super::open::{DecodeOptions, Opened};
use super::picture_tests::refined_file;
use super::test_kit::{
    chain_file, change_level, change_steps, decode, forged, info, lossless, lossy, native, picture, scene_u8, view,
    with_ctx, Keyed,
};
use super::tile::SampleBuf;
use super::write::{compress, Options};
use crate::arena::DType;
use crate::bitstream::{self, Content, Metadata, NewItem, NewStream, TileBytes};
use crate::component::{Kind, Lineage, Origin, Params, StepRecord};
use crate::error::Result;
use crate::rect::Rect;
use crate::registry::Role;
use crate::wire::{Limits, Slice};
use crate::REGISTRY;
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

#[test]
fn damaged_sections_with_good_checksums_do_not_panic() {
    let pixels = scene_u8(40, 30, 3);
    for options in [lossless(), lossy(70)] {
        let file = compress(Kernels::active(), view(40, 30, 3, &pixels), &options).unwrap();
        let about = info(&file);
        for level in 0..about.level_bytes.len() {
            let bad = |change: &dyn Fn(&mut Vec<u8>)| {
                forged(&file, |i| change_level(&mut i.streams[0].tiles[0], level, change))
            };
            for at in (0..about.level_bytes[level]).step_by(3) {
                for value in [0u8, 1, 0x80, 0xff] {
                    drop(decode(&bad(&|bytes| bytes[at] = value)));
                }
                assert!(decode(&bad(&|bytes| bytes.truncate(at))).is_err(), "level {level} cut at {at}");
            }
        }
    }
}

fn code_of(file: &[u8], change: impl Fn(&mut Vec<StepRecord>)) -> &'static str {
    decode(&forged(file, |i| change_steps(&mut i.streams[0], &change))).unwrap_err().code()
}

#[test]
fn wrong_pipelines_are_refused() {
    let pixels = scene_u8(40, 30, 3);
    let file = chain_file(40, 30, &pixels);
    assert_eq!(code_of(&file, |s| s[2].number = 200), "pipe.unknown_system");
    assert_eq!(code_of(&file, |s| s[2].number = 0x9000), "unavailable.feature");
    assert_eq!(code_of(&file, |s| s.swap(1, 2)), "stream.invalid");
    assert_eq!(code_of(&file, |s| drop(s.pop())), "stream.invalid");
    assert_eq!(code_of(&file, |s| drop(s.remove(0))), "stream.invalid");
    assert_eq!(code_of(&file, |s| s.extend(s.clone())), "stream.invalid");
    assert_eq!(code_of(&file, |s| s.clear()), "stream.invalid");
    // Shapes that lie: larger, smaller and of another rank.
    for at in 0..4 {
        for shape in [vec![3, 1 << 14, 1 << 14], vec![3, 2, 2], vec![3600], vec![], vec![0, 30, 40]] {
            assert_eq!(
                code_of(&file, |s| s[at].origin.shape = shape.clone()),
                "stream.invalid",
                "step {at} of {shape:?}"
            );
        }
        assert_eq!(code_of(&file, |s| s[at].origin.kind = Kind::Scalar), "stream.invalid");
        assert_eq!(code_of(&file, |s| s[at].origin.dtype = DType::F64), "stream.invalid");
    }
    assert!(code_of(&file, |s| s[3].origin.shape = vec![3, 1 << 20, 1 << 20]).starts_with("limit."));
}

#[test]
fn steps_that_no_file_can_undo_are_refused() {
    let pixels = scene_u8(40, 30, 3);
    let file = chain_file(40, 30, &pixels);
    // A residual wants a base, a metric two pictures, a blur has no inverse: a file that names them once panicked.
    for number in [80, 81, 96, 97, 98] {
        for at in 0..4 {
            let swap = |s: &mut Vec<StepRecord>| (s[at].number, s[at].params) = (number, Default::default());
            assert_eq!(code_of(&file, swap), "stream.invalid", "step {at} is {number}");
        }
    }
}

#[test]
fn cut_files_are_refused_before_the_picture_is_allocated() {
    let pixels = scene_u8(40, 30, 3);
    let file = compress(Kernels::active(), view(40, 30, 3, &pixels), &lossy(70)).unwrap();
    // Were the picture allocated first, this limit would be the error.
    let limits = Limits { max_bytes: 1, ..Limits::default() };
    let code = |bytes: &[u8]| picture(Kernels::active(), bytes, &limits, &DecodeOptions::default()).unwrap_err().code();
    assert_eq!(code(&file), "limit.memory");
    assert_eq!(code(&file[..file.len() - 1]), "stream.truncated");
    let mut damaged = file.clone();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(decode(&damaged).unwrap_err().code(), "stream.checksum");
}

/// The least memory that decoding does with; one byte less is refused.
fn least(file: &[u8], options: &DecodeOptions) -> u64 {
    let with = |max_bytes| {
        let limits = Limits { max_bytes, ..Limits::default() };
        picture(Kernels::active(), file, &limits, options).map_err(|e| e.code())
    };
    let (mut fails, mut works) = (0, 1 << 30);
    while works - fails > 1 {
        let middle = fails + (works - fails) / 2;
        match with(middle) {
            Ok(_) => works = middle,
            Err(code) => {
                assert_eq!(code, "limit.memory");
                fails = middle;
            }
        }
    }
    works
}

#[test]
fn tiles_are_worked_on_in_turn_where_memory_is_short() {
    let pixels = scene_u8(200, 130, 3);
    let file = compress(Kernels::active(), view(200, 130, 3, &pixels), &lossless()).unwrap();
    let eight = DecodeOptions { threads: Some(8), ..DecodeOptions::default() };
    let (needed, whole, tile) = (least(&file, &eight), 200 * 130 * 3, 64 * 64 * 3);
    // The picture and one tile, its coded bytes, and what either mode of the lossless coder remembers: of one thread, not of eight.
    assert!((whole + 2 * tile..whole + (6 << 20)).contains(&needed), "{needed} bytes");
    let limits = Limits { max_bytes: needed, ..Limits::default() };
    assert_eq!(picture(Kernels::active(), &file, &limits, &eight).unwrap().samples.as_u8(), Some(&pixels[..]));
}

#[test]
fn a_small_picture_of_a_large_one_needs_little_memory() {
    let pixels = scene_u8(200, 130, 3);
    let file = compress(Kernels::active(), view(200, 130, 3, &pixels), &lossy(90)).unwrap();
    let whole = least(&file, &DecodeOptions::default());
    let quarter = least(&file, &DecodeOptions { reduce: 2, ..DecodeOptions::default() });
    // A sixteenth of everything, and what every arena has to spare.
    assert!(quarter < whole / 16 + (16 << 10), "{quarter} of {whole}");
    let corner = Rect { x: 0, y: 0, width: 8, height: 8 };
    let part = least(&file, &DecodeOptions { region: Some(corner), ..DecodeOptions::default() });
    assert!(part <= whole - 200 * 130 * 3 + 8 * 8 * 3, "{part} of {whole}");
}

#[test]
fn rgba_is_held_against_the_limit_too() {
    let n = 2500 * 1000;
    let pixels = vec![7; n];
    let file = compress(Kernels::active(), view(2500, 1000, 1, &pixels), &lossless()).unwrap();
    let within = |max_bytes: usize, rgba| {
        let limits = Limits { max_bytes: max_bytes as u64, ..Limits::default() };
        picture(Kernels::active(), &file, &limits, &DecodeOptions { rgba, ..DecodeOptions::default() })
    };
    assert!(within(4 * n - 1, false).is_ok());
    assert_eq!(within(4 * n - 1, true).map_err(|e| e.code()), Err("limit.memory"));
    assert_eq!(within(4 * n, true).unwrap().samples.as_u8(), Some(&[7, 7, 7, 255].repeat(n)[..]));
}

/// A file of one tensor with these steps, as (number, kind, dtype and shape of the input).
fn tensor_file(content: Content, steps: &[(u16, Kind, DType, &[usize])], bytes: &[u8]) -> Vec<u8> {
    let step = |&(number, kind, dtype, shape): &(u16, Kind, DType, &[usize])| StepRecord {
        number,
        name: "".into(),
        params: Params::new(),
        side: vec![],
        origin: Origin { key: "Latent4".into(), kind, dtype, shape: shape.to_vec() },
    };
    let lineages = vec![Lineage::of(steps.iter().map(step).collect())];
    let tiles = vec![TileBytes { bytes: bytes.to_vec(), levels: vec![bytes.len()] }];
    let stream = NewStream { role: Role::Main, key: "b".into(), lineages, tiles };
    bitstream::to_vec(&NewItem { content, metadata: Metadata::default(), streams: vec![stream] }).unwrap()
}

fn tensor(file: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    let source = Slice(file);
    let data = Opened::new(&source, &REGISTRY, limits)?.tensor(Kernels::active(), &DecodeOptions::default())?;
    Ok(data.bytes()?.to_vec())
}

#[test]
fn a_billion_planes_of_one_sample_are_refused() {
    let shape = [1 << 29, 1, 1];
    for (quantizer, symbols) in [(32, DType::U8), (33, DType::I32)] {
        let content = Content::Tensor { kind: Kind::Latent, dtype: DType::F32, shape: shape.to_vec() };
        let steps = [(quantizer, Kind::Latent, DType::F32, &shape[..]), (48, Kind::Symbols, symbols, &shape[..])];
        let file = tensor_file(content, &steps, &[0, 0, 0]);
        let tight = Limits { max_bytes: 1 << 30, ..Limits::default() };
        assert_eq!(tensor(&file, &tight).unwrap_err().code(), "limit.memory");
        let ample = Limits { max_bytes: 1 << 40, ..Limits::default() };
        assert_eq!(tensor(&file, &ample).unwrap_err().code(), "limit.symbols");
    }
}

#[test]
fn limits_hold_before_anything_is_allocated() {
    let pixels = scene_u8(40, 30, 3);
    let file = compress(Kernels::active(), view(40, 30, 3, &pixels), &lossy(70)).unwrap();
    let with = |limits: Limits| picture(Kernels::active(), &file, &limits, &DecodeOptions::default());
    let small = |max_pixels| Limits { max_pixels, ..Limits::default() };
    assert_eq!(with(small(1199)).unwrap_err().code(), "limit.dimensions");
    assert!(with(small(1200)).is_ok());
    let few = Limits { max_elements: 100, ..Limits::default() };
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
    assert_eq!(code(view(4, 4, 3, &pixels), &lossy(50).with("tile", 8i64)), "param.range");
    assert_eq!(code(view(4, 4, 3, &pixels), &lossy(50).with("lossless", "no")), "param.type");
    assert_eq!(code(view(4, 4, 3, &pixels), &lossy(50).with("qualities", 5i64)), "param.unknown");
    let limits = Limits { max_pixels: 15, ..Limits::default() };
    assert_eq!(code(view(4, 4, 3, &pixels), &Options { limits, ..lossy(50) }), "limit.dimensions");
}

#[test]
fn a_tensor_file_is_no_picture() {
    let file = with_ctx(|ctx| {
        let symbols = Keyed::new(ctx, "Latent4", Kind::Symbols, &[1, 2, 2], &[1u8, 2, 3, 4]);
        symbols.run(ctx, &[native("ANSEncode", Params::new())]).unwrap().save().unwrap()
    });
    assert_eq!(decode(&file).unwrap_err().code(), "pipe.wrong_kind");
    assert_eq!(tensor(&file, &Limits::default()).unwrap(), [1, 2, 3, 4]);
}

/// What opening says; nothing of a picture or tensor was asked for yet.
fn opened(file: &[u8], limits: &Limits) -> std::result::Result<(), &'static str> {
    Opened::new(&Slice(file), &REGISTRY, limits).map(drop).map_err(|e| e.code())
}

/// The like of the files of `shared/cases`: a header and histories that say different things.
#[test]
fn histories_that_contradict_the_header_are_refused_before_memory_is_spent() {
    // As little memory as a header takes: whatever came later would be `limit.memory`.
    let limits = Limits { max_bytes: 1, ..Limits::default() };
    let pixels = scene_u8(40, 40, 3);
    let file = compress(Kernels::active(), view(40, 40, 3, &pixels), &lossless()).unwrap();
    assert_eq!(opened(&file, &limits), Ok(()));

    // The header says 40 x 40 x 3, the steps began with 7 x 5 x 3.
    let small = compress(Kernels::active(), view(5, 7, 3, &pixels[..105]), &lossless()).unwrap();
    let lies = |change: &dyn Fn(&mut bitstream::Geometry)| {
        forged(&small, |i| {
            // Without this the first step's input would be "the tile", whatever the header says.
            let Content::Picture(g) = &mut i.content else { panic!("a tensor") };
            change(g);
        })
    };
    assert_eq!(opened(&lies(&|g| (g.width, g.height) = (40, 40)), &limits), Err("stream.invalid"));
    assert_eq!(opened(&lies(&|g| (g.width, g.height) = (1, 1)), &limits), Err("stream.invalid"));
    assert_eq!(opened(&lies(&|g| g.depth = 16), &limits), Err("stream.invalid"));
    assert_eq!(opened(&lies(&|g| g.colour = bitstream::Colour::Grey), &limits), Err("stream.invalid"));

    // max_pixels counts what the steps give, too.
    let few = Limits { max_pixels: 100, ..limits };
    let large = forged(&file, |i| {
        let Content::Picture(g) = &mut i.content else { panic!("a tensor") };
        (g.width, g.height) = (1, 1);
    });
    assert_eq!(opened(&large, &few), Err("stream.invalid"));

    // No streams, no steps, a stream that is nobody's picture, a picture that calls itself a residual.
    assert_eq!(opened(&forged(&file, |i| i.streams.clear()), &limits), Err("stream.invalid"));
    assert_eq!(
        opened(&forged(&file, |i| change_steps(&mut i.streams[0], |s| s.clear())), &limits),
        Err("stream.invalid")
    );
    assert_eq!(opened(&forged(&file, |i| i.streams[0].role = Role::Other), &limits), Err("stream.invalid"));
    assert_eq!(opened(&forged(&file, |i| i.streams[0].role = Role::Residual), &limits), Err("stream.invalid"));
}

#[test]
fn the_first_stream_is_the_picture() {
    let (pixels, other) = (scene_u8(40, 40, 3), vec![9u8; 40 * 40 * 3]);
    let file = compress(Kernels::active(), view(40, 40, 3, &pixels), &lossless()).unwrap();
    let second = |samples: &[u8], w, h, role| {
        let file = compress(Kernels::active(), view(w, h, 3, samples), &lossless()).unwrap();
        let mut stream = super::test_kit::taken_apart(&file).streams.remove(0);
        stream.role = role;
        stream
    };
    let with = |stream: NewStream<Vec<u8>>| forged(&file, |i| i.streams.push(stream));
    // A stream of another size that calls itself a picture too is a lie about the header.
    for role in [Role::Main, Role::Residual] {
        let bad = with(second(&other[..105], 5, 7, role));
        assert_eq!(opened(&bad, &Limits { max_bytes: 1, ..Limits::default() }), Err("stream.invalid"), "{role:?}");
    }
    // One of the right size that calls itself a residual would take the first one's place.
    assert_eq!(opened(&with(second(&other, 40, 40, Role::Residual)), &Limits::default()), Err("stream.invalid"));
    // Nor does a step that nobody here knows hold up a file that does without it.
    for (role, expected) in [(Role::Other, Ok(())), (Role::Main, Err("pipe.unknown_system"))] {
        let mut stream = second(&other, 40, 40, role);
        change_steps(&mut stream, |steps| steps[0].number = 999);
        assert_eq!(opened(&with(stream), &Limits::default()), expected);
    }
    // What is nobody's business is left alone; one of the right size does not take the first one's place.
    for stream in [second(&other[..105], 5, 7, Role::Other), second(&other, 40, 40, Role::Main)] {
        let file = with(stream);
        assert_eq!(decode(&file), Ok(SampleBuf::U8(pixels.clone())));
    }
}

/// A picture under the name of a tensor would be refined on one way of decoding it, and not on the other.
#[test]
fn a_tensor_has_no_residual() {
    let pixels = scene_u8(20, 20, 3);
    let image = |i: &mut NewItem<Vec<u8>>| {
        i.content = Content::Tensor { kind: Kind::Image, dtype: DType::U8, shape: vec![20, 20, 3] };
    };
    let file = refined_file(20, 20, &pixels, "ResidualBitstream", 0);
    assert_eq!(opened(&file, &Limits::default()), Ok(()));
    assert_eq!(opened(&forged(&file, image), &Limits::default()), Err("stream.invalid"));
    let alone = |i: &mut NewItem<Vec<u8>>| {
        image(i);
        i.streams.truncate(1);
    };
    assert_eq!(opened(&forged(&file, alone), &Limits::default()), Ok(()));
}

#[test]
fn tensors_that_lie_are_refused() {
    let limits = Limits { max_bytes: 1, ..Limits::default() };
    let shape = &[2usize, 3, 5][..];
    let content = |kind, dtype, shape: &[usize]| Content::Tensor { kind, dtype, shape: shape.to_vec() };
    let steps = [(48, Kind::Symbols, DType::U8, shape)];
    let code = |content, steps: &[(u16, Kind, DType, &[usize])]| opened(&tensor_file(content, steps, &[0]), &limits);
    assert_eq!(code(content(Kind::Symbols, DType::U8, shape), &steps), Ok(()));
    assert_eq!(code(content(Kind::Symbols, DType::F32, shape), &steps), Err("stream.invalid"));
    assert_eq!(code(content(Kind::Latent, DType::U8, shape), &steps), Err("stream.invalid"));
    assert_eq!(code(content(Kind::Symbols, DType::U8, &[7, 5]), &steps), Err("stream.invalid"));
    assert_eq!(code(content(Kind::Symbols, DType::U8, shape), &[]), Err("stream.invalid"));
    // A coder of floats, and of what is coded already.
    let floats = [(48, Kind::Symbols, DType::F32, shape)];
    assert_eq!(code(content(Kind::Symbols, DType::F32, shape), &floats), Err("stream.invalid"));
    let twice = [(48, Kind::Symbols, DType::U8, shape), (48, Kind::Bitstream, DType::U8, &[4][..])];
    assert_eq!(code(content(Kind::Symbols, DType::U8, shape), &twice), Err("stream.invalid"));
}

/// The like of `had60.vrn`: a thousand bytes that ask for sixty tensors of 64 MiB.
#[test]
fn a_pipe_of_many_steps_takes_what_two_of_them_take() {
    let shape = &[4usize, 1024, 1024][..];
    let content = Content::Tensor { kind: Kind::Latent, dtype: DType::F32, shape: shape.to_vec() };
    let mut steps = vec![(16, Kind::Latent, DType::F32, shape)];
    steps.push((33, Kind::Yuvw, DType::F32, shape));
    steps.push((48, Kind::Symbols, DType::I32, shape));
    let file = tensor_file(content, &steps, &[]);
    let code = |max_bytes| tensor(&file, &Limits { max_bytes, ..Limits::default() }).map_err(|e| e.code());
    assert_eq!(code(16 << 20), Err("limit.memory"));
    // Two tensors of 16 MiB and the coder's 20: more than that is not asked for.
    assert_ne!(code(56 << 20), Err("limit.memory"));
}
