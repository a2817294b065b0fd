//! `vaerans_ecs._core`: the Python binding. It converts, calls the core with the GIL released, and
//! converts back; it holds no codec logic.

// Signatures mirror Python's: many keyword arguments, tuples as results.
#![allow(clippy::too_many_arguments, clippy::type_complexity)]

mod arena;
mod array;
mod errors;
mod file;
mod functional;
mod heap;
mod io;
mod layered;
mod learned;
mod nn;
mod params;
mod pipe;
mod predictor;
mod registry;
mod world;

use pyo3::prelude::*;

/// What this build can do: version, instruction sets, OpenMP, number of cores.
#[pyfunction]
fn build_info(py: Python<'_>) -> PyResult<Bound<'_, pyo3::types::PyDict>> {
    let info = pyo3::types::PyDict::new(py);
    let names = |all: Vec<vaerans::kernels::Kernels>| all.iter().map(|k| k.isa().name()).collect::<Vec<_>>();
    info.set_item("version", env!("CARGO_PKG_VERSION"))?;
    info.set_item("isa", world::kernels(None).map(|k| k.isa().name()).unwrap_or("none"))?;
    info.set_item("isa_available", names(vaerans::kernels::Kernels::available()))?;
    info.set_item("openmp", cfg!(feature = "openmp"))?;
    info.set_item("threads", errors::py(vaerans::pool::resolve(None))?)?;
    Ok(info)
}

#[pymodule]
fn _core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    heap::keep();
    m.add_class::<arena::Arena>()?;
    m.add_class::<arena::TensorRef>()?;
    m.add_class::<arena::Buffer>()?;
    m.add_class::<world::World>()?;
    m.add_class::<pipe::Pipe>()?;
    m.add_class::<learned::LearnedModel>()?;
    m.add_class::<layered::LayeredCodec>()?;
    m.add_class::<predictor::Predictor>()?;
    m.add_function(wrap_pyfunction!(build_info, m)?)?;
    m.add_function(wrap_pyfunction!(world::resolve_threads, m)?)?;
    io::register(m)?;
    nn::register(m)?;
    registry::register(m)?;
    file::register(m)?;
    functional::register(m)
}
