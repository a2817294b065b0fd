//! One kind of way after another, the fastest so far kept.

use super::{Choice, Clock, Optimizer, Told, Trial};
use crate::kernels::nn::Mode;
use crate::kernels::{Isa, Kernels};
use crate::nn::memory::{Block, Bytes};
use crate::nn::ty::{Spec, Type};
use std::ops::ControlFlow;

/// Another way has to take less than this part of the time of the one before: what differs less is chance.
pub(super) const LESS: f64 = 0.97;
/// Most that outputs of fast ways may differ, over the greatest number.
const BOUND: f32 = 1e-4;

/// The best way so far.
pub(super) struct Search<'s, 'a> {
    pub optimizer: &'s Optimizer<'a>,
    pub inputs: &'s [Bytes<'s>],
    pub want: Vec<(Spec, Block)>,
    pub clock: Clock<'s>,
    pub told: Told<'s>,
    pub flow: ControlFlow<()>,
    pub best: Choice,
    pub seconds: f64,
}

impl Search<'_, '_> {
    /// Keeps another way if it is faster and gives the same. One that fails (no memory, say) is left.
    pub fn attempt(&mut self, what: String, choice: Choice) {
        if self.flow.is_break() {
            return;
        }
        let Ok(seconds) = self.optimizer.measure(&choice, self.inputs, self.clock) else { return };
        let kept = seconds < LESS * self.seconds && self.agrees(&choice);
        self.flow = (self.told)(Trial { what, seconds, kept });
        if kept {
            (self.best, self.seconds) = (choice, seconds);
        }
    }

    fn agrees(&mut self, choice: &Choice) -> bool {
        let is_fast = self.optimizer.kernels.mode() == Mode::Fast;
        let Ok(got) = self.optimizer.results(choice, self.inputs) else { return false };
        self.want.iter_mut().zip(got).all(|((spec, want), (_, mut got))| match spec.ty {
            Type::F32 if is_fast => are_near(&floats(want.all()), &floats(got.all())),
            _ => want.all() == got.all(),
        })
    }

    /// The widest vectors are not always the fastest: that one and the next.
    pub fn instruction_sets(&mut self) {
        let isas = Kernels::available().into_iter().map(|kernels| kernels.isa());
        let mut vectors = isas.filter(|isa| !matches!(isa, Isa::Reference | Isa::Scalar));
        if let Some(isa) = vectors.rfind(|&isa| isa < self.best.isa) {
            self.attempt(format!("isa {}", isa.name()), Choice { isa, ..self.best.clone() });
        }
    }

    /// Fewer threads: a small network is faster on one.
    pub fn threads(&mut self) {
        let mut threads = self.best.threads / 2;
        while threads > 0 {
            self.attempt(format!("threads {threads}"), Choice { threads, ..self.best.clone() });
            threads /= 2;
        }
    }

    /// Chains in smaller parts.
    pub fn bands(&mut self) {
        let band_bytes = self.best.band_bytes / 4;
        self.attempt(format!("band_bytes {band_bytes}"), Choice { band_bytes, ..self.best.clone() });
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_ne_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// Whether two lists of floats are the same within the bound of fast mode.
fn are_near(want: &[f32], got: &[f32]) -> bool {
    let most = want.iter().filter(|x| x.is_finite()).fold(0.0f32, |most, x| most.max(x.abs()));
    let same = |(a, b): (&f32, &f32)| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= BOUND * most;
    want.iter().zip(got).all(same)
}
