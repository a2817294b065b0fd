use super::*;
use crate::codec::transform::pyramid::{band_rect, Orientation};

fn samples(n: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 7919) % 1013) as f32 / 1013.0 - 0.5).collect()
}

fn pyramid(planes: usize, height: usize, width: usize, levels: usize, filter: Filter) -> Pyramid {
    Pyramid { planes, height, width, levels, filter }
}

const SHAPES: [(usize, usize, usize, usize); 9] = [
    (1, 1, 1, 4),
    (2, 1, 9, 3),
    (3, 17, 1, 5),
    (2, 33, 31, 0),
    (5, 64, 96, 4),
    (1, 129, 130, 30),
    (9, 65, 67, 3),
    (1, 700, 513, 5),
    (3, 512, 520, 4),
];

#[test]
fn floats_come_back_and_threads_change_nothing() {
    let k = Kernels::active();
    for (shape, filter) in SHAPES.into_iter().flat_map(|s| [Filter::Cdf53, Filter::Cdf97, Filter::Haar].map(|f| (s, f)))
    {
        let p = pyramid(shape.0, shape.1, shape.2, shape.3, filter);
        let x = samples(shape.0 * shape.1 * shape.2);
        let (mut y, mut z) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        p.forward(k, &x, &mut y, 1).unwrap();
        p.inverse(k, &y, &mut z, 1).unwrap();
        assert!(x.iter().zip(&z).all(|(a, b)| (a - b).abs() <= 1e-5), "{p:?}");
        for threads in [2, 3, 8] {
            let (mut y2, mut z2) = (vec![1.0; x.len()], vec![1.0; x.len()]);
            p.forward(k, &x, &mut y2, threads).unwrap();
            p.inverse(k, &y, &mut z2, threads).unwrap();
            assert!(y == y2 && z == z2, "{p:?} on {threads} threads");
        }
    }
}

#[test]
fn integers_come_back_exactly() {
    for (shape, filter) in SHAPES.into_iter().flat_map(|s| [Filter::Cdf53, Filter::Haar].map(|f| (s, f))) {
        let p = pyramid(shape.0, shape.1, shape.2, shape.3, filter);
        let x: Vec<i16> = samples(shape.0 * shape.1 * shape.2).iter().map(|v| (v * 511.0) as i16).collect();
        let wide: Vec<i32> = x.iter().map(|v| i32::from(*v)).collect();
        let (mut y, mut z) = (vec![0; x.len()], vec![0; x.len()]);
        p.forward(Kernels::active(), &wide, &mut y, 2).unwrap();
        p.inverse(Kernels::active(), &y, &mut z, 2).unwrap();
        assert_eq!(z, wide, "{p:?}");
        let (mut narrow, mut back) = (vec![0; x.len()], vec![0; x.len()]);
        p.forward(Kernels::active(), &x, &mut narrow, 1).unwrap();
        p.inverse(Kernels::active(), &narrow, &mut back, 1).unwrap();
        assert_eq!(back, x, "{p:?}");
        assert!(narrow.iter().zip(&y).all(|(a, b)| i32::from(*a) == *b), "{p:?}: 9-bit samples fit 16 bits");
    }
}

#[test]
fn levels_are_single_splits_of_the_averages() {
    let (h, w) = (21, 34);
    let x = samples(h * w);
    let (mut one, mut two, mut inner) = (vec![0.0; h * w], vec![0.0; h * w], vec![0.0; 11 * 17]);
    let k = Kernels::active();
    pyramid(1, h, w, 1, Filter::Cdf97).forward(k, &x, &mut one, 1).unwrap();
    pyramid(1, h, w, 2, Filter::Cdf97).forward(k, &x, &mut two, 1).unwrap();
    let ll: Vec<f32> = one.chunks(w).take(11).flat_map(|row| &row[..17]).copied().collect();
    pyramid(1, 11, 17, 1, Filter::Cdf97).forward(k, &ll, &mut inner, 1).unwrap();
    let hh = band_rect(h, w, 2, 2, Orientation::HH).unwrap();
    assert_eq!(one[hh.y * w + hh.x], two[hh.y * w + hh.x]);
    for y in 0..11 {
        assert_eq!(two[y * w..][..17], inner[y * 17..][..17]);
    }
}

#[test]
fn wrong_use_is_an_error() {
    let p = pyramid(1, 4, 4, 31, Filter::Cdf97);
    let k = Kernels::active();
    assert_eq!(p.forward(k, &[0.0; 15], &mut [0.0; 16], 1).unwrap_err().code(), "param.shape");
    assert_eq!(p.forward(k, &[0.0; 16], &mut [0.0; 16], 1).unwrap_err().code(), "param.range");
    let p = Pyramid { levels: 1, ..p };
    assert_eq!(p.inverse(k, &[0i32; 16], &mut [0; 16], 1).unwrap_err().code(), "param.dtype");
    let empty = pyramid(0, 4, 4, 1, Filter::Haar);
    empty.forward::<f32>(k, &[], &mut [], 4).unwrap();
}
