//! Round trips, cuts, flipped bits and lies of the container.

use super::format::PRELUDE;
use super::*;
use crate::arena::DType;
use crate::component::{Kind, Lineage, Origin, Params, StepRecord, Value};
use crate::wire::{checksum, Limits, Writer};

fn step(number: u16, key: &str, kind: Kind, shape: Vec<usize>, side: Vec<u8>) -> StepRecord {
    let params = Params::new().with("levels", Value::Int(3)).with("q", Value::Float(0.5));
    let name = if number >= FIRST_PRIVATE { "Dct8" } else { "" };
    let origin = Origin { key: key.into(), kind, dtype: DType::U8, shape };
    StepRecord { number, name: name.into(), params, side, origin }
}

fn geometry(tile: usize) -> Geometry {
    Geometry { width: 100, height: 70, colour: Colour::Rgb, depth: 8, tile }
}

/// A picture of four tiles with every shape rule, side bytes and a private step.
fn sample() -> (Vec<u8>, Content, Vec<Lineage>) {
    let content = Content::Picture(geometry(64));
    let lineage = |i: usize| {
        let hwc = content.tile_shape(i);
        let chw = vec![hwc[2], hwc[0], hwc[1]];
        Lineage::of(vec![
            step(1, "RGB", Kind::Image, hwc, vec![]),
            step(18, "Planes", Kind::Planes, chw.clone(), vec![]),
            step(0x8001, "mine", Kind::Wavelet, chw, vec![i as u8; i]),
            step(48, "SymbolsU8", Kind::Symbols, vec![i + 1, 7], vec![]),
        ])
    };
    let lineages: Vec<_> = (0..content.tiles()).map(lineage).collect();
    let level = |l: usize| (0..lineages.len()).map(|t| vec![(l * 16 + t) as u8; 10 * l + t]).collect();
    let stream =
        NewStream { key: "Bitstream".into(), lineages: lineages.clone(), sections: (0..3).map(level).collect() };
    let metadata = Metadata {
        icc: Some(vec![1, 2, 3]),
        exif: Some(vec![4; 300]),
        orientation: Some(6),
        json: Some("{\"a\":1}".into()),
    };
    (write(content.clone(), metadata, &[stream]).unwrap(), content, lineages)
}

#[test]
fn everything_comes_back() {
    let (bytes, content, lineages) = sample();
    let file = File::parse(&bytes, &Limits::default()).unwrap();
    assert_eq!(file.header.content, content);
    assert_eq!(file.header.metadata.orientation, Some(6));
    assert_eq!(file.header.metadata.exif.as_deref(), Some(&[4; 300][..]));
    let stream = &file.header.streams[0];
    let rules: Vec<_> = stream.steps.iter().map(|s| std::mem::discriminant(&s.shape)).collect();
    let expected = [Shape::Tile, Shape::Planar, Shape::Same, Shape::Explicit(vec![])];
    assert_eq!(rules, expected.iter().map(std::mem::discriminant).collect::<Vec<_>>());
    for (i, lineage) in lineages.iter().enumerate() {
        assert_eq!(&stream.lineage(i, &content.tile_shape(i)).unwrap(), lineage);
        for level in 0..3 {
            assert_eq!(file.section(0, level, i).unwrap(), vec![(level * 16 + i) as u8; 10 * level + i]);
        }
    }
    assert_eq!(file.expected_len(), bytes.len());
    assert_eq!(file.whole_levels(0), 3);
}

#[test]
fn a_tensor_comes_back() {
    let shape = vec![32, 3, 5, 7];
    let lineage = Lineage::of(vec![step(48, "Latent4", Kind::Latent, shape.clone(), vec![])]);
    let content = Content::Tensor { kind: Kind::Latent, dtype: DType::U8, shape };
    let stream = NewStream { key: "mine".into(), lineages: vec![lineage.clone()], sections: vec![vec![vec![9; 4]]] };
    let bytes = write(content.clone(), Metadata::default(), &[stream]).unwrap();
    let file = File::parse(&bytes, &Limits::default()).unwrap();
    assert_eq!(file.header.content, content);
    assert_eq!(file.header.streams[0].lineage(0, &content.tile_shape(0)).unwrap(), lineage);
}

#[test]
fn a_cut_file_keeps_its_whole_levels() {
    let (bytes, ..) = sample();
    let limits = Limits::default();
    let start = File::parse(&bytes, &limits).unwrap().header_len();
    for n in 0..start {
        let code = File::parse(&bytes[..n], &limits).unwrap_err().code();
        assert_eq!(code, "stream.truncated", "cut at {n}");
    }
    let mut levels = Vec::new();
    for n in start..bytes.len() {
        let file = File::parse(&bytes[..n], &limits).unwrap();
        let whole = file.whole_levels(0);
        levels.push(whole);
        (0..whole).for_each(|l| assert!((0..4).all(|t| file.section(0, l, t).is_ok())));
        assert_eq!(file.section(0, 2, 3).unwrap_err().code(), "stream.truncated");
    }
    assert!(levels.is_sorted() && levels[0] == 0 && levels[levels.len() - 1] == 2);
}

#[test]
fn every_flipped_bit_is_noticed() {
    let (bytes, ..) = sample();
    let limits = Limits::default();
    for bit in 0..bytes.len() * 8 {
        let mut bad = bytes.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        let sections = |f: File| (0..3).try_for_each(|l| (0..4).try_for_each(|t| f.section(0, l, t).map(drop)));
        assert!(File::parse(&bad, &limits).and_then(sections).is_err(), "bit {bit}");
    }
}

/// `bytes` with header byte `at` replaced and the header's checksum made to fit.
fn forged(bytes: &[u8], at: usize, value: u8) -> Vec<u8> {
    let mut bad = bytes.to_vec();
    bad[at] = value;
    let end = PRELUDE + u32::from_le_bytes(bad[12..16].try_into().unwrap()) as usize;
    let crc = checksum(&bad[..end]).to_le_bytes();
    bad[end..end + 4].copy_from_slice(&crc);
    bad
}

#[test]
fn forged_headers_are_refused_or_harmless() {
    let (bytes, ..) = sample();
    let limits = Limits { max_pixels: 1 << 20, max_items: 1 << 12, ..Limits::default() };
    let end = File::parse(&bytes, &limits).unwrap().header_len() - 4;
    for at in PRELUDE..end {
        for value in [0, 1, 2, 3, 0x7f, 0x80, 0xff] {
            // Whatever parses must answer for every section without a panic.
            let bad = forged(&bytes, at, value);
            let Ok(file) = File::parse(&bad, &limits) else { continue };
            for (i, s) in file.header.streams.iter().enumerate() {
                let tiles = file.header.content.tiles();
                (0..s.levels).for_each(|l| (0..tiles).for_each(|t| drop(file.section(i, l, t))));
                (0..tiles).for_each(|t| drop(s.lineage(t, &file.header.content.tile_shape(t))));
            }
        }
    }
}

/// A file whose header body is what `body` writes.
fn with_body(body: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut inner = Writer::new();
    body(&mut inner);
    let inner = inner.into_vec();
    let mut w = Writer::new();
    w.bytes(&format::MAGIC);
    w.u16(format::VERSION);
    w.u16(0);
    w.u32(inner.len() as u32);
    w.bytes(&inner);
    let mut out = w.into_vec();
    out.extend_from_slice(&checksum(&out).to_le_bytes());
    out
}

fn picture(w: &mut Writer, width: u64, height: u64, tile: u64) {
    w.u8(format::CONTENT_PICTURE);
    w.varint(width);
    w.varint(height);
    w.u8(2);
    w.u8(8);
    w.varint(tile);
    w.varint(0);
}

fn code_of(body: impl FnOnce(&mut Writer)) -> &'static str {
    File::parse(&with_body(body), &Limits::default()).unwrap_err().code()
}

#[test]
fn hostile_headers_are_refused_before_anything_is_allocated() {
    assert_eq!(code_of(|w| picture(w, 1 << 40, 1 << 40, 0)), "limit.dimensions");
    assert_eq!(code_of(|w| picture(w, u64::MAX, u64::MAX, 0)), "limit.dimensions");
    assert_eq!(code_of(|w| picture(w, 0, 10, 0)), "stream.invalid");
    assert_eq!(code_of(|w| picture(w, 1 << 14, 1 << 14, 1)), "limit.symbols");
    let streams = |w: &mut Writer, levels: u64| {
        picture(w, 1 << 10, 1 << 9, 1);
        w.varint(1);
        w.text("Bitstream");
        w.varint(0);
        w.varint(levels);
    };
    assert_eq!(code_of(|w| streams(w, 33)), "stream.invalid");
    assert_eq!(code_of(|w| streams(w, 32)), "limit.symbols");
    assert_eq!(code_of(|w| streams(w, 1)), "stream.invalid");
    let metadata = |w: &mut Writer| {
        [format::CONTENT_PICTURE, 1, 1, 2, 8, 0, 1, format::META_ICC].iter().for_each(|&b| w.u8(b));
        w.varint(1 << 40);
    };
    assert_eq!(code_of(metadata), "limit.symbols");
    let tensor = |w: &mut Writer| {
        w.u8(format::CONTENT_TENSOR);
        w.u8(Kind::Latent as u8);
        w.u8(DType::F32 as u8);
        w.varint(2);
        w.varint(1 << 40);
        w.varint(1 << 40);
    };
    assert_eq!(code_of(tensor), "limit.symbols");
}

#[test]
fn lying_section_sizes_are_refused() {
    let lie = |len: u64| {
        with_body(|w| {
            picture(w, 4, 4, 0);
            w.varint(1);
            w.text("Bitstream");
            w.varint(0);
            w.varint(1);
            w.varint(len);
            w.u32(0);
        })
    };
    let limits = Limits::default();
    assert_eq!(File::parse(&lie(u64::MAX), &limits).unwrap_err().code(), "stream.invalid");
    let bytes = lie(1 << 50);
    let file = File::parse(&bytes, &limits).unwrap();
    assert_eq!(file.section(0, 0, 0).unwrap_err().code(), "stream.truncated");
}

#[test]
fn other_files_are_named_as_such() {
    let limits = Limits::default();
    assert_eq!(File::parse(b"\x89PNG\r\n\x1a\n", &limits).unwrap_err().code(), "stream.magic");
    assert_eq!(File::parse(b"", &limits).unwrap_err().code(), "stream.truncated");
    let (mut bytes, ..) = sample();
    bytes[8] = 9;
    assert_eq!(File::parse(&bytes, &limits).unwrap_err().code(), "stream.version");
}

#[test]
fn impossible_metadata_is_refused() {
    let metadata = Metadata { orientation: Some(9), ..Metadata::default() };
    let lineage = Lineage::of(vec![step(48, "RGB", Kind::Image, vec![70, 100, 3], vec![])]);
    let stream = NewStream { key: "b".into(), lineages: vec![lineage], sections: vec![vec![vec![]]] };
    let error = write(Content::Picture(geometry(0)), metadata, &[stream]).unwrap_err();
    assert_eq!(error.code(), "param.range");
}

#[test]
fn steps_without_a_number_are_not_saved() {
    let lineage = Lineage::of(vec![step(0, "RGB", Kind::Image, vec![70, 100, 3], vec![])]);
    let stream = NewStream { key: "b".into(), lineages: vec![lineage], sections: vec![vec![vec![]]] };
    let error = write(Content::Picture(geometry(0)), Metadata::default(), &[stream]).unwrap_err();
    assert_eq!(error.code(), "pipe.unregistered_system");
}
