//! Reading many files at once.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{sync_channel, SyncSender};
use std::thread;

use crate::{read, DecodeOptions, FileError, Picture};

/// A picture, or why its file gives none.
pub type Outcome = std::result::Result<Picture, FileError>;

/// How to read many files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// How each file is decoded.
    pub decode: DecodeOptions,
    /// Threads that read and decode; `None` is the cores this process may use, 1 starts no thread.
    pub threads: Option<usize>,
}

/// How far the reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files finished, this one among them, the failed ones too.
    pub done: usize,
    /// Files in all.
    pub total: usize,
    /// Which of the paths was just finished.
    pub index: usize,
}

/// Reads the files and gives each, as it is finished, to `sink` on the calling thread, until that breaks.
///
/// At most two pictures per thread are held beside what the sink keeps, however many files there are. Files that no thread has
/// begun when the sink breaks are never opened.
pub fn read_each<P: AsRef<Path> + Sync>(
    paths: &[P],
    options: &ReadOptions,
    mut sink: impl FnMut(Progress, Outcome) -> ControlFlow<()>,
) {
    let total = paths.len();
    let threads = worker_count(options.threads, total);
    let report = |done, index| Progress { done, total, index };
    if threads <= 1 {
        for (index, path) in paths.iter().enumerate() {
            let picture = read(path.as_ref(), &options.decode);
            if sink(report(index + 1, index), picture).is_break() {
                return;
            }
        }
        return;
    }
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, receiver) = sync_channel(threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, next, stop) = (sender.clone(), &next, &stop);
            scope.spawn(move || work(paths, &options.decode, next, stop, &sender));
        }
        drop(sender);
        let mut done = 0;
        // Moved in, so that leaving the loop closes the channel and frees workers that wait to send.
        for (index, picture) in receiver {
            done += 1;
            if sink(report(done, index), picture).is_break() {
                stop.store(true, Ordering::Relaxed);
                break;
            }
        }
    });
}

/// Reads all files; results stand in the order of the paths, one bad file costs only its own.
///
/// `progress` is called on the calling thread after every file.
pub fn read_many<P: AsRef<Path> + Sync>(
    paths: &[P],
    options: &ReadOptions,
    mut progress: impl FnMut(Progress),
) -> Vec<Outcome> {
    let mut out: Vec<Option<Outcome>> = paths.iter().map(|_| None).collect();
    read_each(paths, options, |at, picture| {
        out[at.index] = Some(picture);
        progress(at);
        ControlFlow::Continue(())
    });
    let read_all = out.into_iter().map(|slot| slot.expect("each path is reported once"));
    read_all.collect()
}

fn worker_count(asked: Option<usize>, files: usize) -> usize {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    asked.unwrap_or_else(cores).clamp(1, files.max(1))
}

fn work<P: AsRef<Path>>(
    paths: &[P],
    options: &DecodeOptions,
    next: &AtomicUsize,
    stop: &AtomicBool,
    sender: &SyncSender<(usize, Outcome)>,
) {
    while !stop.load(Ordering::Relaxed) {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(path) = paths.get(index) else { return };
        if sender.send((index, read(path.as_ref(), options))).is_err() {
            return;
        }
    }
}
