//! Typed handles into an arena: [`TensorRef`] names bytes, [`View`] reads them, [`TensorMut`] writes.

use super::block::Block;
use super::memory::Memory;
use super::{DType, Element};
use crate::error::{Dims, Error, Result};
use std::ops::Deref;
use std::sync::Arc;

/// An immutable handle: offset, shape, dtype and strides of a tensor; cloning copies no data.
#[derive(Debug, Clone)]
pub struct TensorRef {
    block: Arc<Block>,
    /// Bytes from the block's first byte.
    start: usize,
    dtype: DType,
    shape: Vec<usize>,
    /// Bytes from one element to the next along each axis.
    strides: Vec<usize>,
}

fn row_major(dtype: DType, shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![dtype.size(); shape.len()];
    for axis in (1..shape.len()).rev() {
        // Only a tensor without elements can have sides whose product overflows; nothing goes by its strides.
        strides[axis - 1] = strides[axis].saturating_mul(shape[axis]);
    }
    strides
}

impl TensorRef {
    pub(super) fn whole(block: Arc<Block>, dtype: DType, shape: &[usize]) -> TensorRef {
        TensorRef { block, start: 0, dtype, shape: shape.to_vec(), strides: row_major(dtype, shape) }
    }

    pub(super) fn is_of(&self, memory: &Arc<Memory>) -> bool {
        Arc::ptr_eq(self.block.memory(), memory)
    }

    /// Bytes from the arena's base (from the lease's first byte for leased memory).
    pub fn offset(&self) -> usize {
        self.block.offset() + self.start
    }

    /// Where its first byte lies in memory, for telling tensors apart.
    pub fn address(&self) -> usize {
        self.block.ptr() as usize + self.start
    }

    /// Element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Length of each axis in elements.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Step of each axis in bytes.
    pub fn strides(&self) -> &[usize] {
        &self.strides
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Size of the elements in bytes.
    pub fn byte_len(&self) -> usize {
        self.len() * self.dtype.size()
    }

    /// Whether someone else owns the memory; such a tensor is read-only.
    pub fn is_leased(&self) -> bool {
        self.block.is_leased()
    }

    /// Handle number `i` along the first axis.
    ///
    /// # Errors
    /// `param.range` where there is no such slice.
    pub fn subref_axis0(&self, i: usize) -> Result<TensorRef> {
        match self.shape.split_first() {
            Some((&n, rest)) if i < n => Ok(TensorRef {
                block: self.block.clone(),
                start: self.start + i * self.strides[0],
                dtype: self.dtype,
                shape: rest.to_vec(),
                strides: self.strides[1..].to_vec(),
            }),
            _ => Err(Error::new("param.range", format!("slice {i} of a tensor of shape {}", Dims(&self.shape)))),
        }
    }

    /// The same elements under another shape.
    ///
    /// # Errors
    /// `param.shape` where the number of elements differs.
    pub fn reshape(&self, shape: &[usize]) -> Result<TensorRef> {
        // Checked: a product that wraps could equal `len` and give slices outside the block.
        let elements = shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        if elements != Some(self.len()) {
            return Err(Error::new(
                "param.shape",
                format!("{} does not reshape to {}", Dims(&self.shape), Dims(shape)),
            ));
        }
        let strides = row_major(self.dtype, shape);
        Ok(TensorRef { shape: shape.to_vec(), strides, ..self.clone() })
    }

    /// The elements as bytes, whatever their type.
    ///
    /// # Errors
    /// `param.stale_tensor` after a reset.
    pub fn bytes(&self) -> Result<View<u8>> {
        Ok(View { pinned: self.pin()?, len: self.byte_len(), of: std::marker::PhantomData })
    }

    /// Holds off resets for as long as the result lives.
    ///
    /// # Errors
    /// `param.stale_tensor` after a reset.
    pub fn pin(&self) -> Result<Pinned> {
        Pinned::new(self.block.clone(), self.start, self.byte_len())
    }

    /// The elements, row-major.
    ///
    /// # Errors
    /// `param.dtype` for another element type, `param.stale_tensor` after a reset.
    pub fn read<T: Element>(&self) -> Result<View<T>> {
        check_dtype::<T>(self.dtype)?;
        Ok(View { pinned: self.pin()?, len: self.len(), of: std::marker::PhantomData })
    }
}

fn check_dtype<T: Element>(dtype: DType) -> Result<()> {
    if T::DTYPE == dtype {
        return Ok(());
    }
    Err(Error::new("param.dtype", format!("{} expected, the tensor holds {dtype}", T::DTYPE)))
}

/// A range of bytes that no reset takes away while this lives.
#[derive(Debug)]
pub struct Pinned {
    block: Arc<Block>,
    start: usize,
    bytes: usize,
}

impl Pinned {
    fn new(block: Arc<Block>, start: usize, bytes: usize) -> Result<Pinned> {
        let is_inside = start.checked_add(bytes).is_some_and(|end| end <= block.len());
        assert!(is_inside, "a tensor lies inside its block");
        block.pin()?;
        Ok(Pinned { block, start, bytes })
    }

    /// First byte.
    pub fn ptr(&self) -> *mut u8 {
        // SAFETY: `start` is at most the block's length (checked in `new`).
        unsafe { self.block.ptr().add(self.start) }
    }

    /// Length in bytes.
    pub fn byte_len(&self) -> usize {
        self.bytes
    }

    /// The bytes of a tensor that nobody writes any more.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the range lies inside the block (checked in `new`), is initialised, and is not written: only `TensorMut` writes,
        // and it does not hand out its pin.
        unsafe { std::slice::from_raw_parts(self.ptr(), self.bytes) }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        self.block.memory().unpin();
    }
}

/// Read access to a tensor's elements.
#[derive(Debug)]
pub struct View<T: Element> {
    pinned: Pinned,
    len: usize,
    of: std::marker::PhantomData<T>,
}

impl<T: Element> Deref for View<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: the pinned range holds `len` elements (checked in `Pinned::new`), is aligned
        // (blocks are 64-byte aligned, leases are checked, slices start at whole elements), is
        // initialised (by whoever had the tensor to write, and the arena starts zeroed) and is not written: only `TensorMut` writes, and
        // it is gone once a `TensorRef` can be read.
        unsafe { std::slice::from_raw_parts(self.pinned.ptr().cast::<T>(), self.len) }
    }
}

/// Sole, writable access to a fresh tensor; [`TensorMut::freeze`] turns it into a handle.
#[derive(Debug)]
pub struct TensorMut {
    tensor: TensorRef,
    pinned: Pinned,
}

impl TensorMut {
    pub(super) fn new(tensor: TensorRef) -> Result<TensorMut> {
        let pinned = tensor.pin()?;
        Ok(TensorMut { tensor, pinned })
    }

    /// The elements, row-major.
    ///
    /// # Errors
    /// `param.dtype` for another element type.
    pub fn as_mut_slice<T: Element>(&mut self) -> Result<&mut [T]> {
        check_dtype::<T>(self.tensor.dtype)?;
        // SAFETY: as in `View::deref`, and no other handle to the block exists before `freeze`.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.pinned.ptr().cast::<T>(), self.tensor.len()) })
    }

    /// The elements as bytes, whatever their type.
    pub fn as_mut_bytes(&mut self) -> &mut [u8] {
        // SAFETY: as in `as_mut_slice`; every byte pattern is a value of every element type.
        unsafe { std::slice::from_raw_parts_mut(self.pinned.ptr(), self.tensor.byte_len()) }
    }

    /// Length of each axis.
    pub fn shape(&self) -> &[usize] {
        self.tensor.shape()
    }

    /// Ends writing.
    pub fn freeze(self) -> TensorRef {
        self.tensor
    }
}
