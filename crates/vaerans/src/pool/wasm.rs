//! The pool of a wasm module over shared memory. JavaScript starts the workers, each of which calls [`work`] and stays in it;
//! who calls [`map`](super::map) works along and waits (which a page's main thread may not).

use crate::error::Result;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};

/// What every worker calls once: it takes tasks until there are none.
type Job = &'static (dyn Fn() + Sync);

struct State {
    job: Option<Job>,
    /// Counts jobs, so that a worker takes part in each at most once.
    generation: u64,
    /// Workers inside the job.
    active: usize,
    stop: bool,
}

static STATE: Mutex<State> = Mutex::new(State { job: None, generation: 0, active: 0, stop: false });
static CHANGED: Condvar = Condvar::new();
static THREADS: AtomicUsize = AtomicUsize::new(1);

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Threads that work on a job, the caller's included.
pub fn threads() -> usize {
    THREADS.load(Ordering::Relaxed)
}

/// Says how many threads there will be; gives the number of workers to start.
pub fn prepare(threads: usize) -> usize {
    let threads = threads.clamp(1, super::MAX_THREADS);
    THREADS.store(threads, Ordering::Relaxed);
    lock().stop = false;
    threads - 1
}

/// The life of a worker: job after job, until [`stop`].
pub fn work() {
    let mut seen = 0;
    let mut state = lock();
    while !state.stop {
        match state.job.filter(|_| state.generation != seen) {
            None => state = CHANGED.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner()),
            Some(job) => {
                seen = state.generation;
                state.active += 1;
                drop(state);
                job();
                state = lock();
                state.active -= 1;
                CHANGED.notify_all();
            }
        }
    }
}

/// Lets all workers return.
pub fn stop() {
    lock().stop = true;
    CHANGED.notify_all();
}

/// `work` for 0..n on all threads, results in order; a job inside a job runs on the thread that asks for it.
pub(super) fn parallel<T: Send>(n: usize, work: super::Task<T>) -> Vec<Result<T>> {
    let results: Vec<Mutex<Option<Result<T>>>> = (0..n).map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    let job = || loop {
        let i = next.fetch_add(1, Ordering::Relaxed);
        let Some(slot) = results.get(i) else { return };
        let result = work(i);
        *slot.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(result);
    };
    run(&job);
    let taken = |slot: Mutex<Option<Result<T>>>| slot.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    results.into_iter().filter_map(taken).collect()
}

fn run(job: &(dyn Fn() + Sync)) {
    let mut state = lock();
    // Or its last tasks still run, and one of them asks: it would wait for itself.
    if state.job.is_some() || state.active > 0 {
        drop(state);
        return job();
    }
    // SAFETY: the reference is taken back below, and the function does not return before the last worker has left the job.
    state.job = Some(unsafe { std::mem::transmute::<&(dyn Fn() + Sync), Job>(job) });
    state.generation += 1;
    drop(state);
    CHANGED.notify_all();
    job();
    state = lock();
    state.job = None;
    while state.active > 0 {
        state = CHANGED.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The caller is through with its task and waits; the worker's task asks for a job of its own only then.
    fn a_late_job_inside_a_job() {
        let (both, caller) = (std::sync::Barrier::new(2), std::thread::current().id());
        let sums = parallel(2, &|i| {
            both.wait();
            while std::thread::current().id() != caller && lock().job.is_some() {
                std::thread::yield_now();
            }
            Ok(i + parallel(3, &Ok).len())
        });
        assert_eq!(sums.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn workers_share_jobs_and_leave_when_told() {
        assert_eq!(prepare(3), 2);
        let workers: Vec<_> = (0..2).map(|_| std::thread::spawn(work)).collect();
        a_late_job_inside_a_job();
        for round in 0..200usize {
            let n = round % 17;
            let doubled = parallel(n, &|i| Ok(i * 2 + parallel(2, &Ok).len()));
            let values: Vec<usize> = doubled.into_iter().map(Result::unwrap).collect();
            assert_eq!(values, (0..n).map(|i| i * 2 + 2).collect::<Vec<_>>());
        }
        stop();
        workers.into_iter().for_each(|w| w.join().unwrap());
        assert_eq!(prepare(1), 0);
    }
}
