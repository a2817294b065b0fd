//! Weights, tables, reconstruction points and signs of the lossy coder.
//!
//! In turns: the photos are coded with what there is, at several steps; of what they become weights are fitted and tables counted.

mod bytes;
mod code;
mod counts;
mod first;
mod fit;
mod rate;
mod samples;

use crate::ppm::Picture;
use counts::Counts;
use samples::Samples;
use std::io::Result;
use std::path::Path;
use vaerans::codec::photo::model::Model;
use vaerans::codec::photo::picture::{Tune, Tuned};
use vaerans::pool;

pub use rate::rate;

/// Full steps that photos are coded at, in 8-bit samples.
const STEPS: [f64; 8] = [5.0, 8.0, 13.0, 20.0, 32.0, 52.0, 84.0, 150.0];
/// A setting that photos are coded with.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Full step; 0: every sample comes back.
    pub step: f64,
    /// Strength of the steps of blocks, in 1/64; their side's log2.
    pub blocks: (i64, u32),
    /// Lambda.
    pub lambda: f32,
    /// Weights of levels.
    pub weights: [[i8; 6]; 2],
}

/// The settings to train for.
fn settings(quantizers: usize) -> Vec<Setting> {
    if quantizers == 1 {
        return vec![Setting { step: 0.0, blocks: (0, 5), lambda: 0.0, weights: [[0; 6]; 2] }];
    }
    STEPS.iter().map(|&step| Setting::of(step, Tune::Psnr)).collect()
}

impl Setting {
    /// What a tune sets at a step.
    pub fn of(step: f64, tune: Tune) -> Setting {
        let Tuned { strength, blocks, lambda, weights } = tune.tuned();
        Setting { step, blocks: (strength, blocks), lambda, weights }
    }
}

/// What photos become with a model.
fn gathered(pictures: &[Picture], model: &Model, wanted: usize, quantizers: usize) -> (Counts, Samples) {
    let one = |i: usize| {
        let (mut counts, mut samples) = (Counts::default(), Samples::default());
        for (n, setting) in settings(quantizers).iter().enumerate() {
            let coded = code::code(&pictures[i], model, setting);
            counts.add(&coded);
            samples.add(&coded, wanted, (i * 64 + n) as u64);
        }
        Ok((counts, samples))
    };
    let all = pool::map(2, pictures.len(), one).expect("photos");
    all.into_iter().fold((Counts::default(), Samples::default()), |(mut counts, mut samples), (c, s)| {
        counts.merge(&c);
        samples.merge(s);
        (counts, samples)
    })
}

/// Trains the model of lossy pictures.
pub fn lossy(pictures: &[Picture], result: &Path) -> Result<()> {
    train(pictures, result, 2)
}

/// Trains the model of pictures whose every sample comes back.
pub fn reversible(pictures: &[Picture], result: &Path) -> Result<()> {
    train(pictures, result, 1)
}

/// Trains on pictures; writes the model.
fn train(pictures: &[Picture], result: &Path, quantizers: usize) -> Result<()> {
    let wanted = 250 * 2 / quantizers;
    let mut weights = first::weights();
    let mut bytes = bytes::write(&weights, &first::tables(), quantizers);
    for (round, (photos, fit)) in [(40, 600), (80, 0), (120, 1500), (160, 0), (usize::MAX, 0)].into_iter().enumerate() {
        let model = bytes::model(&bytes);
        let chosen = &pictures[..photos.min(pictures.len())];
        let (counts, samples) = gathered(chosen, &model, if fit > 0 { wanted } else { 0 }, quantizers);
        println!("round {round}: {} photos, {:.4} bits a coefficient", chosen.len(), counts.bits(&model));
        if fit > 0 {
            weights = fit::fit(&samples, &weights, fit);
        }
        let tables = if fit > 0 { counts::of_samples(&samples, &weights, &counts) } else { counts.tables() };
        bytes = bytes::write(&weights, &tables, quantizers);
        std::fs::write(result, &bytes)?;
    }
    Ok(())
}
