//! One pool of threads for entities, tiles and planes. The word is `threads=` everywhere: an
//! argument beats `VAERANS_THREADS`, 1 never enters a pool, none is the cores this process may use.

#[cfg(any(test, all(feature = "threads", target_family = "wasm")))]
pub mod wasm;

use crate::error::{Error, Result};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most threads anybody may ask for.
pub const MAX_THREADS: usize = 1024;

/// The number of threads that an argument, the environment and the machine add up to.
///
/// # Errors
/// `param.range` for 0 or more than [`MAX_THREADS`].
pub fn resolve(threads: Option<usize>) -> Result<usize> {
    match threads.or_else(from_env) {
        Some(n) if (1..=MAX_THREADS).contains(&n) => Ok(n),
        Some(n) => Err(Error::new("param.range", format!("threads={n}; from 1 to {MAX_THREADS}"))),
        None => Ok(cores()),
    }
}

#[cfg(not(target_family = "wasm"))]
fn from_env() -> Option<usize> {
    std::env::var("VAERANS_THREADS").ok()?.trim().parse().ok()
}

/// A module of wasm has no environment.
#[cfg(target_family = "wasm")]
fn from_env() -> Option<usize> {
    None
}

/// Asked once: on Linux the answer takes reading the control group's files.
#[cfg(all(feature = "threads", not(target_family = "wasm")))]
fn cores() -> usize {
    static CORES: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, |n| n.get()))
}

#[cfg(all(feature = "threads", target_family = "wasm"))]
fn cores() -> usize {
    wasm::threads()
}

#[cfg(not(feature = "threads"))]
fn cores() -> usize {
    1
}

/// Runs `work` for 0..n on at most `threads` threads; the results stand in order, and the error
/// of the lowest index is the one that is reported.
pub fn map<T: Send>(threads: usize, n: usize, work: impl Fn(usize) -> Result<T> + Sync + Send) -> Result<Vec<T>> {
    if threads <= 1 || n <= 1 {
        return (0..n).map(work).collect();
    }
    // What comes behind a failure is not started: a file of a million damaged tiles fails as fast as one of one tile.
    let failed = AtomicUsize::new(usize::MAX);
    let until_failure = |i: usize| match failed.load(Ordering::Relaxed) < i {
        true => Err(Error::new("internal.bug", "a task behind the one that failed")),
        false => work(i).inspect_err(|_| {
            failed.fetch_min(i, Ordering::Relaxed);
        }),
    };
    parallel(threads, n, until_failure)?.into_iter().collect()
}

#[cfg(not(feature = "threads"))]
fn parallel<T: Send>(_: usize, n: usize, work: impl Fn(usize) -> Result<T> + Sync + Send) -> Result<Vec<Result<T>>> {
    Ok((0..n).map(work).collect())
}

#[cfg(all(feature = "threads", target_family = "wasm"))]
fn parallel<T: Send>(_: usize, n: usize, work: impl Fn(usize) -> Result<T> + Sync + Send) -> Result<Vec<Result<T>>> {
    Ok(wasm::parallel(n, work))
}

#[cfg(all(feature = "threads", not(target_family = "wasm")))]
fn parallel<T: Send>(
    threads: usize,
    n: usize,
    work: impl Fn(usize) -> Result<T> + Sync + Send,
) -> Result<Vec<Result<T>>> {
    use rayon::prelude::*;
    let pool = rayon_pool(threads)?;
    Ok(pool.install(|| (0..n).into_par_iter().with_max_len(1).map(work).collect()))
}

/// The pool of that many threads, made once per process: after `fork()` a child has none of its
/// parent's threads, so pools are kept by process id.
#[cfg(all(feature = "threads", not(target_family = "wasm")))]
fn rayon_pool(threads: usize) -> Result<std::sync::Arc<rayon::ThreadPool>> {
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex, OnceLock};
    type Pools = Mutex<HashMap<(u32, usize), Arc<rayon::ThreadPool>>>;
    static POOLS: OnceLock<Pools> = OnceLock::new();
    let mut pools = POOLS.get_or_init(Pools::default).lock().unwrap_or_else(|p| p.into_inner());
    let pid = std::process::id();
    if let Some(pool) = pools.get(&(pid, threads)) {
        return Ok(pool.clone());
    }
    // Pools of a parent process have no threads here: dropping them would wait for ever.
    let old: Vec<_> = pools.keys().filter(|(p, _)| *p != pid).copied().collect();
    old.into_iter().filter_map(|k| pools.remove(&k)).for_each(std::mem::forget);
    let named = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("vaerans-{i}"));
    let pool =
        named.build().map_err(|e| Error::new("limit.memory", format!("{threads} threads: {e} (lower threads)")))?;
    let pool = Arc::new(pool);
    pools.insert((pid, threads), pool.clone());
    Ok(pool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_order_and_the_first_error_wins() {
        for threads in [1, 2, 5] {
            let squares = map(threads, 100, |i| Ok(i * i)).unwrap();
            assert!(squares.iter().enumerate().all(|(i, &s)| s == i * i));
            let fail = |i: usize| if i % 7 == 6 { Err(Error::new("data.empty", i.to_string())) } else { Ok(()) };
            assert_eq!(map(threads, 100, fail).unwrap_err().message(), "6");
        }
        assert_eq!(resolve(Some(0)).unwrap_err().code(), "param.range");
        assert_eq!(resolve(Some(3)).unwrap(), 3);
    }

    #[test]
    fn nothing_behind_a_failure_is_started() {
        let started = AtomicUsize::new(0);
        let fail = |_: usize| -> Result<()> {
            started.fetch_add(1, Ordering::Relaxed);
            Err(Error::new("data.empty", "at once"))
        };
        assert_eq!(map(2, 100_000, fail).unwrap_err().code(), "data.empty");
        // The other thread works its way down from the middle, and so on: logarithmically many.
        assert!(started.load(Ordering::Relaxed) < 1000);
    }
}
