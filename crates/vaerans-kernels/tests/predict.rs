//! Predictive coding: every instruction set gives the reference's means, classes, integers and residuals; damaged words never break out.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::*;
use vaerans_kernels::predict::{Row, Taps, CLASSES, COLUMNS, ENTRIES, LANES, PAD, PHASES, SYMBOLS};
use vaerans_kernels::reference::predict::{class_of, SCALES};
use vaerans_kernels::Kernels;

fn taps(rng: &mut Rng, count: usize, reach: usize, most: i32) -> Taps {
    let mut taps = Taps::NONE;
    for _ in 0..count {
        let offset = rng.next() as isize % (2 * reach as isize + 1);
        taps.push(offset.abs() - reach as isize, rng.next() as i32 % most);
    }
    taps
}

#[test]
fn every_instruction_set_gives_the_reference_s_means_and_classes() {
    let mut rng = Rng(7);
    for columns in [0, 1, 2, 5].map(|n| n * COLUMNS) {
        for (mean, scale, energy) in [(0, 0, 0), (1, 1, 1), (16, 22, 9), (3, 30, 0)] {
            let reach = 200;
            let len = columns + 2 * reach;
            let values: Vec<i16> = (0..len).map(|_| rng.next() as i16).collect();
            let residuals: Vec<u16> = (0..len).map(|_| rng.next() as u16 % 4096).collect();
            let sums: Vec<i32> = (0..len).map(|_| rng.next() as i32 & 0x3f_ffff).collect();
            let (mean, scale, energy) = (
                taps(&mut rng, mean, reach, 1 << 15),
                taps(&mut rng, scale, reach, 1 << 15),
                taps(&mut rng, energy, reach, 1 << 20),
            );
            for bias in [-70_000, 0, 5, 2000, 1 << 28] {
                let row = Row {
                    values: &values,
                    residuals: &residuals,
                    at: reach,
                    energy: &sums,
                    energy_at: reach,
                    mean: &mean,
                    scale: &scale,
                    energy_taps: &energy,
                    bias,
                };
                let run = |kernels: &Kernels| {
                    let (mut means, mut classes) = (Guarded::new(columns, 1, -1i32), Guarded::new(columns, 7, 99u8));
                    kernels.predict_context(&row, &mut means, &mut classes);
                    means.check();
                    classes.check();
                    (means.to_vec(), classes.to_vec())
                };
                let wanted = run(&Kernels::REFERENCE);
                assert!(wanted.1.iter().all(|&c| usize::from(c) < CLASSES));
                for kernels in all_kernels() {
                    assert_eq!(run(&kernels), wanted, "{kernels:?}, {columns} columns");
                }
            }
        }
    }
}

#[test]
fn classes_are_quarter_octaves() {
    assert_eq!([class_of(-5), class_of(16), class_of(19), class_of(20), class_of(32)], [0, 0, 0, 1, 4]);
    assert_eq!(usize::from(class_of(SCALES.1)), CLASSES - 1);
    assert!((16..1 << 19).map(class_of).is_sorted());
}

/// Tables of random intervals, each of at least one slot.
fn tables(rng: &mut Rng) -> Vec<u32> {
    let mut all = Vec::with_capacity(ENTRIES);
    for _ in 0..CLASSES * PHASES {
        let mut cuts: Vec<u32> = (1..SYMBOLS).map(|_| 1 + rng.next() as u32 % ((1 << 15) - 1)).collect();
        cuts.sort_unstable();
        cuts.dedup();
        while cuts.len() < SYMBOLS - 1 {
            let new = 1 + rng.next() as u32 % ((1 << 15) - 1);
            if let Err(at) = cuts.binary_search(&new) {
                cuts.insert(at, new);
            }
        }
        let starts: Vec<u32> = std::iter::once(0).chain(cuts).chain([1 << 15]).collect();
        all.extend(starts.windows(2).map(|w| w[0] << 16 | (w[1] - w[0])));
    }
    all
}

#[test]
fn every_instruction_set_decodes_as_the_reference_whatever_the_words_are() {
    let mut rng = Rng(11);
    let tables = tables(&mut rng);
    let (mut short, mut range, mut whole) = (0, 0, 0);
    for round in 0..400 {
        let columns = [0, 1, 3, 16, 48, 61][round % 6];
        let lanes = 1 << (round % 6);
        assert!(lanes <= LANES);
        let count = rng.next() as usize % 60;
        let words: Vec<u8> = (0..2 * count).map(|_| rng.next() as u8).chain([0; PAD]).collect();
        let states: Vec<u32> = (0..lanes).map(|_| rng.next() as u32 | 1 << 16).collect();
        let most = [1 << 14, 1 << 20, i32::MAX][round % 3];
        let means: Vec<i32> = (0..columns).map(|_| rng.next() as i32 % most).collect();
        let classes: Vec<u8> = (0..columns).map(|_| rng.next() as u8 % CLASSES as u8).collect();
        let run = |kernels: &Kernels| {
            let mut states = states.clone();
            let (mut values, mut residuals) = (Guarded::new(columns, 1, -1i16), Guarded::new(columns, 7, 9u16));
            let used =
                kernels.predict_decode(&tables, &mut states, &words, &means, &classes, &mut values, &mut residuals);
            values.check();
            residuals.check();
            used.map(|used| (used, states, values.to_vec(), residuals.to_vec()))
        };
        let wanted = run(&Kernels::REFERENCE);
        match wanted {
            Ok(_) => whole += 1,
            Err(vaerans_kernels::predict::Fault::Short) => short += 1,
            Err(vaerans_kernels::predict::Fault::Range) => range += 1,
        }
        for kernels in all_kernels() {
            assert_eq!(run(&kernels), wanted, "{kernels:?}, {columns} columns, {lanes} lanes");
        }
    }
    assert!(short > 10 && range > 10 && whole > 10, "{short} short, {range} out of range, {whole} whole");
}
