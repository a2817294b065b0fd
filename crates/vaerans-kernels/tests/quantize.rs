//! Quantisers: native kernels against the reference; the reference against its definition.

mod common;
use common::*;
use std::fmt::Debug;
use vaerans_kernels::{DeadZoneSymbol, Kernels, Range, Rows, UniformSymbol};

/// Values of every magnitude, exact halves, and what is no number.
fn any_float(r: &mut Rng) -> f32 {
    match r.next() % 16 {
        0 => f32::NAN,
        1 => f32::INFINITY,
        2 => f32::NEG_INFINITY,
        3 => -0.0,
        4 => f32::from_bits(r.next() as u32),
        5..=8 => (r.next() % 4096) as f32 * 0.5 - 1024.0,
        9..=10 => r.f32(-3e9, 3e9),
        _ => r.f32(-300.0, 300.0),
    }
}

/// Runs `f` from `src` on every kernel with guards and misalignments and compares the bits (`key`) with the reference's.
fn agrees<A: Copy, B: Copy + PartialEq + Debug, K: PartialEq + Debug>(
    source: impl Fn(&mut Rng) -> A,
    guard: B,
    key: impl Fn(&[B]) -> K,
    f: impl Fn(&Kernels, &[A], &mut [B]),
) {
    let mut rng = Rng(21);
    for n in lengths() {
        let src = rng.vec(n, &source);
        let mut expected = vec![guard; n];
        f(&Kernels::REFERENCE, &src, &mut expected);
        for (kernels, misalignment) in all_kernels().into_iter().flat_map(|k| MISALIGNMENTS.map(|m| (k, m))) {
            let mut dst = Guarded::new(n, misalignment, guard);
            f(&kernels, &src, &mut dst);
            assert_eq!(key(&dst), key(&expected), "{kernels:?} {n} {misalignment}");
            dst.check();
        }
    }
}

fn quantize_agrees<Q: UniformSymbol + PartialEq + Debug>(guard: Q, symbol: impl Fn(&mut Rng) -> Q) {
    for (scale, zero) in [(1.0, 0.0), (0.37, -41.3), (1e-6, 0.5), (7e8, -3e8)] {
        agrees(any_float, guard, |q| q.to_vec(), |k, s, d| k.quantize(s, d, scale, zero));
        agrees(&symbol, 0.125, bits, |k, s, d| k.dequantize(s, d, scale, zero));
    }
}

#[test]
fn uniform_agrees() {
    quantize_agrees(3u8, |r| r.next() as u8);
    quantize_agrees(3u16, |r| r.next() as u16);
    quantize_agrees(3i32, |r| (r.next() as i32) >> (r.next() % 32));
}

fn dead_zone_agrees<Q: DeadZoneSymbol + PartialEq + Debug>(guard: Q, symbol: impl Fn(&mut Rng) -> Q) {
    for (step, rounding) in [(1.0, 0.0), (0.37, 0.5), (1e-7, 0.33), (13.0, 0.1)] {
        agrees(any_float, guard, |q| q.to_vec(), |k, s, d| k.dead_zone(s, d, step, rounding));
        agrees(&symbol, 0.125, bits, |k, s, d| k.dead_zone_inverse(s, d, step, 0.5 - rounding));
    }
}

#[test]
fn dead_zone_agrees_everywhere() {
    dead_zone_agrees(3i16, |r| (r.next() as i16) >> (r.next() % 16));
    dead_zone_agrees(3i32, |r| (r.next() as i32) >> (r.next() % 32));
}

/// Rectangles in a plane: what lies between their rows is not touched.
#[test]
fn dead_zone_of_rows_is_that_of_their_elements() {
    let mut rng = Rng(5);
    for (stride, width, rows) in
        [(1, 1, 1), (7, 3, 5), (40, 15, 4), (40, 16, 3), (90, 33, 6), (200, 131, 2), (9, 9, 9), (5, 4, 0), (8, 0, 3)]
    {
        let of = Rows { stride, width, rows };
        let (x, q) =
            (rng.vec(stride * rows, any_float), rng.vec(stride * rows, |r| (r.next() as i32) >> (r.next() % 32)));
        let (mut symbols, mut values) = (vec![77; x.len()], vec![0.125; x.len()]);
        for y in 0..rows {
            let row = y * stride..y * stride + width;
            Kernels::REFERENCE.dead_zone(&x[row.clone()], &mut symbols[row.clone()], 0.37, 0.3);
            Kernels::REFERENCE.dead_zone_inverse(&q[row.clone()], &mut values[row], 0.37, 0.2);
        }
        for kernels in all_kernels() {
            let (mut got_symbols, mut got_values) = (vec![77; x.len()], vec![0.125; x.len()]);
            kernels.dead_zone_rows(&x, &mut got_symbols, of, 0.37, 0.3);
            kernels.dead_zone_inverse_rows(&q, &mut got_values, of, 0.37, 0.2);
            assert_eq!(got_symbols, symbols, "{kernels:?} {of:?}");
            assert_eq!(bits(&got_values), bits(&values), "{kernels:?} {of:?}");
        }
    }
}

#[test]
#[should_panic(expected = "outside of their plane")]
fn rows_outside_of_their_plane_are_refused() {
    let of = Rows { stride: 4, width: 3, rows: 3 };
    Kernels::active().dead_zone_rows(&[0.0; 12], &mut [0; 10], of, 1.0, 0.0);
}

#[test]
fn ties_go_to_even_and_ends_clamp() {
    let src = [0.5, 1.5, 2.5, -0.5, 254.5, 255.5, 1e30, -1e30, f32::NAN];
    let mut q = [9u8; 9];
    for kernels in Kernels::available() {
        kernels.quantize(&src, &mut q, 1.0, 0.0);
        assert_eq!(q, [0, 2, 2, 0, 254, 255, 255, 0, 0], "{kernels:?}");
        let mut q = [9i32; 9];
        kernels.quantize(&src, &mut q, 1.0, 0.0);
        assert_eq!(q, [0, 2, 2, 0, 254, 256, i32::MAX - 127, i32::MIN, i32::MIN], "{kernels:?}");
    }
}

#[test]
fn error_is_at_most_half_a_step() {
    let src = Rng(4).vec(10_000, |r| r.f32(-17.0, 42.0));
    let scale = (42.0 - -17.0) / 255.0;
    let (mut q, mut back) = (vec![0u8; src.len()], vec![0f32; src.len()]);
    Kernels::active().quantize(&src, &mut q, scale, -17.0);
    Kernels::active().dequantize(&q, &mut back, scale, -17.0);
    for (a, b) in src.iter().zip(&back) {
        assert!((a - b).abs() <= scale / 2.0 * 1.0001, "{a} {b}");
    }
}

#[test]
fn zero_bin_is_two_steps_wide() {
    let mut q = [9i16; 7];
    Kernels::active().dead_zone(&[0.0, 0.99, -0.99, 1.0, -1.0, 2.5, -2.5], &mut q, 1.0, 0.0);
    assert_eq!(q, [0, 0, 0, 1, -1, 2, -2]);
    let mut x = [9f32; 7];
    Kernels::active().dead_zone_inverse(&q, &mut x, 2.0, 0.5);
    assert_eq!(x, [0.0, 0.0, 0.0, 3.0, -3.0, 5.0, -5.0]);
}

#[test]
fn range_agrees() {
    let key = |r: Range| (r.min.to_bits(), r.max.to_bits(), r.nonfinite);
    let sources: [fn(&mut Rng) -> f32; 4] =
        [any_float, |r| r.f32(-5.0, 5.0), |r| [0.0, -0.0][(r.next() % 2) as usize], |_| f32::NAN];
    let mut rng = Rng(6);
    for (source, n) in sources.into_iter().flat_map(|s| lengths().into_iter().map(move |n| (s, n))) {
        let src = Guarded::of(&rng.vec(n, source), 3, f32::NAN);
        let expected = key(Kernels::REFERENCE.range(&src));
        for kernels in all_kernels() {
            assert_eq!(key(kernels.range(&src)), expected, "{kernels:?} {n}");
        }
    }
    assert_eq!(Kernels::active().range(&[]), Range::EMPTY);
    let range = Kernels::active().range(&[3.0, f32::NAN, -2.0, f32::INFINITY]);
    assert_eq!(range, Range { min: -2.0, max: 3.0, nonfinite: 2 });
}
