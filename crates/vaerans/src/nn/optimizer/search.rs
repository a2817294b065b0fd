//! One kind of way after another, the fastest so far kept.

use super::{Choice, Clock, Optimizer, Told, Trial};
use crate::kernels::nn::Mode;
use crate::kernels::{Isa, Kernels};
use crate::nn::memory::Bytes;
use std::ops::ControlFlow;

/// Another way has to take less than this part of the time of the one before: what differs less is chance.
pub(super) const LESS: f64 = 0.97;
/// Most that outputs of fast ways may differ, over the greatest number.
const BOUND: f32 = 1e-4;

/// The best way so far.
pub(super) struct Search<'s, 'a> {
    pub optimizer: &'s Optimizer<'a>,
    pub inputs: &'s [Bytes<'s>],
    pub want: Vec<Vec<f32>>,
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

    fn agrees(&self, choice: &Choice) -> bool {
        let near = |want: &[f32], got: &[f32]| {
            let most = want.iter().fold(0.0f32, |m, x| m.max(x.abs()));
            let same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits() || (a - b).abs() <= BOUND * most;
            match self.optimizer.kernels.mode() {
                Mode::Strict => want.iter().map(|x| x.to_bits()).eq(got.iter().map(|x| x.to_bits())),
                Mode::Fast => want.len() == got.len() && want.iter().zip(got).all(same),
            }
        };
        let Ok(got) = self.optimizer.results(choice, self.inputs) else { return false };
        self.want.iter().zip(&got).all(|(want, got)| near(want, got))
    }

    /// The widest vectors are not always the fastest: that one and the next.
    pub fn instruction_sets(&mut self) {
        let isas = Kernels::available().into_iter().map(|kernels| kernels.isa());
        let vectors = isas.filter(|isa| !matches!(isa, Isa::Reference | Isa::Scalar));
        if let Some(isa) = vectors.take_while(|&isa| isa != self.best.isa).last() {
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
