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
/// `param.range` for 0, more than [`MAX_THREADS`], or a variable `VAERANS_THREADS` that is no such number.
pub fn resolve(threads: Option<usize>) -> Result<usize> {
    match threads {
        Some(n) if (1..=MAX_THREADS).contains(&n) => Ok(n),
        Some(n) => Err(Error::new("param.range", format!("threads={n}; from 1 to {MAX_THREADS}"))),
        None => Ok(from_env()?.unwrap_or_else(cores)),
    }
}

/// What `VAERANS_THREADS` says; a variable without text says nothing.
#[cfg(not(target_family = "wasm"))]
fn from_env() -> Result<Option<usize>> {
    let Some(value) = std::env::var_os("VAERANS_THREADS") else { return Ok(None) };
    parse(&value.to_string_lossy())
}

#[cfg(not(target_family = "wasm"))]
fn parse(value: &str) -> Result<Option<usize>> {
    match value.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(n) if (1..=MAX_THREADS).contains(&n) => Ok(Some(n)),
            _ => {
                let short: String = text.chars().take(40).collect();
                let why = format!("VAERANS_THREADS={short:?}; a whole number from 1 to {MAX_THREADS}");
                Err(Error::new("param.range", why.replace('"', "")))
            }
        },
    }
}

/// A module of wasm has no environment.
#[cfg(target_family = "wasm")]
fn from_env() -> Result<Option<usize>> {
    Ok(None)
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

/// The process that something was made in. A child of `fork()` has what its parent had, locks that are held by threads which it does
/// not have among it: whoever may wait for a lock asks first whether the lock is of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process(u32);

impl Process {
    /// This one.
    pub fn this() -> Process {
        Process(if cfg!(target_family = "wasm") { 0 } else { std::process::id() })
    }

    /// Whether it is this one.
    pub fn is_this(self) -> bool {
        cfg!(target_family = "wasm") || self == Process::this()
    }

    /// Refuses what was made in another process; `what` is that.
    ///
    /// # Errors
    /// `unavailable.forked`.
    pub fn check(self, what: &str) -> Result<()> {
        match self.is_this() {
            true => Ok(()),
            false => Err(Error::new(
                "unavailable.forked",
                format!("{what} was made before this process was forked; make one in the child, or start processes by spawn"),
            )),
        }
    }
}

/// Runs `work` for 0..n on at most `threads` threads; the results stand in order, and the error
/// of the lowest index is the one that is reported.
pub fn map<T: Send>(threads: usize, n: usize, work: impl Fn(usize) -> Result<T> + Sync + Send) -> Result<Vec<T>> {
    match threads <= 1 || n <= 1 {
        true => (0..n).map(work).collect(),
        false => side_by_side(threads, n, &work),
    }
}

/// One of the tasks, by its number: known by its type of result alone, so that there is one copy of what follows for each.
type Task<'a, T> = &'a (dyn Fn(usize) -> Result<T> + Sync + Send);

fn side_by_side<T: Send>(threads: usize, n: usize, work: Task<T>) -> Result<Vec<T>> {
    // What comes behind a failure is not started: a file of a million damaged tiles fails as fast as one of one tile.
    let failed = AtomicUsize::new(usize::MAX);
    let until_failure = |i: usize| match failed.load(Ordering::Relaxed) < i {
        true => Err(Error::new("internal.bug", "a task behind the one that failed")),
        false => work(i).inspect_err(|_| {
            failed.fetch_min(i, Ordering::Relaxed);
        }),
    };
    parallel(threads, n, &until_failure)?.into_iter().collect()
}

#[cfg(not(feature = "threads"))]
fn parallel<T: Send>(_: usize, n: usize, work: Task<T>) -> Result<Vec<Result<T>>> {
    Ok((0..n).map(work).collect())
}

#[cfg(all(feature = "threads", target_family = "wasm"))]
fn parallel<T: Send>(_: usize, n: usize, work: Task<T>) -> Result<Vec<Result<T>>> {
    Ok(wasm::parallel(n, work))
}

#[cfg(all(feature = "threads", not(target_family = "wasm")))]
fn parallel<T: Send>(threads: usize, n: usize, work: Task<T>) -> Result<Vec<Result<T>>> {
    use rayon::prelude::*;
    let pool = rayon_pool(threads)?;
    Ok(pool.install(|| (0..n).into_par_iter().with_max_len(1).map(work).collect()))
}

/// Pools by number of threads.
#[cfg(all(feature = "threads", not(target_family = "wasm")))]
type Pools = std::sync::Mutex<std::collections::HashMap<usize, std::sync::Arc<rayon::ThreadPool>>>;

/// The pools of this process. After `fork()` a child has none of its parent's threads, and a lock that one of them held stays
/// locked there: a child begins anew, and leaves what was its parent's alone.
#[cfg(all(feature = "threads", not(target_family = "wasm")))]
fn pools() -> &'static Pools {
    use std::sync::atomic::AtomicPtr;
    struct Own(Process, Pools);
    static POOLS: AtomicPtr<Own> = AtomicPtr::new(std::ptr::null_mut());
    let this = Process::this();
    loop {
        let known = POOLS.load(Ordering::Acquire);
        // SAFETY: null, or a box that was leaked below and is never freed.
        match unsafe { known.as_ref() } {
            Some(own) if own.0 == this => return &own.1,
            _ => {}
        }
        let fresh = Box::into_raw(Box::new(Own(this, Pools::default())));
        if POOLS.compare_exchange(known, fresh, Ordering::AcqRel, Ordering::Acquire).is_err() {
            // SAFETY: made above, and nobody else has seen it.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
}

/// The pool of that many threads, made once per process.
#[cfg(all(feature = "threads", not(target_family = "wasm")))]
fn rayon_pool(threads: usize) -> Result<std::sync::Arc<rayon::ThreadPool>> {
    use std::sync::Arc;
    let mut pools = pools().lock().unwrap_or_else(|p| p.into_inner());
    if let Some(pool) = pools.get(&threads) {
        return Ok(pool.clone());
    }
    let named = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("vaerans-{i}"));
    let pool =
        named.build().map_err(|e| Error::new("limit.memory", format!("{threads} threads: {e} (lower threads)")))?;
    let pool = Arc::new(pool);
    pools.insert(threads, pool.clone());
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
    fn the_variable_is_a_number_or_an_error() {
        assert_eq!((parse("").unwrap(), parse(" 3 ").unwrap()), (None, Some(3)));
        for wrong in ["x", "0", "-1", "2.5", "1025", "99999999999999999999"] {
            let error = parse(wrong).unwrap_err();
            assert!(error.code() == "param.range" && error.message().contains("VAERANS_THREADS"), "{wrong}");
        }
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
