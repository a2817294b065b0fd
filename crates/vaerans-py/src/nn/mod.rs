//! The network engine: plans written, models loaded and run.

mod model;
mod optimizer;
mod plan;

use pyo3::prelude::*;

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<model::Network>()?;
    m.add_class::<optimizer::Optimizer>()?;
    m.add_function(wrap_pyfunction!(plan::nn_operators, m)?)?;
    m.add_function(wrap_pyfunction!(plan::nn_write_plan, m)?)
}
