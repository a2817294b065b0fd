//! Every instruction set gives the reference's bits.

use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::reference::nn::epilogue::{Activation, Epilogue};
use vaerans_kernels::reference::nn::gemm::{gemm, pack, Panels, Rows, ZEROS};
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

const ACTIVATIONS: [Activation; 8] = [
    Activation::None,
    Activation::Clip(0.0, 6.0),
    Activation::Leaky(0.1),
    Activation::Silu,
    Activation::Sigmoid,
    Activation::Tanh,
    Activation::Gelu,
    Activation::HardSwish,
];

#[test]
fn products_agree_bit_for_bit() {
    let mut random = SplitMix64(11);
    for round in 0..300 {
        let (m, taps, k, n) = (
            random.below(30) as usize,
            1 + random.below(9) as usize,
            random.below(40) as usize,
            1 + random.below(70) as usize,
        );
        let from = random.vec(2000, |r| r.f32(-2.0, 2.0));
        let starts: Vec<usize> =
            (0..m * taps).map(|_| if random.below(8) == 0 { ZEROS } else { random.below(1900) as usize }).collect();
        let matrix = random.vec(taps * k * n, |r| r.f32(-1.0, 1.0));
        let bias = random.vec(n, |r| r.f32(-3.0, 3.0));
        let stride = n + random.below(5) as usize;
        let residual = random.vec(m * stride, |r| r.f32(-3.0, 3.0));
        let epilogue = Epilogue {
            bias: (round % 3 != 0).then_some(&bias),
            residual: (round % 2 != 0).then_some(&residual),
            residual_last: round % 4 == 1,
            activation: ACTIVATIONS[round % 8],
        };
        let a = Rows { from: &from, starts: &starts, taps, k };
        let run = |kernels: &NnKernels| {
            let panel = kernels.panel();
            let mut data = vec![f32::NAN; n.div_ceil(panel) * taps * k * panel];
            pack(taps * k, n, panel, &mut data, &matrix, n);
            let b = Panels { data: &data, depth: taps * k, n, panel };
            let mut out = vec![7.0; m * stride];
            let half = (n / 2).next_multiple_of(panel).min(n);
            kernels.gemm(a, b, 0..half, &mut out, stride, &epilogue);
            if half < n {
                kernels.gemm(a, b, half..n, &mut out, stride, &epilogue);
            }
            let mut whole = vec![7.0; m * stride];
            gemm(a, None, b, 0..n, &mut whole, stride, &epilogue);
            assert_eq!(bits(&out), bits(&whole), "{kernels:?} {m} {taps} {k} {n} {epilogue:?}");
            out
        };
        let reference = run(&NnKernels::REFERENCE);
        for kernels in Kernels::available() {
            assert_eq!(bits(&run(&NnKernels::of(kernels, Mode::Strict))), bits(&reference), "{kernels:?}");
        }
    }
}

fn bits(all: &[f32]) -> Vec<u32> {
    all.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn some_taps_agree() {
    let mut random = SplitMix64(12);
    for _ in 0..100 {
        let mut below = |n: u64| random.below(n) as usize;
        let (m, all, taps, k, n) = (1 + below(15), 1 + below(9), 1 + below(5), below(20), 1 + below(40));
        let which: Vec<usize> = (0..taps).map(|_| below(all as u64)).collect();
        let starts: Vec<usize> = (0..m * taps).map(|_| below(900)).collect();
        let from = random.vec(1000, |r| r.f32(-2.0, 2.0));
        let matrix = random.vec(all * k * n, |r| r.f32(-1.0, 1.0));
        let a = Rows { from: &from, starts: &starts, taps, k };
        for kernels in Kernels::available() {
            let kernels = NnKernels::of(kernels, Mode::Strict);
            let panel = kernels.panel();
            let mut data = vec![f32::NAN; n.div_ceil(panel) * all * k * panel];
            pack(all * k, n, panel, &mut data, &matrix, n);
            let b = Panels { data: &data, depth: all * k, n, panel };
            let (mut out, mut want) = (vec![7.0; m * n], vec![7.0; m * n]);
            kernels.gemm_taps(a, &which, b, 0..n, &mut out, n, &Epilogue::default());
            gemm(a, Some(&which), b, 0..n, &mut want, n, &Epilogue::default());
            assert_eq!(bits(&out), bits(&want), "{kernels:?} {m} {all} {which:?} {k} {n}");
        }
    }
}

#[test]
fn functions_agree_at_every_kind_of_number() {
    let numbers = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.6249,
        0.625,
        9.0,
        9.1,
        2.0,
        10.1,
        -88.0,
        88.8,
        1e-40,
        3e38,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
    ];
    let mut random = SplitMix64(5);
    let all: Vec<f32> = numbers.into_iter().chain((0..500).map(|_| random.f32(-20.0, 20.0))).collect();
    let starts: Vec<usize> = (0..all.len()).collect();
    for kernels in Kernels::available() {
        let kernels = NnKernels::of(kernels, Mode::Strict);
        let panel = kernels.panel();
        let mut data = vec![0.0; panel];
        pack(1, 1, panel, &mut data, &[1.0], 1);
        for activation in ACTIVATIONS {
            let mut out = vec![0.0; all.len()];
            let epilogue = Epilogue { activation, ..Epilogue::default() };
            let a = Rows { from: &all, starts: &starts, taps: 1, k: 1 };
            kernels.gemm(a, Panels { data: &data, depth: 1, n: 1, panel }, 0..1, &mut out, 1, &epilogue);
            for (x, y) in all.iter().zip(out) {
                let want = activation.of(0.0 + x * 1.0);
                assert!(
                    want.to_bits() == y.to_bits() || (want.is_nan() && y.is_nan()),
                    "{kernels:?} {activation:?} of {x}: {y}, {want}"
                );
            }
        }
    }
}
