//! Many files at once.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use common::picture;
use vaerans_io::{
    encode, read, read_each, read_many, DecodeOptions, FileError, Format, Limits, Picture, ReadOptions, WriteOptions,
};

/// A folder that is gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vaerans-io-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn fill(&self, count: u32) -> (Vec<PathBuf>, Vec<Picture>) {
        let mut out = (Vec::new(), Vec::new());
        for i in 0..count {
            let path = self.0.join(format!("{i}.png"));
            let p = picture(1 + i % 7, 1 + i % 5, 3, 8);
            fs::write(&path, encode(&p, Format::Png, &WriteOptions::default()).unwrap()).unwrap();
            out.0.push(path);
            out.1.push(p);
        }
        out
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn options(threads: usize) -> ReadOptions {
    ReadOptions { threads: Some(threads), ..ReadOptions::default() }
}

#[test]
fn results_stand_in_order_for_any_number_of_threads() {
    let folder = Folder::new("order");
    let (mut paths, pictures) = folder.fill(37);
    paths.insert(5, folder.0.join("missing.png"));
    fs::write(folder.0.join("bad.png"), b"no picture").unwrap();
    paths.insert(20, folder.0.join("bad.png"));
    for threads in [1, 2, 8, 100] {
        let mut seen = vec![false; paths.len()];
        let mut last = 0;
        let results = read_many(&paths, &options(threads), |at| {
            assert_eq!((at.done, at.total), (last + 1, paths.len()));
            last = at.done;
            assert!(!std::mem::replace(&mut seen[at.index], true));
        });
        assert!(seen.iter().all(|s| *s));
        let missing = results[5].as_ref().unwrap_err();
        assert_eq!(missing.code(), "unavailable.file");
        let cause = match missing {
            FileError::Unreadable { cause, .. } => cause,
            FileError::Refused(error) => panic!("{error}"),
        };
        assert_eq!(cause.kind(), std::io::ErrorKind::NotFound);
        assert!(missing.to_string().contains("missing.png"));
        let bad = results[20].as_ref().unwrap_err();
        assert_eq!(bad.code(), "data.image_format");
        assert!(bad.to_string().contains("bad.png"));
        let read: Vec<_> = results.into_iter().filter_map(Result::ok).collect();
        assert_eq!(read, pictures);
    }
}

#[test]
fn breaking_stops_the_reading() {
    let folder = Folder::new("break");
    let (paths, _) = folder.fill(200);
    for threads in [1, 4] {
        let mut calls = 0;
        read_each(&paths, &options(threads), |_, picture| {
            picture.unwrap();
            calls += 1;
            if calls == 3 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!(calls, 3);
    }
}

#[test]
fn no_file_is_no_work() {
    let none: [PathBuf; 0] = [];
    assert!(read_many(&none, &ReadOptions::default(), |_| panic!("nothing to report")).is_empty());
}

#[test]
fn a_folder_and_a_file_too_long_are_errors() {
    let folder = Folder::new("limits");
    assert_eq!(read(&folder.0, &DecodeOptions::default()).unwrap_err().code(), "unavailable.file");
    let (paths, _) = folder.fill(1);
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    let tight = DecodeOptions { limits, ..DecodeOptions::default() };
    assert_eq!(read(&paths[0], &tight).unwrap_err().code(), "limit.file_size");
}
