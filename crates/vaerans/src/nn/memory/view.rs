//! Bytes as elements, and the one block that values are made in.

use super::Few;
use crate::arena::{Arena, DType, Element, TensorMut, View, ALIGN};
use crate::error::{Error, Result};
use crate::nn::ty::{Spec, Type};

/// A Rust type that elements of a network have.
pub trait Number: Element {
    /// Whether elements of that type are such.
    fn is(ty: Type) -> bool;
}

macro_rules! numbers {
    ($($t:ty: $($variant:ident)|+;)*) => { $(
        impl Number for $t {
            fn is(ty: Type) -> bool {
                matches!(ty, $(Type::$variant)|+)
            }
        }
    )* };
}

numbers! {
    u8: U8 | Bool;
    i8: I8;
    i32: I32;
    i64: I64;
    f32: F32;
}

fn other_type() -> Error {
    Error::new("internal.bug", "elements of a network read as another type")
}

/// Elements to read.
#[derive(Debug, Clone, Copy)]
pub struct Bytes<'a> {
    /// Their type and shape.
    pub spec: Spec,
    bytes: &'a [u8],
}

impl<'a> Bytes<'a> {
    /// These bytes as elements.
    ///
    /// # Errors
    /// `param.shape` where there are more or fewer; `internal.bug` where they do not begin at a whole element.
    pub fn new(spec: Spec, bytes: &'a [u8]) -> Result<Bytes<'a>> {
        check(spec, bytes.as_ptr(), bytes.len())?;
        Ok(Bytes { spec, bytes })
    }

    /// As they are.
    pub fn raw(&self) -> &'a [u8] {
        self.bytes
    }

    /// As numbers.
    ///
    /// # Errors
    /// `internal.bug` for another type.
    pub fn elements<T: Number>(&self) -> Result<&'a [T]> {
        if !T::is(self.spec.ty) {
            return Err(other_type());
        }
        if self.bytes.is_empty() {
            return Ok(&[]);
        }
        // SAFETY: every bit pattern is a `T` (Element), `check` saw that they begin at a whole one and how many there are.
        Ok(unsafe { std::slice::from_raw_parts(self.bytes.as_ptr().cast(), self.spec.shape.len()) })
    }
}

/// Elements to write.
#[derive(Debug)]
pub struct BytesMut<'a> {
    /// Their type and shape.
    pub spec: Spec,
    bytes: &'a mut [u8],
}

impl<'a> BytesMut<'a> {
    /// As [`Bytes::new`].
    ///
    /// # Errors
    /// The same.
    pub fn new(spec: Spec, bytes: &'a mut [u8]) -> Result<BytesMut<'a>> {
        check(spec, bytes.as_ptr(), bytes.len())?;
        Ok(BytesMut { spec, bytes })
    }

    /// As they are.
    pub fn raw(&mut self) -> &mut [u8] {
        self.bytes
    }

    /// As numbers.
    ///
    /// # Errors
    /// `internal.bug` for another type.
    pub fn elements<T: Number>(&mut self) -> Result<&mut [T]> {
        if !T::is(self.spec.ty) {
            return Err(other_type());
        }
        if self.bytes.is_empty() {
            return Ok(&mut []);
        }
        // SAFETY: as in `Bytes::elements`; the bytes are borrowed for writing.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.bytes.as_mut_ptr().cast(), self.spec.shape.len()) })
    }
}

fn check(spec: Spec, at: *const u8, bytes: usize) -> Result<()> {
    if bytes != spec.bytes() {
        let text = format!("{bytes} bytes for {} of {}, which has {}", spec.ty.name(), spec.shape, spec.bytes());
        return Err(Error::new("param.shape", text));
    }
    match at as usize % spec.ty.size() {
        0 => Ok(()),
        _ if bytes == 0 => Ok(()),
        _ => Err(Error::new("internal.bug", "elements that begin within one another")),
    }
}

/// A part of a block: offset and length in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Its first byte.
    pub at: usize,
    /// How many there are.
    pub bytes: usize,
}

impl Range {
    fn meets(&self, other: &Range) -> bool {
        self.bytes > 0 && other.bytes > 0 && self.at < other.at + other.bytes && other.at < self.at + self.bytes
    }
}

/// One block of memory; it goes back to the system with this value.
#[derive(Debug)]
pub struct Block {
    memory: TensorMut,
    bytes: usize,
    _arena: Arena,
}

impl Block {
    /// Of so many bytes, all 0.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn new(bytes: usize) -> Result<Block> {
        let size = bytes.max(1).next_multiple_of(ALIGN);
        let arena = Arena::new(size)?;
        let memory = arena.alloc(DType::U8, &[size])?;
        Ok(Block { memory, bytes, _arena: arena })
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// All of it.
    pub fn all(&mut self) -> &mut [u8] {
        &mut self.memory.as_mut_bytes()[..self.bytes]
    }

    /// Ends writing.
    ///
    /// # Errors
    /// `internal.bug`: the memory is gone.
    pub fn freeze(self) -> Result<Frozen> {
        let bytes = self.memory.freeze().bytes()?;
        Ok(Frozen { bytes, len: self.bytes })
    }

    /// Parts to write and parts to read at once, into `parts`, which has none.
    ///
    /// # Errors
    /// `internal.bug` where a part lies outside, or one to write meets another.
    pub fn parts<'a>(&'a mut self, write: &[Range], read: &[Range], parts: &mut Parts<'a>) -> Result<()> {
        let fits = |r: &Range| r.at.checked_add(r.bytes).is_some_and(|end| end <= self.bytes);
        let apart = |(i, w): (usize, &Range)| !read.iter().chain(&write[..i]).any(|r| r.meets(w));
        let is_sound = write.iter().chain(read).all(fits) && write.iter().enumerate().all(apart);
        if !is_sound {
            return Err(Error::new("internal.bug", "values of a network that lie in one another"));
        }
        let base = self.memory.as_mut_bytes().as_mut_ptr();
        for r in write {
            // SAFETY: within the block, which is borrowed for writing for 'a, and apart from every other part (both checked above).
            parts.write.push(unsafe { std::slice::from_raw_parts_mut(base.add(r.at), r.bytes) });
        }
        for r in read {
            // SAFETY: as above; parts to read may meet one another.
            parts.read.push(unsafe { std::slice::from_raw_parts(base.add(r.at), r.bytes) });
        }
        Ok(())
    }
}

/// What [`Block::parts`] gives.
pub struct Parts<'a> {
    /// To write, in order.
    pub write: Few<&'a mut [u8]>,
    /// To read, in order.
    pub read: Few<&'a [u8]>,
}

/// A block that nobody writes any more.
#[derive(Debug)]
pub struct Frozen {
    bytes: View<u8>,
    len: usize,
}

impl Frozen {
    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A part of it; it lies within.
    pub fn part(&self, range: Range) -> &[u8] {
        &self.bytes[range.at..range.at + range.bytes]
    }
}

/// Bytes that begin at a whole float, as floats.
///
/// # Errors
/// `internal.bug` where they do not.
pub fn floats_mut(bytes: &mut [u8]) -> Result<&mut [f32]> {
    // SAFETY: every four bytes are a float.
    match unsafe { bytes.align_to_mut::<f32>() } {
        ([], floats, []) => Ok(floats),
        _ => Err(other_type()),
    }
}

/// The same to read.
///
/// # Errors
/// As [`floats_mut`].
pub fn floats(bytes: &[u8]) -> Result<&[f32]> {
    // SAFETY: every four bytes are a float.
    match unsafe { bytes.align_to::<f32>() } {
        ([], floats, []) => Ok(floats),
        _ => Err(other_type()),
    }
}
