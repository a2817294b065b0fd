//! Where windows read.

use super::describe::Conv;
pub(super) use crate::kernels::reference::nn::gemm::ZEROS;

/// Pixels of the output of one picture, in their order from `first` on; `width` of them are a row.
pub(super) struct Places<'a> {
    pub c: &'a Conv,
    pub batch: usize,
    pub first: usize,
    pub width: usize,
}

impl Places<'_> {
    /// Where each pixel reads with each tap, from `channel` on: tap after tap, [`ZEROS`] for padding.
    pub fn starts(&self, channel: usize, starts: &mut [usize]) {
        let Conv { y, x, channels: [c, _], .. } = *self.c;
        let count = starts.len() / self.c.taps().max(1);
        for (t, starts) in starts.chunks_exact_mut(count.max(1)).enumerate() {
            let (mut row, mut column) = (self.first / self.width, self.first % self.width);
            let mut left = starts;
            while !left.is_empty() {
                let (now, rest) = left.split_at_mut((self.width - column).min(left.len()));
                match y.read(row, t / x.kernel) {
                    None => now.fill(ZEROS),
                    Some(from) => {
                        let line = (self.batch * y.stored() + from) * x.stored();
                        for (i, start) in now.iter_mut().enumerate() {
                            let from = x.read(column + i, t % x.kernel);
                            *start = from.map_or(ZEROS, |from| (line + from) * c + channel);
                        }
                    }
                }
                (left, row, column) = (rest, row + 1, 0);
            }
        }
    }
}
