//! Every instruction set gives the reference's bits.

use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::reference::nn::depthwise::depthwise;
use vaerans_kernels::reference::nn::epilogue::{Activation, Epilogue};
use vaerans_kernels::reference::nn::gemm::{Rows, ZEROS};
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

#[test]
fn windows_agree() {
    let mut random = SplitMix64(8);
    for round in 0..200 {
        let mut below = |n: u64| random.below(n) as usize;
        let (m, taps, c) = (below(11), 1 + below(9), 1 + below(70));
        let starts: Vec<usize> = (0..m * taps).map(|_| if below(6) == 0 { ZEROS } else { below(1900) }).collect();
        let from = random.vec(2000, |r| r.f32(-2.0, 2.0));
        let weights = random.vec(taps * c, |r| r.f32(-1.0, 1.0));
        let (bias, residual) = (random.vec(c, |r| r.f32(-3.0, 3.0)), random.vec(m * c, |r| r.f32(-3.0, 3.0)));
        let windows = Rows { from: &from, starts: &starts, taps, k: c };
        let epilogue = Epilogue {
            bias: (round % 3 != 0).then_some(&bias),
            residual: (round % 2 != 0).then_some(&residual),
            residual_last: round % 4 == 1,
            activation: if round % 5 < 2 { Activation::Clip(0.0, 6.0) } else { Activation::None },
        };
        let mut want = vec![0.0; m * c];
        depthwise(&windows, &weights, &mut want, &epilogue);
        for kernels in Kernels::available() {
            let mut out = vec![7.0; m * c];
            NnKernels::of(kernels, Mode::Strict).depthwise(&windows, &weights, &mut out, &epilogue);
            assert!(out.iter().zip(&want).all(|(a, b)| a.to_bits() == b.to_bits()), "{kernels:?} {m} {taps} {c}");
            NnKernels::of(kernels, Mode::Fast).depthwise(&windows, &weights, &mut out, &epilogue);
            assert!(out.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-4), "{kernels:?} {m} {taps} {c}");
        }
    }
}
