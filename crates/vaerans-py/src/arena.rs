//! `Arena`, `TensorRef` and the buffers that NumPy views are made from.

use crate::errors;
use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::ffi::CString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::raw::{c_int, c_void};
use vaerans::arena::{DType, Pinned};

/// Immutable handle of a tensor: offset, shape, dtype, strides.
#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct TensorRef {
    pub tensor: vaerans::arena::TensorRef,
    /// Whether views may write: tensors that the user allocated, not results of steps.
    pub writable: bool,
}

#[pymethods]
impl TensorRef {
    /// Bytes from the arena's first byte.
    #[getter]
    fn offset(&self) -> usize {
        self.tensor.offset()
    }

    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.tensor.shape())
    }

    /// Steps of the axes in bytes.
    #[getter]
    fn strides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.tensor.strides())
    }

    /// NumPy's name of the element type.
    #[getter]
    fn dtype(&self) -> &'static str {
        self.tensor.dtype().name()
    }

    #[getter]
    fn nbytes(&self) -> usize {
        self.tensor.byte_len()
    }

    /// Whether the memory belongs to somebody else.
    #[getter]
    fn is_leased(&self) -> bool {
        self.tensor.is_leased()
    }

    /// Whether views of it may write.
    #[getter]
    fn is_writable(&self) -> bool {
        self.writable
    }

    /// The buffer that `numpy.asarray` makes a view of.
    fn buffer(&self) -> PyResult<Buffer> {
        self.make_buffer()
    }

    fn __repr__(&self) -> String {
        let t = &self.tensor;
        let place = if t.is_leased() { "leased".to_string() } else { format!("offset={}", t.offset()) };
        format!("TensorRef({place}, shape={:?}, dtype={}, strides={:?})", t.shape(), t.dtype(), t.strides())
    }

    fn __eq__(&self, other: &TensorRef) -> bool {
        self.key() == other.key()
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.key().hash(&mut hasher);
        hasher.finish()
    }

    /// A view of the tensor, as `buffer()` gives it.
    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<&Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let numpy = py.import("numpy")?;
        let view = numpy.call_method1("asarray", (self.make_buffer()?,))?;
        let options = PyDict::new(py);
        options.set_item("dtype", dtype)?;
        options.set_item("copy", copy)?;
        match (dtype, copy) {
            (None, None | Some(false)) => Ok(view),
            // NumPy 1 knows no `copy=None`.
            (_, None) => numpy.call_method1("asarray", (view, dtype)),
            _ => numpy.call_method("array", (view,), Some(&options)),
        }
    }
}

impl TensorRef {
    /// What two handles of one tensor share: the memory, and how it is read.
    fn key(&self) -> (usize, DType, &[usize], &[usize]) {
        let t = &self.tensor;
        (t.address(), t.dtype(), t.shape(), t.strides())
    }

    pub fn frozen(tensor: vaerans::arena::TensorRef) -> TensorRef {
        TensorRef { tensor, writable: false }
    }

    /// A tensor over memory that nobody else writes: views of it may.
    pub fn owned(tensor: vaerans::arena::TensorRef) -> TensorRef {
        TensorRef { tensor, writable: true }
    }

    /// The buffer that a NumPy view is made from.
    fn make_buffer(&self) -> PyResult<Buffer> {
        let t = &self.tensor;
        let signed = |v: &[usize]| v.iter().map(|&n| n as isize).collect();
        let format = match t.dtype() {
            DType::U8 => "B",
            DType::I8 => "b",
            DType::U16 => "H",
            DType::I16 => "h",
            DType::U32 => "I",
            DType::I32 => "i",
            DType::U64 => "Q",
            DType::I64 => "q",
            DType::F16 => "e",
            DType::F32 => "f",
            DType::F64 => "d",
        };
        Ok(Buffer {
            pinned: errors::py(t.pin())?,
            shape: signed(t.shape()),
            strides: signed(t.strides()),
            item: t.dtype().size() as isize,
            format: CString::new(format)?,
            readonly: !self.writable,
        })
    }
}

/// Memory of an arena as Python's buffer protocol shows it; holds off resets while it lives.
#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct Buffer {
    pinned: Pinned,
    shape: Vec<isize>,
    strides: Vec<isize>,
    item: isize,
    format: CString,
    readonly: bool,
}

#[pymethods]
impl Buffer {
    /// # Safety
    /// Called by Python with a valid `view`.
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let this = slf.get();
        if view.is_null() {
            return Err(PyBufferError::new_err("no view to fill"));
        }
        if this.readonly && flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE {
            return Err(PyBufferError::new_err("this tensor is read-only"));
        }
        // SAFETY: `view` is valid (Python's contract). Pointer, shape and strides belong to the
        // frozen object `slf`, which the view keeps alive through `obj`; nothing moves them.
        unsafe {
            (*view).buf = this.pinned.ptr().cast::<c_void>();
            (*view).len = this.pinned.byte_len() as isize;
            (*view).readonly = c_int::from(this.readonly);
            (*view).itemsize = this.item;
            (*view).format = this.format.as_ptr().cast_mut();
            (*view).ndim = this.shape.len() as c_int;
            (*view).shape = this.shape.as_ptr().cast_mut();
            (*view).strides = this.strides.as_ptr().cast_mut();
            (*view).suboffsets = std::ptr::null_mut();
            (*view).internal = std::ptr::null_mut();
            (*view).obj = slf.into_any().into_ptr();
        }
        Ok(())
    }
}

/// A fixed budget of memory that tensors are carved from.
#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct Arena {
    pub arena: vaerans::arena::Arena,
}

#[pymethods]
impl Arena {
    #[new]
    fn new(bytes: usize) -> PyResult<Arena> {
        let arena = errors::py(vaerans::arena::Arena::new(bytes))?;
        arena.advise("limit.arena", "; make an arena of more bytes");
        Ok(Arena { arena })
    }

    fn alloc_tensor(&self, shape: Vec<usize>, dtype: &str) -> PyResult<TensorRef> {
        let t = errors::py(DType::parse(dtype).and_then(|d| self.arena.alloc(d, &shape)))?;
        Ok(TensorRef { tensor: t.freeze(), writable: true })
    }

    /// The buffer of a tensor of this arena; `numpy.asarray` makes a view of it.
    fn buffer(&self, tensor: &TensorRef) -> PyResult<Buffer> {
        if !self.arena.owns(&tensor.tensor) {
            let text = "the tensor belongs to another arena";
            return Err(errors::exception(&vaerans::Error::new("param.stale_tensor", text)));
        }
        tensor.make_buffer()
    }

    fn subref_axis0(&self, tensor: &TensorRef, i: usize) -> PyResult<TensorRef> {
        let sub = errors::py(tensor.tensor.subref_axis0(i))?;
        Ok(TensorRef { tensor: sub, writable: tensor.writable })
    }

    fn reset(&self) -> PyResult<()> {
        errors::py(self.arena.reset())
    }

    #[getter]
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        errors::py(self.arena.check_process())?;
        stats_dict(py, self.arena.stats())
    }
}

pub fn stats_dict(py: Python<'_>, s: vaerans::arena::ArenaStats) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("capacity", s.capacity)?;
    dict.set_item("used", s.used)?;
    dict.set_item("peak", s.peak)?;
    dict.set_item("allocations", s.allocations)?;
    dict.set_item("views", s.pins)?;
    dict.set_item("resets", s.resets)?;
    Ok(dict)
}
