//! Which of the ways in which this machine may run a network is the fastest: they are tried, one kind after another.
//!
//! In strict mode these are ways to the same bits: instruction sets and numbers of threads. In fast mode also how each convolution of 3 by 3
//! taps is worked out (Winograd's or as a product of matrices), and from which size on chains of steps run some rows at a time.

mod choice;
mod forms;
mod search;
#[cfg(test)]
mod tests;

pub use choice::Choice;

use super::memory::{Block, Bytes, BytesMut};
use super::plan::{self, Plan};
use super::ty::Spec;
use super::{Options, Session};
use crate::error::{Error, Result};
use crate::kernels::nn::{Mode, NnKernels};
use search::Search;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A way that was tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What was changed: `isa avx2`, `threads 2`, `forms`, `band_bytes 2097152`.
    pub what: String,
    /// Seconds of a run, the fewest.
    pub seconds: f64,
    /// Whether it is kept.
    pub kept: bool,
}

/// Tries the ways of a network.
#[derive(Debug)]
pub struct Optimizer<'a> {
    plan: Plan,
    weights: &'a [u8],
    kernels: NnKernels,
    options: Options,
    seconds: f64,
}

/// Seconds, since whenever.
pub type Clock<'a> = &'a mut dyn FnMut() -> f64;
/// Told of each trial; says whether there is to be another.
pub type Told<'a> = &'a mut dyn FnMut(Trial) -> ControlFlow<()>;

impl<'a> Optimizer<'a> {
    /// Of the two files of a compiled network. `kernels` says the mode and the widest instruction set, `options` how many threads there may be;
    /// each way is run for about so many `seconds`.
    ///
    /// # Errors
    /// Those of [`plan::read`]; `param.range` for seconds that are no time.
    pub fn new(
        plan: &[u8],
        weights: &'a [u8],
        kernels: NnKernels,
        options: Options,
        seconds: f64,
    ) -> Result<Optimizer<'a>> {
        if !(seconds.is_finite() && seconds >= 0.0) {
            return Err(Error::new("param.range", format!("seconds: {seconds}; 0 or more")));
        }
        Ok(Optimizer { plan: plan::read(plan)?, weights, kernels, options, seconds })
    }

    /// The fastest way for such inputs. It holds for others too, but may not be their fastest.
    ///
    /// # Errors
    /// Those of [`Model::of`] and [`Session::run`], of the way that the plan says; another way that fails is left.
    pub fn run(&self, inputs: &[Bytes], clock: Clock, told: Told) -> Result<Choice> {
        let first = Choice::of(self.kernels.isa(), &self.options);
        let want = self.results(&first, inputs)?;
        let seconds = self.measure(&first, inputs, clock)?;
        let flow = told(Trial { what: format!("isa {}", first.isa.name()), seconds, kept: true });
        let mut search = Search { optimizer: self, inputs, want, clock, told, flow, best: first, seconds };
        search.instruction_sets();
        let is_fast = self.kernels.mode() == Mode::Fast;
        if is_fast {
            search.forms();
        }
        search.threads();
        if is_fast {
            search.bands();
        }
        Ok(search.best)
    }

    fn session(&self, choice: &Choice) -> Result<Session> {
        let mode = self.kernels.mode();
        let model = choice.load_read(self.plan.clone(), self.weights, mode, &self.options.limits)?;
        Ok(Session::new(Arc::new(model), choice.options(&self.options)))
    }

    /// What a way gives.
    fn results(&self, choice: &Choice, inputs: &[Bytes]) -> Result<Vec<(Spec, Block)>> {
        let mut session = self.session(choice)?;
        let (specs, mut blocks) = prepared(&mut session, inputs)?;
        session.run(inputs, &mut outputs(&specs, &mut blocks)?)?;
        Ok(specs.into_iter().zip(blocks).collect())
    }

    /// Seconds of a run, the fewest.
    fn measure(&self, choice: &Choice, inputs: &[Bytes], clock: Clock) -> Result<f64> {
        let mut session = self.session(choice)?;
        let (specs, mut blocks) = prepared(&mut session, inputs)?;
        session.run(inputs, &mut outputs(&specs, &mut blocks)?)?; // the first finds nothing in the caches
        let mut fewest = f64::INFINITY;
        self.repeat(clock, |clock| {
            let begin = clock();
            session.run(inputs, &mut outputs(&specs, &mut blocks)?)?;
            fewest = fewest.min(clock() - begin);
            Ok(())
        })?;
        Ok(fewest)
    }

    /// Runs until the time of a way is over, at least three times.
    fn repeat(&self, clock: Clock, mut run: impl FnMut(Clock) -> Result<()>) -> Result<()> {
        let begin = clock();
        for i in 0.. {
            run(clock)?;
            if i >= 2 && clock() - begin >= self.seconds {
                break;
            }
        }
        Ok(())
    }
}

fn prepared(session: &mut Session, inputs: &[Bytes]) -> Result<(Vec<Spec>, Vec<Block>)> {
    let specs = session.prepare(inputs)?;
    let blocks = specs.iter().map(|spec| Block::new(spec.bytes())).collect::<Result<_>>()?;
    Ok((specs, blocks))
}

fn outputs<'b>(specs: &[Spec], blocks: &'b mut [Block]) -> Result<Vec<BytesMut<'b>>> {
    specs.iter().zip(blocks).map(|(spec, block)| BytesMut::new(*spec, block.all())).collect()
}
