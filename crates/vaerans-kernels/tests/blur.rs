//! Blur: native kernels against the reference, and the reference against what a Gaussian is.

mod common;
use common::*;
use vaerans_kernels::{blur_weights, BlurSample, BlurShape, Kernels};

/// Shapes (height, width, channels) around the block sizes, smaller than the radius, and a single pixel.
fn shapes() -> Vec<BlurShape> {
    let widths = [1usize, 2, 3, 5, 15, 16, 17, 31, 33, 64, 65, 130];
    let all = widths.into_iter().flat_map(|w| [(1, w, 1), (4, w, 3), (9, w, 2), (2, w, 4)]);
    all.map(|(height, width, channels)| BlurShape { height, row: width * channels, channels }).collect()
}

fn agree<T: BlurSample + PartialEq + std::fmt::Debug>(guard: T, bits: fn(&T) -> u32, sample: fn(&mut Rng) -> T) {
    let mut rng = Rng(11);
    for (shape, sigma) in shapes().into_iter().flat_map(|s| [0.0, 0.5, 1.5, 4.0].map(|sigma| (s, sigma))) {
        let (n, weights) = (shape.height * shape.row, blur_weights(sigma));
        let src = rng.vec(n, sample);
        let mut whole = Guarded::new(n, 0, guard);
        Kernels::REFERENCE.blur(shape, &weights, &src, &mut whole, 0..shape.height);
        for kernels in all_kernels() {
            for misalignment in MISALIGNMENTS {
                let from = Guarded::of(&src, misalignment, guard);
                // In two ranges: where the picture is cut must not matter.
                let cut = shape.height / 2;
                for range in [0..cut, cut..shape.height] {
                    let mut dst = Guarded::new(range.len() * shape.row, misalignment, guard);
                    kernels.blur(shape, &weights, &from, &mut dst, range.clone());
                    let expected = &whole[range.start * shape.row..range.end * shape.row];
                    let same = dst.iter().map(bits).eq(expected.iter().map(bits));
                    assert!(same, "{kernels:?} {shape:?} sigma {sigma} rows {range:?}");
                    dst.check();
                }
            }
        }
    }
}

#[test]
fn native_equals_reference() {
    agree::<f32>(9.25, |x| x.to_bits(), |r| r.f32(-300.0, 300.0));
    agree::<u8>(0xa5, |&x| x.into(), |r| r.next() as u8);
    agree::<u16>(0xa5a5, |&x| x.into(), |r| r.next() as u16);
}

#[test]
fn constant_pictures_stay() {
    let shape = BlurShape { height: 9, row: 40, channels: 4 };
    for kernels in Kernels::available() {
        for sigma in [0.3, 2.0, 30.0] {
            let mut dst = [0u8; 360];
            kernels.blur(shape, &blur_weights(sigma), &[255u8; 360], &mut dst, 0..9);
            assert_eq!(dst, [255; 360], "{kernels:?} {sigma}");
            let mut dst = [0u16; 360];
            kernels.blur(shape, &blur_weights(sigma), &[65535u16; 360], &mut dst, 0..9);
            assert_eq!(dst, [65535; 360], "{kernels:?} {sigma}");
        }
    }
}

#[test]
fn impulse_gives_the_window() {
    let shape = BlurShape { height: 31, row: 31, channels: 1 };
    let mut src = [0f32; 961];
    src[15 * 31 + 15] = 1.0;
    let weights = blur_weights(1.5);
    assert_eq!(weights.len(), 7);
    let mut dst = [0f32; 961];
    Kernels::REFERENCE.blur(shape, &weights, &src, &mut dst, 0..31);
    for (i, value) in dst.iter().enumerate() {
        let [dy, dx] = [i / 31, i % 31].map(|p| p.abs_diff(15));
        let [down, along] = [dy, dx].map(|d| weights.get(d).copied().unwrap_or(0.0));
        assert!((value - down * along).abs() < 1e-7, "{dy} {dx}");
    }
}

#[test]
fn mirror_is_half_sample_symmetric() {
    // Equal weights of three taps at the corner of [1 2 4]: (1 + 1 + 2) / 3 along the row, the column being constant.
    let shape = BlurShape { height: 1, row: 3, channels: 1 };
    let mut dst = [0f32; 3];
    Kernels::REFERENCE.blur(shape, &[1.0 / 3.0, 1.0 / 3.0], &[3.0, 6.0, 12.0], &mut dst, 0..1);
    assert!(dst.iter().zip([4.0, 7.0, 10.0]).all(|(a, b)| (a - b).abs() < 1e-5), "{dst:?}");
}

#[test]
fn weights_are_a_gaussian_of_sum_one() {
    assert_eq!(blur_weights(0.0), [1.0]);
    for sigma in [0.2, 1.0, 1.5, 7.3, 100.0, 1024.0] {
        let weights = blur_weights(sigma);
        assert_eq!(weights.len() - 1, (4.0 * sigma + 0.5) as usize);
        let sum: f64 = weights.iter().map(|&w| f64::from(w)).sum::<f64>() * 2.0 - f64::from(weights[0]);
        assert!((sum - 1.0).abs() < 1e-6, "{sigma}: {sum}");
        for (k, &w) in weights.iter().enumerate() {
            let ideal = f64::from(weights[0]) * (-((k * k) as f64) / (2.0 * sigma * sigma)).exp();
            assert!((f64::from(w) - ideal).abs() <= 2e-7 * ideal, "{sigma} {k}");
        }
    }
}

#[test]
#[should_panic(expected = "sigma")]
fn sigma_out_of_range_is_refused() {
    blur_weights(f64::NAN);
}

#[test]
#[should_panic(expected = "blur: rows 0..3 of 2")]
fn rows_outside_are_refused() {
    let shape = BlurShape { height: 2, row: 2, channels: 1 };
    Kernels::REFERENCE.blur(shape, &[1.0], &[0u8; 4], &mut [0; 6], 0..3);
}

#[test]
fn own_exponential_is_the_library_s() {
    use vaerans_kernels::exact::exp_negative;
    for i in 0..70_000 {
        let x = -f64::from(i) / 100.0;
        let (got, expected) = (exp_negative(x), x.exp());
        assert!((got - expected).abs() <= 1e-15 * expected, "exp({x}) is {expected}, not {got}");
    }
    assert_eq!([exp_negative(0.0), exp_negative(3.0), exp_negative(-800.0)], [1.0, 1.0, 0.0]);
    assert!(exp_negative(-708.0) > 0.0);
}
