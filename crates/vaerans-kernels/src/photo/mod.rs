//! The coefficients of photos, band by band: see [`crate::reference::photo`] for what they mean.

mod band;
#[cfg(feature = "decode")]
mod decode;
#[cfg(feature = "encode")]
mod encode;
mod energies;
#[cfg(feature = "encode")]
mod look;
mod model;
mod place;

pub use band::{Around, Band, Source};
#[cfg(feature = "encode")]
pub use encode::{Scratch, Search};
#[cfg(feature = "encode")]
pub use look::{Look, CELL};
pub use model::{Model, Tables};
pub use place::{BlockSteps, Part, POWERS};

/// Rows of a band that are worked on at once.
pub const LANES: usize = 16;
/// Columns that a row is behind the one above.
pub const LAG: usize = 2;
/// Elements around a plane of a band.
pub const MARGIN: usize = 128;
/// Classes of energies: quarter octaves.
pub const CLASSES: usize = 48;
/// Rows of a table: class + 64 * quantizer; class 48 is that of a lane that has nothing to do.
pub const ROWS: usize = 128;
/// Entries of a row of tokens.
pub const ROW: usize = 32;
/// Tokens; the last is the escape.
pub const TOKENS: usize = 26;
/// Neighbours in the band itself: W, WW, N, NN, NW, NE.
pub const OWN: usize = 6;
/// Neighbours in other bands: parent, its nearest in x, in y, the parents of the other orientations; four times a centre and the four
/// around it.
pub const OTHER: usize = 12;
/// Bits of a probability.
pub const BITS: u32 = 15;
/// Reconstruction points of a row: those of magnitudes 0, 1, 2 and more.
pub const SIZES: usize = 4;
/// Bytes behind the words that may be read.
pub const PAD: usize = 512;
/// The most words that a coefficient takes.
pub const WORDS: usize = 4;
/// Energy of a lane that has nothing to do.
pub const IDLE: i16 = i16::MIN;
/// Quantizer states: the state behind (2 * state + parity). A state's quantizer is its lowest bit.
pub const TRELLIS: [u8; 16] = [0, 1, 3, 2, 5, 4, 7, 6, 1, 0, 2, 3, 4, 5, 6, 7];
/// One quantizer for all.
pub const UNIFORM: [u8; 16] = [0; 16];

/// `VAERANS_PHOTO_SHORT`.
#[cfg(feature = "decode")]
pub(crate) const SHORT: usize = usize::MAX;

/// There are too few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short;
