//! The bytes of one resolution level of one tensor of symbols.
//!
//! First byte: how the level is cut into sequences, each coded with a table of its own.
//! `BANDS`: one sequence per band. `CLASSES`: one per class of blocks (see [`super::blocks`]), behind
//! the map of classes. `DELTAS`: one per band, of differences to the left neighbour (in the first
//! column to the one above): low bands and whole planes. `GROUPS`, `DELTA_GROUPS`: one per group of
//! bands (see [`super::groups`]), behind the map of groups. A reader knows how many symbols a sequence has.

mod decode;
mod deltas;
mod encode;
mod tables;

use crate::codec::bands::{self, Band};

pub use decode::decode;
pub use encode::{encode, Mode};
pub use tables::{tables, SequenceTable};

/// Ways to cut a level.
const BANDS: u8 = 0;
const CLASSES: u8 = 1;
const DELTAS: u8 = 2;
const GROUPS: u8 = 3;
const DELTA_GROUPS: u8 = 4;

/// Symbols of one tensor as (C, H, W).
#[derive(Debug, Clone, Copy)]
pub enum Symbols<'a> {
    /// Unsigned bytes, as `QuantizeU8` makes them.
    U8(&'a [u8]),
    /// Anything else.
    I32(&'a [i32]),
}

/// Where decoded symbols go.
#[derive(Debug)]
pub enum SymbolsMut<'a> {
    /// Unsigned bytes.
    U8(&'a mut [u8]),
    /// Anything else.
    I32(&'a mut [i32]),
}

/// What both directions need to know.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'a> {
    /// The level's bands.
    pub bands: &'a [Band],
    /// Rows of a plane.
    pub height: usize,
    /// Columns of a plane.
    pub width: usize,
}

impl Layout<'_> {
    /// First index and length of every row of band `b`.
    fn rows(&self, b: Band) -> impl Iterator<Item = (usize, usize)> {
        let (h, w) = (self.height, self.width);
        (0..b.height).map(move |y| ((b.channel * h + b.y + y) * w + b.x, b.width))
    }

    /// Sets every element of the bands to 0.
    fn zero<T: Copy + Default>(&self, data: &mut [T]) {
        for &b in self.bands {
            self.rows(b).for_each(|(at, n)| data[at..at + n].fill(T::default()));
        }
    }

    fn gather<T: Copy>(&self, b: Band, data: &[T]) -> Vec<T> {
        let mut out = Vec::with_capacity(b.len());
        self.rows(b).for_each(|(at, n)| out.extend_from_slice(&data[at..at + n]));
        out
    }

    fn scatter<T: Copy>(&self, b: Band, sequence: &[T], data: &mut [T]) {
        for ((at, n), row) in self.rows(b).zip(sequence.chunks_exact(b.width)) {
            data[at..at + n].copy_from_slice(row);
        }
    }
}

/// Sets the bands of levels that are not there to 0, of a tensor (C, H, W) that was split into `levels`.
pub fn leave_out<T: Copy + Default>(missing: &[usize], shape: [usize; 3], levels: usize, data: &mut [T]) {
    for &level in missing {
        let bands = bands::of_level(shape, levels, level);
        Layout { bands: &bands, height: shape[1], width: shape[2] }.zero(data);
    }
}
