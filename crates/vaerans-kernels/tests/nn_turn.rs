//! Every instruction set moves every number to where the reference moves it.

use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::reference::nn::turn::turn;
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

#[test]
fn matrices_agree() {
    let mut random = SplitMix64(8);
    for _ in 0..200 {
        let mut below = |n: u64| random.below(n) as usize;
        let (rows, columns) = (below(40), below(40));
        let (step, stride) = (rows + below(30), columns + below(30));
        let from: Vec<f32> = (0..step * columns).map(|i| i as f32).collect();
        let mut want = vec![-1.0; stride * rows];
        turn(&from, step, [rows, columns], &mut want, stride);
        for kernels in Kernels::available() {
            let mut out = vec![-1.0; stride * rows];
            NnKernels::of(kernels, Mode::Strict).turn(&from, step, [rows, columns], &mut out, stride);
            assert_eq!(out, want, "{kernels:?} {rows} {columns} {step} {stride}");
        }
    }
}
