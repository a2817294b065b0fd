//! Residuals: native kernels against the reference; the bound holds.

mod common;
use common::*;
use std::fmt::Debug;
use vaerans_kernels::{Kernels, ResidualSample};

fn agrees<S>(seed: u64, bounds: &[u32], sample: impl Fn(&mut Rng) -> S, residual: impl Fn(&mut Rng) -> S::Residual)
where
    S: ResidualSample + PartialEq + Debug,
    S::Residual: PartialEq + Debug,
{
    let mut rng = Rng(seed);
    let (s0, r0) = (sample(&mut rng), residual(&mut rng));
    for (k, n) in bounds.iter().flat_map(|k| lengths().into_iter().map(move |n| (*k, n))) {
        let (src, base, any) = (rng.vec(n, &sample), rng.vec(n, &sample), rng.vec(n, &residual));
        let (mut q, mut back, mut hostile) = (vec![r0; n], vec![s0; n], vec![s0; n]);
        Kernels::REFERENCE.residual_forward(&src, &base, &mut q, k);
        Kernels::REFERENCE.residual_inverse(&q, &base, &mut back, k);
        Kernels::REFERENCE.residual_inverse(&any, &base, &mut hostile, k);
        assert!(src.iter().zip(&back).all(|(a, b)| a.to_i32().abs_diff(b.to_i32()) <= k), "bound {k}");
        for (kernels, misalignment) in all_kernels().into_iter().flat_map(|k| MISALIGNMENTS.map(|m| (k, m))) {
            let mut to = Guarded::new(n, misalignment, r0);
            kernels.residual_forward(&src, &base, &mut to, k);
            assert_eq!(*to, *q, "{kernels:?} {n} {k}");
            to.check();
            for (from, expected) in [(&q, &back), (&any, &hostile)] {
                let mut to = Guarded::new(n, misalignment, s0);
                kernels.residual_inverse(from, &base, &mut to, k);
                assert_eq!(*to, **expected, "{kernels:?} {n} {k}");
                to.check();
            }
        }
    }
}

#[test]
fn native_equals_reference() {
    agrees::<u8>(41, &[0, 1, 2, 7, 254, 255], |r| r.next() as u8, |r| r.next() as i16);
    agrees::<u16>(42, &[0, 1, 3, 100, 40_000, 65535], |r| r.next() as u16, |r| r.next() as i32);
    agrees::<i16>(43, &[0, 1, 3, 100, 40_000, 65535], |r| r.next() as i16, |r| r.next() as i32);
}

/// The kernels divide in floating point; the reference in integers. Every difference, and bounds of every size.
#[test]
fn division_is_exact() {
    let base = vec![i16::MIN; 65536];
    let src: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let (mut expected, mut q) = (vec![0; 65536], vec![0; 65536]);
    let fastest = *Kernels::available().last().unwrap();
    let bounds = (1..300).chain((300..65536).step_by(1777)).chain([32767, 32768, 65534, 65535]);
    for k in bounds {
        Kernels::REFERENCE.residual_forward(&src, &base, &mut expected, k);
        fastest.residual_forward(&src, &base, &mut q, k);
        assert_eq!(q, expected, "{k}");
    }
}
