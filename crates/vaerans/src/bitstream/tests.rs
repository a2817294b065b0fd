//! Round trips, cuts, flipped bits and lies of files of one item. Those of many: `many_tests.rs`.

use super::format::{self, PRELUDE, RECORD_HEAD};
use super::*;
use crate::arena::DType;
use crate::component::{Kind, Lineage, Origin, Params, StepRecord, Value};
use crate::error::Result;
use crate::registry::{Role, PRIVATE};
use crate::wire::{checksum, Limits, Slice, Writer};

pub(super) fn step(number: u16, key: &str, kind: Kind, shape: Vec<usize>, side: Vec<u8>) -> StepRecord {
    let params = Params::new().with("levels", Value::Int(3)).with("q", Value::Float(0.5));
    let params = params.with("hash", Value::Bytes(vec![0, 255, 10, 13, 0x1a]));
    let name = if number >= PRIVATE { "Dct8" } else { "" };
    let origin = Origin { key: key.into(), kind, dtype: DType::U8, shape };
    StepRecord { number, name: name.into(), params, side, origin }
}

/// A block whose IFD states orientation 6, and bytes behind it.
fn exif_block() -> Vec<u8> {
    let ifd = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    [&ifd[..], &[4; 300]].concat()
}

fn geometry(tile: usize) -> Geometry {
    Geometry { width: 100, height: 70, colour: Colour::Rgb, depth: 8, tile }
}

pub(super) fn stream(role: Role, key: &str, lineages: Vec<Lineage>, tiles: Vec<Vec<Vec<u8>>>) -> NewStream<Vec<u8>> {
    let tile =
        |levels: Vec<Vec<u8>>| TileBytes { levels: levels.iter().map(Vec::len).collect(), bytes: levels.concat() };
    NewStream { role, key: key.into(), lineages, tiles: tiles.into_iter().map(tile).collect() }
}

/// A picture of four tiles with every shape rule, side bytes and a private step.
pub(super) fn sample_item() -> (NewItem<Vec<u8>>, Vec<Lineage>) {
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
    let tile = |t: usize| (0..3).map(|l| vec![(l * 16 + t) as u8; 10 * l + t]).collect();
    let stream = stream(Role::Main, "Bitstream", lineages.clone(), (0..lineages.len()).map(tile).collect());
    let metadata = Metadata {
        icc: Some(vec![1, 2, 3]),
        exif: Some(exif_block()),
        orientation: Some(6),
        json: Some("{\"a\":1}".into()),
    };
    (NewItem { content, metadata, streams: vec![stream] }, lineages)
}

fn sample() -> (Vec<u8>, Content, Vec<Lineage>) {
    let (item, lineages) = sample_item();
    (to_vec(&item).unwrap(), item.content, lineages)
}

/// The first item of a file and what is asked of it.
pub(super) fn with_item<T>(bytes: &[u8], limits: &Limits, f: impl FnOnce(Item) -> T) -> Result<T> {
    let source = Slice(bytes);
    Item::first(&source, limits).map(f)
}

fn section(item: &Item, stream: usize, level: usize, tile: usize) -> Result<Vec<u8>> {
    let tiles = item.header.content.tiles();
    item.check_there(stream, level, tile)?;
    let mut out = vec![0; item.header.streams[stream].sections[level * tiles + tile].len];
    item.read_section(stream, level, tile, &mut out).map(|()| out)
}

/// Every section of an item.
pub(super) fn all_sections(item: &Item) -> Result<Vec<Vec<u8>>> {
    let tiles = item.header.content.tiles();
    let mut out = Vec::new();
    for (i, s) in item.header.streams.iter().enumerate() {
        for l in 0..s.levels {
            for t in 0..tiles {
                out.push(section(item, i, l, t)?);
            }
        }
    }
    Ok(out)
}

fn code(bytes: &[u8], limits: &Limits) -> &'static str {
    with_item(bytes, limits, |_| ()).unwrap_err().code()
}

#[test]
fn everything_comes_back() {
    let (bytes, content, lineages) = sample();
    let source = Slice(&bytes);
    let item = Item::first(&source, &Limits::default()).unwrap();
    assert_eq!(item.header.content, content);
    assert_eq!((item.header.key.as_str(), item.header.metadata.orientation), ("", Some(6)));
    assert_eq!(item.header.metadata.exif.as_deref(), Some(&exif_block()[..]));
    let stream = &item.header.streams[0];
    let rules: Vec<_> = stream.steps.iter().map(|s| std::mem::discriminant(&s.shape)).collect();
    let expected = [Shape::Tile, Shape::Planar, Shape::Same, Shape::Explicit(vec![])];
    assert_eq!(rules, expected.iter().map(std::mem::discriminant).collect::<Vec<_>>());
    for (i, lineage) in lineages.iter().enumerate() {
        assert_eq!(&stream.lineage(i, &content.tile_shape(i)).unwrap(), lineage);
        for level in 0..3 {
            assert_eq!(section(&item, 0, level, i).unwrap(), vec![(level * 16 + i) as u8; 10 * level + i]);
        }
    }
    assert_eq!(stream.steps[0].params.get("hash"), Some(&Value::Bytes(vec![0, 255, 10, 13, 0x1a])));
    assert_eq!((item.end(), item.bytes()), (bytes.len() as u64, bytes.len() as u64));
    assert_eq!(item.whole_levels(0), 3);
    assert!(item.is_complete());
}

#[test]
fn a_tensor_comes_back() {
    let shape = vec![32, 3, 5, 7];
    let lineage = Lineage::of(vec![step(48, "Latent4", Kind::Latent, shape.clone(), vec![])]);
    let content = Content::Tensor { kind: Kind::Latent, dtype: DType::U8, shape };
    let streams = vec![stream(Role::Main, "mine", vec![lineage.clone()], vec![vec![vec![9; 4]]])];
    let bytes = to_vec(&NewItem { content: content.clone(), metadata: Metadata::default(), streams }).unwrap();
    with_item(&bytes, &Limits::default(), |item| {
        assert_eq!(item.header.content, content);
        assert_eq!(item.header.streams[0].lineage(0, &content.tile_shape(0)).unwrap(), lineage);
    })
    .unwrap();
}

#[test]
fn roles_come_back_and_others_are_refused() {
    let (mut item, _) = sample_item();
    for role in [Role::Residual, Role::Other, Role::Main] {
        let again = NewStream { role, key: "Second".into(), ..item.streams[0].clone() };
        item.streams.push(again);
    }
    let bytes = to_vec(&item).unwrap();
    let roles = |item: Item| item.header.streams.iter().map(|s| s.role).collect::<Vec<_>>();
    let all = [Role::Main, Role::Residual, Role::Other, Role::Main];
    assert_eq!(with_item(&bytes, &Limits::default(), roles).unwrap(), all);
    let no_such = with_body(|w| {
        picture(w, 4, 4, 0);
        w.varint(1);
        w.u8(3);
    });
    assert_eq!(code(&no_such, &Limits::default()), "stream.invalid");
}

#[test]
fn side_bytes_that_all_tiles_share_are_stored_once() {
    let with_sides = |side: &dyn Fn(usize) -> Vec<u8>| {
        let (mut item, lineages) = sample_item();
        let sided = |(i, l): (usize, &Lineage)| {
            let change = |(n, s): (usize, &std::sync::Arc<StepRecord>)| {
                let side = if n == 2 { side(i) } else { vec![] };
                StepRecord { side, ..s.as_ref().clone() }
            };
            Lineage::of(l.steps().iter().enumerate().map(change).collect())
        };
        item.streams[0].lineages = lineages.iter().enumerate().map(sided).collect();
        let bytes = to_vec(&item).unwrap();
        with_item(&bytes, &Limits::default(), |read| {
            let content = read.header.content.clone();
            for (i, lineage) in item.streams[0].lineages.iter().enumerate() {
                assert_eq!(&read.header.streams[0].lineage(i, &content.tile_shape(i)).unwrap(), lineage);
            }
        })
        .unwrap();
        bytes.len()
    };
    let (none, shared) = (with_sides(&|_| vec![]), with_sides(&|_| vec![7; 100]));
    let own = with_sides(&|i| vec![i as u8; 100]);
    assert_eq!((shared - none, own - none), (101, 404), "100 bytes and their length, once or for each of four tiles");
}

#[test]
fn a_cut_file_keeps_its_whole_levels() {
    let (bytes, ..) = sample();
    let limits = Limits::default();
    let start = with_item(&bytes, &limits, |i| i.header_len()).unwrap() as usize;
    for n in 0..start {
        assert_eq!(code(&bytes[..n], &limits), "stream.truncated", "cut at {n}");
    }
    let mut levels = Vec::new();
    for n in start..bytes.len() {
        let source = Slice(&bytes[..n]);
        let item = Item::first(&source, &limits).unwrap();
        let whole = item.whole_levels(0);
        levels.push(whole);
        (0..whole).for_each(|l| assert!((0..4).all(|t| section(&item, 0, l, t).is_ok())));
        assert_eq!(section(&item, 0, 2, 3).unwrap_err().code(), "stream.truncated");
        let mut out = vec![0; item.header.streams[0].sections[11].len];
        assert_eq!(item.read_section(0, 2, 3, &mut out).unwrap_err().code(), "stream.truncated");
        assert!(!item.is_complete());
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
        let read = with_item(&bad, &limits, |i| all_sections(&i)).and_then(|r| r);
        assert!(read.is_err(), "bit {bit}");
    }
}

/// `bytes` with header byte `at` replaced and the header's checksum made to fit.
fn forged(bytes: &[u8], at: usize, value: u8) -> Vec<u8> {
    let mut bad = bytes.to_vec();
    bad[at] = value;
    let length = u32::from_le_bytes(bad[PRELUDE + 1..PRELUDE + 5].try_into().unwrap()) as usize;
    let end = PRELUDE + RECORD_HEAD + length;
    let crc = checksum(&bad[..end]).to_le_bytes();
    bad[end..end + 4].copy_from_slice(&crc);
    bad
}

#[test]
fn forged_headers_are_refused_or_harmless() {
    let (bytes, ..) = sample();
    let limits = Limits { max_pixels: 1 << 20, max_bytes: 1 << 24, ..Limits::default() };
    let end = with_item(&bytes, &limits, |i| i.header_len()).unwrap() as usize - 4;
    for at in PRELUDE + RECORD_HEAD..end {
        for value in [0, 1, 2, 3, 0x7f, 0x80, 0xff] {
            // Whatever parses must answer for every section without a panic.
            let bad = forged(&bytes, at, value);
            let source = Slice(&bad);
            let Ok(item) = Item::first(&source, &limits) else { continue };
            for (i, s) in item.header.streams.iter().enumerate() {
                let tiles = item.header.content.tiles();
                (0..s.levels).for_each(|l| (0..tiles).for_each(|t| drop(item.check_there(i, l, t))));
                (0..tiles).for_each(|t| drop(s.lineage(t, &item.header.content.tile_shape(t))));
            }
            assert!(
                item.end() >= item.header_len() && (0..item.header.streams.len()).all(|i| item.whole_levels(i) <= 32)
            );
        }
    }
}

/// A file whose header body is what `body` writes.
fn with_body(body: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut inner = Writer::new();
    body(&mut inner);
    file::record(format::RECORD_ITEM, &inner.into_vec(), &file::prelude()).unwrap()
}

fn picture(w: &mut Writer, width: u64, height: u64, tile: u64) {
    w.text("", 0);
    w.u8(format::CONTENT_PICTURE);
    w.varint(width);
    w.varint(height);
    w.u8(2);
    w.u8(8);
    w.varint(tile);
    w.varint(0);
}

fn code_of(body: impl FnOnce(&mut Writer)) -> &'static str {
    code(&with_body(body), &Limits::default())
}

#[test]
fn hostile_headers_are_refused_before_anything_is_allocated() {
    assert_eq!(code_of(|w| picture(w, 1 << 40, 1 << 40, 0)), "limit.dimensions");
    assert_eq!(code_of(|w| picture(w, u64::MAX, u64::MAX, 0)), "limit.dimensions");
    assert_eq!(code_of(|w| picture(w, 0, 10, 0)), "stream.invalid");
    assert_eq!(code_of(|w| picture(w, 1 << 14, 1 << 14, 63)), "stream.invalid");
    let streams = |w: &mut Writer, levels: u64| {
        picture(w, 1 << 14, 1 << 14, 64);
        w.varint(1);
        w.u8(0);
        w.u8(10);
        w.varint(0);
        w.varint(levels);
    };
    assert_eq!(code_of(|w| streams(w, 33)), "stream.invalid");
    assert_eq!(code_of(|w| streams(w, 32)), "limit.memory");
    assert_eq!(code_of(|w| streams(w, 1)), "stream.invalid");
    let metadata = |w: &mut Writer| {
        [0, format::CONTENT_PICTURE, 1, 1, 2, 8, 0, 1, format::META_ICC].iter().for_each(|&b| w.u8(b));
        w.varint(1 << 40);
    };
    assert_eq!(code_of(metadata), "limit.memory");
    let tensor = |w: &mut Writer| {
        w.text("", 0);
        w.u8(format::CONTENT_TENSOR);
        w.u8(Kind::Latent as u8);
        w.u8(DType::F32 as u8);
        w.varint(2);
        w.varint(1 << 40);
        w.varint(1 << 40);
    };
    assert_eq!(code_of(tensor), "limit.symbols");
    assert_eq!(code_of(|w| w.text(&"k".repeat(1025), u64::MAX)), "stream.invalid");
}

#[test]
fn lying_section_sizes_are_refused() {
    let lie = |len: u64| {
        with_body(|w| {
            picture(w, 4, 4, 0);
            w.varint(1);
            w.u8(0);
            w.u8(10);
            w.varint(0);
            w.varint(1);
            w.varint(len);
            w.u32(0);
        })
    };
    let limits = Limits::default();
    assert_eq!(code(&lie(u64::MAX), &limits), "stream.invalid");
    let truncated = |item: Item| item.check_there(0, 0, 0).unwrap_err().code();
    assert_eq!(with_item(&lie(1 << 50), &limits, truncated).unwrap(), "stream.truncated");
}

#[test]
fn other_files_and_versions_are_named_as_such() {
    let limits = Limits::default();
    assert_eq!(code(b"\x89PNG\r\n\x1a\n", &limits), "stream.magic");
    assert_eq!(code(b"", &limits), "stream.truncated");
    let (bytes, ..) = sample();
    for version in (0..=u16::MAX).filter(|&v| v != format::VERSION) {
        let mut old = bytes.clone();
        old[8..10].copy_from_slice(&version.to_le_bytes());
        let error = with_item(&old, &limits, |_| ()).unwrap_err();
        let release = match version {
            0 => "vaerans 0.1 reads it",
            1 => "vaerans 0.2 reads it",
            _ => "a later release of vaerans",
        };
        assert!(error.code() == "stream.version" && error.message().contains(release), "{error}");
        let source = Slice(&old);
        assert_eq!(FileReader::new(&source, &limits).err().map(|e| e.code()), Some("stream.version"));
    }
    let mut flagged = bytes.clone();
    flagged[10] = 1;
    assert_eq!(code(&flagged, &limits), "stream.invalid");
}

#[test]
fn impossible_metadata_is_refused() {
    let (item, _) = sample_item();
    let metadata = Metadata { orientation: Some(9), ..Metadata::default() };
    assert_eq!(to_vec(&NewItem { metadata, ..item }).unwrap_err().code(), "param.range");
}

#[test]
fn steps_without_a_number_are_not_saved() {
    let lineage = Lineage::of(vec![step(0, "RGB", Kind::Image, vec![70, 100, 3], vec![])]);
    let streams = vec![stream(Role::Main, "b", vec![lineage], vec![vec![vec![]]])];
    let item = NewItem { content: Content::Picture(geometry(0)), metadata: Metadata::default(), streams };
    assert_eq!(to_vec(&item).unwrap_err().code(), "pipe.unregistered_system");
}

#[test]
fn an_item_in_front_of_rubbish_is_no_file() {
    let (bytes, ..) = sample();
    for tail in [0u8, 3, 0xff] {
        assert_eq!(code(&[&bytes[..], &[tail]].concat(), &Limits::default()), "stream.invalid");
    }
}
