//! Which way to run a network is the fastest on this machine.

use super::model::{arrays, bytes, kernels, Given};
use crate::array::Array;
use crate::errors;
use pyo3::prelude::*;
use std::ops::ControlFlow;
use std::time::Instant;
use vaerans::kernels::nn::NnKernels;
use vaerans::nn::optimizer::{Optimizer as Core, Trial};
use vaerans::nn::Options;

/// Tries the ways of a network, of the two files of a compiled model.
#[pyclass(frozen, module = "vaerans_ecs._core")]
pub struct Optimizer {
    plan: Vec<u8>,
    weights: Py<PyAny>,
    kernels: NnKernels,
    threads: usize,
}

#[pymethods]
impl Optimizer {
    #[new]
    fn new(plan: Vec<u8>, weights: Py<PyAny>, threads: usize, mode: &str) -> PyResult<Optimizer> {
        Ok(Optimizer { plan, weights, kernels: errors::py(kernels(mode, None))?, threads })
    }

    /// The instruction set that it begins with.
    fn isa(&self) -> &'static str {
        self.kernels.isa().name()
    }

    /// The fastest way for such inputs, as the text that a network takes for its `choice`. `told` is called with what was tried, seconds, and
    /// whether it is kept; what it raises ends the search.
    fn run(&self, py: Python<'_>, inputs: Vec<Given<'_>>, seconds: f64, told: &Bound<'_, PyAny>) -> PyResult<String> {
        let (arrays, weights) = (arrays(&inputs)?, Array::of(self.weights.bind(py))?);
        let told = told.clone().unbind();
        let mut raised = None;
        let found = py.detach(|| {
            let options = Options { threads: self.threads, ..Options::default() };
            let optimizer = Core::new(&self.plan, weights.bytes(), self.kernels, options, seconds)?;
            let begin = Instant::now();
            optimizer.run(&bytes(&arrays)?, &mut || begin.elapsed().as_secs_f64(), &mut |trial| {
                raised = Python::attach(|py| tell(py, &told, trial)).err();
                if raised.is_some() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
        });
        match raised {
            Some(e) => Err(e),
            None => Ok(errors::py(found)?.to_string()),
        }
    }
}

fn tell(py: Python<'_>, told: &Py<PyAny>, trial: Trial) -> PyResult<()> {
    told.call1(py, (trial.what, trial.seconds, trial.kept))?;
    py.check_signals()
}
