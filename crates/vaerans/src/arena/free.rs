//! A first-fit free list: where blocks lie inside an arena. The planner of memory uses the same one, so that what it foresees
//! is what happens.

use super::ALIGN;

/// Free ranges, offset and length, in order, never adjacent to one another.
#[derive(Debug, Clone)]
pub(super) struct FreeList(Vec<(usize, usize)>);

/// Bytes that a block of `bytes` takes.
pub(super) fn rounded(bytes: usize) -> usize {
    bytes.max(1).next_multiple_of(ALIGN)
}

impl FreeList {
    pub fn new(capacity: usize) -> FreeList {
        FreeList(vec![(0, capacity)])
    }

    /// Takes a range of `size` bytes; gives its offset.
    pub fn take(&mut self, size: usize) -> Option<usize> {
        let i = self.0.iter().position(|(_, len)| *len >= size)?;
        let (at, len) = self.0[i];
        match len - size {
            0 => drop(self.0.remove(i)),
            rest => self.0[i] = (at + size, rest),
        }
        Some(at)
    }

    /// Adds a range to the free ones, joined to its neighbours.
    pub fn give_back(&mut self, at: usize, len: usize) {
        let i = self.0.partition_point(|(start, _)| *start < at);
        let joins_next = self.0.get(i).is_some_and(|(next, _)| at + len == *next);
        let joins_last = i > 0 && self.0[i - 1].0 + self.0[i - 1].1 == at;
        match (joins_last, joins_next) {
            (true, true) => self.0[i - 1].1 += len + self.0.remove(i).1,
            (true, false) => self.0[i - 1].1 += len,
            (false, true) => self.0[i] = (at, len + self.0[i].1),
            (false, false) => self.0.insert(i, (at, len)),
        }
    }

    pub fn largest(&self) -> usize {
        self.0.iter().map(|(_, len)| *len).max().unwrap_or(0)
    }
}

/// Foresees how much of an arena a sequence of allocations takes.
#[derive(Debug, Clone)]
pub struct Forecast {
    free: FreeList,
    end: usize,
}

impl Default for Forecast {
    fn default() -> Self {
        Forecast { free: FreeList::new(isize::MAX as usize), end: 0 }
    }
}

impl Forecast {
    /// A block of `bytes`; gives a ticket for [`Forecast::free`].
    pub fn alloc(&mut self, bytes: u64) -> (usize, usize) {
        let size = rounded(usize::try_from(bytes).unwrap_or(usize::MAX / 4).min(usize::MAX / 4));
        let at = self.free.take(size).unwrap_or(isize::MAX as usize - size);
        self.end = self.end.max(at.saturating_add(size));
        (at, size)
    }

    /// The block is not needed any more.
    pub fn free(&mut self, (at, size): (usize, usize)) {
        self.free.give_back(at, size);
    }

    /// Bytes that an arena needs for all of it.
    pub fn bytes(&self) -> u64 {
        self.end as u64
    }
}
