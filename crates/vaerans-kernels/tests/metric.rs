//! Distances: native kernels against the reference, and the reference against the textbook.

mod common;
use common::*;
use vaerans_kernels::{Kernels, MetricSample, SsimConstants};

#[test]
fn squared_errors_agree() {
    let mut rng = Rng(21);
    let reference = Kernels::REFERENCE;
    for n in lengths().into_iter().chain([70_000]) {
        let (a8, b8) = (rng.vec(n, |r| r.next() as u8), rng.vec(n, |r| r.next() as u8));
        let (a16, b16) = (rng.vec(n, |r| r.next() as u16), rng.vec(n, |r| r.next() as u16));
        let (af, bf) = (rng.vec(n, |r| r.f32(-9.0, 9.0)), rng.vec(n, |r| r.f32(-9.0, 9.0)));
        for (kernels, m) in all_kernels().into_iter().flat_map(|k| MISALIGNMENTS.map(|m| (k, m))) {
            let at = format!("{kernels:?} {n} {m}");
            let (a, b) = (Guarded::of(&a8, m, 0), Guarded::of(&b8, 0, 0));
            assert_eq!(kernels.squared_error(&a, &b), reference.squared_error(&a8, &b8), "{at}");
            let (a, b) = (Guarded::of(&a16, m, 0), Guarded::of(&b16, 0, 0));
            assert_eq!(kernels.squared_error(&a, &b), reference.squared_error(&a16, &b16), "{at}");
            let (a, b) = (Guarded::of(&af, m, 0.0), Guarded::of(&bf, 0, 0.0));
            let (got, expected) = (kernels.squared_error_f32(&a, &b), reference.squared_error_f32(&af, &bf));
            assert_eq!(got.to_bits(), expected.to_bits(), "{at}");
        }
    }
}

#[test]
fn squared_errors_do_not_overflow() {
    for kernels in Kernels::available() {
        let n = (1 << 18) + 3;
        assert_eq!(kernels.squared_error(&vec![0u8; n], &vec![255u8; n]), n as u64 * 255 * 255, "{kernels:?}");
        assert_eq!(kernels.squared_error(&vec![65535u16; n], &vec![0u16; n]), n as u64 * 65535 * 65535, "{kernels:?}");
    }
}

fn ssim_agrees<T: MetricSample + PartialEq + std::fmt::Debug + Default>(peak: f64, sample: fn(&mut Rng) -> T) {
    let mut rng = Rng(22);
    let constants = SsimConstants::of(peak);
    let widths = [7usize, 8, 9, 21, 22, 23, 37, 38, 39, 70, 261, 262, 270];
    for (width, channels, height) in widths.into_iter().flat_map(|w| [(w, 1, 7), (w, 3, 9), (w, 4, 12)]) {
        let (row, rows) = (width * channels, height - 6);
        let (a, b) = (rng.vec(row * height, sample), rng.vec(row * height, sample));
        let expected = Kernels::REFERENCE.ssim_rows(&a, &b, row, channels, constants, 0..rows);
        for kernels in all_kernels() {
            let from = Guarded::of(&a, 1, T::default());
            let whole = kernels.ssim_rows(&from, &b, row, channels, constants, 0..rows);
            assert_eq!(bits64(&whole), bits64(&expected), "{kernels:?} {width}x{height}x{channels}");
            let cut = rows / 2;
            let part = kernels.ssim_rows(&from, &b, row, channels, constants, cut..rows);
            assert_eq!(bits64(&part), bits64(&expected[cut..]), "{kernels:?} {width}x{height}x{channels} from {cut}");
        }
    }
}

fn bits64(x: &[f64]) -> Vec<u64> {
    x.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn ssim_rows_agree() {
    ssim_agrees::<u8>(255.0, |r| r.next() as u8);
    ssim_agrees::<u16>(65535.0, |r| r.next() as u16);
}

/// SSIM of one window by its definition: means, sample variances, sample covariance.
fn textbook(x: &[f64], y: &[f64], constants: SsimConstants) -> f64 {
    let n = x.len() as f64;
    let (mx, my) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let moment = |a: &[f64], ma: f64, b: &[f64], mb: f64| {
        a.iter().zip(b).map(|(p, q)| (p - ma) * (q - mb)).sum::<f64>() / (n - 1.0)
    };
    let (vx, vy, cov) = (moment(x, mx, x, mx), moment(y, my, y, my), moment(x, mx, y, my));
    let SsimConstants { c1, c2 } = constants;
    (2.0 * mx * my + c1) * (2.0 * cov + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
}

#[test]
fn reference_window_is_the_textbook_one() {
    let mut rng = Rng(23);
    for _ in 0..50 {
        let (a, b) = (rng.vec(49, |r| r.next() as u8), rng.vec(49, |r| (r.next() % 90) as u8));
        let constants = SsimConstants::of(255.0);
        let got = Kernels::REFERENCE.ssim_rows(&a, &b, 7, 1, constants, 0..1)[0];
        let [x, y] = [&a, &b].map(|v| v.iter().map(|&s| f64::from(s)).collect::<Vec<_>>());
        assert!((got - textbook(&x, &y, constants)).abs() < 1e-12);
    }
}

#[test]
fn gaussian_rows_agree() {
    let mut rng = Rng(24);
    let constants = SsimConstants::of(255.0);
    for (width, height) in [11usize, 12, 25, 26, 27, 42, 43, 77, 265, 266, 267, 300].into_iter().zip((11..15).cycle()) {
        let sample = |r: &mut Rng| (r.next() % 1024) as f32 / 4.0;
        let (a, b) = (rng.vec(width * height, sample), rng.vec(width * height, sample));
        let rows = height - 10;
        let expected = Kernels::REFERENCE.gaussian_ssim_rows(&a, &b, width, constants, 0..rows);
        for kernels in all_kernels() {
            let from = Guarded::of(&a, 1, 0.0);
            for begin in [0, rows / 2] {
                let got = kernels.gaussian_ssim_rows(&from, &b, width, constants, begin..rows);
                let expected = &expected[begin..];
                assert_eq!(bits64(got.as_flattened()), bits64(expected.as_flattened()), "{kernels:?} {width}x{height}");
            }
        }
    }
}

#[test]
fn equal_pictures_have_similarity_one() {
    let mut rng = Rng(25);
    let a = rng.vec(20 * 30, |r| r.next() as u8);
    let plane: Vec<f32> = a.iter().map(|&v| f32::from(v)).collect();
    for kernels in Kernels::available() {
        let constants = SsimConstants::of(255.0);
        assert!(kernels.ssim_rows(&a, &a, 30, 1, constants, 0..14).iter().all(|&s| s == 24.0));
        let sums = kernels.gaussian_ssim_rows(&plane, &plane, 30, constants, 0..10);
        assert!(sums.as_flattened().iter().all(|s| (s - 20.0).abs() < 1e-9), "{sums:?}");
    }
}

#[test]
fn halves_agree() {
    let mut rng = Rng(26);
    let widths = [1usize, 2, 3, 7, 8, 31, 32, 33, 34, 130, 131];
    for (height, width) in widths.into_iter().flat_map(|w| [(1, w), (2, w), (5, w), (6, w)]) {
        let src = rng.vec(height * width, |r| r.f32(0.0, 255.0));
        let half = width.div_ceil(2);
        let mut expected = vec![0f32; height.div_ceil(2) * half];
        Kernels::REFERENCE.halve(&src, height, width, &mut expected, 0..height.div_ceil(2));
        for kernels in all_kernels() {
            let cut = height.div_ceil(2) / 2;
            for range in [0..cut, cut..height.div_ceil(2)] {
                let mut dst = Guarded::new(range.len() * half, 1, 9.25);
                kernels.halve(&src, height, width, &mut dst, range.clone());
                let want = &expected[range.start * half..range.end * half];
                assert_eq!(bits(&dst), bits(want), "{kernels:?} {height}x{width} {range:?}");
                dst.check();
            }
        }
    }
}

#[test]
fn halves_of_an_odd_picture_start_with_zeros() {
    let mut dst = [0f32; 4];
    Kernels::REFERENCE.halve(&[4.0, 8.0, 12.0, 16.0, 20.0, 24.0, 28.0, 32.0, 36.0], 3, 3, &mut dst, 0..2);
    assert_eq!(dst, [1.0, 5.0, 11.0, 28.0]);
}

#[test]
#[should_panic(expected = "ssim: rows of 6")]
fn rows_under_seven_pixels_are_refused() {
    Kernels::REFERENCE.ssim_rows(&[0u8; 60], &[0u8; 60], 6, 1, SsimConstants::of(255.0), 0..1);
}

#[test]
#[should_panic(expected = "gaussian_ssim: window rows 0..2")]
fn window_rows_outside_are_refused() {
    let plane = [0f32; 121];
    Kernels::REFERENCE.gaussian_ssim_rows(&plane, &plane, 11, SsimConstants::of(255.0), 0..2);
}
