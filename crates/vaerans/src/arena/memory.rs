//! The bytes behind an arena: a first-fit free list over one lazily touched allocation.

use super::free::{rounded, FreeList};
use super::ALIGN;
use crate::error::{Error, Result};
use crate::pool::Process;
#[cfg(not(target_family = "wasm"))]
use std::alloc::alloc_zeroed;
use std::alloc::{dealloc, Layout};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard};

/// Bytes of all arenas that live in this process.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// Bytes that the arenas of this process hold now, in use or kept for the next call.
pub fn live_bytes() -> usize {
    LIVE.load(Relaxed)
}

/// Sizes in bytes and counts of an arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArenaStats {
    /// Size of the arena.
    pub capacity: usize,
    /// Bytes in blocks now.
    pub used: usize,
    /// Most bytes that were ever in blocks at once.
    pub peak: usize,
    /// Blocks handed out since the arena was made.
    pub allocations: u64,
    /// Views and unfrozen tensors that live now.
    pub pins: usize,
    /// Times the arena was reset.
    pub resets: u64,
}

#[derive(Debug)]
struct State {
    free: FreeList,
    used: usize,
    peak: usize,
    allocations: u64,
    pins: usize,
    generation: u64,
    /// Code and advice where it is full.
    full: (&'static str, &'static str),
}

/// Memory that nobody has touched, all of it readable; its contents are unspecified.
fn pages(layout: Layout) -> *mut u8 {
    debug_assert!(layout.size() > 0);
    // SAFETY: the layout's size is not 0.
    #[cfg(not(target_family = "wasm"))]
    return unsafe { alloc_zeroed(layout) };
    // The allocator of wasm clears what it gives, and would touch every page of it.
    // SAFETY: as above. Linear memory always holds bytes; the black box keeps the optimiser from assuming that these hold none.
    #[cfg(target_family = "wasm")]
    return std::hint::black_box(unsafe { std::alloc::alloc(layout) });
}

fn refused(bytes: usize) -> Error {
    Error::new("limit.memory", format!("the system refused {bytes} bytes"))
}

#[derive(Debug)]
pub(super) struct Memory {
    raw: *mut u8,
    layout: Layout,
    base: *mut u8,
    capacity: usize,
    process: Process,
    state: Mutex<State>,
}

// SAFETY: `raw` is owned by this value alone; who may touch which bytes is decided by `Block`s,
// of which two never overlap, and by the pins in `state`.
unsafe impl Send for Memory {}
// SAFETY: as above; all bookkeeping is behind the mutex.
unsafe impl Sync for Memory {}

impl Memory {
    pub fn new(bytes: usize) -> Result<Memory> {
        if bytes == 0 {
            return Err(Error::new("param.range", "an arena of 0 bytes"));
        }
        let capacity = bytes.checked_next_multiple_of(ALIGN).filter(|&c| c < isize::MAX as usize - ALIGN);
        let capacity = capacity.ok_or_else(|| refused(bytes))?;
        // Aligned zeroed allocations touch every page, plain ones do not: so align by hand.
        let layout = Layout::from_size_align(capacity + ALIGN, 8).expect("checked above");
        let raw = pages(layout);
        if raw.is_null() {
            return Err(refused(capacity));
        }
        // SAFETY: align_offset of a u8 pointer is below ALIGN, and ALIGN spare bytes were allocated.
        let base = unsafe { raw.add(raw.align_offset(ALIGN)) };
        LIVE.fetch_add(capacity, Relaxed);
        let state = State {
            free: FreeList::new(capacity),
            used: 0,
            peak: 0,
            allocations: 0,
            pins: 0,
            generation: 0,
            full: ("limit.arena", ""),
        };
        Ok(Memory { raw, layout, base, capacity, process: Process::this(), state: Mutex::new(state) })
    }

    pub fn base(&self) -> *mut u8 {
        self.base
    }

    /// Refuses memory of another process, whose lock may be held by a thread that this one does not have.
    pub fn check_process(&self) -> Result<()> {
        self.process.check("the arena")
    }

    pub fn advise(&self, code: &'static str, advice: &'static str) {
        self.lock().full = (code, advice);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every critical section below leaves the state whole, so a poisoned lock is still good.
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Offset and generation of a fresh range of `bytes`, rounded up to [`ALIGN`].
    pub fn alloc(&self, bytes: usize) -> Result<(usize, u64)> {
        self.check_process()?;
        let size = rounded(bytes);
        let mut state = self.lock();
        let Some(at) = state.free.take(size) else {
            return Err(self.full(&state, bytes));
        };
        state.used += size;
        state.peak = state.peak.max(state.used);
        state.allocations += 1;
        Ok((at, state.generation))
    }

    fn full(&self, state: &State, bytes: usize) -> Error {
        let largest = state.free.largest();
        let text = format!(
            "{bytes} bytes needed, {} of {} free in the arena (largest piece {largest}){}",
            self.capacity - state.used,
            self.capacity,
            state.full.1
        );
        Error::new(state.full.0, text)
    }

    /// Gives a range back, unless a reset has already done so.
    pub fn free(&self, offset: usize, bytes: usize, generation: u64) {
        if !self.process.is_this() {
            return;
        }
        let mut state = self.lock();
        if state.generation != generation {
            return;
        }
        let len = rounded(bytes);
        state.used -= len;
        state.free.give_back(offset, len);
    }

    /// Holds off resets, if `generation` is still the current one.
    pub fn pin(&self, generation: Option<u64>) -> Result<()> {
        self.check_process()?;
        let mut state = self.lock();
        if generation.is_some_and(|g| g != state.generation) {
            return Err(Error::new("param.stale_tensor", "the arena was reset after this tensor was allocated"));
        }
        state.pins += 1;
        Ok(())
    }

    pub fn unpin(&self) {
        if self.process.is_this() {
            self.lock().pins -= 1;
        }
    }

    pub fn reset(&self) -> Result<()> {
        self.check_process()?;
        let mut state = self.lock();
        if state.pins > 0 {
            let text = format!("{} views of the arena are alive; drop them before reset()", state.pins);
            return Err(Error::new("param.arena_in_use", text));
        }
        state.generation += 1;
        state.used = 0;
        state.free = FreeList::new(self.capacity);
        Ok(())
    }

    pub fn stats(&self) -> ArenaStats {
        let state = self.lock();
        ArenaStats {
            capacity: self.capacity,
            used: state.used,
            peak: state.peak,
            allocations: state.allocations,
            pins: state.pins,
            resets: state.generation,
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        LIVE.fetch_sub(self.capacity, Relaxed);
        // SAFETY: allocated in `new` with this layout; no block outlives its `Arc<Memory>`.
        unsafe { dealloc(self.raw, self.layout) }
    }
}
