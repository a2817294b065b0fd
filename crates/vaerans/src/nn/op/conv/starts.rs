//! Where windows read.

use super::axis::Axis;
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
                        let line = (self.batch * y.stored() + from) * x.stored() * c + channel;
                        along(&x, column, t % x.kernel, line, c, now);
                    }
                }
                (left, row, column) = (rest, row + 1, 0);
            }
        }
    }
}

/// Where the outputs from `first` on of a row read with a tap: elements of `c` numbers, the first of them at `line`.
pub(super) fn along(axis: &Axis, first: usize, tap: usize, line: usize, c: usize, out: &mut [usize]) {
    if axis.repeat != 1 || axis.transposed.is_some() {
        for (i, start) in out.iter_mut().enumerate() {
            *start = axis.read(first + i, tap).map_or(ZEROS, |at| line + at * c);
        }
        return;
    }
    // Elements in front of the input, then those that are there, then those behind it.
    let at = first * axis.stride + tap * axis.dilation;
    // A division takes longer than the rest of a short row.
    let steps = |n: usize| if axis.stride == 1 { n } else { n.div_ceil(axis.stride) };
    let begin = steps(axis.before.saturating_sub(at)).min(out.len());
    let end = steps((axis.input + axis.before).saturating_sub(at)).clamp(begin, out.len());
    out[..begin].fill(ZEROS);
    out[end..].fill(ZEROS);
    let mut start = line + (at + begin * axis.stride).saturating_sub(axis.before) * c;
    for place in &mut out[begin..end] {
        *place = start;
        start += axis.stride * c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quick way against the definition.
    #[test]
    fn reads_where_the_axis_says() {
        for axis in Axis::examples() {
            let Some(outputs) = axis.output() else { continue };
            for (first, tap) in (0..outputs).flat_map(|f| (0..axis.kernel).map(move |t| (f, t))) {
                let mut out = vec![7; outputs - first];
                along(&axis, first, tap, 1000, 5, &mut out);
                for (i, got) in out.iter().enumerate() {
                    let want = axis.read(first + i, tap).map_or(ZEROS, |at| 1000 + 5 * at);
                    assert_eq!(*got, want, "{axis:?} {first} {tap} {i}");
                }
            }
        }
    }
}
