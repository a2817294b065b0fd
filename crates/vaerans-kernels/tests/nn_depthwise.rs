//! Every instruction set gives the reference's bits.

use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::reference::nn::depthwise::{depthwise, Windows};
use vaerans_kernels::reference::nn::epilogue::{Activation, Epilogue};
use vaerans_kernels::reference::nn::gemm::ZEROS;
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

/// Columns of windows in a row: anywhere with some padding, but for those within `inner`, whose taps are 7 numbers apart.
fn columns(random: &mut SplitMix64, width: usize, taps: usize, inner: &std::ops::Range<usize>) -> Vec<usize> {
    let mut all = Vec::new();
    for window in 0..width {
        let first = random.below(400) as usize;
        for tap in 0..taps {
            let padding = !inner.contains(&window) && random.below(4) == 0;
            let at = if inner.contains(&window) { first + 7 * tap } else { random.below(900) as usize };
            all.push(if padding { ZEROS } else { at });
        }
    }
    all
}

#[test]
fn windows_agree() {
    let mut random = SplitMix64(8);
    for round in 0..200 {
        let mut below = |n: u64| random.below(n) as usize;
        let (height, width, taps, c) = (below(4), below(11), [1 + below(4), 1 + below(4)], 1 + below(70));
        let begin = below(width as u64 + 1);
        let inner = begin..begin + below((width - begin) as u64 + 1);
        let rows: Vec<usize> = (0..height * taps[0]).map(|_| if below(6) == 0 { ZEROS } else { below(1000) }).collect();
        let columns = columns(&mut random, width, taps[1], &inner);
        let from = random.vec(2000, |r| r.f32(-2.0, 2.0));
        let weights = random.vec(taps[0] * taps[1] * c, |r| r.f32(-1.0, 1.0));
        let stride = width * c + random.below(5) as usize;
        let (bias, residual) = (random.vec(c, |r| r.f32(-3.0, 3.0)), random.vec(height * stride, |r| r.f32(-3.0, 3.0)));
        let windows = Windows { from: &from, rows: &rows, columns: &columns, taps, c, inner: (&inner, 7) };
        let epilogue = Epilogue {
            bias: (round % 3 != 0).then_some(&bias),
            residual: (round % 2 != 0).then_some(&residual),
            residual_last: round % 4 == 1,
            activation: if round % 5 < 2 { Activation::Clip(0.0, 6.0) } else { Activation::None },
        };
        let mut want = vec![7.0; height * stride];
        depthwise(&windows, &weights, &mut want, stride, &epilogue);
        for kernels in Kernels::available() {
            let mut out = vec![7.0; height * stride];
            NnKernels::of(kernels, Mode::Strict).depthwise(&windows, &weights, &mut out, stride, &epilogue);
            assert!(out.iter().zip(&want).all(|(a, b)| a.to_bits() == b.to_bits()), "{kernels:?} {width} {taps:?} {c}");
            NnKernels::of(kernels, Mode::Fast).depthwise(&windows, &weights, &mut out, stride, &epilogue);
            assert!(out.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-4), "{kernels:?} {width} {taps:?} {c}");
        }
    }
}

#[test]
fn what_lies_outside_panics() {
    let (inner, none) = (0..1, 0..0);
    let run = |rows: &[usize], columns: &[usize], inner: (&std::ops::Range<usize>, usize), stride: usize| {
        let windows = Windows { from: &[0.0; 10], rows, columns, taps: [1, 3], c: 2, inner };
        let mut out = [0.0; 20];
        NnKernels::fastest(Mode::Strict).depthwise(&windows, &[0.0; 6], &mut out, stride, &Epilogue::default());
    };
    run(&[2], &[0, 1, 2], (&inner, 3), 2);
    let outside = [
        std::panic::catch_unwind(|| run(&[4], &[0, 1, 2], (&inner, 3), 2)), // the last inner tap
        std::panic::catch_unwind(|| run(&[0], &[0, 1, 9], (&none, 0), 2)),
        std::panic::catch_unwind(|| run(&[0], &[ZEROS, 0, 0], (&inner, 1), 2)), // padding within
        std::panic::catch_unwind(|| run(&[0], &[0, 1, 2], (&inner, usize::MAX), 2)),
        std::panic::catch_unwind(|| run(&[0; 4], &[0, 1, 2], (&none, 0), usize::MAX / 3 + 1)), // rows that wrap around
        std::panic::catch_unwind(|| run(&[0; 2], &[0, 1, 2], (&none, 0), 1)),                  // rows in one another
    ];
    assert!(outside.iter().all(Result::is_err));
}
