//! Lossless coding of screens, line art and pictures with few colours.
//!
//! A pixel is a whole colour of 1 to 4 bytes. Blocks of a row that equal the row above are one decision; else each pixel asks whether it
//! has the colour that followed its surroundings before, or that of a neighbour; what is left is a place in a palette of the colours that
//! were new before, or a new colour, coded as distances from predictions. Every decision is binary, its probability mixed from what
//! several contexts saw, and goes through a range coder. docs/screen-format.md tells all of it.

mod around;
mod coder;
mod distance;
mod mixer;
mod palette;
mod pixel;
mod row;

pub use mixer::{squash, stretch, EVEN, FIRST_WEIGHT};
pub use row::{decode, encode};

/// Where the chances of each kind of decision begin in the direct table.
mod chances {
    pub const SAME: usize = 0;
    pub const KNOWN: usize = SAME + (1 << 15);
    pub const BLOCK: usize = KNOWN + 10 * 8;
    pub const PLACE: usize = BLOCK + 16 * 8;
    pub const DISTANCE: usize = PLACE + 16 * (1 + 16 + 256);
    pub const LOW: usize = DISTANCE + 16 * 4 * 6 * 9 * 11;
    const _: () = assert!(LOW + 4 * 9 * 128 == crate::screen::DIRECT);
}

/// The first sets of weights of each kind of decision.
mod sets {
    pub const BLOCK: usize = 0;
    pub const KNOWN: usize = 32;
    pub const SAME: usize = 64;
    pub const PLACE: usize = 480;
    pub const DISTANCE: usize = 544;
}
