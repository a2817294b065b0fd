//! Coefficients of photos: every instruction set gives the reference's energies, indices, rows, words and values, and what was encoded comes
//! back; damaged words never break out.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::*;
use vaerans_kernels::photo::*;
use vaerans_kernels::Kernels;

/// Tables of which lower classes have more zeros.
fn tables(rng: &mut Rng) -> Tables {
    let (mut counts, mut shifts) = (Vec::new(), Vec::new());
    for row in 0..2 * CLASSES {
        let class = row % CLASSES;
        let mut left = 1u32 << BITS;
        for token in 0..TOKENS {
            let share = if token == 0 { 90 - class as u32 } else { 40 };
            let is_left_out = token > 1 + class / 2 && token < TOKENS - 1;
            let n = if is_left_out { 0 } else { (left * share / 100).max(1).min(left - (TOKENS - 1 - token) as u32) };
            let n = if token == TOKENS - 1 { left } else { n };
            left -= n;
            counts.push(n as u16);
        }
        shifts.extend([0.0, 0.125, 0.25, 0.0625 * (rng.next() % 4) as f32]);
    }
    Tables::new(&counts, &shifts).unwrap()
}

fn model<'a>(tables: &'a Tables, next: [u8; 16]) -> Model<'a> {
    let signs = [20000, 17000, 16000, 18000, 16384, 14000, 16000, 15000, 12000];
    Model { tables, signs, weights: [12000, 4000, 11000, 3000, 5000, 4000], next }
}

fn plane<T: Default + Clone>(band: &Band) -> Vec<T> {
    vec![T::default(); band.len()]
}

/// Random magnitudes of a band.
fn magnitudes(rng: &mut Rng, band: &Band) -> Vec<i16> {
    let mut all = plane::<i16>(band);
    for y in 0..band.height {
        for x in 0..band.width {
            let is_zero = rng.next() % 4 > 0;
            all[band.at(y as isize) + x] = if is_zero { 0 } else { (rng.next() as u32 % 256) as i16 * 32 };
        }
    }
    all
}

const SIZES_OF_BANDS: [(usize, usize); 14] = [
    (1, 1),
    (2, 1),
    (1, 2),
    (3, 5),
    (15, 16),
    (16, 15),
    (17, 17),
    (29, 33),
    (30, 31),
    (31, 32),
    (48, 48),
    (65, 40),
    (7, 100),
    (100, 7),
];

/// A band with all of its neighbours.
struct Case {
    band: Band,
    sources: Vec<(Band, Vec<i16>)>,
    weights: [i16; OTHER],
    bias: i16,
}

impl Case {
    fn new(rng: &mut Rng, (width, height): (usize, usize)) -> Case {
        let band = Band { width, height };
        let small = Band { width: width.div_ceil(2), height: height.div_ceil(2) };
        let less = Band { width: (width - 1).max(1), height: (height - 1).max(1) };
        let bands = [small, small, small, band, less, Band { width: width + 1, height }, band];
        let sources = bands.iter().map(|b| (*b, magnitudes(rng, b))).collect();
        let weights = std::array::from_fn(|_| (rng.next() as u32 % 9000) as i16);
        Case { band, sources, weights, bias: (rng.next() as u32 % 40) as i16 }
    }

    fn around(&self, has_parents: bool, beside: usize) -> Around<'_> {
        let source = |i: usize| Source { band: self.sources[i].0, magnitudes: &self.sources[i].1 };
        Around {
            band: self.band,
            parents: has_parents.then(|| [source(0), source(1), source(2)]),
            beside: std::array::from_fn(|i| (i < beside).then(|| source(3 + i))),
            bias: self.bias,
            weights: self.weights,
        }
    }
}

fn energies(kernels: &Kernels, around: &Around) -> (Vec<i16>, Vec<i16>) {
    let band = around.band;
    let (mut rows, mut steps) = (vec![7; band.energy_rows()], vec![0; band.steps() * LANES]);
    kernels.photo_energies(around, &mut rows, &mut steps);
    (rows, steps)
}

#[test]
fn every_instruction_set_gives_the_reference_s_energies() {
    let mut rng = Rng(3);
    for size in SIZES_OF_BANDS {
        let case = Case::new(&mut rng, size);
        for (has_parents, beside) in [(false, 0), (true, 0), (false, 2), (true, 4)] {
            let around = case.around(has_parents, beside);
            let (rows, steps) = energies(&Kernels::REFERENCE, &around);
            for kernels in all_kernels() {
                let (r, s) = energies(&kernels, &around);
                assert_eq!(s, steps, "{kernels:?} {size:?}");
                for y in 0..case.band.height {
                    let at = case.band.energy_at(y);
                    assert_eq!(r[at..at + size.0], rows[at..at + size.0], "{kernels:?} {size:?} row {y}");
                }
            }
        }
    }
}

/// A band on its way into words: what the encoder makes of it.
#[derive(Debug, PartialEq, Clone)]
struct Coded {
    magnitudes: Vec<i16>,
    indices: Vec<i32>,
    rows: Vec<u8>,
    values: Vec<f32>,
    states: [u32; LANES],
    words: Vec<u16>,
}

fn code(kernels: &Kernels, around: &Around, model: &Model, coefficients: &[f32], costs: &[f32]) -> Coded {
    let band = around.band;
    let (rows, _) = energies(kernels, around);
    let mut c = Coded {
        magnitudes: plane(&band),
        indices: plane(&band),
        rows: plane(&band),
        values: plane(&band),
        states: [1 << 16; LANES],
        words: vec![0; WORDS * band.width * band.height],
    };
    let factors: Vec<f32> = (0..band.width).map(|x| 1.0 + 0.125 * (x % 3) as f32).collect();
    let search = Search { costs, least: 0.3 };
    let mut scratch = Scratch::default();
    for y in 0..band.height {
        let row = &coefficients[y * band.width..][..band.width];
        let (energy, m, i) = (&rows[band.energy_at(y)..], &mut c.magnitudes, &mut c.indices);
        if model.next == TRELLIS {
            kernels.photo_search(&band, model, &search, y, energy, row, &factors, m, i, &mut scratch);
        } else {
            kernels.photo_round(&band, 0.6, y, row, &factors, m, i);
        }
    }
    kernels.photo_describe(&band, model, &rows, &c.magnitudes, &c.indices, &mut c.rows, &mut c.values);
    let n = kernels.photo_encode(&band, model, &c.rows, &c.indices, &c.values, &mut c.states, &mut c.words);
    c.words.drain(..c.words.len() - n);
    c
}

fn bytes(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_le_bytes()).chain([0; PAD]).collect()
}

type Decoded = (Result<usize, Short>, [u32; LANES], Vec<i16>, Vec<f32>);

fn decode(kernels: &Kernels, band: &Band, model: &Model, steps: &[i16], states: [u32; LANES], words: &[u8]) -> Decoded {
    let (mut states, mut magnitudes, mut values) = (states, plane(band), plane(band));
    let mut history = vec![0; (band.steps() + 2) * LANES];
    let used = kernels.photo_decode(band, model, steps, &mut states, words, &mut magnitudes, &mut values, &mut history);
    (used, states, magnitudes, values)
}

#[test]
fn every_instruction_set_encodes_as_the_reference_and_decodes_what_was_encoded() {
    let mut rng = Rng(5);
    let tables = tables(&mut rng);
    let costs: Vec<f32> = (0..ROWS * ROW).map(|i| 0.36 * (1 + i % ROW) as f32).collect();
    for size in SIZES_OF_BANDS {
        let case = Case::new(&mut rng, size);
        let around = case.around(true, 3);
        for (next, loudest) in [(TRELLIS, 6.0), (UNIFORM, 6.0), (TRELLIS, 40_000.0), (TRELLIS, 3e7)] {
            let model = model(&tables, next);
            let mut coefficient = || {
                let r = (rng.next() as i32 % 1000) as f32 / 1000.0;
                r * r * r * loudest
            };
            let coefficients: Vec<f32> = (0..size.0 * size.1).map(|_| coefficient()).collect();
            let wanted = code(&Kernels::REFERENCE, &around, &model, &coefficients, &costs);
            let (_, steps) = energies(&Kernels::REFERENCE, &around);
            for kernels in all_kernels() {
                let coded = code(&kernels, &around, &model, &coefficients, &costs);
                assert!(coded == wanted, "{kernels:?} {size:?} up to {loudest}");
                let back = decode(&kernels, &case.band, &model, &steps, coded.states, &bytes(&coded.words));
                assert_eq!(back.0, Ok(coded.words.len()), "{kernels:?} {size:?}");
                assert_eq!(back.1, [1 << 16; LANES], "{kernels:?} {size:?}");
                assert!(back.2 == coded.magnitudes && back.3 == coded.values, "{kernels:?} {size:?}");
                let short = &bytes(&coded.words)[2.min(2 * coded.words.len())..];
                let cut = decode(&kernels, &case.band, &model, &steps, coded.states, short);
                assert!(coded.words.is_empty() || cut.0 != Ok(coded.words.len()) || cut.1 != back.1);
            }
        }
    }
}

#[test]
fn every_instruction_set_decodes_as_the_reference_whatever_the_words_are() {
    let mut rng = Rng(13);
    let tables = tables(&mut rng);
    let (mut whole, mut short) = (0, 0);
    for round in 0..300 {
        let case = Case::new(&mut rng, SIZES_OF_BANDS[round % SIZES_OF_BANDS.len()]);
        let model = model(&tables, if round % 3 == 0 { UNIFORM } else { TRELLIS });
        let (_, steps) = energies(&Kernels::REFERENCE, &case.around(true, 4));
        let count = rng.next() as usize % (1 << (round % 13));
        let words: Vec<u8> = (0..2 * count).map(|_| rng.next() as u8).chain([0; PAD]).collect();
        let states = std::array::from_fn(|_| rng.next() as u32 | 1 << 16);
        let wanted = decode(&Kernels::REFERENCE, &case.band, &model, &steps, states, &words);
        match wanted.0 {
            Ok(_) => whole += 1,
            Err(Short) => short += 1,
        }
        for kernels in all_kernels() {
            let found = decode(&kernels, &case.band, &model, &steps, states, &words);
            assert_eq!(found.0, wanted.0, "{kernels:?}, round {round}");
            if found.0.is_ok() {
                assert!(found == wanted, "{kernels:?}, round {round}");
            }
        }
    }
    assert!(whole > 20 && short > 20, "{whole} whole, {short} short");
}
