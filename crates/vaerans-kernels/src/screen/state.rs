//! What is known from one row of a picture to the next.

use super::{hash_bits, BLOCK, DIRECT, INKS, MARGIN, PALETTE, PLACES, ROOM, SCORES, SETS};
use crate::native::screen::State as NativeState;
use crate::reference::screen as reference;

/// All that encoder and decoder of a picture know, from one row to the next.
#[derive(Clone)]
pub struct State {
    pub(crate) width: usize,
    pub(crate) channels: usize,
    pub(crate) hash_bits: u32,
    pub(crate) hashed: Vec<u16>,
    pub(crate) direct: Vec<u16>,
    pub(crate) wide: Vec<u64>,
    pub(crate) close: Vec<u64>,
    pub(crate) weights: Vec<i32>,
    pub(crate) squash: Vec<u16>,
    pub(crate) stretch: Vec<i16>,
    pub(crate) palette: Vec<u32>,
    pub(crate) inks: Vec<u32>,
    pub(crate) scores: Vec<i32>,
    pub(crate) places: Vec<u16>,
    pub(crate) rows: [Vec<u32>; 3],
    pub(crate) skipped: [Vec<u8>; 3],
    pub(crate) colours: u32,
    pub(crate) next: u32,
    pub(crate) literals: u32,
    pub(crate) without_palette: bool,
    pub(crate) low: u32,
    pub(crate) range: u32,
    pub(crate) at: usize,
}

impl State {
    /// The state in front of the first row of a picture. At most [`MOST_BYTES`] and 18 bytes for each pixel of the width.
    ///
    /// # Panics
    /// If the width is 0, or `channels` is not 1 to 4.
    pub fn new(width: usize, height: usize, channels: usize) -> State {
        assert!(width > 0 && (1..=4).contains(&channels), "screen: {width} pixels of {channels} channels");
        let hash_bits = hash_bits(width, height);
        let cells = 1 << (hash_bits - 3);
        let squash = reference::squash();
        State {
            width,
            channels,
            hash_bits,
            hashed: vec![0; 1 << hash_bits],
            direct: vec![reference::EVEN; DIRECT],
            wide: vec![0; cells],
            close: vec![0; cells],
            weights: vec![reference::FIRST_WEIGHT; 4 * SETS],
            stretch: reference::stretch(&squash),
            squash,
            palette: vec![0; PALETTE],
            inks: vec![0; INKS],
            scores: vec![0; SCORES],
            places: Vec::new(),
            rows: [(); 3].map(|()| vec![0; width + 2 * MARGIN]),
            skipped: [(); 3].map(|()| vec![0; width.div_ceil(BLOCK) + 1]),
            colours: 0,
            next: 0,
            literals: 0,
            without_palette: false,
            low: 0,
            range: u32::MAX,
            at: 0,
        }
    }

    /// Begins to read the bytes of a slice.
    pub fn begin_decoding(&mut self, bytes: &[u8]) {
        let byte = |i| u32::from(bytes.get(i).copied().unwrap_or(0));
        self.low = byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
        (self.range, self.at) = (u32::MAX, 4);
    }

    /// Bytes that were read, those behind the end included.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Whether what was read is what an encoder ends a slice with.
    pub fn is_at_end(&self) -> bool {
        self.low == 0
    }

    /// Begins a slice. Without a palette, colours that no neighbour has are coded as if they were new: better for what is much like a photo.
    pub fn begin_encoding(&mut self, without_palette: bool) {
        self.places.resize(PLACES, u16::MAX);
        (self.low, self.range, self.at, self.without_palette) = (0, u32::MAX, 0, without_palette);
    }

    /// Ends a slice: its length, with four bytes that are put behind those that are there.
    ///
    /// # Panics
    /// If there is no room.
    pub fn end(&mut self, bytes: &mut [u8]) -> usize {
        bytes[self.at..][..4].copy_from_slice(&self.low.to_be_bytes());
        self.at + 4
    }

    /// Bytes that the next row, or the end, needs to have room.
    pub fn room(&self) -> usize {
        self.at + ROOM * (self.width + 1)
    }

    /// The oldest row becomes the next one.
    pub(super) fn advance(&mut self) {
        self.rows.rotate_right(1);
        self.skipped.rotate_right(1);
    }

    pub(super) fn native(&mut self) -> NativeState {
        NativeState {
            width: self.width,
            channels: self.channels,
            hash_bits: self.hash_bits,
            cell_bits: self.hash_bits - 3,
            hashed: self.hashed.as_mut_ptr(),
            direct: self.direct.as_mut_ptr(),
            wide: self.wide.as_mut_ptr(),
            close: self.close.as_mut_ptr(),
            weights: self.weights.as_mut_ptr(),
            squash: self.squash.as_ptr(),
            stretch: self.stretch.as_ptr(),
            palette: self.palette.as_mut_ptr(),
            inks: self.inks.as_mut_ptr(),
            scores: self.scores.as_mut_ptr(),
            places: self.places.as_mut_ptr(),
            rows: self.rows.each_mut().map(|row| row[MARGIN..].as_mut_ptr()),
            skipped: self.skipped.each_mut().map(|row| row.as_mut_ptr()),
            colours: self.colours,
            next: self.next,
            literals: self.literals,
            without_palette: self.without_palette.into(),
            low: self.low,
            range: self.range,
            at: self.at,
        }
    }

    pub(super) fn take(&mut self, from: &NativeState) {
        (self.colours, self.next, self.literals) = (from.colours, from.next, from.literals);
        (self.low, self.range, self.at) = (from.low, from.range, from.at);
    }
}
