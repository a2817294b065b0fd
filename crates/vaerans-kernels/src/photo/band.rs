//! Sizes of a band, its layout, and what its coefficients are told from.

use super::{LAG, LANES, MARGIN, OTHER};
use crate::native::photo as native;

/// A band of at least one coefficient. Its planes are "lane-major": row r stands at [`Band::at`], rows of one lane (r mod 16) one behind the
/// other; two rows of zeros around the band, and two columns behind each row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Band {
    /// Elements from a row to the one 16 rows below.
    pub fn pitch(&self) -> usize {
        (self.width + 2).max(LAG * LANES)
    }

    /// Elements from lane to lane.
    pub fn lane(&self) -> usize {
        self.pitch() * (self.groups() + 1)
    }

    /// Groups of 16 rows.
    pub fn groups(&self) -> usize {
        self.height.div_ceil(LANES)
    }

    /// Elements of a plane.
    pub fn len(&self) -> usize {
        2 * MARGIN + LANES * self.lane() + self.pitch()
    }

    /// A band has coefficients.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Place of a row in a plane, from -2 to `height` + 1.
    ///
    /// # Panics
    /// Beyond that.
    pub fn at(&self, row: isize) -> usize {
        assert!((-2..=self.height as isize + 1).contains(&row), "photo: row {row} of {}", self.height);
        let from_first = (row + LANES as isize) as usize;
        MARGIN + (from_first % LANES) * self.lane() + (from_first / LANES) * self.pitch()
    }

    /// Steps until the last lane is done, a multiple of 8.
    pub fn steps(&self) -> usize {
        let end = |group: usize, lane: usize| group * self.pitch() + self.width + LAG * lane;
        let groups = self.groups();
        let before = if groups > 1 { end(groups - 2, LANES - 1) } else { 0 };
        end(groups - 1, (self.height - 1) % LANES).max(before).next_multiple_of(8)
    }

    /// Elements of the energies as rows.
    pub fn energy_rows(&self) -> usize {
        LANES * self.energy_lane() + 64
    }

    /// Elements from lane to lane of the energies as rows.
    pub fn energy_lane(&self) -> usize {
        self.groups() * self.pitch() + 96
    }

    /// Place of a row of energies.
    pub fn energy_at(&self, row: usize) -> usize {
        32 + (row % LANES) * self.energy_lane() + row / LANES * self.pitch()
    }

    pub(super) fn native(&self) -> native::Band {
        native::Band { width: self.width, height: self.height, pitch: self.pitch(), lane: self.lane() }
    }

    pub(super) fn check<T>(&self, plane: &[T]) {
        assert!(self.width > 0 && self.height > 0, "photo: a band of {} x {}", self.height, self.width);
        assert_eq!(plane.len(), self.len(), "photo: elements of a plane of {} x {}", self.height, self.width);
    }
}

/// Magnitudes of another band.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// 32 times the reconstruction index, at most 255 of it.
    pub magnitudes: &'a [i16],
    /// Its sizes.
    pub band: Band,
}

impl Source<'_> {
    pub(super) fn native(&self) -> native::Source {
        let (pitch, lane) = (self.band.pitch(), self.band.lane());
        native::Source { magnitudes: self.magnitudes[MARGIN..].as_ptr(), pitch, lane }
    }
}

/// What the energies of a band's coefficients are made of, but for their own neighbours.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// The band.
    pub band: Band,
    /// Bands of the next coarser level: of the same orientation, and of the two others.
    pub parents: Option<[Source<'a>; 3]>,
    /// Bands of the same level.
    pub beside: [Option<Source<'a>>; 4],
    /// 1/128.
    pub bias: i16,
    /// Of a single magnitude Q15, of several Q17.
    pub weights: [i16; OTHER],
}

impl Around<'_> {
    pub(super) fn check(&self) {
        let Band { width, height } = self.band;
        for s in self.parents.iter().flatten() {
            s.band.check(s.magnitudes);
            let fits = 2 * (s.band.width + 1) >= width && 2 * (s.band.height + 1) >= height;
            assert!(fits, "photo: a parent of {:?} above {:?}", s.band, self.band);
        }
        for s in self.beside.iter().flatten() {
            s.band.check(s.magnitudes);
            let fits = s.band.width + 1 >= width && s.band.height + 1 >= height;
            assert!(fits, "photo: {:?} beside {:?}", s.band, self.band);
        }
    }

    pub(super) fn native(&self) -> native::Around {
        let none = native::Source { magnitudes: std::ptr::null(), pitch: 0, lane: 0 };
        let of = |s: &Option<Source>| s.as_ref().map_or(none, Source::native);
        let parent = |i: usize| self.parents.as_ref().map_or(none, |p| p[i].native());
        native::Around {
            band: self.band.native(),
            parent: parent(0),
            cousins: [parent(1), parent(2)],
            beside: [of(&self.beside[0]), of(&self.beside[1]), of(&self.beside[2]), of(&self.beside[3])],
            bias: self.bias,
            weights: self.weights,
        }
    }
}
