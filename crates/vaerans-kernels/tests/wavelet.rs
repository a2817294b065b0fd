//! Wavelet: native kernels against the reference, reconstruction, and what the bands mean.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::*;
use vaerans_kernels::{
    Bands, BandsMut, Filter, Kernels, Plane, WaveletLevel, WaveletPlanes, WaveletSample, WaveletScratch,
};

const FILTERS: [Filter; 3] = [Filter::Cdf53, Filter::Cdf97, Filter::Haar];

/// Strides are wider than the rows and different, so that a mix-up shows.
fn strides(w: usize) -> (usize, usize, usize) {
    (w + 3, w.div_ceil(2) + 5, w + 2)
}

/// Forward, in ranges that end at `cuts`; gives LL and the packed plane (whose LL part keeps `guard`).
fn forward<T: WaveletSample>(
    kernels: Kernels,
    level: &WaveletLevel,
    src: &[T],
    cuts: &[usize],
    misalignment: usize,
    guard: T,
) -> (Guarded<T>, Guarded<T>) {
    let (src_stride, ll_stride, stride) = strides(level.width);
    let mut ll = Guarded::new(level.pairs() * ll_stride, misalignment, guard);
    let mut packed = Guarded::new(level.height * stride, misalignment, guard);
    let mut scratch = WaveletScratch::new();
    let mut begin = 0;
    for end in cuts.iter().copied().chain([level.pairs()]) {
        let (upper, lower) = packed.split_at_mut(level.pairs() * stride);
        let dst = BandsMut {
            ll: Some((&mut ll[begin * ll_stride..], ll_stride)),
            upper: &mut upper[begin * stride..],
            lower: &mut lower[begin.min(level.height / 2) * stride..],
            stride,
        };
        kernels.wavelet_forward(level, begin..end, Plane { data: src, stride: src_stride }, dst, &mut scratch);
        begin = end;
    }
    (ll, packed)
}

fn inverse<T: WaveletSample>(
    kernels: Kernels,
    level: &WaveletLevel,
    bands: &(Guarded<T>, Guarded<T>),
    cuts: &[usize],
    misalignment: usize,
    guard: T,
) -> Guarded<T> {
    let (_, ll_stride, stride) = strides(level.width);
    let dst_stride = level.width + 1;
    let mut dst = Guarded::new(level.height * dst_stride, misalignment, guard);
    let (upper, lower) = bands.1.split_at(level.pairs() * stride);
    let src = Bands { ll: Plane { data: &bands.0, stride: ll_stride }, upper, lower, stride };
    let mut begin = 0;
    for end in cuts.iter().copied().chain([level.pairs()]) {
        let to = &mut dst[(2 * begin).min(level.height) * dst_stride..];
        kernels.wavelet_inverse(level, begin..end, src, to, dst_stride, &mut WaveletScratch::new());
        begin = end;
    }
    dst
}

/// Every instruction set gives the reference's bits, whole and in ranges, and touches nothing else.
fn agree<T: WaveletSample>(sides: &[(usize, usize)], mut random: impl FnMut(&mut Rng) -> T, guard: T) {
    let mut rng = Rng(11);
    for (&(height, width), filter) in sides.iter().flat_map(|s| FILTERS.map(|f| (s, f))) {
        if !T::has(filter) {
            continue;
        }
        let level = WaveletLevel { filter, height, width };
        let src = rng.vec(height * strides(width).0, &mut random);
        let expected = forward(Kernels::REFERENCE, &level, &src, &[], 0, guard);
        let back = inverse(Kernels::REFERENCE, &level, &expected, &[], 0, guard);
        let n = level.pairs();
        for kernels in all_kernels() {
            for (cuts, misalignment) in [(vec![], 0), (vec![n / 3, n / 2], 1), ((1..n).collect(), 7)] {
                let what = format!("{kernels:?} {level:?} cuts {cuts:?} misaligned {misalignment}");
                let got = forward(kernels, &level, &src, &cuts, misalignment, guard);
                assert!(*got.0 == *expected.0 && *got.1 == *expected.1, "forward {what}");
                let rows = inverse(kernels, &level, &expected, &cuts, misalignment, guard);
                assert!(*rows == *back, "inverse {what}");
                got.0.check();
                got.1.check();
                rows.check();
            }
        }
    }
}

/// The fused transform of many planes and levels gives the reference's bits, and the single splits of the kernels.
fn planes_agree<T: WaveletSample>(mut random: impl FnMut(&mut Rng) -> T, guard: T) {
    let mut rng = Rng(13);
    let sides = [(1, 1), (1, 37), (41, 1), (2, 2), (3, 5), (5, 3), (7, 33), (17, 18), (64, 96), (61, 131), (9, 300)];
    for ((height, width), planes) in sides.into_iter().flat_map(|s| [0, 1, 2, 3, 5, 11].map(|p| (s, p))) {
        for (filter, levels) in FILTERS.into_iter().flat_map(|f| [0, 1, 2, 4, 9].map(|l| (f, l))) {
            let of = WaveletPlanes { planes, plane: WaveletLevel { filter, height, width }, levels };
            if !T::has(filter) {
                continue;
            }
            let src = rng.vec(planes * height * width, &mut random);
            let (mut expected, mut back) = (src.clone(), src.clone());
            let mut scratch = WaveletScratch::new();
            Kernels::REFERENCE.wavelet_forward_planes(&of, &src, &mut expected, &mut scratch);
            Kernels::REFERENCE.wavelet_inverse_planes(&of, &expected, &mut back, &mut scratch);
            for (kernels, misalignment) in all_kernels().into_iter().zip([0, 7, 1, 3].into_iter().cycle()) {
                let mut to = Guarded::new(src.len(), misalignment, guard);
                kernels.wavelet_forward_planes(&of, &src, &mut to, &mut scratch);
                assert!(*to == *expected, "forward {kernels:?} {of:?}");
                to.check();
                kernels.wavelet_inverse_planes(&of, &expected, &mut to, &mut scratch);
                assert!(*to == *back, "inverse {kernels:?} {of:?}");
                to.check();
            }
        }
    }
}

#[test]
fn planes_of_f32_agree() {
    planes_agree(|r| r.f32(-300.0, 300.0), -7.25f32);
}

#[test]
fn planes_of_integers_agree() {
    planes_agree(|r| r.next() as i32, 77);
    planes_agree(|r| r.next() as i16, 77);
}

fn all_sides(of: impl Iterator<Item = usize> + Clone) -> Vec<(usize, usize)> {
    of.clone().flat_map(|h| of.clone().map(move |w| (h, w))).collect()
}

fn some_sides() -> Vec<(usize, usize)> {
    let mut sides = all_sides([1, 2, 3, 4, 5, 7, 8, 13, 16].into_iter());
    for w in [31, 32, 33, 63, 64, 65, 96, 127, 128, 129, 131, 300] {
        sides.extend([(1, w), (6, w), (9, w), (w, 3), (w, 1)]);
    }
    sides
}

#[test]
fn f32_agrees() {
    agree(&some_sides(), |r| r.f32(-300.0, 300.0), -7.25f32);
}

#[test]
fn f32_agrees_on_every_small_side() {
    agree(&all_sides(1..=33), |r| r.f32(-300.0, 300.0), -7.25f32);
}

#[test]
fn i32_agrees_and_wraps() {
    agree(&some_sides(), |r| r.next() as i32, 77);
}

#[test]
fn i16_agrees_and_wraps() {
    agree(&some_sides(), |r| r.next() as i16, 77);
}

/// Tight rows of `strides(w)`-strided data.
fn rows<T: Copy>(x: &[T], stride: usize, w: usize) -> Vec<T> {
    x.chunks(stride).flat_map(|row| &row[..w]).copied().collect()
}

fn round_trip<T: WaveletSample>(mut random: impl FnMut(&mut Rng) -> T, same: impl Fn(T, T) -> bool) {
    let mut rng = Rng(12);
    for (height, width) in all_sides(1..=33) {
        for filter in FILTERS.into_iter().filter(|f| T::has(*f)) {
            let level = WaveletLevel { filter, height, width };
            let src = rng.vec(height * strides(width).0, &mut random);
            let kernels = Kernels::active();
            let bands = forward(kernels, &level, &src, &[], 0, T::default());
            let back = inverse(kernels, &level, &bands, &[], 0, T::default());
            let (x, y) = (rows(&src, strides(width).0, width), rows(&back, width + 1, width));
            assert!(x.iter().zip(&y).all(|(a, b)| same(*a, *b)), "{level:?}");
        }
    }
}

#[test]
fn integers_are_reversible_even_where_they_wrap() {
    round_trip(|r| r.next() as i32, |a, b| a == b);
    round_trip(|r| r.next() as i16, |a, b| a == b);
}

#[test]
fn floats_come_back() {
    round_trip(|r| r.f32(-1.0, 1.0), |a, b| (a - b).abs() <= 1e-5);
}

/// A constant plane: details vanish, averages keep the mean (Haar: twice it, being orthonormal in two dimensions).
#[test]
fn constant_has_no_details() {
    for (filter, average) in [(Filter::Cdf53, 3.0), (Filter::Cdf97, 3.0), (Filter::Haar, 6.0f32)] {
        for (height, width) in [(8, 8), (9, 7), (5, 40)] {
            let level = WaveletLevel { filter, height, width };
            let src = vec![3.0f32; height * strides(width).0];
            let (ll, packed) = forward(Kernels::active(), &level, &src, &[], 0, average);
            assert!(ll.iter().all(|v| (v - average).abs() < 1e-5), "{level:?}");
            let details = rows(&packed, strides(width).2, width);
            assert!(details.iter().all(|v| v.abs() < 1e-5 || *v == average), "{level:?}");
        }
    }
}

/// The highest frequency: gain 2 per dimension for the biorthogonal filters (JPEG 2000), orthonormal for Haar.
#[test]
fn checkerboard_is_hh() {
    for (filter, gain) in [(Filter::Cdf53, 4.0), (Filter::Cdf97, 4.0), (Filter::Haar, 2.0f32)] {
        let level = WaveletLevel { filter, height: 16, width: 16 };
        let stride = strides(16).0;
        let src: Vec<f32> =
            (0..16 * stride).map(|i| if (i / stride + i % stride) % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let (ll, packed) = forward(Kernels::active(), &level, &src, &[], 0, 0.0);
        let x = rows(&packed, strides(16).2, 16);
        for (i, v) in x.iter().enumerate() {
            let expected = if i / 16 >= 8 && i % 16 >= 8 { gain } else { 0.0 };
            assert!((v - expected).abs() < 1e-5, "{filter:?} at {i}: {v}");
        }
        assert!(ll.iter().all(|v| v.abs() < 1e-5));
    }
}

#[test]
#[should_panic(expected = "no Cdf97 for i32")]
fn integers_have_no_97() {
    let level = WaveletLevel { filter: Filter::Cdf97, height: 4, width: 4 };
    forward(Kernels::active(), &level, &[0i32; 28], &[], 0, 0);
}

#[test]
#[should_panic(expected = "source too short")]
fn short_source_is_refused() {
    let level = WaveletLevel { filter: Filter::Cdf53, height: 4, width: 4 };
    forward(Kernels::active(), &level, &[0i32; 20], &[], 0, 0);
}

/// Parts that run side by side, in any order, give the whole's bits.
fn parts_agree<T: WaveletSample>(mut random: impl FnMut(&mut Rng) -> T) {
    let mut rng = Rng(14);
    for (height, width, filter) in [(600, 300, Filter::Cdf53), (601, 257, Filter::Cdf97), (1300, 65, Filter::Haar)] {
        for (planes, levels) in [(1, 1), (2, 4), (1, 11)] {
            let of = WaveletPlanes { planes, plane: WaveletLevel { filter, height, width }, levels };
            if !T::has(filter) {
                continue;
            }
            let src = rng.vec(planes * height * width, &mut random);
            let (mut expected, mut back) = (src.clone(), src.clone());
            let (mut to, mut from) = (src.clone(), src.clone());
            let mut scratch = WaveletScratch::new();
            Kernels::active().wavelet_forward_planes(&of, &src, &mut expected, &mut scratch);
            Kernels::active().wavelet_inverse_planes(&of, &expected, &mut back, &mut scratch);
            for (kernels, parts) in all_kernels().into_iter().zip([2, 3, 7, 40].into_iter().cycle()) {
                kernels.wavelet_forward_parts(&of, &src, &mut to, parts, &threads).unwrap();
                assert!(to == expected, "forward {kernels:?} {of:?} in {parts} parts");
                kernels.wavelet_inverse_parts(&of, &expected, &mut from, parts, &threads).unwrap();
                assert!(from == back, "inverse {kernels:?} {of:?} in {parts} parts");
            }
        }
    }
}

/// Three threads, the last part first.
fn threads(n: usize, part: &(dyn Fn(usize) + Sync)) -> Result<(), ()> {
    let of_thread = |t: usize| (0..n).rev().filter(move |i| i % 3 == t).for_each(part);
    std::thread::scope(|s| (0..3).for_each(|t| drop(s.spawn(move || of_thread(t)))));
    Ok(())
}

#[test]
fn parts_give_the_bits_of_the_whole() {
    parts_agree(|r| r.f32(-300.0, 300.0));
    parts_agree(|r| r.next() as i32);
    parts_agree(|r| r.next() as i16);
    parts_agree_by_reference();
}

fn parts_agree_by_reference() {
    let of =
        WaveletPlanes { planes: 1, plane: WaveletLevel { filter: Filter::Cdf53, height: 300, width: 200 }, levels: 3 };
    let src: Vec<i32> = (0..60_000).collect();
    let (mut to, mut expected) = (src.clone(), src.clone());
    Kernels::REFERENCE.wavelet_forward_parts(&of, &src, &mut to, 4, &threads).unwrap();
    Kernels::active().wavelet_forward_planes(&of, &src, &mut expected, &mut WaveletScratch::new());
    assert!(to == expected);
}

#[test]
#[cfg(feature = "cxx")]
fn parts_run_once_each() {
    let of =
        WaveletPlanes { planes: 1, plane: WaveletLevel { filter: Filter::Cdf53, height: 300, width: 200 }, levels: 3 };
    let src = vec![1i32; 60_000];
    let fails = |spread: vaerans_kernels::Spread<()>| {
        let mut to = src.clone();
        let call = || Kernels::active().wavelet_forward_parts(&of, &src, &mut to, 4, spread);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).is_err()
    };
    assert!(fails(&|_, part| {
        part(0);
        part(0);
        Ok(())
    }));
    assert!(fails(&|n, part| {
        (1..n).for_each(part);
        Ok(())
    }));
    assert!(!fails(&threads));
    let refused = Kernels::active().wavelet_forward_parts(&of, &src, &mut src.clone(), 4, &|_, _| Err(7));
    assert_eq!(refused, Err(7));
}
