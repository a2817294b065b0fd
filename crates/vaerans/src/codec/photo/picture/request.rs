//! What a picture is coded with: what it should look good by, how hard to look, which step.

use crate::codec::photo::model::Model;
use crate::codec::photo::params::LevelWeights;
use crate::codec::photo::tile::Search;

/// What a picture is made to look good by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tune {
    /// PSNR and MS-SSIM alike.
    Balanced,
    /// PSNR.
    Psnr,
    /// MS-SSIM.
    MsSsim,
}

/// What a tune sets.
#[derive(Debug, Clone, Copy)]
pub struct Tuned {
    /// Strength of the blocks' steps in 1/64.
    pub strength: i64,
    /// Log2 of the side of blocks.
    pub blocks: u32,
    /// Pays for a bit, in squares of half a step.
    pub lambda: f32,
    /// Weights of levels.
    pub weights: LevelWeights,
}

impl Tune {
    /// What it sets.
    pub fn tuned(self) -> Tuned {
        match self {
            Tune::Balanced => {
                Tuned { strength: 36, blocks: 4, lambda: 0.20, weights: [[3, 0, -1, -1, -1, -1], [3, 0, 0, 0, 0, 0]] }
            }
            Tune::Psnr => Tuned { strength: 13, blocks: 5, lambda: 0.20, weights: [[0; 6]; 2] },
            Tune::MsSsim => {
                Tuned { strength: 58, blocks: 4, lambda: 0.22, weights: [[6, 0, -3, -3, -2, -2], [8, 2, 0, 0, 0, 0]] }
            }
        }
    }
}

/// How hard an encoder looks: 1 to 9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Effort(pub u8);

impl Effort {
    /// From here on indices are searched for.
    pub(super) const SEARCH: Effort = Effort(3);

    pub(super) fn search(self, model: &Model, lambda: f32, thrift: u8) -> Search {
        let lambda = lambda * (1.0 + f32::from(thrift) / 256.0);
        match self {
            e if e < Effort::SEARCH => Search::Zone(0.48 + f32::from(thrift) / 512.0),
            e if e < Effort(7) => Search::trellis(model, lambda, 0.45),
            _ => Search::trellis(model, lambda, 0.2),
        }
    }
}

/// Most of a request's thrift: a bit costs three quarters more.
pub const MOST_THRIFT: u8 = 192;

/// What a picture is coded with.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// Number of the step.
    pub step: u16,
    /// What it should look good by.
    pub tune: Tune,
    /// How hard to look.
    pub effort: Effort,
    /// How much more than usual a bit costs, 0 to [`MOST_THRIFT`]: between one step and the next.
    pub thrift: u8,
}
