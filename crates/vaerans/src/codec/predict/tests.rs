//! Integers to streams and back, by every instruction set; what damaged streams give.

use super::{contexts, decode, encode};
use crate::error::Result;
use crate::learned::testing::predictor;
use crate::learned::{Predictor, Weights};
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

const SIZES: [(usize, usize); 9] = [(1, 1), (1, 40), (33, 1), (2, 16), (3, 17), (16, 2), (17, 15), (32, 48), (5, 31)];

fn kernels() -> impl Iterator<Item = Kernels> {
    std::iter::once(Kernels::REFERENCE).chain(Kernels::available())
}

/// A predictor at a quality, and all of its channels.
struct Coder(Predictor, Weights);

impl Coder {
    fn new(layers: &[usize], seed: u64, step: usize) -> Coder {
        let made = predictor(layers, seed);
        let weights = made.weights(step, made.channels.len()).unwrap();
        Coder(made, weights)
    }

    fn planes(&self, (h, w): (usize, usize), mut value: impl FnMut() -> i16) -> Vec<i16> {
        (0..self.0.channels.len() * h * w).map(|_| value()).collect()
    }

    fn encode(&self, kernels: Kernels, size: (usize, usize), planes: &[i16]) -> Vec<Vec<u8>> {
        encode(kernels, &self.0, &self.1, size, planes).unwrap()
    }

    fn decode(&self, kernels: Kernels, size: (usize, usize), layers: &[Vec<u8>]) -> Result<Vec<i16>> {
        let mut out = self.planes(size, || 0);
        let layers: Vec<&[u8]> = layers.iter().map(|l| &l[..]).collect();
        decode(kernels, &self.0, &self.1, size, &layers, &mut out).map(|()| out)
    }
}

/// Integers as a codec has them: most are small, some are large.
fn usual(rng: &mut SplitMix64) -> i16 {
    let most = [3, 3, 3, 40, 40, 4095][rng.below(6) as usize];
    (rng.below(2 * most + 1) as i64 - most as i64) as i16
}

#[test]
fn integers_come_back_by_every_instruction_set() {
    let mut rng = SplitMix64(1);
    for (i, size) in SIZES.into_iter().enumerate() {
        for (step, layers) in [(0, &[1][..]), (3, &[2, 3]), (4, &[1, 2, 5])] {
            let coder = Coder::new(layers, i as u64, step);
            let planes = coder.planes(size, || usual(&mut rng));
            let streams = coder.encode(Kernels::REFERENCE, size, &planes);
            assert_eq!(streams.len(), layers.len());
            for k in kernels() {
                assert!(coder.encode(k, size, &planes) == streams, "{size:?}, {layers:?}, {}", k.isa().name());
                assert!(coder.decode(k, size, &streams).unwrap() == planes, "{size:?}, {layers:?}, {}", k.isa().name());
            }
        }
    }
}

#[test]
fn the_largest_integers_come_back() {
    let size = (7, 19);
    let coder = Coder::new(&[2, 3], 2, 1);
    let mut rng = SplitMix64(2);
    let mut any = || (rng.below(65_535) as i64 - 32_767) as i16;
    let noise = coder.planes(size, &mut any);
    let mut at = 0;
    let mut turns = || {
        at += 1;
        if at % 2 == 0 {
            32_767
        } else {
            -32_767
        }
    };
    let stripes = coder.planes(size, &mut turns);
    let mut spike = coder.planes(size, || 0);
    spike[60] = -32_767; // escaped, where all others are expected to be small
    for planes in [noise, stripes, spike, coder.planes(size, || -32_767)] {
        let streams = coder.encode(Kernels::active(), size, &planes);
        for k in kernels() {
            assert!(coder.decode(k, size, &streams).unwrap() == planes, "{}", k.isa().name());
        }
    }
}

#[test]
fn many_bytes_have_more_states() {
    let coder = Coder::new(&[1], 3, 0);
    let mut rng = SplitMix64(3);
    let mut lanes = |size| {
        let planes = coder.planes(size, || usual(&mut rng));
        let streams = coder.encode(Kernels::active(), size, &planes);
        for k in kernels() {
            assert!(coder.decode(k, size, &streams).unwrap() == planes, "{size:?}");
        }
        streams[0][0]
    };
    let found = [lanes((4, 4)), lanes((100, 100)), lanes((200, 250)), lanes((400, 500))];
    assert!(found[0] == 0 && found.is_sorted() && found[3] == 5, "{found:?}");
}

#[test]
fn means_and_classes_are_the_same_by_every_instruction_set() {
    let (size, coder) = ((9, 21), Coder::new(&[2, 4], 4, 2));
    let mut rng = SplitMix64(4);
    let planes = coder.planes(size, || usual(&mut rng));
    let find = |k: Kernels| {
        let (mut means, mut classes) = (vec![0; planes.len()], vec![0; planes.len()]);
        contexts(k, &coder.0, &coder.1, size, &planes, &mut means, &mut classes).unwrap();
        (means, classes)
    };
    let wanted = find(Kernels::REFERENCE);
    assert!(wanted.0.iter().any(|&m| m != 0) && wanted.1.iter().any(|&c| c != wanted.1[0]));
    kernels().for_each(|k| assert!(find(k) == wanted, "{}", k.isa().name()));
}

#[test]
fn a_layer_that_is_left_out_leaves_its_planes() {
    let (size, coder) = ((6, 10), Coder::new(&[2, 3], 5, 0));
    let mut rng = SplitMix64(5);
    let planes = coder.planes(size, || usual(&mut rng));
    let mut streams = coder.encode(Kernels::active(), size, &planes);
    streams.truncate(1);
    let back = coder.decode(Kernels::active(), size, &streams).unwrap();
    assert_eq!((&back[..120], &back[120..]), (&planes[..120], &[0; 60][..]));
}

#[test]
fn damaged_streams_are_refused_or_other_integers() {
    let (size, coder) = ((11, 18), Coder::new(&[1, 2], 6, 1));
    let mut rng = SplitMix64(6);
    let planes = coder.planes(size, || usual(&mut rng));
    let good = coder.encode(Kernels::active(), size, &planes);
    let check = |what: &str, layer: usize, bytes: Vec<u8>| {
        let mut streams = good.clone();
        streams[layer] = bytes;
        let found: Vec<_> = kernels().map(|k| coder.decode(k, size, &streams).map_err(|e| e.code())).collect();
        assert!(found.iter().all(|f| f == &found[0]), "{what}: instruction sets differ");
        match &found[0] {
            Ok(other) => assert!(*other != planes, "{what}: nothing was noticed"),
            Err(code) => assert!(["stream.truncated", "stream.invalid"].contains(code), "{what}: {code}"),
        }
        found[0].is_err()
    };
    for (layer, stream) in good.iter().enumerate() {
        for end in 0..stream.len() {
            assert!(check(&format!("{end} bytes"), layer, stream[..end].to_vec()), "layer {layer} cut at {end}");
        }
        for at in 0..stream.len() {
            let mut bytes = stream.clone();
            bytes[at] ^= 1 << rng.below(8);
            check(&format!("byte {at}"), layer, bytes);
        }
        assert!(check("a word more", layer, [&stream[..], &[0, 0]].concat()));
        assert!(check("too many states", layer, [&[6], &stream[1..]].concat()));
        assert!(check("a state of 0", layer, [&stream[..1], &[0; 4], &stream[5..]].concat()));
        assert!(check("nothing", layer, Vec::new()));
    }
    for round in 0..200u64 {
        let bytes: Vec<u8> = std::iter::once((round % 7) as u8).chain((0..300).map(|_| rng.next() as u8)).collect();
        check("noise", (round % 2) as usize, bytes);
    }
}
