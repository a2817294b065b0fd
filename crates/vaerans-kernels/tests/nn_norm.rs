//! Every instruction set gives the reference's bits.

use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::reference::nn::gemm::{Rows, ZEROS};
use vaerans_kernels::reference::nn::norm::{column_sums, layer_norm, row_sums, softmax, LayerNorm};
use vaerans_kernels::reference::nn::pool::pool;
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

fn all() -> Vec<NnKernels> {
    Kernels::available().into_iter().map(|k| NnKernels::of(k, Mode::Strict)).collect()
}

fn same(a: &[f32], b: &[f32]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()))
}

/// Numbers, now and then one that is none.
fn numbers(random: &mut SplitMix64, n: usize, odd: bool) -> Vec<f32> {
    let mut all = random.vec(n, |r| r.f32(-4.0, 4.0));
    if odd && n > 0 {
        let at = random.below(n as u64) as usize;
        all[at] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][random.below(3) as usize];
    }
    all
}

#[test]
fn sums_and_softmax_agree() {
    let mut random = SplitMix64(21);
    for round in 0..200 {
        let (rows, columns) = (random.below(150) as usize, 1 + random.below(70) as usize);
        let x = numbers(&mut random, rows * columns, round % 5 == 0);
        let (by_row, by_column) = (numbers(&mut random, rows, false), numbers(&mut random, columns, false));
        for kernels in all() {
            for centred in [false, true] {
                let (mut got, mut want) = (vec![7.0; rows], vec![7.0; rows]);
                kernels.row_sums(&x, columns, centred.then_some(&by_row), &mut got);
                row_sums(&x, columns, centred.then_some(&by_row), &mut want);
                assert!(same(&got, &want), "{kernels:?} rows {rows} {columns} {centred}");
                let (mut got, mut want) = (vec![7.0; columns], vec![7.0; columns]);
                kernels.column_sums(&x, centred.then_some(&by_column), &mut got);
                column_sums(&x, columns, centred.then_some(&by_column), &mut want);
                assert!(same(&got, &want), "{kernels:?} columns {rows} {columns} {centred}");
                let (mut got, mut want) = (vec![7.0; x.len()], vec![7.0; x.len()]);
                kernels.softmax(&x, columns, centred, &mut got);
                softmax(&x, columns, centred, &mut want);
                assert!(same(&got, &want), "{kernels:?} softmax {rows} {columns} {centred}");
            }
        }
    }
}

#[test]
fn layers_agree() {
    let mut random = SplitMix64(23);
    for round in 0..200 {
        let (rows, width, times) = (random.below(9) as usize, 1 + random.below(50) as usize, random.below(3) as usize);
        let columns = width * (1 + times);
        let x = numbers(&mut random, rows * columns, round % 5 == 0);
        let (scale, bias) = (numbers(&mut random, width, false), numbers(&mut random, width, false));
        let bias = (round % 3 != 0).then_some(bias.as_slice());
        let layer = LayerNorm { columns, centred: round % 2 == 0, epsilon: 1e-5, scale: &scale, bias };
        let mut want = vec![7.0; x.len()];
        layer_norm(&layer, &x, &mut want);
        for kernels in all() {
            let mut got = vec![7.0; x.len()];
            kernels.layer_norm(&layer, &x, &mut got);
            assert!(same(&got, &want), "{kernels:?} {rows} {columns} {width}");
        }
    }
}

#[test]
fn pools_agree() {
    let mut random = SplitMix64(22);
    for round in 0..200 {
        let mut below = |n: u64| random.below(n) as usize;
        let (m, taps, c) = (below(9), 1 + below(9), 1 + below(40));
        let starts: Vec<usize> = (0..m * taps).map(|_| if below(6) == 0 { ZEROS } else { below(900) }).collect();
        let from = numbers(&mut random, 1000, round % 5 == 0);
        let begin = numbers(&mut random, m * c, false);
        let windows = Rows { from: &from, starts: &starts, taps, k: c };
        for maximum in [false, true] {
            let mut want = begin.clone();
            pool(&windows, maximum, &mut want);
            for kernels in all() {
                let mut got = begin.clone();
                kernels.pool(&windows, maximum, &mut got);
                assert!(same(&got, &want), "{kernels:?} {m} {taps} {c} {maximum}");
            }
        }
    }
}
