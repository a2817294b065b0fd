//! The lossless coder: every instruction set gives the reference's contexts, records, values and tables; damaged words never break out.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::*;
use vaerans_kernels::lossless::{
    Lane, Line, Record, Row, Scratch, Setting, BATCH, BITS, CLASSES, COEFFICIENTS, COLUMNS, FEATURES, PAD, PHASES,
    SCALES, SYMBOLS, TABLES, WEIGHTS,
};
use vaerans_kernels::Kernels;

const WIDTHS: [usize; 9] = [1, 2, 3, 15, 16, 17, 33, 64, 101];

/// Rows around a row, and all that belongs to it.
#[derive(Clone, PartialEq, Debug)]
struct Case {
    lines: Vec<Line>,
    line: Line,
    scratch: Scratch,
    coefficients: Vec<i32>,
    weights: [i32; WEIGHTS],
    tables: Vec<u16>,
    earlier: usize,
    setting: Setting,
}

impl Case {
    fn new(rng: &mut Rng, width: usize, earlier: usize, most: i32, step: i32) -> Case {
        let elements = Line::elements(width);
        let mut line = |is_lead: bool| {
            let mut base = rng.below(most as u64 + 1) as i32;
            let values = (0..elements).map(|_| {
                base = (base + rng.below(40) as i32 - 20).clamp(0, most);
                if is_lead || earlier == 0 {
                    base
                } else {
                    base - most / 2
                }
            });
            let values = values.collect();
            Line::new(values, (0..elements).map(|_| rng.below(200) as i32).collect())
        };
        let lines = (0..8).map(|i| {
            if i < 6 || earlier > 0 {
                line(i >= 6)
            } else {
                Line::new(vec![0; elements], vec![0; elements])
            }
        });
        let lines: Vec<Line> = lines.collect();
        let line = line(false);
        let columns = width.next_multiple_of(COLUMNS);
        let scratch = Scratch { across: vec![7; columns], down: vec![7; columns], energy: vec![7; columns] };
        let coefficients = (0..CLASSES * COEFFICIENTS).map(|_| rng.below(160) as i32 - 66).collect();
        let weights = std::array::from_fn(|_| rng.below(120) as i32);
        let setting = Setting { limits: [12, 30, 70, 2], most, step, rate: 1 + rng.below(9) as u32 };
        Case { lines, line, scratch, coefficients, weights, tables: tables(rng), earlier, setting }
    }

    fn row(&mut self) -> Row<'_> {
        let two = |i: usize| [&self.lines[i], &self.lines[i + 1]];
        Row {
            above: two(0),
            first: two(2),
            second: two(4),
            lead: two(6),
            line: &mut self.line,
            scratch: &mut self.scratch,
            coefficients: &self.coefficients,
            weights: &self.weights,
            tables: &mut self.tables,
            earlier: self.earlier,
            setting: self.setting,
        }
    }
}

/// Tables of random intervals, each of at least one slot.
fn tables(rng: &mut Rng) -> Vec<u16> {
    let mut all = Vec::with_capacity(TABLES);
    for _ in 0..SCALES * PHASES {
        let mut cuts: Vec<u16> = vec![0];
        while cuts.len() < SYMBOLS {
            let new = 1 + rng.below((1 << BITS) - 1) as u16;
            if let Err(at) = cuts.binary_search(&new) {
                cuts.insert(at, new);
            }
        }
        all.extend(cuts);
    }
    all.push(0);
    all
}

/// Cases of all kinds, with their widths.
fn cases(seed: u64) -> Vec<(usize, Case)> {
    let mut rng = Rng(seed);
    let mut all = Vec::new();
    for width in WIDTHS {
        for (earlier, most, step) in
            [(0, 255, 1), (1, 255, 5), (2, 255, 1), (0, 65535, 1), (2, 65535, 8191), (1, 65535, 3)]
        {
            all.push((width, Case::new(&mut rng, width, earlier, most, step)));
        }
    }
    all
}

#[test]
fn every_instruction_set_gives_the_reference_s_context() {
    for (width, case) in cases(1) {
        let run = |kernels: &Kernels| {
            let mut case = case.clone();
            kernels.lossless_context(&mut case.row(), width);
            case
        };
        let wanted = run(&Kernels::REFERENCE);
        all_kernels().iter().for_each(|k| assert!(run(k) == wanted, "{k:?}, {width} columns"));
    }
}

/// A case with its context, and values for its row.
fn prepared(seed: u64) -> impl Iterator<Item = (usize, Case, Vec<i32>)> {
    let mut rng = Rng(seed ^ 77);
    cases(seed).into_iter().map(move |(width, mut case)| {
        Kernels::REFERENCE.lossless_context(&mut case.row(), width);
        let (most, earlier) = (case.setting.most, case.earlier);
        let lead = case.lines[6].values(width).to_vec();
        let value = |g: i32| rng.below(most as u64 + 1) as i32 - if earlier > 0 { g } else { 0 };
        let values = lead.into_iter().map(value).collect();
        (width, case, values)
    })
}

#[test]
fn every_instruction_set_codes_as_the_reference_and_within_the_step() {
    for (width, case, values) in prepared(2) {
        let run = |kernels: &Kernels| {
            let (mut case, mut records) = (case.clone(), vec![Record { interval: 5, raw: 6 }]);
            kernels.lossless_encode(&mut case.row(), &values, &mut records);
            (case, records)
        };
        let wanted = run(&Kernels::REFERENCE);
        let far = wanted.0.line.values(width).iter().zip(&values).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(far.unwrap() <= case.setting.step as u32 / 2, "{width} columns");
        all_kernels().iter().for_each(|k| assert!(run(k) == wanted, "{k:?}, {width} columns"));
    }
}

#[test]
fn every_instruction_set_decodes_as_the_reference_whatever_the_words_are() {
    let mut rng = Rng(3);
    let (mut short, mut whole) = (0, 0);
    let all: Vec<_> = prepared(3).collect();
    for (round, four) in all.iter().enumerate().map(|(i, _)| (i, [i, i / 6 * 6, i / 6 * 6 + 3, i / 6 * 6 + 2])) {
        let count = 1 + round % 4;
        let width = all[round].0;
        let words: Vec<Vec<u8>> = (0..count)
            .map(|_| {
                let words = rng.below(5 * width as u64 + 2) as usize;
                (0..2 * words).map(|_| rng.next() as u8).chain([0; PAD]).collect()
            })
            .collect();
        let states: Vec<u32> = (0..count).map(|_| rng.next() as u32 | 1 << 16).collect();
        let run = |kernels: &Kernels| {
            let mut cases: Vec<Case> = four[..count].iter().map(|&i| all[i].1.clone()).collect();
            let mut lanes: Vec<Lane> =
                words.iter().zip(&states).map(|(words, &state)| Lane { state, words, at: 0 }).collect();
            let mut rows: Vec<Row> = cases.iter_mut().map(Case::row).collect();
            let is_whole = kernels.lossless_decode(&mut rows, &mut lanes, width);
            drop(rows);
            let lanes: Vec<(u32, usize)> = lanes.iter().map(|l| (l.state, l.at)).collect();
            is_whole.then_some((cases, lanes))
        };
        let wanted = run(&Kernels::REFERENCE);
        *if wanted.is_some() { &mut whole } else { &mut short } += 1;
        all_kernels().iter().for_each(|k| assert!(run(k) == wanted, "{k:?}, {width} columns, {count} rows"));
    }
    assert!(short > 5 && whole > 5, "{short} short, {whole} whole");
}

#[test]
fn every_instruction_set_gives_the_reference_s_moments() {
    let mut rng = Rng(4);
    for n in [0, 1, 7, 8, 9, 12, 18, 24] {
        let features: [[f32; FEATURES]; BATCH] =
            std::array::from_fn(|_| std::array::from_fn(|_| rng.below(999) as f32 - 500.0));
        let weights: [f32; BATCH] = std::array::from_fn(|_| 1.0 / (1.0 + rng.below(99) as f32));
        let run = |kernels: &Kernels| {
            let mut sums = Guarded::new(n, 1, [0.3f32; FEATURES]);
            (0..3).for_each(|_| kernels.lossless_moments(&features, &weights, &mut sums));
            sums.check();
            sums.iter().enumerate().map(|(i, row)| bits(&row[..=i])).collect::<Vec<_>>()
        };
        let wanted = run(&Kernels::REFERENCE);
        all_kernels().iter().for_each(|k| assert!(run(k) == wanted, "{k:?}, {n} features"));
    }
}
