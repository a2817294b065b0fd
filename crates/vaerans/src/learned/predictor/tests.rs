//! The file of a predictor, and what of it is refused.

use super::{Parts, Predictor, Tap};
use crate::error::Result;
use crate::learned::testing::{parts, predictor};
use crate::wire::Limits;
use vaerans_kernels::predict::{ENTRIES, SYMBOLS};

fn read(bytes: &[u8]) -> Result<Predictor> {
    Predictor::read(bytes, &Limits::default())
}

/// The code of what is wrong; none where all is well.
fn code<T>(of: Result<T>) -> Option<&'static str> {
    of.err().map(|e| e.code())
}

#[test]
fn a_file_gives_back_what_was_written() {
    for (seed, layers) in [&[1][..], &[2, 3], &[1, 3, 4]].into_iter().enumerate() {
        let made = predictor(layers, seed as u64);
        let bytes = made.to_bytes().unwrap();
        let back = read(&bytes).unwrap();
        assert_eq!(back, made, "{layers:?}");
        assert_eq!((back.sha256, back.to_bytes().unwrap()), (crate::wire::sha256(&bytes), bytes), "{layers:?}");
    }
    assert_ne!(predictor(&[2], 1).sha256, predictor(&[2], 2).sha256);
}

#[test]
fn layers_are_found_by_their_channels() {
    let made = predictor(&[2, 3], 0);
    assert_eq!((made.steps(), made.layers_of(2), made.layers_of(3)), (5, Some(1), Some(2)));
    assert_eq!([0, 1, 4].map(|n| made.layers_of(n)), [None; 3]);
    assert_eq!([made.range(0), made.range(1)], [0..2, 2..3]);
    assert_eq!([0, 1, 2].map(|c| made.layer_of(c)), [0, 0, 1]);
}

#[test]
fn a_file_that_ends_early_or_late_is_refused() {
    let bytes = predictor(&[1], 3).to_bytes().unwrap();
    for end in 0..bytes.len() {
        assert_eq!(code(read(&bytes[..end])), Some("model.invalid"), "{end} of {} bytes", bytes.len());
    }
    assert_eq!(code(read(&[&bytes[..], &[0]].concat())), Some("model.invalid"));
    let few = Limits { max_bytes: 1000, ..Limits::default() };
    assert_eq!(code(Predictor::read(&bytes, &few)), Some("limit.memory"));
}

#[test]
fn a_flipped_bit_is_refused_or_is_another_predictor() {
    let good = predictor(&[1, 2], 4);
    let bytes = good.to_bytes().unwrap();
    let tables = 2 * (ENTRIES - ENTRIES / SYMBOLS) * 2;
    let head = bytes.len() - tables;
    let (mut refused, mut others) = (0, 0);
    for at in (0..head).chain((head..bytes.len()).step_by(97)) {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            match read(&damaged) {
                Err(error) => {
                    assert_eq!(error.code(), "model.invalid", "byte {at}: {error}");
                    refused += 1;
                }
                Ok(other) => {
                    // What is read can be used or refused at every quality, and is not taken for the one it was.
                    for step in 0..other.steps().min(300) {
                        let made = other.weights(step, other.channels.len());
                        assert!(matches!(code(made), None | Some("model.invalid")), "byte {at}");
                    }
                    assert_ne!(other.sha256, good.sha256, "byte {at}");
                    others += 1;
                }
            }
        }
    }
    assert!(refused > 100 && others > 100, "{refused} refused, {others} others");
}

#[test]
fn numbers_that_no_predictor_has_are_refused() {
    type Change = (&'static str, fn(&mut Predictor));
    let cases: [Change; 16] = [
        ("no layers", |p| p.layers.clear()),
        ("a layer without channels", |p| p.layers = vec![2, 2]),
        ("more channels than there are", |p| p.layers = vec![1, 3]),
        ("no anchors", |p| p.anchors.clear()),
        ("too many anchors", |p| p.anchors = vec![p.anchors[0].clone(); 65]),
        ("no steps between", |p| p.between = 0),
        ("too many steps between", |p| p.between = 65),
        ("a gain of 0", |p| p.anchors[1][0].gain = 0),
        ("a large gain", |p| p.anchors[1][0].gain = (1 << 28) + 1),
        ("a large gain of means", |p| p.anchors[0][1].mean_gain = -(1 << 24) - 1),
        ("a large gain of scales", |p| p.anchors[0][1].scale_gain = (1 << 24) + 1),
        ("a large bias", |p| p.anchors[2][1].bias = -(1 << 28) - 1),
        ("a tap in its own row", |p| p.channels[1].mean[0] = Tap { back: 0, dy: 0, dx: -1, weight: 1 }),
        ("a tap far away", |p| p.channels[1].scale[0] = Tap { back: 1, dy: 0, dx: 3, weight: 1 }),
        ("a tap before the first channel", |p| p.channels[0].mean[0] = Tap { back: 1, dy: 0, dx: 0, weight: 1 }),
        ("a symbol that is never there", |p| p.tables[0][5] &= 0xffff_0000),
    ];
    for (what, change) in cases {
        let mut wrong = predictor(&[1, 2], 5);
        change(&mut wrong);
        assert_eq!(code(wrong.to_bytes()), Some("model.invalid"), "{what}");
    }
    let mut many = predictor(&[1, 2], 5);
    many.channels[1].mean = vec![many.channels[1].mean[0]; 65];
    assert_eq!(code(many.to_bytes()), Some("model.invalid"));
}

#[test]
fn parts_that_do_not_fit_one_another_are_refused() {
    type Change = fn(&mut Parts);
    let uneven: [Change; 6] = [
        |p| p.layers.clear(),
        |p| p.anchors[2].truncate(3),
        |p| p.mean.truncate(1),
        |p| p.energy.truncate(1),
        |p| p.edge.push(0),
        |p| p.frequencies.truncate(ENTRIES),
    ];
    for (i, change) in uneven.iter().enumerate() {
        let mut wrong = parts(&[1, 2], 6);
        change(&mut wrong);
        assert_eq!(code(Predictor::of_parts(wrong)), Some("param.shape"), "change {i}");
    }
    for (column, number) in [(0, -5), (0, 1 << 40), (1, i64::MIN), (3, 1 << 33)] {
        let mut wrong = parts(&[1, 2], 6);
        wrong.anchors[column][1] = number;
        assert_eq!(code(Predictor::of_parts(wrong)), Some("model.invalid"), "{number} in column {column}");
    }
}
