//! rANS: every instruction set writes the reference's words and reads them back; damaged words never break out.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::*;
use vaerans_kernels::{rans_interval, Kernels, RANS_LANES, RANS_PAD};

const LOW: u32 = vaerans_kernels::reference::rans::LOW;

/// Frequencies of sum 2^bits for some of the 256 symbols, each 1..2^bits.
struct Model {
    bits: u32,
    frequencies: [u32; 256],
    encoder: [u64; 256],
    slots: Box<[u32; 4096]>,
    slot_symbols: Box<[u8; 16384 + RANS_PAD]>,
    intervals: [u32; 256],
}

impl Model {
    fn random(rng: &mut Rng, bits: u32) -> Self {
        let total = 1u32 << bits;
        let present = 2 + rng.next() % 255;
        let mut frequencies = [0; 256];
        for _ in 0..present {
            frequencies[rng.next() as usize % 256] = 1;
        }
        frequencies[7] = 1;
        frequencies[200] = 1;
        let mut left = total - frequencies.iter().sum::<u32>();
        while left > 0 {
            let s = rng.next() as usize % 256;
            if frequencies[s] > 0 {
                let more = 1 + (rng.next() as u32 % left);
                frequencies[s] += more;
                left -= more;
            }
        }
        Self::new(bits, frequencies)
    }

    fn new(bits: u32, frequencies: [u32; 256]) -> Self {
        let mut m = Model {
            bits,
            frequencies,
            encoder: [0; 256],
            slots: Box::new([0; 4096]),
            slot_symbols: Box::new([0; 16384 + RANS_PAD]),
            intervals: [0; 256],
        };
        let mut start = 0;
        for (s, &f) in frequencies.iter().enumerate() {
            m.encoder[s] = rans_interval(start, f);
            m.intervals[s] = start << 16 | f;
            for i in 0..f {
                match bits {
                    12 => m.slots[(start + i) as usize] = f << 20 | i << 8 | s as u32,
                    _ => m.slot_symbols[(start + i) as usize] = s as u8,
                }
            }
            start += f;
        }
        m
    }

    fn symbols(&self, rng: &mut Rng, n: usize) -> Vec<u8> {
        let all: Vec<u8> = (0..=255u8).flat_map(|s| vec![s; self.frequencies[usize::from(s)] as usize]).collect();
        rng.vec(n, |r| all[r.next() as usize % all.len()])
    }

    fn encode(&self, k: Kernels, lanes: usize, symbols: &[u8], misalignment: usize) -> (Vec<u32>, Vec<u8>) {
        let mut states = vec![LOW; lanes];
        let mut words = Guarded::new(2 * (symbols.len() + 2 * lanes), misalignment, 0xa5u8);
        let used = k.rans_encode(&self.encoder, self.bits, &mut states, symbols, &mut words).unwrap();
        words.check();
        (states, words[words.len() - 2 * used..].to_vec())
    }

    fn decode(&self, k: Kernels, states: &mut [u32], words: &[u8], symbols: &mut [u8]) -> Option<usize> {
        match self.bits {
            12 => k.rans_decode12(&self.slots, states, words, symbols),
            _ => k.rans_decode14(&self.slot_symbols, &self.intervals, states, words, symbols),
        }
    }
}

fn lanes() -> impl Iterator<Item = usize> {
    (0..=7).map(|k| 1 << k)
}

#[test]
fn same_words_on_every_isa_and_back() {
    let mut rng = Rng(5);
    let mut lengths = lengths();
    lengths.extend([4999, 20_000]);
    for (n, bits) in lengths.into_iter().flat_map(|n| [(n, 12), (n, 14)]) {
        let model = Model::random(&mut rng, bits);
        let symbols = model.symbols(&mut rng, n);
        for lanes in lanes() {
            let (states, words) = model.encode(Kernels::REFERENCE, lanes, &symbols, 0);
            for k in Kernels::available() {
                let misalignment = n % 3;
                let text = format!("{k:?} {bits} bits, {n} symbols, {lanes} lanes");
                assert!(model.encode(k, lanes, &symbols, misalignment) == (states.clone(), words.clone()), "{text}");
                let mut out = Guarded::new(n, misalignment, 0x5a);
                let from = Guarded::of(&words, misalignment, 0xff);
                let mut back = states.clone();
                assert_eq!(model.decode(k, &mut back, &from, &mut out), Some(words.len() / 2), "{text}");
                out.check();
                assert!(*out == *symbols && back == vec![LOW; lanes], "{text}");
            }
        }
    }
}

#[test]
fn pieces_are_the_whole() {
    let mut rng = Rng(6);
    let model = Model::random(&mut rng, 12);
    let symbols = model.symbols(&mut rng, 5000);
    for (k, lanes) in Kernels::available().into_iter().flat_map(|k| lanes().map(move |l| (k, l))) {
        let (states, words) = model.encode(k, lanes, &symbols, 0);
        let mut buffer = vec![0; 2 * (5000 + 2 * lanes)];
        let (mut s, mut end) = (vec![LOW; lanes], buffer.len());
        for piece in symbols.chunks(1024).rev() {
            end -= 2 * k.rans_encode(&model.encoder, 12, &mut s, piece, &mut buffer[..end]).unwrap();
        }
        assert!(s == states && buffer[end..] == *words, "{k:?} {lanes}");
        let (mut out, mut at) = (vec![0; 5000], 0);
        for piece in out.chunks_mut(1024) {
            at += 2 * k.rans_decode12(&model.slots, &mut s, &words[at..], piece).unwrap();
        }
        assert!(out == symbols && at == words.len(), "{k:?} {lanes}");
    }
}

/// The symbol of nearly all probability is the hardest case of the encoder's division.
#[test]
fn extreme_frequencies() {
    let mut rng = Rng(7);
    for bits in [12, 14] {
        let mut f = [0; 256];
        (f[3], f[9]) = ((1 << bits) - 1, 1);
        let model = Model::new(bits, f);
        let symbols = rng.vec(30_000, |r| if r.next() % 3000 == 0 { 9 } else { 3 });
        let (states, words) = model.encode(Kernels::REFERENCE, 64, &symbols, 0);
        for k in Kernels::available() {
            assert!(model.encode(k, 64, &symbols, 0) == (states.clone(), words.clone()), "{k:?}");
            let (mut s, mut out) = (states.clone(), vec![0; symbols.len()]);
            assert_eq!(model.decode(k, &mut s, &words, &mut out), Some(words.len() / 2));
            assert!(out == symbols, "{k:?}");
        }
    }
}

/// Too few words, other words, wild states and tables: an answer, equal everywhere, and nothing outside the slices.
#[test]
fn damage_stays_inside() {
    let mut rng = Rng(8);
    for round in 0..60 {
        let bits = [12, 14][round % 2];
        let mut model = Model::random(&mut rng, bits);
        let symbols = model.symbols(&mut rng, 1500);
        for lanes in [1, 4, 16, 32, RANS_LANES] {
            let (mut states, mut words) = model.encode(Kernels::REFERENCE, lanes, &symbols, 0);
            match round % 3 {
                0 => words.truncate(words.len() / 4 * 2),
                1 => words.iter_mut().for_each(|w| *w = rng.next() as u8),
                _ => {
                    states.iter_mut().for_each(|s| *s = rng.next() as u32);
                    model.slots.iter_mut().for_each(|s| *s = rng.next() as u32);
                    model.intervals.iter_mut().for_each(|s| *s = rng.next() as u32);
                }
            }
            let run = |k: Kernels| {
                let (mut s, mut out) = (states.clone(), Guarded::new(symbols.len(), 1, 0x77));
                let used = model.decode(k, &mut s, &Guarded::of(&words, 1, 0), &mut out);
                out.check();
                used.map(|u| (u, s, out.to_vec()))
            };
            let expected = run(Kernels::REFERENCE);
            for k in Kernels::available() {
                assert!(run(k) == expected, "{k:?} {bits} bits, {lanes} lanes, round {round}");
            }
        }
    }
}

#[test]
fn no_room_is_said() {
    let mut rng = Rng(9);
    let model = Model::random(&mut rng, 12);
    let symbols = model.symbols(&mut rng, 3000);
    for (k, lanes) in Kernels::available().into_iter().flat_map(|k| lanes().map(move |l| (k, l))) {
        let need = model.encode(k, lanes, &symbols, 0).1.len();
        for room in [0, 2, 2 * lanes, need / 2 * 2 - 2] {
            let mut words = Guarded::new(room, 0, 0xa5);
            let used = k.rans_encode(&model.encoder, 12, &mut vec![LOW; lanes], &symbols, &mut words);
            assert_eq!(used, None, "{k:?} {lanes} lanes, {room} bytes");
            words.check();
        }
    }
}

#[test]
#[should_panic(expected = "3 lanes")]
fn three_lanes_are_refused() {
    Kernels::REFERENCE.rans_decode12(&[0; 4096], &mut [LOW; 3], &[], &mut []);
}
