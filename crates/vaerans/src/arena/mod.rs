//! The arena: one budget of memory, typed tensors inside it, nothing copied when they are passed on.
//!
//! A block lives as long as a [`TensorRef`] names it, so dropping an entity gives its memory back.
//! [`Arena::reset`] takes everything back at once; it refuses while a [`View`] or a [`TensorMut`]
//! lives, and a `TensorRef` from before the reset answers `param.stale_tensor`.

mod block;
mod dtype;
mod free;
mod memory;
mod tensor;

pub use block::External;
pub use dtype::{clear, zeros, DType, Element};
pub use free::Forecast;
pub use memory::{live_bytes, ArenaStats};
pub use tensor::{Pinned, TensorMut, TensorRef, View};

use crate::error::{Dims, Error, Result};
use block::Block;
use memory::Memory;
use std::sync::Arc;

/// Alignment of every tensor in bytes: one cache line, one AVX-512 register.
pub const ALIGN: usize = 64;

/// A fixed budget of memory that tensors are carved from.
///
/// ```
/// use vaerans::arena::{Arena, DType};
/// let arena = Arena::new(1 << 20)?;
/// let mut t = arena.alloc(DType::F32, &[4, 8, 8])?;
/// t.as_mut_slice::<f32>()?.fill(1.0);
/// let t = t.freeze();
/// assert_eq!(t.read::<f32>()?[0], 1.0);
/// # Ok::<(), vaerans::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Arena {
    memory: Arc<Memory>,
}

impl Arena {
    /// An arena of `bytes` bytes; pages are touched only when they are used.
    ///
    /// # Errors
    /// `param.range` for 0 bytes, `limit.memory` where the system refuses.
    pub fn new(bytes: usize) -> Result<Arena> {
        Ok(Arena { memory: Arc::new(Memory::new(bytes)?) })
    }

    /// What to say where a tensor does not fit: a code and what the caller can do about it.
    pub fn advise(&self, code: &'static str, advice: &'static str) {
        self.memory.advise(code, advice);
    }

    /// A fresh, writable, contiguous (row-major) tensor; its contents are unspecified.
    ///
    /// # Errors
    /// `limit.arena` where it does not fit: the message says how much was needed and is there.
    pub fn alloc(&self, dtype: DType, shape: &[usize]) -> Result<TensorMut> {
        let bytes = tensor_bytes(dtype, shape)?;
        let (offset, generation) = self.memory.alloc(bytes)?;
        let block = Block::arena(self.memory.clone(), offset, bytes, generation);
        TensorMut::new(TensorRef::whole(Arc::new(block), dtype, shape))
    }

    /// A tensor holding a copy of `values`.
    pub fn put<T: Element>(&self, shape: &[usize], values: &[T]) -> Result<TensorRef> {
        let mut t = self.alloc(T::DTYPE, shape)?;
        let slice = t.as_mut_slice::<T>()?;
        if slice.len() != values.len() {
            let text = format!("{} values for shape {}", values.len(), Dims(shape));
            return Err(Error::new("param.shape", text));
        }
        slice.copy_from_slice(values);
        Ok(t.freeze())
    }

    /// A read-only tensor over memory that someone else owns and keeps alive; nothing is copied.
    pub fn lease(&self, memory: Box<dyn External>, dtype: DType, shape: &[usize]) -> Result<TensorRef> {
        let bytes = tensor_bytes(dtype, shape)?;
        let there = memory.bytes().len();
        if there != bytes {
            let text = format!("shape {} of {dtype} needs {bytes} bytes, {there} were leased", Dims(shape));
            return Err(Error::new("param.shape", text));
        }
        if memory.bytes().as_ptr() as usize % dtype.size() != 0 {
            return Err(Error::new("param.type", format!("leased memory is not aligned for {dtype}")));
        }
        let block = Block::external(self.memory.clone(), memory);
        Ok(TensorRef::whole(Arc::new(block), dtype, shape))
    }

    /// Takes all memory back.
    ///
    /// # Errors
    /// `param.arena_in_use` while a view or an unfrozen tensor lives.
    pub fn reset(&self) -> Result<()> {
        self.memory.reset()
    }

    /// Refuses an arena that was made before this process was forked: nothing but dropping it is possible here.
    ///
    /// # Errors
    /// `unavailable.forked`.
    pub fn check_process(&self) -> Result<()> {
        self.memory.check_process()
    }

    /// Sizes in bytes and counts.
    pub fn stats(&self) -> ArenaStats {
        self.memory.stats()
    }

    /// Whether `t` lies in this arena (or is leased to it).
    pub fn owns(&self, t: &TensorRef) -> bool {
        t.is_of(&self.memory)
    }

    /// First byte of the arena, for pointer-equality tests.
    pub fn base(&self) -> *const u8 {
        self.memory.base()
    }
}

fn tensor_bytes(dtype: DType, shape: &[usize]) -> Result<usize> {
    shape
        .iter()
        .try_fold(dtype.size(), |n, &d| n.checked_mul(d))
        .filter(|&n| n <= isize::MAX as usize)
        .ok_or_else(|| Error::new("param.shape", format!("shape {} overflows the address space", Dims(shape))))
}

#[cfg(test)]
mod tests;
