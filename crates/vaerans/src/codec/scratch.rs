//! Working memory of a tile, kept from call to call: fresh pages cost as much time as the coding itself.

use crate::arena::Arena;
use crate::error::Result;
use crate::wire::{Limit, Limits};
use std::cell::RefCell;

/// Bytes of an arena beyond what its tensors take.
pub(super) const SPARE: u64 = 1 << 12;
/// Largest arena a thread keeps, in bytes; only the pages that were used are ever resident.
const KEEP: usize = 64 << 20;

/// What a thread keeps. In a page nothing is given back at a thread's end: its memory ends with it, and the code for it is half
/// a kilobyte of a small module.
#[cfg(target_family = "wasm")]
type Kept = std::mem::ManuallyDrop<Option<Arena>>;
#[cfg(target_family = "wasm")]
const NOTHING: Kept = std::mem::ManuallyDrop::new(None);

#[cfg(not(target_family = "wasm"))]
type Kept = Option<Arena>;
#[cfg(not(target_family = "wasm"))]
const NOTHING: Kept = None;

thread_local! {
    static KEPT: RefCell<Kept> = const { RefCell::new(NOTHING) };
}

fn keep(arena: Option<Arena>) -> Option<Arena> {
    KEPT.with_borrow_mut(|kept| {
        let kept: &mut Option<Arena> = kept;
        std::mem::replace(kept, arena)
    })
}

/// Runs `work` with an arena of at least `bytes` bytes; nothing of it may leave `work`.
///
/// # Errors
/// `limit.memory`, and those of `work`.
pub(super) fn with_arena<T>(bytes: usize, work: impl FnOnce(&Arena) -> Result<T>) -> Result<T> {
    let kept = keep(None).filter(|a| a.check_process().is_ok() && a.stats().capacity >= bytes);
    let arena = match kept {
        Some(arena) => arena,
        None => Arena::new(bytes)?,
    };
    let result = work(&arena);
    let stats = arena.stats();
    // What `work` let out still lies in there: such an arena is not used again.
    if stats.capacity <= KEEP && stats.used == 0 {
        keep(Some(arena));
    }
    result
}

/// How many threads may each work on a tile, of so many bytes of working memory, so that they and the picture stay within the
/// limits.
///
/// # Errors
/// `limit.memory` where not even one may.
pub(super) fn workers(threads: usize, picture: u64, tile: u64, limits: &Limits) -> Result<usize> {
    let most = limits.max_bytes;
    match most.saturating_sub(picture) / tile.max(1) {
        0 => {
            let what = format!("bytes of a picture and {tile} for each tile");
            Err(limits.refused(Limit::Bytes, picture, &what, most))
        }
        n => Ok(threads.min(usize::try_from(n).unwrap_or(usize::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::DType;

    #[test]
    fn an_arena_is_used_again_unless_something_of_it_lives() {
        let base = |bytes| with_arena(bytes, |a| Ok(a.base() as usize)).unwrap();
        let first = base(1 << 16);
        assert_eq!(base(1 << 10), first);
        let leaked = with_arena(1 << 10, |a| Ok(a.alloc(DType::U8, &[1])?.freeze())).unwrap();
        assert_ne!(base(1 << 10), first);
        drop(leaked);
        let large = with_arena(KEEP + 1, |a| Ok(a.stats().capacity)).unwrap();
        assert!(large > KEEP && with_arena(1, |a| Ok(a.stats().capacity)).unwrap() <= KEEP);
    }
}
