//! The systems as plain functions over NumPy arrays; `vaerans_ecs.functional` is their face.

mod entropy;
mod filter;
mod metric;
mod quantize;
mod transform;

use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use vaerans::arena::Element;
use vaerans::kernels::Kernels;
use vaerans::{Error, Result};

/// Adds the functions to the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    entropy::register(m)?;
    filter::register(m)?;
    metric::register(m)?;
    quantize::register(m)?;
    transform::register(m)
}

/// The kernels and the number of threads a call runs with.
fn setting(threads: Option<usize>) -> PyResult<(Kernels, usize)> {
    let threads = errors::py(vaerans::pool::resolve(threads))?;
    Ok((errors::py(crate::world::kernels(None))?, threads))
}

/// Input and output arrays of one call; they must not share memory.
fn pair(src: &Bound<'_, PyAny>, out: &Bound<'_, PyAny>) -> PyResult<(Array, Array)> {
    let (src, out) = (Array::of(src)?, Array::of(out)?);
    if src.overlaps(&out) {
        return Err(errors::exception(&Error::new("param.overlap", "out shares memory with the input")));
    }
    Ok((src, out))
}

/// Runs `work` on the typed slices of `pair` with the GIL released.
fn apply<A: Element, B: Element>(
    py: Python<'_>,
    arrays: &mut (Array, Array),
    work: impl FnOnce(&[A], &mut [B]) -> Result<()> + Send,
) -> PyResult<()> {
    let (src, out) = arrays;
    errors::py(py.detach(|| work(src.slice::<A>()?, out.slice_mut::<B>()?)))
}

/// A shape of exactly N axes.
fn axes<const N: usize>(shape: &[usize], what: &str) -> PyResult<[usize; N]> {
    shape.try_into().map_err(|_| {
        let text = format!("{what} of shape {shape:?}; {N} axes expected");
        errors::exception(&Error::new("param.shape", text))
    })
}

fn unsupported(dtype: vaerans::arena::DType, expected: &str) -> PyErr {
    errors::exception(&Error::new("param.dtype", format!("{expected} expected, not {dtype}")))
}
