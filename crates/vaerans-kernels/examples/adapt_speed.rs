//! Nanoseconds a pixel that the kernels of the adaptive filter take, on each instruction set, in one thread:
//!
//!     cargo run --release -p vaerans-kernels --example adapt_speed [WIDTH HEIGHT]

use cpu_time::ProcessTime;
use vaerans_kernels::adapt::*;
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

/// Rows of blocks that are worked on at a time, as threads share them.
const ROWS: usize = 8;
const ROUNDS: usize = 9;

fn plane(random: &mut SplitMix64, width: usize, height: usize) -> Plane {
    let mut plane = Plane::new(width, height);
    for y in 0..height {
        let row = plane.row_mut(y).iter_mut().enumerate();
        row.for_each(|(x, v)| *v = ((x * y / 64 % 512) as i16 - 256) + (random.next() % 64) as i16);
    }
    plane.mirror();
    plane
}

/// The least time of some rounds, in nanoseconds for each of `n` pixels.
fn measured(n: usize, mut work: impl FnMut()) -> f64 {
    let mut time = || {
        let start = ProcessTime::now();
        work();
        start.elapsed().as_nanos() as f64 / n as f64
    };
    (0..ROUNDS).map(|_| time()).fold(f64::MAX, f64::min)
}

fn main() {
    let args: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let (width, height) = if let [w, h] = args[..] { (w, h) } else { (1536, 1024) };
    let mut random = SplitMix64(1);
    let (p, wanted) = (plane(&mut random, width, height), plane(&mut random, width, height));
    let across = p.across();
    let steps: Vec<u8> = (0..across * p.down()).map(|i| (i % across / 4 % STEPS) as u8).collect();
    let limits = [[1000, 2000, 4000, 8000, 10]; STEPS];
    let bounds = [60; STEPS];
    let mut sorts = vec![0; steps.len()];
    let mut out = vec![0; width * height];
    let of =
        |pairs: usize| (0..SORTS).flat_map(move |s| weights(&vec![(s as i16 % 9 - 4, 7); pairs]).collect::<Vec<_>>());
    let all = [LUMA, CHROMA].map(|pairs| of(pairs).collect::<Vec<_>>());
    println!(
        "{:10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "", "classify", "luma", "chroma", "3 planes", "gather L", "gather C"
    );
    for kernels in Kernels::available().into_iter().skip(1) {
        let n = width * height;
        let parts =
            (0..p.down()).step_by(ROWS).map(|begin| (begin, begin * across..(begin + ROWS).min(p.down()) * across));
        let classify = measured(n, || {
            parts.clone().for_each(|(b, r)| kernels.adapt_classify(&p, b, &steps[r.clone()], &limits, &mut sorts[r]));
        });
        let blocks = |begin: usize, r: std::ops::Range<usize>| Blocks {
            begin,
            sorts: &sorts[r.clone()],
            steps: &steps[r],
            bounds: &bounds,
        };
        let mut filter = |i: usize, pairs: usize| {
            measured(n, || {
                parts.clone().for_each(|(b, r)| {
                    kernels.adapt_filter(&p, pairs, &blocks(b, r), &all[i], &mut out[4 * b * width..], width);
                });
            })
        };
        let (luma, chroma) = (filter(0, LUMA), filter(1, CHROMA));
        let gather = |pairs: usize| {
            let mut sums = Sums::new(pairs);
            measured(n, || parts.clone().for_each(|(b, r)| kernels.adapt_gather(&p, &wanted, &blocks(b, r), &mut sums)))
        };
        println!(
            "{:10} {classify:8.2} {luma:8.2} {chroma:8.2} {:8.2} {:8.2} {:8.2}",
            kernels.isa().name(),
            classify + luma + 2.0 * chroma,
            gather(LUMA),
            gather(CHROMA)
        );
    }
}
