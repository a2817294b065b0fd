//! What a predictor uses at a quality.

use super::{Anchor, Channel, Predictor, Tap};
use crate::error::Result;
use crate::learned::testing::predictor;

/// The code of what is wrong; none where all is well.
fn code<T>(of: Result<T>) -> Option<&'static str> {
    of.err().map(|e| e.code())
}

/// Of two channels and two anchors, `between` steps apart, with the numbers of each anchor.
fn plain(between: usize, anchors: [[Anchor; 2]; 2], second: Channel) -> Predictor {
    let tables = predictor(&[2], 0).tables;
    let channels = vec![Channel::default(), second];
    Predictor {
        sha256: [0; 32],
        layers: vec![2],
        between,
        anchors: anchors.map(|a| a.to_vec()).to_vec(),
        channels,
        tables,
    }
}

#[test]
fn parameters_between_anchors_are_mixed_and_rounded_down() {
    let of = |gain, mean_gain, scale_gain, bias| Anchor { gain, mean_gain, scale_gain, bias };
    let anchors = [[of(100, -4, 7, -5); 2], [of(201, 1, 9, 1); 2]];
    let four = plain(4, anchors, Channel::default());
    assert_eq!(four.steps(), 5);
    assert_eq!([four.anchor(0, 0), four.anchor(4, 1)], [anchors[0][0], anchors[1][0]]);
    // (3 a + b + 2) / 4, (a + b + 1) / 2, (a + 3 b + 2) / 4, towards minus infinity.
    assert_eq!(four.anchor(1, 0), of(125, -3, 8, -3));
    assert_eq!(four.anchor(2, 1), of(151, -1, 8, -2));
    assert_eq!(four.anchor(3, 0), of(176, 0, 9, 0));
}

#[test]
fn weights_follow_the_gains_of_both_channels() {
    let of = |gain| Anchor { gain, mean_gain: 4096, scale_gain: 2048, bias: 77 };
    let second = Channel {
        mean: vec![Tap { back: 1, dy: 1, dx: -2, weight: 1000 }, Tap { back: 0, dy: -1, dx: 0, weight: -333 }],
        scale: vec![Tap { back: 1, dy: 0, dx: 0, weight: -1000 }],
        energy: [1000, 0, 0, -1000, 0, 0, 0, 0, 0],
        edge: 40_000,
        energy_gain: 7,
    };
    let made = plain(1, [[of(200), of(300)]; 2], second.clone());
    let weights = &made.weights(0, 2).unwrap().channels[1];
    // 1000 * 300 / 200; that of the channel itself is as it was.
    assert_eq!(weights.mean.iter().map(|t| t.weight).collect::<Vec<_>>(), [1500, -333]);
    assert_eq!((weights.mean[0].back, weights.mean[0].dy, weights.mean[0].dx), (1, 1, -2));
    assert_eq!(weights.scale[0].weight, -750); // half of it
    assert_eq!(weights.energy[..4], [2, 0, 0, -2]); // +-1000 / 2 * 300 / 2^16
    assert_eq!((weights.edge, weights.energy_gain, weights.bias), (11, 95, 77)); // 40000 * 300 / 2^20; 7 * 2^12 / 300
    let loud = plain(1, [[of(200), of(300)]; 2], Channel { energy_gain: 100_000, ..second });
    assert_eq!(loud.weights(1, 2).unwrap().channels[1].energy_gain, 1 << 20);
}

#[test]
fn weights_whose_sums_could_wrap_are_refused() {
    let of = |gain| Anchor { gain, mean_gain: 4096, scale_gain: 4096, bias: 0 };
    let try_with = |gain, second: Channel| code(plain(1, [[of(4096), of(gain)]; 2], second).weights(0, 2));
    let taps = |weights: &[i32]| weights.iter().map(|&weight| Tap { back: 0, dy: -1, dx: 0, weight }).collect();
    let mean = |weights: &[i32]| Channel { mean: taps(weights), ..Channel::default() };
    let scale = |weights: &[i32], edge| Channel { scale: taps(weights), edge, ..Channel::default() };
    let refused = Some("model.invalid");
    // 32767 times their sum has to stay below 2^31 - 2^12, whatever their signs are.
    assert_eq!([try_with(4096, mean(&[65_535])), try_with(4096, mean(&[65_539]))], [None, refused]);
    assert_eq!([try_with(4096, mean(&[40_000, -25_000])), try_with(4096, mean(&[40_000, -26_000]))], [None, refused]);
    assert_eq!([try_with(4096, scale(&[500_000], 0)), try_with(4096, scale(&[530_000], 0))], [None, refused]);
    // An edge of 2^14 is larger than any residual.
    assert_eq!(try_with(4096, scale(&[500_000], 1 << 22)), refused);
    assert_eq!(try_with(1 << 28, scale(&[], 1 << 16)), refused);
    assert_eq!(try_with(1 << 28, mean(&[i32::MAX])), refused);
    assert_eq!(try_with(1 << 28, Channel { energy: [i32::MIN; 9], ..Channel::default() }), refused);
    assert_eq!(code(predictor(&[1], 0).weights(5, 1)), Some("param.range"));
}
