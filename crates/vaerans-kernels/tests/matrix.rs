//! Colour by a matrix: every instruction set gives the reference's planes and samples.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;
use common::*;
use vaerans_kernels::{Kernels, Matrix, MatrixPlane, MatrixSample};

fn matrix(rng: &mut Rng, scale: f32, offset: f32) -> Matrix {
    Matrix { m: std::array::from_fn(|_| (rng.next() as i32 % 1000) as f32 / 700.0), scale, offset }
}

fn forward<S: MatrixSample + PartialEq>(rng: &mut Rng, scale: f32, sample: fn(u64) -> S) {
    for channels in 1..=4 {
        for n in [0, 1, 15, 63, 64, 65, 130, 257] {
            let src: Vec<S> = (0..n * channels).map(|_| sample(rng.next())).collect();
            let matrix = matrix(rng, scale, -128.0);
            let run = |kernels: &Kernels| {
                let mut planes: Vec<_> =
                    (0..if channels < 3 { 1 } else { 3 }).map(|i| Guarded::new(n, i, 9f32)).collect();
                let mut dst: Vec<&mut [f32]> = planes.iter_mut().map(|p| &mut p[..]).collect();
                kernels.matrix_forward(&src, channels, &matrix, &mut dst);
                planes.iter().for_each(Guarded::check);
                planes.iter().map(|p| bits(p)).collect::<Vec<_>>()
            };
            let wanted = run(&Kernels::REFERENCE);
            for kernels in all_kernels() {
                assert_eq!(run(&kernels), wanted, "{kernels:?}, {n} pixels of {channels}");
            }
        }
    }
}

fn inverse<P: MatrixPlane<S>, S: MatrixSample + PartialEq + std::fmt::Debug>(
    rng: &mut Rng,
    scale: f32,
    value: fn(u64) -> P,
    guard: S,
) {
    for channels in 1..=4 {
        for n in [0, 1, 15, 63, 64, 65, 130, 257] {
            let planes: Vec<Vec<P>> =
                (0..if channels < 3 { 1 } else { 3 }).map(|_| (0..n).map(|_| value(rng.next())).collect()).collect();
            let src: Vec<&[P]> = planes.iter().map(|p| &p[..]).collect();
            let matrix = matrix(rng, scale, 128.0 * scale);
            let run = |kernels: &Kernels| {
                let mut out = Guarded::new(n * channels, 3, guard);
                kernels.matrix_inverse(&src, &matrix, channels, &mut out);
                out.check();
                out.to_vec()
            };
            let wanted = run(&Kernels::REFERENCE);
            for kernels in all_kernels() {
                assert_eq!(run(&kernels), wanted, "{kernels:?}, {n} pixels of {channels}");
            }
        }
    }
}

#[test]
fn every_instruction_set_gives_the_reference_s_planes() {
    let mut rng = Rng(3);
    forward::<u8>(&mut rng, 1.0, |r| r as u8);
    forward::<u16>(&mut rng, 1.0 / 257.0, |r| r as u16);
}

#[test]
fn every_instruction_set_gives_the_reference_s_samples() {
    let mut rng = Rng(4);
    let float = |r: u64| if r % 50 == 0 { f32::NAN } else { (r as i32 % 400_000) as f32 / 1000.0 };
    inverse::<f32, u8>(&mut rng, 1.0, float, 7);
    inverse::<f32, u16>(&mut rng, 257.0, float, 7);
    inverse::<i16, u8>(&mut rng, 0.125, |r| r as i16, 7);
    inverse::<i16, u16>(&mut rng, 257.0 / 8.0, |r| r as i16, 7);
}
