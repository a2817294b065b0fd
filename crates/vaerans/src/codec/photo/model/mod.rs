//! What is trained: weights of the energies, tables of tokens, reconstruction points, signs.

mod read;

use super::geometry::Orientation;
use once_cell::race::OnceBox;
pub use read::{bytes_of, expand, packed, parse};
use vaerans_kernels::photo::{Tables, OTHER, OWN};

/// Groups of tables: luma and chroma of levels 1, 2, 3 and coarser, and low bands.
pub const GROUPS: usize = 9;
/// The group of low bands.
pub const LOW: usize = 8;
/// Sets of weights: a plane, an orientation, a level each.
pub const SETS: usize = 36;

/// Weights of an energy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weights {
    /// 1/128.
    pub bias: i16,
    /// Of the band's own neighbours, Q15.
    pub own: [i16; OWN],
    /// Of others: single ones Q15, sums Q17.
    pub other: [i16; OTHER],
}

impl Weights {
    fn is_sound(&self) -> bool {
        self.bias >= 0 && self.own.iter().chain(&self.other).all(|&w| w >= 0)
    }
}

/// The model.
#[derive(Debug, Clone)]
pub struct Model {
    /// By [`set`].
    pub weights: Vec<Weights>,
    /// By [`group`].
    pub tables: Vec<Tables>,
    /// Frequencies of +: luma, then chroma, of each orientation.
    pub signs: [[u16; 9]; 6],
}

/// The set of weights of a band.
pub fn set(plane: usize, orientation: Orientation, level: usize) -> usize {
    (plane * 3 + orientation as usize) * 4 + level.min(4) - 1
}

/// The group of tables of a band.
pub fn group(plane: usize, level: usize) -> usize {
    plane.min(1) * 4 + level.min(4) - 1
}

/// Bytes of the model that ships: tools/train_tables makes them.
static SHIPPED: &[u8] = include_bytes!("model.bin");
/// That of integers that come back, which have one quantizer.
static REVERSIBLE: &[u8] = include_bytes!("reversible.bin");

impl Model {
    /// The model that ships. Made when first used.
    pub fn shipped() -> &'static Model {
        static MODEL: OnceBox<Model> = OnceBox::new();
        MODEL.get_or_init(|| Box::new(parse(SHIPPED).unwrap_or_else(|| unreachable!("model.bin is tested"))))
    }

    /// The model of integers that come back. Made when first used.
    pub fn reversible() -> &'static Model {
        static MODEL: OnceBox<Model> = OnceBox::new();
        MODEL.get_or_init(|| Box::new(parse(REVERSIBLE).unwrap_or_else(|| unreachable!("reversible.bin is tested"))))
    }

    /// Frequencies of + of a band.
    pub fn signs_of(&self, plane: usize, orientation: Orientation) -> [u16; 9] {
        self.signs[plane.min(1) * 3 + orientation as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_models_are_whole() {
        for model in [Model::shipped(), Model::reversible()] {
            assert_eq!((model.weights.len(), model.tables.len()), (SETS, GROUPS));
        }
    }
}
