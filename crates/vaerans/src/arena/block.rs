//! A block: one range of bytes that tensors name, in the arena or leased from someone else.

use super::memory::Memory;
use crate::error::Result;
use std::sync::Arc;

/// Memory that someone else owns (a NumPy array, a `Vec`) and keeps alive, in place and unchanged
/// for as long as the value lives.
pub trait External: Send + Sync {
    /// The bytes; the same pointer and length at every call.
    fn bytes(&self) -> &[u8];
}

impl External for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl External for Vec<u16> {
    fn bytes(&self) -> &[u8] {
        // SAFETY: a u16 is two plain bytes, and the slice's length in bytes is twice its own.
        unsafe { std::slice::from_raw_parts(self.as_ptr().cast(), 2 * self.len()) }
    }
}

enum Place {
    Arena { offset: usize, generation: u64 },
    External(Box<dyn External>),
}

pub(super) struct Block {
    memory: Arc<Memory>,
    place: Place,
    bytes: usize,
}

impl Block {
    pub fn arena(memory: Arc<Memory>, offset: usize, bytes: usize, generation: u64) -> Block {
        Block { memory, place: Place::Arena { offset, generation }, bytes }
    }

    pub fn external(memory: Arc<Memory>, external: Box<dyn External>) -> Block {
        let bytes = external.bytes().len();
        Block { memory, place: Place::External(external), bytes }
    }

    pub fn memory(&self) -> &Arc<Memory> {
        &self.memory
    }

    pub fn is_leased(&self) -> bool {
        matches!(self.place, Place::External(_))
    }

    /// Offset from the arena's base; 0 for leased memory.
    pub fn offset(&self) -> usize {
        match &self.place {
            Place::Arena { offset, .. } => *offset,
            Place::External(_) => 0,
        }
    }

    pub fn len(&self) -> usize {
        self.bytes
    }

    pub fn ptr(&self) -> *mut u8 {
        match &self.place {
            // SAFETY: `offset` came from the allocator of this memory, so it lies inside it.
            Place::Arena { offset, .. } => unsafe { self.memory.base().add(*offset) },
            Place::External(external) => external.bytes().as_ptr().cast_mut(),
        }
    }

    pub fn pin(&self) -> Result<()> {
        match &self.place {
            Place::Arena { generation, .. } => self.memory.pin(Some(*generation)),
            Place::External(_) => self.memory.pin(None),
        }
    }
}

impl std::fmt::Debug for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.is_leased() { "leased" } else { "arena" };
        write!(f, "Block({place}, offset {}, {} bytes)", self.offset(), self.bytes)
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if let Place::Arena { offset, generation } = self.place {
            self.memory.free(offset, self.bytes, generation);
        }
    }
}
