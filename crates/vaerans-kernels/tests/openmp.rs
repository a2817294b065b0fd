//! A call that is split over OpenMP threads gives the bits of one that is not, in a forked child too.
#![cfg(feature = "openmp")]

mod common;
use common::*;
use vaerans_kernels::Kernels;

/// Samples of the large calls: several parts of a megabyte, and a tail that no part size divides.
const N: usize = (1 << 20) + 77;

fn by_threads(run: impl Fn(Kernels) -> Vec<u64>) {
    for kernels in all_kernels() {
        let expected = run(kernels.with_threads(1));
        for threads in [2, 3, 7] {
            assert!(run(kernels.with_threads(threads)) == expected, "{kernels:?} with {threads} threads");
        }
    }
}

fn hash<T: Copy>(values: &[T], bits: impl Fn(T) -> u64) -> u64 {
    values.iter().fold(0xcbf2_9ce4_8422_2325, |h, v| (h ^ bits(*v)).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn split_calls_give_the_same_bits() {
    let mut rng = Rng(31);
    let floats = rng.vec(4 * N, |r| r.f32(-300.0, 300.0));
    let samples = rng.vec(3 * N, |r| r.f32(0.0, 255.99) as u8);
    let other = rng.vec(3 * N, |r| r.f32(0.0, 255.99) as u8);
    by_threads(|kernels| {
        let mut planes = vec![0f32; 4 * N];
        let mut to: Vec<_> = planes.chunks_mut(N).collect();
        kernels.hadamard_forward(&floats.chunks(N).collect::<Vec<_>>(), &mut to);
        let mut color = vec![0i16; 3 * N];
        kernels.ycocg_r_forward(&samples, &mut color.chunks_mut(N).collect::<Vec<_>>());
        let mut back = vec![0u8; 3 * N];
        kernels.ycocg_r_inverse(&color.chunks(N).collect::<Vec<_>>(), &mut back);
        assert!(back == samples);
        let mut symbols = vec![0u16; 4 * N];
        kernels.quantize(&floats, &mut symbols, 0.01, -300.0);
        let mut values = vec![0f32; 4 * N];
        kernels.dequantize(&symbols, &mut values, 0.01, -300.0);
        let mut residual = vec![0i16; 3 * N];
        kernels.residual_forward(&samples, &other, &mut residual, 1);
        vec![
            hash(&planes, |v| v.to_bits().into()),
            hash(&color, |v| v as u64),
            hash(&symbols, u64::from),
            hash(&values, |v| v.to_bits().into()),
            hash(&residual, |v| v as u64),
        ]
    });
}

/// OpenMP's threads are gone in a child; its calls must not wait for them.
#[cfg(unix)]
#[test]
fn a_forked_child_works() {
    extern "C" {
        fn fork() -> i32;
        fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
        fn alarm(seconds: u32) -> u32;
        fn _exit(status: i32) -> !;
    }
    let kernels = Kernels::active().with_threads(2);
    let src = vec![1.5f32; 2 * N];
    let mut dst = vec![0u8; 2 * N];
    kernels.quantize(&src, &mut dst, 0.5, 0.0);
    let mut again = vec![0u8; 2 * N];
    // SAFETY: plain POSIX; the child makes one kernel call, which allocates nothing, and leaves.
    unsafe {
        let child = fork();
        if child == 0 {
            alarm(20);
            kernels.quantize(&src, &mut again, 0.5, 0.0);
            _exit(i32::from(again != dst));
        }
        let mut status = -1;
        assert_eq!(waitpid(child, &mut status, 0), child);
        assert_eq!(status, 0, "the child's status");
    }
}
