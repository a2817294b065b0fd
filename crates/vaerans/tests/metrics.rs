//! Metrics against numbers of other people's implementations (tests/data/metrics.json, made by tools/metric_numbers.py).
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

use serde_json::Value;
use vaerans::kernels::Kernels;
use vaerans::metric::{bd_rate, ms_ssim, ms_ssim_db, psnr, psnr_f32, ssim, Pchip, Pictures, RatePoint, Sample};

fn numbers() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/metrics.json");
    serde_json::from_slice(&std::fs::read(path).expect(path)).expect("JSON")
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// The pictures of tools/metric_numbers.py: crossing ramps with some noise, and a coarser picture of it.
fn pictures([height, width, channels]: [i64; 3], wide: bool) -> (Vec<u16>, Vec<u16>) {
    let positions = (0..height).flat_map(|y| (0..width).flat_map(move |x| (0..channels).map(move |c| (y, x, c))));
    let sample = |(y, x, c): (i64, i64, i64)| {
        let wave = |v: i64| (v.rem_euclid(510) - 255).abs();
        let ramp = wave(3 * x + 2 * y + 40 * c) + wave(x - 5 * y - 90 * c);
        let noise = (x * 7919 + y * 104_729 + c * 1_299_709 + x * y) % 31;
        let a = (ramp * 15 + noise * 16) / 32;
        let b = (a / 12 * 12 + 6 + (x * 31 + y * 17) % 5 - 2).clamp(0, 255);
        let lowered = if a > 0 { noise } else { 0 };
        if wide {
            ((a * 257 - lowered) as u16, (b * 257) as u16)
        } else {
            (a as u16, b as u16)
        }
    };
    positions.map(sample).unzip()
}

fn check<T: Sample>(case: &Value, a: &[T], b: &[T], shape: [usize; 3]) {
    let expected = |name: &str| case[name].as_f64().unwrap();
    let pair = Pictures::new(a, b, shape).unwrap();
    let scales = case["scales"].as_u64().unwrap() as usize;
    let mut first = None;
    for kernels in Kernels::available() {
        for threads in [1, 3] {
            let multi = if scales > 0 { ms_ssim(kernels, threads, &pair, scales).unwrap() } else { 0.0 };
            let values = [psnr(kernels, &pair), ssim(kernels, threads, &pair).unwrap(), multi];
            // Not merely close: the same number on every instruction set and for every number of threads.
            assert_eq!(*first.get_or_insert(values), values, "{kernels:?} {threads} {shape:?}");
            for (value, name) in values.iter().zip(["psnr", "ssim", "ms_ssim"]) {
                let off = (value - expected(name)).abs();
                assert!(off < 1e-9, "{name} of {shape:?} is {value}, not {} ({kernels:?})", expected(name));
            }
        }
    }
}

#[test]
fn pictures_measure_as_elsewhere() {
    let numbers = numbers();
    let cases = numbers["pictures"].as_array().unwrap();
    assert!(cases.len() >= 9);
    for case in cases {
        let size = |name: &str| case[name].as_i64().unwrap();
        let (shape, wide) = ([size("height"), size("width"), size("channels")], size("bits") == 16);
        let (a, b) = pictures(shape, wide);
        let sum = |v: &[u16]| v.iter().map(|&s| i64::from(s)).sum::<i64>();
        assert_eq!((sum(&a), sum(&b)), (size("sum_a"), size("sum_b")), "not the pictures of the generator");
        let shape = shape.map(|n| n as usize);
        if wide {
            check(case, &a, &b, shape);
        } else {
            let narrow = |v: &[u16]| v.iter().map(|&s| s as u8).collect::<Vec<u8>>();
            check(case, &narrow(&a), &narrow(&b), shape);
        }
    }
}

#[test]
fn equal_pictures() {
    let (a, _) = pictures([161, 170, 3], false);
    let a: Vec<u8> = a.iter().map(|&s| s as u8).collect();
    let pair = Pictures::new(&a, &a, [161, 170, 3]).unwrap();
    let kernels = Kernels::active();
    assert_eq!(psnr(kernels, &pair), f64::INFINITY);
    assert_eq!(ssim(kernels, 1, &pair).unwrap(), 1.0);
    assert!((ms_ssim(kernels, 1, &pair, 5).unwrap() - 1.0).abs() < 1e-12);
}

#[test]
fn negated_contrast_counts_as_nothing() {
    let (a, _) = pictures([40, 40, 1], false);
    let [a, b]: [Vec<u8>; 2] = [a.iter().map(|&s| s as u8).collect(), a.iter().map(|&s| 255 - s as u8).collect()];
    let pair = Pictures::new(&a, &b, [40, 40, 1]).unwrap();
    assert!(ssim(Kernels::active(), 1, &pair).unwrap() < 0.0);
    assert_eq!(ms_ssim(Kernels::active(), 1, &pair, 2).unwrap(), 0.0);
}

#[test]
fn peaks_are_a_setting() {
    let kernels = Kernels::active();
    let (a, b) = ([0u16, 100], [3u16, 104]);
    let pair = Pictures::new(&a, &b, [1, 2, 1]).unwrap().with_peak(1023.0).unwrap();
    let expected = 10.0 * (1023.0f64 * 1023.0 / 12.5).log10();
    assert!((psnr(kernels, &pair) - expected).abs() < 1e-12);
    assert!((psnr_f32(kernels, &[0.0, 100.0], &[3.0, 104.0], 1023.0).unwrap() - expected).abs() < 1e-12);
    assert_eq!(pair.with_peak(f64::NAN).unwrap_err().code(), "param.range");
}

#[test]
fn what_cannot_be_measured_says_why() {
    let kernels = Kernels::active();
    let a = [0u8; 10 * 200];
    let pair = Pictures::new(&a, &a, [10, 200, 1]).unwrap();
    let e = ms_ssim(kernels, 1, &pair, 5).unwrap_err();
    assert_eq!(e.code(), "data.too_small");
    assert!(e.message().contains("161") && e.message().contains("200 x 10") && e.message().contains("PSNR"), "{e}");
    let a = [0u8; 100 * 100];
    let pair = Pictures::new(&a, &a, [100, 100, 1]).unwrap();
    let e = ms_ssim(kernels, 1, &pair, 5).unwrap_err();
    assert!(e.message().contains("scales=4"), "{e}");
    assert!(ms_ssim(kernels, 1, &pair, 4).is_ok());
    for scales in [0, 6, 70] {
        assert_eq!(ms_ssim(kernels, 1, &pair, scales).unwrap_err().code(), "param.range");
    }
    let pair = Pictures::new(&a[..60], &a[..60], [6, 10, 1]).unwrap();
    assert_eq!(ssim(kernels, 1, &pair).unwrap_err().code(), "data.too_small");
    assert_eq!(Pictures::<u8>::new(&[], &[], [0, 4, 3]).unwrap_err().code(), "data.empty");
    assert_eq!(Pictures::new(&a[..5], &a[..6], [1, 6, 1]).unwrap_err().code(), "param.shape");
    assert_eq!(psnr_f32(kernels, &[1.0], &[f32::NAN], 1.0).unwrap_err().code(), "data.not_finite");
    assert_eq!(psnr_f32(kernels, &[], &[], 1.0).unwrap_err().code(), "data.empty");
    assert_eq!(psnr_f32(kernels, &[1.0], &[], 1.0).unwrap_err().code(), "param.shape");
}

#[test]
fn pchip_is_scipy_s() {
    for case in numbers()["pchip"].as_array().unwrap() {
        let curve = Pchip::new(floats(&case["x"]), floats(&case["y"])).unwrap();
        for (x, y) in floats(&case["at"]).into_iter().zip(floats(&case["value"])) {
            assert!((curve.at(x) - y).abs() < 1e-12, "{x}: {} is not {y}", curve.at(x));
        }
        let (low, high) = (case["low"].as_f64().unwrap(), case["high"].as_f64().unwrap());
        assert!((curve.integral(low, high) - case["integral"].as_f64().unwrap()).abs() < 1e-11);
    }
}

#[test]
fn bd_rate_is_that_of_scipy_s_pchip() {
    let points = |curve: &Value| -> Vec<RatePoint> {
        let pairs = floats(&curve[0]).into_iter().zip(floats(&curve[1]));
        pairs.map(|(rate, quality)| RatePoint { rate, quality }).collect()
    };
    for case in numbers()["bd_rate"].as_array().unwrap() {
        let (anchor, mut test) = (points(&case["anchor"]), points(&case["test"]));
        test.reverse(); // the order of the points must not matter
        let value = bd_rate(&anchor, &test, Some(vaerans::metric::PSNR_WINDOW)).unwrap();
        let expected = case["bd_rate"].as_f64().unwrap();
        assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
        assert!(bd_rate(&anchor, &anchor, None).unwrap().abs() < 1e-12);
    }
}

#[test]
fn curves_that_cannot_be_compared_say_why() {
    let curve = |from: f64| (0..8).map(move |i| RatePoint { rate: 1.0 + f64::from(i), quality: from + f64::from(i) });
    let (a, b): (Vec<_>, Vec<_>) = (curve(28.0).collect(), curve(45.0).collect());
    let code = |anchor: &[RatePoint], test: &[RatePoint], window| bd_rate(anchor, test, window).unwrap_err().code();
    assert_eq!(code(&a, &b, None), "data.range");
    assert_eq!(code(&b, &b, Some((27.0, 40.0))), "data.range");
    assert_eq!(code(&a[..7], &a, None), "param.shape");
    let with = |point: RatePoint| [&a[..], &[point]].concat();
    assert_eq!(code(&a, &with(RatePoint { rate: 0.0, quality: 50.0 }), None), "param.range");
    assert_eq!(code(&a, &with(RatePoint { rate: 1.0, quality: 28.0 }), None), "param.range");
    assert_eq!(code(&a, &with(RatePoint { rate: 1.0, quality: f64::INFINITY }), None), "data.not_finite");
    let e = bd_rate(&a, &with(RatePoint { rate: f64::NAN, quality: 50.0 }), None).unwrap_err();
    assert!(e.code() == "data.not_finite" && e.message().starts_with("test"), "{e}");
    assert_eq!(Pchip::new(vec![1.0], vec![1.0]).unwrap_err().code(), "param.shape");
}

#[test]
fn decibels_of_a_similarity() {
    assert!((ms_ssim_db(0.99) - 20.0).abs() < 1e-12);
    assert_eq!(ms_ssim_db(1.0), f64::INFINITY);
}
