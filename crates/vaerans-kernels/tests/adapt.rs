//! The adaptive filter: every instruction set gives the reference's samples, sorts, and sums.
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
            *v = (wave + rng.next() as i32 % (most * y as i32 / 100 + 1)).clamp(-i32::from(MOST), i32::from(MOST))
                as i16;
        }
    }
    plane.mirror();
    plane
}

fn limits(rng: &mut Rng, most: u32) -> [[u32; LIMITS]; STEPS] {
    std::array::from_fn(|_| {
        let mut four: Vec<u32> = (0..4).map(|_| rng.next() as u32 % (most * 100)).collect();
        four.sort_unstable();
        [four[0], four[1], four[2], four[3], 1]
    })
}

const SIZES: [(usize, usize); 10] =
    [(1, 1), (2, 3), (4, 4), (5, 9), (15, 17), (16, 16), (17, 5), (33, 31), (64, 12), (100, 81)];

#[test]
fn every_instruction_set_sorts_filters_and_gathers_as_the_reference() {
    let mut rng = Rng(9);
    let mut classes = [0; CLASSES];
    for (width, height) in SIZES {
        for most in [60, 2000, 16000] {
            let (p, wanted) = (plane(&mut rng, width, height, most), plane(&mut rng, width, height, most));
            let n = p.across() * p.down();
            let steps: Vec<u8> = (0..n).map(|_| (rng.next() % STEPS as u64) as u8).collect();
            let limits = limits(&mut rng, most as u32);
            let bounds: [i16; STEPS] = std::array::from_fn(|i| (1 + i as i32 * most / 20).min(16383) as i16);
            let mut sorts = vec![0; n];
            Kernels::REFERENCE.adapt_classify(&p, &steps, &limits, &mut sorts);
            sorts.iter().for_each(|s| classes[usize::from(s >> 2)] += 1);
            let blocks = Blocks { sorts: &sorts, steps: &steps, bounds: &bounds };
            for pairs in [LUMA, CHROMA] {
                let mut weight = || (rng.next() as i32 % 513) & 0xffff | (rng.next() as i32 % 513) << 16;
                let weights: Vec<i32> = (0..SORTS * pairs).map(|_| weight()).collect();
                let run = |kernels: &Kernels| {
                    let mut made = vec![0; n];
                    kernels.adapt_classify(&p, &steps, &limits, &mut made);
                    let mut out = Plane::new(width, height);
                    kernels.adapt_filter(&p, pairs, &blocks, &weights, &mut out);
                    let mut sums = Sums::new(pairs);
                    (0..p.down()).for_each(|row| kernels.adapt_gather(&p, &wanted, row, &blocks, &mut sums));
                    sums.settle();
                    (made, (0..height).map(|y| out.row(y).to_vec()).collect::<Vec<_>>(), sums)
                };
                let expected = run(&Kernels::REFERENCE);
                for kernels in all_kernels() {
                    let found = run(&kernels);
                    assert!(found.0 == expected.0, "sorts: {kernels:?} {width} x {height}, {most}");
                    assert!(found.1 == expected.1, "samples: {kernels:?} {width} x {height}, {most}, {pairs}");
                    assert!(found.2 == expected.2, "sums: {kernels:?} {width} x {height}, {most}, {pairs}");
                }
            }
        }
    }
    assert!(classes.iter().filter(|&&n| n > 0).count() > 15, "{classes:?}");
}

#[test]
fn sums_of_many_blocks_do_not_overflow() {
    let mut rng = Rng(5);
    let (p, wanted) = (plane(&mut rng, 300, 100, 16000), plane(&mut rng, 300, 100, 16000));
    let n = p.across() * p.down();
    let blocks = Blocks { sorts: &vec![0; n], steps: &vec![0; n], bounds: &[16383; STEPS] };
    let run = |kernels: &Kernels| {
        let mut sums = Sums::new(LUMA);
        (0..p.down()).for_each(|row| kernels.adapt_gather(&p, &wanted, row, &blocks, &mut sums));
        sums.settle();
        sums
    };
    let expected = run(&Kernels::REFERENCE);
    all_kernels().iter().for_each(|k| assert!(run(k) == expected, "{k:?}"));
}

#[test]
fn every_instruction_set_gives_the_reference_s_eighths() {
    let mut rng = Rng(7);
    for n in [0, 1, 7, 16, 33, 100] {
        let from: Vec<f32> =
            (0..n).map(|_| (rng.next() as i32 % 40_000) as f32 / 16.0).chain([f32::NAN, 1e9, -1e9]).collect();
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
