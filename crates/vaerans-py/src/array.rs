//! NumPy arrays as slices, through the buffer protocol: nothing is copied.

use crate::errors;
use pyo3::buffer::PyUntypedBuffer;
use pyo3::prelude::*;
use vaerans::arena::{DType, Element, External};
use vaerans::{Error, Result};

/// A C-contiguous array that Python keeps alive and in place while this lives.
pub struct Array {
    buffer: PyUntypedBuffer,
    dtype: DType,
}

fn dtype_of(buffer: &PyUntypedBuffer) -> Result<DType> {
    let format = buffer.format().to_bytes();
    let code = match format {
        [b'@' | b'=', code] | [code] => *code,
        #[cfg(target_endian = "little")]
        [b'<', code] => *code,
        _ => 0,
    };
    let found = match (code, buffer.item_size()) {
        (b'B', 1) => DType::U8,
        (b'b', 1) => DType::I8,
        (b'H', 2) => DType::U16,
        (b'h', 2) => DType::I16,
        (b'I' | b'L', 4) => DType::U32,
        (b'i' | b'l', 4) => DType::I32,
        (b'Q' | b'L', 8) => DType::U64,
        (b'q' | b'l', 8) => DType::I64,
        (b'e', 2) => DType::F16,
        (b'f', 4) => DType::F32,
        (b'd', 8) => DType::F64,
        _ => {
            let what =
                if format == b"?" { "bool".into() } else { format!("format {:?}", String::from_utf8_lossy(format)) };
            return Err(Error::new(
                "param.dtype",
                format!("an array of {what}; numbers in native byte order expected"),
            ));
        }
    };
    Ok(found)
}

impl Array {
    /// The array behind a Python object.
    ///
    /// # Errors
    /// `param.type` without a C-contiguous, aligned buffer, `param.dtype` for exotic elements.
    pub fn of(object: &Bound<'_, PyAny>) -> PyResult<Array> {
        let buffer = PyUntypedBuffer::get(object)
            .map_err(|e| errors::exception(&Error::new("param.type", format!("an array was expected: {e}"))))?;
        let dtype = errors::py(dtype_of(&buffer))?;
        if !buffer.is_c_contiguous() {
            return Err(errors::exception(&Error::new("param.type", "the array is not C-contiguous")));
        }
        if buffer.item_count() > 0 && !(buffer.buf_ptr() as usize).is_multiple_of(dtype.size()) {
            return Err(errors::exception(&Error::new("param.type", "the array's memory is not aligned")));
        }
        Ok(Array { buffer, dtype })
    }

    pub fn dtype(&self) -> DType {
        self.dtype
    }

    pub fn shape(&self) -> &[usize] {
        self.buffer.shape()
    }

    pub fn len(&self) -> usize {
        self.buffer.item_count()
    }

    /// The elements.
    ///
    /// # Errors
    /// `param.dtype`.
    pub fn slice<T: Element>(&self) -> Result<&[T]> {
        if T::DTYPE != self.dtype {
            return Err(Error::new("param.dtype", format!("{} expected, not {}", T::DTYPE, self.dtype)));
        }
        if self.len() == 0 {
            return Ok(&[]);
        }
        // SAFETY: the buffer is C-contiguous, aligned and of this element type (checked in `of`);
        // Python keeps it in place while the buffer is held. That nobody writes to it meanwhile
        // is the caller's duty, as for every NumPy function that releases the GIL.
        Ok(unsafe { std::slice::from_raw_parts(self.buffer.buf_ptr().cast(), self.len()) })
    }

    /// The bytes of all elements.
    pub fn bytes(&self) -> &[u8] {
        if self.len() == 0 {
            return &[];
        }
        // SAFETY: as in `slice`; every element is plain bytes.
        unsafe { std::slice::from_raw_parts(self.buffer.buf_ptr().cast(), self.buffer.len_bytes()) }
    }

    /// The elements, writable.
    ///
    /// # Errors
    /// `param.dtype`, `param.read_only`.
    pub fn slice_mut<T: Element>(&mut self) -> Result<&mut [T]> {
        if self.buffer.readonly() {
            return Err(Error::new("param.read_only", "the output array is read-only"));
        }
        let n = self.slice::<T>()?.len();
        if n == 0 {
            return Ok(&mut []);
        }
        // SAFETY: as in `slice`, the memory is writable (checked) and `&mut self` is the only
        // handle of ours; callers check `overlaps` against their inputs.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.buffer.buf_ptr().cast(), n) })
    }

    /// The bytes of all elements, writable.
    ///
    /// # Errors
    /// `param.read_only`.
    pub fn bytes_mut(&mut self) -> Result<&mut [u8]> {
        if self.buffer.readonly() {
            return Err(Error::new("param.read_only", "the output array is read-only"));
        }
        if self.len() == 0 {
            return Ok(&mut []);
        }
        // SAFETY: as in `bytes` and `slice_mut`.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.buffer.buf_ptr().cast(), self.buffer.len_bytes()) })
    }

    /// Whether two arrays share memory.
    pub fn overlaps(&self, other: &Array) -> bool {
        let range = |a: &Array| (a.buffer.buf_ptr() as usize, a.buffer.buf_ptr() as usize + a.buffer.len_bytes());
        let ((a, b), (c, d)) = (range(self), range(other));
        a < d && c < b
    }
}

impl External for Array {
    fn bytes(&self) -> &[u8] {
        Array::bytes(self)
    }
}
