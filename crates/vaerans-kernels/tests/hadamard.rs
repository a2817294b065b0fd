//! Hadamard: native kernels against the reference, and the reference against the matrix.

mod common;
use common::*;
use vaerans_kernels::Kernels;

fn refs(planes: &[Guarded<f32>]) -> Vec<&[f32]> {
    planes.iter().map(|p| &**p).collect()
}

fn muts(planes: &mut [Guarded<f32>]) -> Vec<&mut [f32]> {
    planes.iter_mut().map(|p| &mut **p).collect()
}

/// Planes of random values; `skew` staggers their alignment, so that they cannot be streamed together.
fn planes(rng: &mut Rng, channels: usize, n: usize, misalignment: usize, skew: usize) -> Vec<Guarded<f32>> {
    (0..channels).map(|c| Guarded::of(&rng.vec(n, |r| r.f32(-300.0, 300.0)), misalignment + c * skew, 9.25)).collect()
}

#[test]
fn native_equals_reference() {
    let mut rng = Rng(2);
    for (channels, n) in [2, 4, 8, 16].into_iter().flat_map(|c| lengths().into_iter().map(move |n| (c, n))) {
        for (misalignment, skew) in [(0, 0), (1, 0), (7, 0), (0, 1)] {
            let src = planes(&mut rng, channels, n, misalignment, 0);
            let mut expected = planes(&mut rng, channels, n, 0, 0);
            Kernels::REFERENCE.hadamard_forward(&refs(&src), &mut muts(&mut expected));
            for kernels in all_kernels() {
                let mut dst = planes(&mut rng, channels, n, misalignment, skew);
                kernels.hadamard_forward(&refs(&src), &mut muts(&mut dst));
                let mut in_place: Vec<_> = src.iter().map(|p| Guarded::of(p, misalignment, 9.25)).collect();
                kernels.hadamard_in_place(&mut muts(&mut in_place));
                for c in 0..channels {
                    assert_eq!(bits(&dst[c]), bits(&expected[c]), "{kernels:?} {channels}x{n} plane {c}");
                    assert_eq!(bits(&in_place[c]), bits(&expected[c]), "{kernels:?} {channels}x{n} in place {c}");
                    dst[c].check();
                    in_place[c].check();
                }
            }
        }
    }
}

#[test]
fn reference_is_the_matrix_and_its_own_inverse() {
    let mut rng = Rng(3);
    for channels in [2usize, 4, 8, 16] {
        let src = planes(&mut rng, channels, 9, 0, 0);
        let mut dst = planes(&mut rng, channels, 9, 0, 0);
        let mut back = planes(&mut rng, channels, 9, 0, 0);
        Kernels::REFERENCE.hadamard_forward(&refs(&src), &mut muts(&mut dst));
        Kernels::REFERENCE.hadamard_inverse(&refs(&dst), &mut muts(&mut back));
        for (i, row) in (0..9).flat_map(|i| (0..channels).map(move |r| (i, r))) {
            // Natural order: entry (r, c) is (-1)^popcount(r & c) / sqrt(channels).
            let sum: f64 = (0..channels)
                .map(|c| f64::from(src[c][i]) * if (row & c).count_ones() % 2 == 0 { 1.0 } else { -1.0 })
                .sum();
            assert!((f64::from(dst[row][i]) - sum / (channels as f64).sqrt()).abs() < 1e-3);
            assert!((back[row][i] - src[row][i]).abs() < 1e-3);
        }
    }
}

#[test]
#[should_panic(expected = "3 planes")]
fn three_planes_are_refused() {
    let plane = [0.0f32; 4];
    let (mut a, mut b, mut c) = (plane, plane, plane);
    Kernels::REFERENCE.hadamard_forward(&[&plane[..]; 3], &mut [&mut a, &mut b, &mut c]);
}
