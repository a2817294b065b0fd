//! Every instruction set makes the states of the reference, bit for bit.

use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::reference::nn::recurrent::{gru, lstm, Gates};
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

/// NaN is NaN, whatever is in it: what two of them give is one of them, which one differs.
fn bits(all: &[f32]) -> Vec<u32> {
    all.iter().map(|x| if x.is_nan() { u32::MAX } else { x.to_bits() }).collect()
}

#[test]
fn steps_agree() {
    let mut random = SplitMix64(11);
    for _ in 0..200 {
        let (batch, hidden) = (random.below(4) as usize, random.below(40) as usize);
        let number = |r: &mut SplitMix64| match r.below(24) {
            0 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 95.0, -95.0, 1e-30][r.below(7) as usize],
            _ => r.f32(-12.0, 12.0),
        };
        let mut some = |parts: usize| random.vec(batch * parts * hidden, number);
        let (x, made, state, cell) = (some(4), some(4), some(1), some(1));
        let gates = Gates { x: &x, made: &made, hidden };
        let (mut want, mut want_cell, mut want_gru) = (state.clone(), cell.clone(), state.clone());
        lstm(gates, &mut want, &mut want_cell);
        gru(gates, &mut want_gru);
        for kernels in Kernels::available() {
            let kernels = NnKernels::of(kernels, Mode::Strict);
            let (mut got, mut got_cell, mut got_gru) = (state.clone(), cell.clone(), state.clone());
            kernels.lstm(gates, &mut got, &mut got_cell);
            kernels.gru(gates, &mut got_gru);
            assert_eq!(bits(&got), bits(&want), "{kernels:?} {batch} {hidden}");
            assert_eq!(bits(&got_cell), bits(&want_cell), "{kernels:?} {batch} {hidden}");
            assert_eq!(bits(&got_gru), bits(&want_gru), "{kernels:?} {batch} {hidden}");
        }
    }
}

#[test]
#[should_panic(expected = "lengths")]
fn too_few_gates_panic() {
    let gates = Gates { x: &[0.0; 15], made: &[0.0; 16], hidden: 4 };
    NnKernels::REFERENCE.lstm(gates, &mut [0.0; 4], &mut [0.0; 4]);
}
