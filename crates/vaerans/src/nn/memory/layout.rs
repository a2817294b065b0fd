//! Where values lie: those that live at the same time never overlap, and all of them together take little.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Bytes to which every value is aligned.
pub const ALIGN: usize = 64;

/// From the step that makes a value to the last that reads it, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// The step that makes it.
    pub first: usize,
    /// The last step that reads it.
    pub last: usize,
    /// Its size.
    pub bytes: usize,
}

/// Where each value lies, and how much all take.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Layout {
    /// Offsets, in the order of the lifetimes.
    pub offsets: Vec<usize>,
    /// Bytes of the block.
    pub bytes: usize,
}

impl Layout {
    /// The largest value first, each into the lowest gap between those that live at its time (Pisarchyk and Lee 2020, "greedy by size").
    pub fn of(lives: &[Lifetime]) -> Layout {
        // A heap, not a sort: of that there would be another copy in every module.
        let key = |i: usize| (lives[i].bytes, Reverse((lives[i].first, i)));
        let mut order: BinaryHeap<_> = (0..lives.len()).map(key).collect();
        let mut out = Layout { offsets: vec![0; lives.len()], bytes: 0 };
        // Placed values by offset.
        let mut placed: Vec<usize> = Vec::with_capacity(lives.len());
        while let Some((_, Reverse((_, i)))) = order.pop() {
            let size = rounded(lives[i].bytes);
            let at = gap(lives, &out.offsets, &placed, i, size);
            out.offsets[i] = at;
            out.bytes = out.bytes.max(at + size);
            let slot = placed.partition_point(|&p| out.offsets[p] <= at);
            placed.insert(slot, i);
        }
        out
    }
}

fn rounded(bytes: usize) -> usize {
    bytes.next_multiple_of(ALIGN)
}

/// The lowest offset at which `i` overlaps none of the placed values that live at its time.
fn gap(lives: &[Lifetime], offsets: &[usize], placed: &[usize], i: usize, size: usize) -> usize {
    let mut at = 0;
    for &p in placed {
        let meets = lives[p].first <= lives[i].last && lives[i].first <= lives[p].last;
        if meets {
            if offsets[p] >= at + size {
                break;
            }
            at = at.max(offsets[p] + rounded(lives[p].bytes));
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::SplitMix64;

    fn life(first: usize, last: usize, bytes: usize) -> Lifetime {
        Lifetime { first, last, bytes }
    }

    #[test]
    fn a_chain_takes_two_values() {
        let lives: Vec<_> = (0..10).map(|i| life(i, i + 1, 1000)).collect();
        assert_eq!(Layout::of(&lives).bytes, 2 * 1024);
    }

    #[test]
    fn a_value_of_no_bytes_lies_anywhere() {
        assert_eq!(Layout::of(&[life(0, 1, 0), life(0, 1, 64)]).bytes, 64);
    }

    #[test]
    fn values_that_live_at_once_never_overlap() {
        let mut random = SplitMix64(7);
        for _ in 0..200 {
            let n = random.below(40) as usize;
            let lives: Vec<_> = (0..n)
                .map(|_| {
                    let first = random.below(30) as usize;
                    life(first, first + random.below(8) as usize, random.below(5000) as usize)
                })
                .collect();
            let layout = Layout::of(&lives);
            let end = |i: usize| layout.offsets[i] + lives[i].bytes;
            for i in 0..n {
                assert!(end(i) <= layout.bytes && layout.offsets[i] % ALIGN == 0);
                for j in 0..i {
                    let meet = lives[i].first <= lives[j].last && lives[j].first <= lives[i].last;
                    let apart = end(i) <= layout.offsets[j] || end(j) <= layout.offsets[i];
                    assert!(!meet || apart || lives[i].bytes == 0 || lives[j].bytes == 0, "{lives:?}");
                }
            }
            let most = (0..40)
                .map(|t| lives.iter().filter(|l| l.first <= t && t <= l.last).map(|l| rounded(l.bytes)).sum::<usize>());
            assert!(layout.bytes >= most.max().unwrap_or(0));
        }
    }
}
