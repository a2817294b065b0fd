//! The adaptive filter: every instruction set gives the reference's samples, sorts, and sums, of a plane and of its parts.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::*;
use vaerans_kernels::adapt::*;
use vaerans_kernels::Kernels;

/// Waves with noise, up to `most`.
fn plane(rng: &mut Rng, width: usize, height: usize, most: i32) -> Plane {
    let mut plane = Plane::new(width, height);
    for y in 0..height {
        for (x, v) in plane.row_mut(y).iter_mut().enumerate() {
            // Edges of every direction, the noisier the further down.
            let along = [x, y, x + y, x + height - y][x / 16 % 4];
            let wave = (along * 37 % 100) as i32 * most / 200;
            let noise = rng.next() as i32 % (most * y as i32 / 100 + 1);
            *v = (wave + noise).clamp(-i32::from(MOST), i32::from(MOST)) as i16;
        }
    }
    plane.mirror();
    plane
}

fn limits(rng: &mut Rng, most: u32) -> [[u32; LIMITS]; STEPS] {
    std::array::from_fn(|_| {
        let mut four: Vec<u32> = (0..4).map(|_| rng.next() as u32 % (most * 100)).collect();
        four.sort_unstable();
        [four[0], four[1], four[2], four[3], 1 + rng.next() as u32 % [3, 512, MOST_ADDED][rng.next() as usize % 3]]
    })
}

fn weight(rng: &mut Rng) -> i16 {
    (rng.next() % 1025) as i16 - 512
}

fn weights_of(rng: &mut Rng, pairs: usize) -> Vec<i32> {
    (0..SORTS).flat_map(|_| weights(&rng.vec(pairs, |r| (weight(r), weight(r)))).collect::<Vec<_>>()).collect()
}

/// What all kernels make of rows of blocks of a plane, `step` rows at a time.
fn run(kernels: &Kernels, case: &Case, step: usize) -> (Vec<u8>, Vec<i16>, Sums) {
    let (p, across) = (&case.plane, case.plane.across());
    let (stride, n) = (p.width + 3, across * p.down());
    let mut sorts = Guarded::new(n, 1, 200u8);
    let mut out = Guarded::new(p.height * stride, 5, -9i16);
    let mut sums = Sums::new(case.pairs);
    for begin in (0..p.down()).step_by(step) {
        let blocks = begin * across..(begin + step).min(p.down()) * across;
        let steps = &case.steps[blocks.clone()];
        kernels.adapt_classify(p, begin, steps, &case.limits, &mut sorts[blocks.clone()]);
        let blocks = Blocks { begin, sorts: &sorts[blocks], steps, bounds: &case.bounds };
        let (from, to) = (4 * begin * stride, (4 * (begin + step)).min(p.height) * stride);
        kernels.adapt_filter(p, case.pairs, &blocks, &case.weights, &mut out[from..to], stride);
        kernels.adapt_gather(p, &case.wanted, &blocks, &mut sums);
    }
    sums.settle();
    sorts.check();
    out.check();
    assert!(out.chunks(stride).all(|row| row[p.width..] == [-9; 3]), "{kernels:?}: behind a row");
    (sorts.to_vec(), out.to_vec(), sums)
}

struct Case {
    plane: Plane,
    wanted: Plane,
    pairs: usize,
    steps: Vec<u8>,
    limits: [[u32; LIMITS]; STEPS],
    bounds: [i16; STEPS],
    weights: Vec<i32>,
}

const SIZES: [(usize, usize); 12] =
    [(1, 1), (2, 3), (4, 4), (5, 9), (15, 17), (16, 16), (17, 5), (33, 31), (64, 12), (100, 81), (256, 8), (301, 6)];

#[test]
fn every_instruction_set_sorts_filters_and_gathers_as_the_reference() {
    let mut rng = Rng(9);
    let mut classes = [0; CLASSES];
    for (width, height) in SIZES {
        for (most, pairs) in [60, 2000, 16000].into_iter().flat_map(|most| [(most, LUMA), (most, CHROMA)]) {
            let (plane, wanted) = (plane(&mut rng, width, height, most), plane(&mut rng, width, height, most));
            let steps = rng.vec(plane.across() * plane.down(), |r| (r.next() % STEPS as u64) as u8);
            let bounds = std::array::from_fn(|i| (1 + i as i32 * most / 20).min(16383) as i16);
            let (limits, weights) = (limits(&mut rng, most as u32), weights_of(&mut rng, pairs));
            let case = Case { plane, wanted, pairs, steps, limits, bounds, weights };
            let expected = run(&Kernels::REFERENCE, &case, usize::MAX >> 8);
            expected.0.iter().for_each(|s| classes[usize::from(s >> 2)] += 1);
            for (kernels, step) in all_kernels().into_iter().flat_map(|k| [(k, 1), (k, 3), (k, 99)]) {
                let found = run(&kernels, &case, step);
                assert!(found.0 == expected.0, "sorts: {kernels:?} {width} x {height}, {most}");
                assert!(found.1 == expected.1, "samples: {kernels:?} {width} x {height}, {most}, {pairs}");
                assert!(found.2 == expected.2, "sums: {kernels:?} {width} x {height}, {most}, {pairs}");
            }
        }
    }
    assert!(classes.iter().filter(|&&n| n > 0).count() > 20, "{classes:?}");
}

#[test]
fn sums_of_many_blocks_do_not_overflow() {
    let mut rng = Rng(5);
    let (p, wanted) = (plane(&mut rng, 300, 100, 16000), plane(&mut rng, 300, 100, 16000));
    let n = p.across() * p.down();
    let blocks = Blocks { begin: 0, sorts: &vec![0; n], steps: &vec![0; n], bounds: &[16383; STEPS] };
    let run = |kernels: &Kernels| {
        let mut sums = Sums::new(LUMA);
        kernels.adapt_gather(&p, &wanted, &blocks, &mut sums);
        sums.settle();
        sums
    };
    let expected = run(&Kernels::REFERENCE);
    all_kernels().iter().for_each(|k| assert!(run(k) == expected, "{k:?}"));
}

#[test]
fn extremes_do_not_overflow() {
    let mut p = Plane::new(37, 9);
    for y in 0..9 {
        p.row_mut(y).iter_mut().enumerate().for_each(|(x, v)| *v = if (x ^ y) & 1 == 0 { MOST } else { -MOST });
    }
    p.mirror();
    let n = p.across() * p.down();
    for weight in [512, -512] {
        let all: Vec<i32> = (0..SORTS).flat_map(|_| weights(&[(weight, weight); LUMA]).collect::<Vec<_>>()).collect();
        let blocks = Blocks { begin: 0, sorts: &vec![0; n], steps: &vec![0; n], bounds: &[16383; STEPS] };
        let run = |kernels: &Kernels| {
            let mut out = vec![0; 37 * 9];
            kernels.adapt_filter(&p, LUMA, &blocks, &all, &mut out, 37);
            out
        };
        let expected = run(&Kernels::REFERENCE);
        assert!(expected.iter().all(|v| v.unsigned_abs() > MOST.unsigned_abs()));
        all_kernels().iter().for_each(|k| assert!(run(k) == expected, "{k:?}"));
    }
}

#[test]
fn every_instruction_set_gives_the_reference_s_eighths() {
    let mut rng = Rng(7);
    for n in [0, 1, 7, 16, 33, 100] {
        let odd = [f32::NAN, 1e9, -1e9];
        let from: Vec<f32> = (0..n).map(|_| (rng.next() as i32 % 40_000) as f32 / 16.0).chain(odd).collect();
        let run = |kernels: &Kernels| {
            let mut to = Guarded::new(from.len(), 3, 7i16);
            kernels.adapt_eighths(&from, &mut to);
            to.check();
            to.to_vec()
        };
        let expected = run(&Kernels::REFERENCE);
        all_kernels().iter().for_each(|k| assert_eq!(run(k), expected, "{k:?}"));
    }
}
