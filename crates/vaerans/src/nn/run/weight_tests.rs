//! Weights unpacked in parts, against the whole.

use super::model::{pack, packed};
use super::weights::{fill, half, PART};
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::winograd;
use crate::nn::memory::{floats_mut, Block};
use crate::nn::plan::{Form, Storage, Weight};
use crate::nn::ty::{Shape, Type};

/// Columns of a panel of the reference.
const PANEL: usize = 8;

/// A weight of so many numbers as `fill` unpacks it, the most that it fetched at once.
fn filled(shape: &[usize], storage: Storage, form: Form, file: &[u8], size: usize) -> (Vec<f32>, usize) {
    let weight = Weight { ty: Type::F32, shape: Shape::of(shape).unwrap(), storage, form, offset: 8 };
    let (mut out, mut most) = (Block::new(4 * size).unwrap(), 0);
    let mut fetch = |at: u64, part: &mut [u8]| {
        most = most.max(part.len());
        part.copy_from_slice(&file[at as usize..][..part.len()]);
    };
    fill(&weight, &mut fetch, &NnKernels::REFERENCE, out.all()).unwrap();
    (floats_mut(out.all()).unwrap().to_vec(), most)
}

fn number(i: usize) -> f32 {
    (i * 2_654_435_761 % 251) as f32 - 125.0
}

/// Eight bytes of something else, then a file of the numbers 0 ... n.
fn file(storage: Storage, n: usize, scales: usize) -> Vec<u8> {
    let mut file = vec![255; 8];
    match storage {
        Storage::Plain => file.extend((0..n).flat_map(|i| number(i).to_le_bytes())),
        Storage::Half => file.extend((0..n).flat_map(|i| [0, 0x3c | (i % 2 * 0x80) as u8])),
        Storage::Int8(_) => {
            file.extend((0..scales).flat_map(|i| (1.0 + i as f32).to_le_bytes()));
            file.extend((0..n).map(|i| number(i) as i8 as u8));
        }
    }
    file
}

#[test]
fn parts_of_panels_are_the_panels_of_the_whole() {
    for (shape, groups) in [(&[300usize, 70][..], 1), (&[3, 3, 40, 66], 3), (&[1, 70_000], 1), (&[9000, 2], 2)] {
        let (all, size) = (shape.iter().product(), packed(shape, groups, PANEL));
        let plain: Vec<_> = (0..all).map(number).collect();
        let mut expected = vec![0.0; size];
        pack(shape, groups, PANEL, &mut expected, &plain);
        let form = Form::Panels(groups as u32);
        let (made, most) = filled(shape, Storage::Plain, form, &file(Storage::Plain, all, 0), size);
        assert!(made == expected, "{shape:?}");
        assert!(most <= 4 * PART, "{shape:?} is fetched {most} bytes at once");
    }
}

#[test]
fn channels_of_winograd_are_those_of_the_whole() {
    for (c, n) in [(300, 70), (3, 5), (2, 2000)] {
        let size = winograd::packed(c, n, PANEL);
        let mut expected = vec![0.0; size];
        let taps: Vec<_> = (0..9 * c * n).map(number).collect();
        winograd::pack(c, 0..c, n, PANEL, &mut expected, &taps);
        let file = file(Storage::Plain, 9 * c * n, 0);
        let (made, most) = filled(&[3, 3, c, n], Storage::Plain, Form::Winograd, &file, size);
        assert!(made == expected && most <= 4 * PART.max(n), "{c} {n}");
    }
}

#[test]
fn no_channels_are_no_weights_however_many_the_others() {
    for dims in [[3usize, 3, 5, 0], [3, 3, 0, u32::MAX as usize]] {
        let (made, most) = filled(&dims, Storage::Plain, Form::Winograd, &file(Storage::Plain, 0, 0), 0);
        assert!(made.is_empty() && most == 0, "{dims:?}");
    }
}

#[test]
fn fewer_bits() {
    for axis in [0u8, 1] {
        let (rows, n) = (9, 4000);
        let scales = [rows, n][axis as usize];
        let file = file(Storage::Int8(axis), rows * n, scales);
        let expected = |i: usize| f32::from(number(i) as i8) * (1 + [i / n, i % n][axis as usize]) as f32;
        let (made, _) = filled(&[rows, n], Storage::Int8(axis), Form::Plain, &file, rows * n);
        assert!(made.iter().enumerate().all(|(i, &x)| x == expected(i)));
        let (made, _) = filled(&[rows, n], Storage::Int8(axis), Form::Panels(1), &file, rows * n);
        assert!((0..rows * n).all(|i| made[(i % n / 8 * rows + i / n) * 8 + i % 8] == expected(i)));
    }
    let (made, _) = filled(&[20_000], Storage::Half, Form::Plain, &file(Storage::Half, 20_000, 0), 20_000);
    assert!(made.iter().enumerate().all(|(i, &x)| x == [1.0, -1.0][i % 2]));
}

#[test]
fn halves() {
    let pairs = [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 2f32.powi(-24)), (0x0400, 2f32.powi(-14))];
    assert!(pairs.iter().all(|&(bits, value)| half(bits) == value));
    assert_eq!(half(0x8000).to_bits(), (-0f32).to_bits());
    assert!(half(0x7c00) == f32::INFINITY && half(0x7e00).is_nan());
}
