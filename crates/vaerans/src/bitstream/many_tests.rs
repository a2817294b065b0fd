//! Files of many items: found by key, gone on with, cut, damaged, and lied about.

use super::tests::{all_sections, sample_item, step, stream, with_item};
use super::*;
use crate::arena::DType;
use crate::component::{Kind, Lineage};
use crate::error::{Error, Result};
use crate::registry::Role;
use crate::wire::{Limits, Slice};
use vaerans_kernels::testing::SplitMix64;

/// A tensor that no other number has.
fn numbered(n: u8) -> NewItem<Vec<u8>> {
    let shape = vec![usize::from(n) + 1, 3];
    let lineage = Lineage::of(vec![step(48, "Latent4", Kind::Latent, shape.clone(), vec![n; 3])]);
    let levels = vec![vec![n; 5], vec![n ^ 0xff; usize::from(n)]];
    let content = Content::Tensor { kind: Kind::Latent, dtype: DType::U8, shape };
    NewItem {
        content,
        metadata: Metadata::default(),
        streams: vec![stream(Role::Main, "b", vec![lineage], vec![levels])],
    }
}

/// Adds items to what a file holds, which is cut where the writer says; writes an index only if told so.
fn appended(file: &[u8], items: &[(&str, u8)], with_index: bool) -> Vec<u8> {
    let source = Slice(file);
    let mut out = file.to_vec();
    let mut tail = Vec::new();
    let mut writer = FileWriter::resume(&source, &Limits::default(), &mut tail).unwrap();
    let at = writer.offset() as usize;
    items.iter().for_each(|(key, n)| writer.add(key, &numbered(*n)).unwrap());
    if with_index {
        writer.finish().unwrap();
    }
    out.truncate(at);
    out.extend(tail);
    out
}

fn written(items: &[(&str, u8)], with_index: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = FileWriter::new(&mut out);
    items.iter().for_each(|(key, n)| writer.add(key, &numbered(*n)).unwrap());
    if with_index {
        writer.finish().unwrap();
    }
    out
}

/// Keys that the file's index, or a look through it, gives.
fn keys_of(file: &[u8]) -> Vec<String> {
    let source = Slice(file);
    let reader = FileReader::new(&source, &Limits::default()).unwrap();
    reader.entries().iter().map(|e| e.key.clone()).collect()
}

/// Whether the item of a key is that of this number, in every byte.
fn check_item(file: &[u8], key: &str, n: u8) {
    let source = Slice(file);
    let reader = FileReader::new(&source, &Limits::default()).unwrap();
    let item = reader.item(key).unwrap();
    assert_eq!((item.header.key.as_str(), &item.header.content), (key, &numbered(n).content), "{key}");
    assert_eq!(all_sections(&item).unwrap(), [vec![n; 5], vec![n ^ 0xff; usize::from(n)]], "{key}");
    assert!(item.is_complete());
}

const FIVE: [(&str, u8); 5] = [("a", 1), ("b/c", 2), ("", 3), ("d\u{e9}", 4), ("e", 5)];

#[test]
fn many_items_are_found_by_key() {
    for with_index in [true, false] {
        let file = written(&FIVE, with_index);
        assert_eq!(keys_of(&file), FIVE.map(|(k, _)| k));
        FIVE.iter().for_each(|(key, n)| check_item(&file, key, *n));
        let source = Slice(&file);
        let reader = FileReader::new(&source, &Limits::default()).unwrap();
        assert_eq!(reader.item("z").err().map(|e| e.code()), Some("param.unknown"));
        for (entry, (_, n)) in reader.entries().iter().zip(FIVE) {
            // What the index says is where the item stands.
            let item = Item::at(&source, entry.offset, &Limits::default()).unwrap();
            assert_eq!((item.bytes(), &item.header.content), (entry.length, &numbered(n).content));
        }
        // A reader that knows nothing of many items has the first one.
        let first = with_item(&file, &Limits::default(), |i| i.header.key).unwrap();
        assert_eq!(first, "a");
    }
    assert_eq!(keys_of(&written(&[], true)), [""; 0]);
}

/// Only a writer's unfinished end is written over: behind a damaged item there may be others.
#[test]
fn a_damaged_item_in_the_middle_is_no_end() {
    let mut file = written(&FIVE, false);
    let second = {
        let source = Slice(&file);
        FileReader::new(&source, &Limits::default()).unwrap().entries()[1].offset as usize
    };
    file[second + 7] ^= 1;
    let source = Slice(&file);
    let resumed = FileWriter::resume(&source, &Limits::default(), Vec::new());
    assert_eq!(resumed.err().map(|e| e.code()), Some("stream.checksum"));
}

/// What a reader does not take, a writer refuses before a byte of it is written.
#[test]
fn the_first_bytes_count_for_every_item() {
    let file = written(&[("a", 3), ("b", 7)], true);
    for (at, code) in [(0, "stream.magic"), (8, "stream.version"), (10, "stream.invalid")] {
        let mut bad = file.clone();
        bad[at] ^= 1;
        let source = Slice(&bad);
        let refused = |e: Error| assert_eq!(e.code(), code, "byte {at}");
        FileReader::new(&source, &Limits::default()).map(|_| ()).map_err(refused).unwrap_err();
        FileWriter::resume(&source, &Limits::default(), Vec::new()).map(|_| ()).map_err(refused).unwrap_err();
    }
}

#[test]
fn names_that_no_reader_takes_are_refused() {
    let long = |n: usize| "k".repeat(n);
    let mut file = Vec::new();
    let mut writer = FileWriter::new(&mut file);
    writer.add("a", &numbered(1)).unwrap();
    let at = writer.offset();
    assert_eq!(writer.add(&long(1025), &numbered(2)).unwrap_err().code(), "param.range");
    assert_eq!(writer.offset(), at);
    writer.add(&long(1024), &numbered(3)).unwrap();
    writer.finish().unwrap();
    check_item(&file, &long(1024), 3);
    assert_eq!(keys_of(&file).len(), 2);

    let with_key = |n: usize| {
        let (item, _) = sample_item();
        let streams = item.streams.into_iter().map(|s| NewStream { key: long(n), ..s }).collect();
        to_vec(&NewItem { streams, ..item })
    };
    let error = with_key(257).unwrap_err();
    assert_eq!((error.code(), error.message()), ("param.range", "257 bytes of text; a file holds at most 256"));
    assert!(with_item(&with_key(256).unwrap(), &Limits::default(), |_| ()).is_ok());
}

#[test]
fn the_newest_item_of_a_key_counts() {
    let file = written(&[("a", 1), ("b", 2), ("a", 7)], true);
    check_item(&file, "a", 7);
    check_item(&file, "b", 2);
    let file = appended(&file, &[("b", 8), ("c", 9)], true);
    [("a", 7), ("b", 8), ("c", 9)].iter().for_each(|(key, n)| check_item(&file, key, *n));
}

#[test]
fn a_finished_file_goes_on() {
    let mut file = written(&FIVE[..2], true);
    for (i, item) in FIVE.iter().enumerate().skip(2) {
        file = appended(&file, std::slice::from_ref(item), i % 2 == 0);
        FIVE[..=i].iter().for_each(|(key, n)| check_item(&file, key, *n));
        assert_eq!(keys_of(&file).len(), i + 1);
    }
    // The sections of an item may have the bytes of an index: what stands at the very end decides.
    let (one, _) = sample_item();
    let mut file = Vec::new();
    let mut writer = FileWriter::new(&mut file);
    let fake = index::body(&[IndexEntry { key: "fake".into(), offset: 0, length: 1 }], 0);
    let bytes = file::record(format::RECORD_INDEX, &fake, &[]).unwrap();
    let lineages = one.streams[0].lineages.clone();
    let tiles = (0..4).map(|_| vec![bytes.clone()]).collect();
    let item = NewItem { streams: vec![stream(Role::Main, "b", lineages, tiles)], ..one };
    writer.add("true", &item).unwrap();
    drop(writer);
    assert_eq!(keys_of(&file), ["true"]);
}

#[test]
fn what_was_finished_survives_a_cut_at_every_byte() {
    let whole = written(&FIVE, false);
    let indexed = written(&FIVE, true);
    assert_eq!(indexed[..whole.len()], whole[..]);
    let ends: Vec<usize> = (1..=FIVE.len()).map(|n| written(&FIVE[..n], false).len()).collect();
    let (first, last) = (ends[0], *ends.last().unwrap());
    for n in first..=indexed.len() {
        let cut = &indexed[..n];
        let finished = ends.iter().filter(|&&e| e <= n).count();
        assert_eq!(keys_of(cut), FIVE[..finished].iter().map(|(k, _)| *k).collect::<Vec<_>>(), "cut at {n} of {last}");
        FIVE[..finished].iter().for_each(|(key, n)| check_item(cut, key, *n));
        // And one can go on from there.
        let again = appended(cut, &[("new", 77)], n % 2 == 0);
        assert_eq!(keys_of(&again).len(), finished + 1, "cut at {n}");
        FIVE[..finished].iter().for_each(|(key, n)| check_item(&again, key, *n));
        check_item(&again, "new", 77);
    }
    for n in 0..first {
        // Nothing was finished: nothing is found, whatever the reason.
        let source = Slice(&indexed[..n]);
        let reader = FileReader::new(&source, &Limits::default());
        assert!(reader.map_or(true, |r| r.entries().is_empty()), "cut at {n}");
    }
}

/// Reads whatever a file of many items gives: every item that is found must be one of those that were written.
fn read_all(file: &[u8]) -> Result<()> {
    let source = Slice(file);
    let reader = FileReader::new(&source, &Limits { max_bytes: 1 << 24, ..Limits::default() })?;
    for entry in reader.entries() {
        let Ok(item) = reader.item(&entry.key) else { continue };
        let Ok(sections) = all_sections(&item) else { continue };
        let is_known = FIVE.iter().any(|&(key, n)| {
            (key, numbered(n).content) == (item.header.key.as_str(), item.header.content.clone())
                && sections == [vec![n; 5], vec![n ^ 0xff; usize::from(n)]]
                && key == entry.key
        });
        assert!(is_known, "a wrong item under {:?}", entry.key);
    }
    Ok(())
}

#[test]
fn no_mutant_gives_a_wrong_item() {
    let file = written(&FIVE, true);
    let mut random = SplitMix64(99);
    for bit in 0..file.len() * 8 {
        let mut bad = file.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        drop(read_all(&bad));
    }
    for _ in 0..4000 {
        let mut bad = file.clone();
        for _ in 0..=random.below(3) {
            let (at, n) = (random.below(bad.len() as u64) as usize, random.below(20) as usize);
            match random.below(4) {
                0 => bad[at] = random.next() as u8,
                1 => bad.truncate(at.max(1)),
                2 => drop(bad.drain(at..(at + n).min(bad.len()))),
                _ => {
                    let from = random.below(bad.len() as u64) as usize;
                    let copied = bad[from..(from + 4 * n).min(bad.len())].to_vec();
                    drop(bad.splice(at..at, copied));
                }
            }
            if bad.is_empty() {
                bad.push(0);
            }
        }
        drop(read_all(&bad));
    }
}

#[test]
fn an_index_that_lies_is_no_index() {
    let file = written(&FIVE, false);
    let limits = Limits::default();
    let with_index = |entries: &[IndexEntry], offset: u64| {
        let body = index::body(entries, offset);
        [&file[..], &file::record(format::RECORD_INDEX, &body, &[]).unwrap()].concat()
    };
    let entry = |offset, length| IndexEntry { key: "a".into(), offset, length };
    let at = file.len() as u64;
    for (entries, offset) in [(vec![entry(0, at + 1)], at), (vec![entry(u64::MAX, 2)], at)] {
        let bad = with_index(&entries, offset);
        let source = Slice(&bad);
        assert_eq!(FileReader::new(&source, &limits).err().map(|e| e.code()), Some("stream.invalid"));
    }
    // An index of another place is not taken for one; the items are found all the same.
    assert_eq!(keys_of(&with_index(&[entry(0, 1)], at - 1)), FIVE.map(|(k, _)| k));
    // An entry that points into the middle of something gives an error when it is read, never other bytes.
    let bad = with_index(&[entry(3, 10)], at);
    let source = Slice(&bad);
    let item = FileReader::new(&source, &limits).unwrap().item("a").map(drop);
    assert!(item.unwrap_err().code().starts_with("stream."));
    // An entry that names another item is a lie about the key.
    let second = written(&FIVE[..1], false).len() as u64;
    let bad = with_index(&[entry(second, 10)], at);
    let source = Slice(&bad);
    let item = FileReader::new(&source, &limits).unwrap().item("a").map(drop);
    assert_eq!(item.unwrap_err().code(), "stream.invalid");
}
