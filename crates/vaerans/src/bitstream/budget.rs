//! What a header may take: however little each of its parts is, their sum is held against the limits before memory is spent.

use crate::error::Result;
use crate::wire::{Limit, Limits};

/// What is left of it.
pub(super) struct Budget<'a> {
    pub limits: &'a Limits,
    items: u64,
    bytes: u64,
}

impl<'a> Budget<'a> {
    pub fn new(limits: &'a Limits) -> Budget<'a> {
        Budget { limits, items: limits.max_items(), bytes: limits.max_metadata() }
    }

    /// Takes `count` things of a list: tiles, sections, shapes.
    ///
    /// # Errors
    /// `limit.memory` where the header lists too much.
    pub fn items(&mut self, count: u64) -> Result<usize> {
        take(self.limits, &mut self.items, count, "parts of a header")
    }

    /// Takes `count` bytes that are kept as they are.
    ///
    /// # Errors
    /// `limit.memory` where the header keeps too much.
    pub fn bytes(&mut self, count: u64) -> Result<usize> {
        take(self.limits, &mut self.bytes, count, "bytes of metadata and side bytes")
    }
}

fn take(limits: &Limits, left: &mut u64, count: u64, what: &str) -> Result<usize> {
    match left.checked_sub(count) {
        Some(rest) => *left = rest,
        None => return Err(limits.refused(Limit::Bytes, count, what, *left)),
    }
    Ok(count as usize)
}
