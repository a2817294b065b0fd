//! Free blocks of the instance's memory.

use std::ptr::null_mut;

/// Largest small block; there are lists for 16, 32, 64, ... bytes.
const SMALL: usize = 1024;
const LISTS: usize = 7;
/// What is taken from the large blocks for small ones.
const CHUNK: usize = 8 << 10;
/// Large blocks are multiples of this, and begin at them.
const UNIT: usize = 16;
const PAGE: usize = 64 << 10;

/// A free block.
struct Free {
    next: *mut Free,
    size: usize,
}

/// All of them.
pub struct Blocks {
    small: [*mut Free; LISTS],
    /// By address.
    large: *mut Free,
}

/// The list of a small block.
fn list_of(size: usize) -> usize {
    (size.max(UNIT) - 1).ilog2() as usize - 3
}

/// So many pages more; null: there are none.
#[cfg(target_arch = "wasm32")]
fn grown(pages: usize) -> *mut u8 {
    match core::arch::wasm32::memory_grow(0, pages) {
        usize::MAX => null_mut(),
        before => (before * PAGE) as *mut u8,
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn grown(pages: usize) -> *mut u8 {
    let pages = vec![0u8; (pages + 1) * PAGE].leak();
    let skipped = pages.as_ptr().align_offset(PAGE);
    pages[skipped..].as_mut_ptr()
}

/// Every pointer in a list is a free block of this heap: nobody else looks at it.
impl Blocks {
    pub const fn new() -> Blocks {
        Blocks { small: [null_mut(); LISTS], large: null_mut() }
    }

    /// A block; null: there is no memory for it.
    pub fn take(&mut self, size: usize, align: usize) -> *mut u8 {
        if size.max(align) > SMALL {
            return self.take_large(size, align);
        }
        let list = list_of(size.max(align));
        if self.small[list].is_null() {
            let chunk = self.take_large(CHUNK, SMALL);
            if chunk.is_null() {
                return chunk;
            }
            (0..CHUNK).step_by(UNIT << list).for_each(|at| self.give_small(list, chunk.wrapping_add(at)));
        }
        let block = self.small[list];
        // SAFETY: it is a block of the list.
        self.small[list] = unsafe { (*block).next };
        block.cast()
    }

    /// Takes a block back.
    pub fn give(&mut self, block: *mut u8, size: usize, align: usize) {
        match size.max(align) {
            small @ 0..=SMALL => self.give_small(list_of(small), block),
            _ => self.give_large(block, size.next_multiple_of(UNIT)),
        }
    }

    fn give_small(&mut self, list: usize, block: *mut u8) {
        let block: *mut Free = block.cast();
        // SAFETY: the block is given back, and has room for this.
        unsafe { *block = Free { next: self.small[list], size: UNIT << list } };
        self.small[list] = block;
    }

    /// Of the first block that has room; of more memory, if none has.
    fn take_large(&mut self, size: usize, align: usize) -> *mut u8 {
        let (size, align) = (size.next_multiple_of(UNIT), align.max(UNIT));
        loop {
            let mut link: *mut *mut Free = &mut self.large;
            // SAFETY: links are those of the list.
            while let Some(block) = unsafe { (*link).as_mut() } {
                let skipped = (block as *mut Free).cast::<u8>().align_offset(align);
                if block.size >= size && block.size - size >= skipped {
                    // SAFETY: the link is that of the block.
                    return unsafe { cut(link, skipped, size) };
                }
                link = &mut block.next;
            }
            let pages = (size + align).div_ceil(PAGE);
            let more = grown(pages);
            if more.is_null() {
                return more;
            }
            self.give_large(more, pages * PAGE);
        }
    }

    fn give_large(&mut self, block: *mut u8, mut size: usize) {
        let block: *mut Free = block.cast();
        let mut link: *mut *mut Free = &mut self.large;
        let mut before: *mut Free = null_mut();
        // SAFETY: links are those of the list; the block is given back, and has room for one.
        unsafe {
            while !(*link).is_null() && *link < block {
                before = *link;
                link = &mut (*before).next;
            }
            let mut next = *link;
            if block as usize + size == next as usize {
                size += (*next).size;
                next = (*next).next;
            }
            if !before.is_null() && before as usize + (*before).size == block as usize {
                *before = Free { next, size: (*before).size + size };
            } else {
                *block = Free { next, size };
                *link = block;
            }
        }
    }
}

/// Takes `size` bytes out of a block, after those that are skipped; the others stay in the list.
///
/// # Safety
/// The link is that of a free block of so many bytes.
unsafe fn cut(link: *mut *mut Free, skipped: usize, size: usize) -> *mut u8 {
    // SAFETY: as the caller promises; all sizes are multiples of a unit, which has room for what is said of a block.
    unsafe {
        let block = *link;
        let taken = block.cast::<u8>().add(skipped);
        let mut rest = (*block).next;
        let left = (*block).size - size - skipped;
        if left > 0 {
            let behind: *mut Free = taken.add(size).cast();
            *behind = Free { next: rest, size: left };
            rest = behind;
        }
        match skipped {
            0 => *link = rest,
            _ => *block = Free { next: rest, size: skipped },
        }
        taken
    }
}
