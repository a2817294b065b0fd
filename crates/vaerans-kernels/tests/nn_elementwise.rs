//! Every instruction set gives the reference's bits.

use vaerans_kernels::nn::{Mode, NnKernels};
use vaerans_kernels::reference::nn::elementwise::{elementwise, Function, Operand, Step};
use vaerans_kernels::reference::nn::epilogue::Activation;
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

const FUNCTIONS: [Function; 27] = [
    Function::Add,
    Function::Sub,
    Function::Mul,
    Function::Div,
    Function::Min,
    Function::Max,
    Function::Prelu,
    Function::Activation(Activation::None),
    Function::Activation(Activation::Clip(-0.5, 6.0)),
    Function::Activation(Activation::Leaky(0.1)),
    Function::Activation(Activation::Silu),
    Function::Activation(Activation::Sigmoid),
    Function::Activation(Activation::Tanh),
    Function::Activation(Activation::Gelu),
    Function::Activation(Activation::HardSwish),
    Function::Exp,
    Function::Log,
    Function::Sqrt,
    Function::Reciprocal,
    Function::Neg,
    Function::Abs,
    Function::Erf,
    Function::GeluTanh,
    Function::Elu(1.5),
    Function::HardSigmoid(0.2, 0.5),
    Function::Softplus,
    Function::Mish,
];

fn all() -> Vec<NnKernels> {
    Kernels::available().into_iter().map(|k| NnKernels::of(k, Mode::Strict)).collect()
}

fn same(a: f32, b: f32) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

#[test]
fn functions_agree_at_every_kind_of_number() {
    let mut random = SplitMix64(5);
    let mut numbers =
        vec![0.0, -0.0, 1.0, -1.0, 0.6249, 0.625, 9.0, 9.1, 10.1, -88.0, 88.8, 1e-40, -1e-40, 3e38, 0.707];
    numbers.extend([f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MIN_POSITIVE, f32::MAX]);
    numbers.extend((0..700).map(|_| random.f32(-20.0, 20.0)));
    let other: Vec<f32> = numbers.iter().rev().copied().collect();
    let operand = |data| Operand { data: Some(data), row: 0, moves: true };
    for kernels in all() {
        for function in FUNCTIONS {
            let mut out = vec![0.0; numbers.len()];
            let step = Step { function, a: 0, b: 1 };
            kernels.elementwise(&[step], &[operand(&numbers), operand(&other)], numbers.len(), &mut out);
            for ((&x, &y), got) in numbers.iter().zip(&other).zip(out) {
                let want = function.of(x, y);
                assert!(same(want, got), "{kernels:?} {function:?} of {x}, {y}: {got}, {want}");
            }
        }
    }
}

#[test]
fn chains_agree() {
    let mut random = SplitMix64(9);
    for _ in 0..200 {
        let mut below = |n: u64| random.below(n) as usize;
        let (rows, n, count, steps) = (below(5), 1 + below(300), 1 + below(5), 1 + below(9));
        let steps: Vec<Step> = (0..steps)
            .map(|i| {
                let function = FUNCTIONS[below(FUNCTIONS.len() as u64)];
                Step { function, a: below((count + i) as u64) as u8, b: below((count + i) as u64) as u8 }
            })
            .collect();
        let shapes: Vec<(usize, bool)> =
            (0..count).map(|i| if i == 0 { (n, true) } else { ([0, n, 1][below(3)], below(2) == 0) }).collect();
        let in_place = below(2) == 0;
        let number = |r: &mut SplitMix64| if r.below(8) == 0 { -0.0 } else { r.f32(-2.0, 2.0) };
        let data: Vec<Vec<f32>> = shapes.iter().map(|_| random.vec(6 * n + 8, number)).collect();
        let operands: Vec<Operand> = (shapes.iter().zip(&data).enumerate())
            .map(|(i, (&(row, moves), data))| Operand {
                data: (i > 0 || !in_place).then_some(data.as_slice()),
                row,
                moves,
            })
            .collect();
        let mut want = data[0][..rows * n].to_vec();
        elementwise(&steps, &operands, n, &mut want);
        for kernels in all() {
            let mut out = data[0][..rows * n].to_vec();
            kernels.elementwise(&steps, &operands, n, &mut out);
            assert!(out.iter().zip(&want).all(|(&a, &b)| same(a, b)), "{kernels:?} {rows} {n} {steps:?}");
        }
    }
}
