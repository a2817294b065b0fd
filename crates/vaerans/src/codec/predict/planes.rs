//! The planes of a coder, with room around each for the taps that look outside, and the walk over their rows.

use crate::error::{Error, Result};
use crate::learned::{Predictor, Weights};
use vaerans_kernels::predict::{Row, Taps, COLUMNS};
use vaerans_kernels::Kernels;

/// Rows above and below, columns left and right of a plane.
const ABOVE: usize = 2;
const BELOW: usize = 2;
const BESIDE: usize = 2;
/// Largest sum of residuals, Q8.
const MAX_ENERGY: i64 = 1 << 22;

/// Extents of planes, and where their elements lie.
#[derive(Debug, Clone, Copy)]
struct Layout {
    height: usize,
    width: usize,
    /// Columns with their room, the last vector of a row whole.
    stride: usize,
}

impl Layout {
    fn of(height: usize, width: usize) -> Layout {
        Layout { height, width, stride: width.next_multiple_of(COLUMNS) + 2 * BESIDE }
    }

    /// Elements of a plane.
    fn plane(&self) -> usize {
        (self.height + ABOVE + BELOW) * self.stride
    }

    /// Place of a row's first element in its plane.
    fn row(&self, y: usize) -> usize {
        (y + ABOVE) * self.stride + BESIDE
    }

    /// From an element to the one `dy` rows down and `dx` columns right in the plane `back` before.
    fn offset(&self, back: usize, dy: isize, dx: isize) -> isize {
        dy * self.stride as isize + dx - (back * self.plane()) as isize
    }

    /// What of a plane lies outside of its rows: ranges of elements.
    fn outside(self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let before = (0..=self.height).map(move |y| if y == 0 { 0 } else { self.row(y - 1) + self.width });
        before.enumerate().map(move |(y, begin)| begin..if y < self.height { self.row(y) } else { self.plane() })
    }
}

/// Bytes that coding so many planes takes.
pub fn bytes(channels: usize, height: usize, width: usize) -> u64 {
    let plane = Layout::of(height, width).plane() as u64;
    plane.saturating_mul(4).saturating_mul(channels as u64 + 1).saturating_add(32 * width as u64)
}

/// What is known of the planes so far, and the context of the row that is next.
pub struct Contexts<'a> {
    kernels: Kernels,
    predictor: &'a Predictor,
    weights: &'a Weights,
    layout: Layout,
    values: Vec<i16>,
    residuals: Vec<u16>,
    energy: Vec<i32>,
    /// Means (Q12) of the row.
    pub means: Vec<i32>,
    /// Classes of the row.
    pub classes: Vec<u8>,
}

/// A channel's taps, as places.
struct ChannelTaps {
    mean: Taps,
    scale: Taps,
    energy: Taps,
}

impl<'a> Contexts<'a> {
    /// Of planes of these extents, all 0; of as many channels as there are weights.
    ///
    /// # Errors
    /// `limit.memory` where the system has too little.
    pub fn new(
        kernels: Kernels,
        predictor: &'a Predictor,
        weights: &'a Weights,
        height: usize,
        width: usize,
    ) -> Result<Contexts<'a>> {
        let layout = Layout::of(height, width);
        let all = layout.plane() * weights.channels.len();
        let columns = width.next_multiple_of(COLUMNS);
        Ok(Contexts {
            kernels,
            predictor,
            weights,
            layout,
            values: zeros(all)?,
            residuals: zeros(all)?,
            energy: zeros(layout.plane())?,
            means: zeros(columns)?,
            classes: zeros(columns)?,
        })
    }

    /// Walks over a layer: `row` is given channel and row number, with means and classes in place, and fills in the row's integers and
    /// residuals.
    ///
    /// # Errors
    /// Those of `row`.
    pub fn layer(
        &mut self,
        layer: usize,
        mut row: impl FnMut(&[i32], &[u8], (usize, usize), &mut [i16], &mut [u16]) -> Result<()>,
    ) -> Result<()> {
        self.energy.fill(0);
        for channel in self.predictor.range(layer) {
            let taps = self.taps(channel);
            let at = channel * self.layout.plane();
            let plane = at..at + self.layout.plane();
            self.residuals[plane.clone()].fill(self.weights.channels[channel].edge);
            for y in 0..self.layout.height {
                self.context(channel, y, &taps);
                let place = at + self.layout.row(y);
                let columns = place..place + self.layout.width;
                let (values, residuals) = (&mut self.values[columns.clone()], &mut self.residuals[columns]);
                row(&self.means, &self.classes, (channel, y), values, residuals)?;
            }
            // Outside of the picture there is nothing, for the channels that follow.
            self.layout.outside().for_each(|r| self.residuals[plane.clone()][r].fill(0));
            self.gather(channel);
        }
        Ok(())
    }

    /// The integers of a row that was walked over.
    pub fn values(&self, channel: usize, y: usize) -> &[i16] {
        &self.values[channel * self.layout.plane() + self.layout.row(y)..][..self.layout.width]
    }

    fn taps(&self, channel: usize) -> ChannelTaps {
        let of = &self.weights.channels[channel];
        let places = |taps: &[crate::learned::Tap]| {
            let mut all = Taps::NONE;
            for tap in taps.iter().filter(|t| t.weight != 0) {
                all.push(self.layout.offset(tap.back.into(), tap.dy.into(), tap.dx.into()), tap.weight);
            }
            all
        };
        let mut energy = Taps::NONE;
        for (n, &weight) in of.energy.iter().enumerate().filter(|(_, &weight)| weight != 0) {
            energy.push(self.layout.offset(0, n as isize / 3 - 1, n as isize % 3 - 1), weight);
        }
        ChannelTaps { mean: places(&of.mean), scale: places(&of.scale), energy }
    }

    fn context(&mut self, channel: usize, y: usize, taps: &ChannelTaps) {
        let place = self.layout.row(y);
        let row = Row {
            values: &self.values,
            residuals: &self.residuals,
            at: channel * self.layout.plane() + place,
            energy: &self.energy,
            energy_at: place,
            mean: &taps.mean,
            scale: &taps.scale,
            energy_taps: &taps.energy,
            bias: self.weights.channels[channel].bias,
        };
        self.kernels.predict_context(&row, &mut self.means, &mut self.classes);
    }

    /// Adds a channel's residuals to the sums.
    fn gather(&mut self, channel: usize) {
        let gain = i64::from(self.weights.channels[channel].energy_gain);
        if gain == 0 {
            return;
        }
        for y in 0..self.layout.height {
            let place = self.layout.row(y);
            let from = &self.residuals[channel * self.layout.plane() + place..][..self.layout.width];
            for (sum, &r) in self.energy[place..].iter_mut().zip(from) {
                *sum = (i64::from(*sum) + ((gain * i64::from(r) + (1 << 11)) >> 12)).min(MAX_ENERGY) as i32;
            }
        }
    }
}

fn zeros<T: Clone + Default>(count: usize) -> Result<Vec<T>> {
    let mut all = Vec::new();
    all.try_reserve_exact(count).map_err(|_| Error::new("limit.memory", format!("no memory for {count} integers")))?;
    all.resize(count, T::default());
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_of_a_plane_is_all_but_its_rows() {
        for (height, width) in [(1, 1), (3, 16), (5, 17)] {
            let layout = Layout::of(height, width);
            let mut plane = vec![1; layout.plane()];
            layout.outside().for_each(|r| plane[r].fill(0));
            assert_eq!(plane.iter().sum::<usize>(), height * width);
            for y in 0..height {
                assert!(plane[layout.row(y)..][..width].iter().all(|&v| v == 1), "{height} x {width}, row {y}");
            }
        }
    }
}
