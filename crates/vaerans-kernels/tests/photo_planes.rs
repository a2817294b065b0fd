//! What stands between samples and bands: every instruction set gives the reference's factors, planes, luma, covariances and cells.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::*;
use vaerans_kernels::photo::*;
use vaerans_kernels::Kernels;

fn steps<'a>(k: &'a [i8], across: usize, log2: u32, level: u32) -> BlockSteps<'a> {
    BlockSteps { k, across, log2, level, scale: 1.7 }
}

#[test]
fn every_instruction_set_has_the_reference_s_factors() {
    let mut rng = Rng(7);
    for (across, down) in [(1, 1), (3, 2), (7, 5), (64, 3)] {
        let k: Vec<i8> = (0..across * down).map(|_| (rng.next() % 17) as i8 - 8).collect();
        for (log2, level) in [(4, 1), (4, 3), (4, 4), (4, 6), (5, 1), (6, 2)] {
            for steps in [steps(&k, across, log2, level), steps(&[], 0, log2, level)] {
                // A row may be longer than its blocks: the last one goes on.
                let width = ((across << log2) >> level) + 3;
                for (y, is_reciprocal) in [(0, false), (1, true), (9, true), (1000, false)] {
                    let mut wanted = vec![0.0; width];
                    Kernels::REFERENCE.photo_factors(&steps, y, is_reciprocal, &mut wanted);
                    for kernels in all_kernels() {
                        let mut found = Guarded::new(width, 1, -9.0);
                        kernels.photo_factors(&steps, y, is_reciprocal, &mut found);
                        found.check();
                        assert_eq!(
                            found[..],
                            wanted[..],
                            "{kernels:?} {across} blocks of 2^{log2}, level {level}, row {y}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn every_instruction_set_puts_values_where_the_reference_does() {
    let mut rng = Rng(9);
    for (width, height) in [(1, 1), (5, 3), (16, 16), (33, 40), (100, 17)] {
        let band = Band { width, height };
        let mut values = vec![0.0; band.len()];
        for y in 0..height {
            (0..width).for_each(|x| values[band.at(y as isize) + x] = (rng.next() as i32 % 1000) as f32 / 8.0);
        }
        let (across, down) = (width.div_ceil(8), height.div_ceil(8));
        let k: Vec<i8> = (0..across * down).map(|_| (rng.next() % 17) as i8 - 8).collect();
        let (x, y) = (width / 3, height / 2);
        let parts = [
            Part { x: 0, y: 0, width, height },
            Part { x, y, width: width - x, height: height - y },
            Part { x, y: 0, width: (width - x).div_ceil(2), height: 1 },
            Part { x: 0, y: 0, width: 0, height },
        ];
        for (steps, part) in [steps(&k, across, 4, 1), steps(&[], 0, 4, 1)].iter().flat_map(|s| parts.map(|p| (*s, p)))
        {
            let stride = width + 3;
            let put = |kernels: Kernels| {
                let mut to = Guarded::new(height * stride, 3, -1.0);
                kernels.photo_place(&band, &steps, &part, &values, &mut to, stride, &mut Vec::new());
                to.check();
                to.to_vec()
            };
            let wanted = put(Kernels::REFERENCE);
            for kernels in all_kernels() {
                assert_eq!(put(kernels), wanted, "{kernels:?} {part:?} of {band:?}");
            }
        }
    }
}

/// Loud samples, so that sums are as large as they can be.
fn samples<S>(rng: &mut Rng, n: usize, of: fn(u64) -> S) -> Vec<S> {
    (0..n).map(|_| of(if rng.next() % 3 == 0 { u64::MAX * (rng.next() % 2) } else { rng.next() })).collect()
}

fn looks<S: Look>(of: fn(u64) -> S) {
    let mut rng = Rng(11);
    for (width, height) in [(1, 1), (1, 5), (7, 1), (9, 4), (255, 3), (257, 3), (600, 5)] {
        for channels in 1..=4 {
            let src = samples(&mut rng, width * height * channels, of);
            let mut wanted = vec![0; width * height];
            Kernels::REFERENCE.photo_luma(&src, channels, &mut wanted);
            for kernels in all_kernels() {
                let mut luma = Guarded::new(width * height, 1, 7);
                kernels.photo_luma(&src, channels, &mut luma);
                luma.check();
                assert_eq!(luma[..], wanted[..], "{kernels:?} {width} x {height} of {channels}");
                if channels > 2 {
                    let sums = Kernels::REFERENCE.photo_covariance(&src, width, channels);
                    assert_eq!(kernels.photo_covariance(&src, width, channels), sums, "{kernels:?} {width} x {height}");
                }
            }
        }
    }
}

#[test]
fn every_instruction_set_sees_what_the_reference_sees() {
    looks(|v| v as u8);
    looks(|v| v as u16);
}

#[test]
fn every_instruction_set_has_the_reference_s_cells() {
    let mut rng = Rng(13);
    for (width, height) in [(1usize, 1usize), (7, 8), (8, 8), (9, 3), (64, 8), (130, 5)] {
        let stride = width + 5;
        let luma: Vec<u16> = (0..stride * height).map(|_| (rng.next() % 1021) as u16).collect();
        let of = |kernels: Kernels| {
            let (mut sums, mut squares) = (vec![0; width.div_ceil(CELL)], vec![0; width.div_ceil(CELL)]);
            kernels.photo_cells(&luma, stride, width, height, &mut sums, &mut squares);
            (sums, squares)
        };
        for kernels in all_kernels() {
            assert_eq!(of(kernels), of(Kernels::REFERENCE), "{kernels:?} {width} x {height}");
        }
    }
}
