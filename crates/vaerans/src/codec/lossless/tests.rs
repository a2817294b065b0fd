//! Samples to slices and back; what damaged slices give.

use super::{decode, encode, Sample, Settings, Shape, SLICE_ROWS};
use crate::error::Result;
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

fn kernels() -> impl Iterator<Item = Kernels> {
    std::iter::once(Kernels::REFERENCE).chain(Kernels::available())
}

fn shape(width: usize, height: usize, channels: usize) -> Shape {
    Shape { width, height, channels }
}

fn settings(max_error: u32, effort: u8) -> Settings {
    Settings { max_error, effort }
}

/// Waves with some noise, as photos have them.
fn photo<T: Sample>(rng: &mut SplitMix64, s: Shape) -> Vec<T> {
    let unit = T::MOST / 255;
    let sample = |i: usize| {
        let (x, y, c) = (i / s.channels % s.width, i / s.channels / s.width, i % s.channels);
        let wave = (x * (3 + c) % 97 + y * 2 % 61) as i32;
        T::of(((60 + wave) * unit + rng.below(9 * unit as u64) as i32).clamp(0, T::MOST))
    };
    (0..s.width * s.height * s.channels).map(sample).collect()
}

fn noise<T: Sample>(rng: &mut SplitMix64, s: Shape) -> Vec<T> {
    (0..s.width * s.height * s.channels).map(|_| T::of(rng.below(T::MOST as u64 + 1) as i32)).collect()
}

fn back<T: Sample>(kernels: Kernels, s: Shape, slices: &[Vec<u8>]) -> Result<Vec<T>> {
    let mut out = vec![T::default(); s.rows(slices.len()) * s.width * s.channels];
    let slices: Vec<&[u8]> = slices.iter().map(|s| &s[..]).collect();
    decode(kernels, s, &slices, super::MOST_ERROR, &mut out).map(|()| out)
}

/// Codes and decodes by the fastest kernels; gives the bytes.
fn check<T: Sample>(s: Shape, samples: &[T], with: Settings) -> usize {
    let slices = encode(Kernels::active(), s, samples, with).unwrap();
    assert_eq!(slices.len(), s.slices());
    let found: Vec<T> = back(Kernels::active(), s, &slices).unwrap();
    let far = samples.iter().zip(&found).map(|(&a, &b)| a.into().abs_diff(b.into())).max();
    assert!(far.unwrap() <= with.max_error, "{s:?}, {with:?}: {far:?} off");
    slices.iter().map(Vec::len).sum()
}

#[test]
fn samples_of_every_shape_come_back() {
    let mut rng = SplitMix64(1);
    for i in 0..160 {
        let (width, height) = (1 + i % 40, 1 + (i * 7 + i / 40) % 40);
        let s = shape(width, height, 1 + i % 4);
        let with = settings([0, 0, 1, 5][i / 4 % 4], [1, 5, 9][i % 3]);
        check::<u8>(s, &photo(&mut rng, s), with);
        check::<u8>(s, &noise(&mut rng, s), with);
        check::<u16>(s, &photo(&mut rng, s), with);
        check::<u16>(s, &noise(&mut rng, s), with);
    }
    for (width, height) in [(1, 300), (301, 1), (67, 129), (128, 256), (130, 257)] {
        let s = shape(width, height, 3);
        check::<u8>(s, &photo(&mut rng, s), settings(0, 5));
        check::<u16>(s, &photo(&mut rng, s), settings(300, 7));
    }
}

#[test]
fn the_bound_holds_at_both_ends_of_the_range() {
    let s = shape(37, 21, 4);
    let mut rng = SplitMix64(2);
    let ends: Vec<u8> = (0..37 * 21 * 4).map(|_| if rng.below(2) == 0 { 0 } else { 255 }).collect();
    for max_error in [0, 1, 2, 7, 100, 255, 4095] {
        check(s, &ends, settings(max_error, 5));
    }
    let ends: Vec<u16> = ends.iter().map(|&v| u16::from(v) * 257).collect();
    for max_error in [0, 1, 300, 4095] {
        check(s, &ends, settings(max_error, 5));
    }
}

#[test]
fn planes_of_one_value_cost_nothing() {
    let (grey, colour) = (shape(200, 150, 1), shape(200, 150, 4));
    let mut rng = SplitMix64(3);
    let one: Vec<u8> = photo(&mut rng, grey);
    let four: Vec<u8> = one.iter().flat_map(|&v| [v, v, v, 255]).collect();
    let (a, b) = (check(grey, &one, settings(0, 5)), check(colour, &four, settings(0, 5)));
    assert!(b <= a + 8, "{a} bytes as grey, {b} as RGBA");
    assert!(check(shape(16, 16, 3), &[9u8; 768], settings(0, 5)) <= 10);
}

#[test]
fn a_small_picture_pays_little() {
    let s = shape(16, 16, 3);
    let ramps = |i: usize| [i / 8, 200 - i / 16, 3 * (i % 16)].map(|v| v as u8);
    let samples: Vec<u8> = (0..256).flat_map(ramps).collect();
    let bytes = check(s, &samples, settings(0, 5));
    assert!(bytes < 150, "{bytes} bytes");
}

#[test]
fn every_instruction_set_writes_and_reads_the_same() {
    let mut rng = SplitMix64(5);
    for (s, with) in [
        (shape(45, 140, 3), settings(0, 5)),
        (shape(50, 30, 4), settings(2, 8)),
        (shape(33, 40, 2), settings(0, 9)),
        (shape(20, 50, 1), settings(0, 3)),
    ] {
        let samples: Vec<u8> = photo(&mut rng, s);
        let wanted = encode(Kernels::REFERENCE, s, &samples, with).unwrap();
        let picture: Vec<u8> = back(Kernels::REFERENCE, s, &wanted).unwrap();
        for k in kernels() {
            assert!(encode(k, s, &samples, with).unwrap() == wanted, "{s:?}, {}", k.isa().name());
            assert!(back::<u8>(k, s, &wanted).unwrap() == picture, "{s:?}, {}", k.isa().name());
        }
        let wide: Vec<u16> = noise(&mut rng, s);
        let wanted = encode(Kernels::REFERENCE, s, &wide, with).unwrap();
        for k in kernels() {
            assert!(encode(k, s, &wide, with).unwrap() == wanted, "{s:?}, {}", k.isa().name());
            assert_eq!(back::<u16>(k, s, &wanted), back(Kernels::REFERENCE, s, &wanted));
        }
    }
}

#[test]
fn the_first_slices_give_their_rows() {
    let s = shape(40, 3 * SLICE_ROWS + 7, 3);
    let mut rng = SplitMix64(6);
    let samples: Vec<u8> = photo(&mut rng, s);
    let slices = encode(Kernels::active(), s, &samples, settings(0, 5)).unwrap();
    for n in 0..=slices.len() {
        let found: Vec<u8> = back(Kernels::active(), s, &slices[..n]).unwrap();
        assert!(found == samples[..s.rows(n) * 120], "{n} slices");
    }
    let more = [&slices[..], &slices[..1]].concat();
    assert_eq!(back::<u8>(Kernels::active(), s, &more).unwrap_err().code(), "stream.invalid");
}

#[test]
fn damaged_slices_are_refused_or_other_samples() {
    let s = shape(19, 150, 3);
    let mut rng = SplitMix64(7);
    let samples: Vec<u8> = photo(&mut rng, s);
    let good = encode(Kernels::active(), s, &samples, settings(0, 5)).unwrap();
    let refused = |slice: usize, bytes: Vec<u8>| {
        let mut slices = good.clone();
        slices[slice] = bytes;
        let found: Result<Vec<u8>> = back(Kernels::active(), s, &slices);
        if let Err(e) = &found {
            assert!(["stream.truncated", "stream.invalid"].contains(&e.code()), "{}", e.code());
        }
        found.is_err()
    };
    for (i, slice) in good.iter().enumerate() {
        for end in (0..slice.len()).step_by(7) {
            assert!(refused(i, slice[..end].to_vec()), "slice {i} cut at {end}");
        }
        for at in 0..slice.len() {
            let mut bytes = slice.clone();
            bytes[at] ^= 1 << rng.below(8);
            refused(i, bytes);
        }
        assert!(refused(i, [&slice[..], &[0, 0]].concat()));
        assert!(refused(i, [&slice[..], &[0]].concat()));
    }
    for _ in 0..300 {
        let n = rng.below(400);
        let bytes = (0..n).map(|_| rng.next() as u8).collect();
        refused(rng.below(2) as usize, bytes);
    }
}

#[test]
fn damage_is_the_same_on_every_instruction_set() {
    let s = shape(23, 9, 3);
    let mut rng = SplitMix64(8);
    let samples: Vec<u16> = noise(&mut rng, s);
    let good = encode(Kernels::active(), s, &samples, settings(0, 1)).unwrap();
    for at in 0..good[0].len() {
        let mut slices = good.clone();
        slices[0][at] ^= 1 << rng.below(8);
        let wanted = back::<u16>(Kernels::REFERENCE, s, &slices).map_err(|e| e.code());
        for k in kernels() {
            assert_eq!(back::<u16>(k, s, &slices).map_err(|e| e.code()), wanted, "byte {at}, {}", k.isa().name());
        }
    }
}
