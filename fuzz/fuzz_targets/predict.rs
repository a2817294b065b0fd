//! A predictor from arbitrary bytes, and arbitrary bytes as the streams of its layers: an error with a code, or integers that every
//! instruction set agrees on and that come back.
//!
//! The first bytes choose quality, extents, which layers have tables of a valid predictor, and how many of the others are the predictor.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;
use vaerans::codec::predict::{decode, encode};
use vaerans::kernels::Kernels;
use vaerans::learned::{Predictor, Weights};
use vaerans::wire::Limits;
use vaerans_fuzz::both;
use vaerans_fuzz::layers::predictor_file;

/// A plane more takes time in proportion.
const MOST: usize = 1 << 11;

fuzz_target!(|data: &[u8]| {
    let _ = read(data);
    let Some((head, rest)) = data.split_first_chunk::<6>() else { return };
    let [step, height, width, tables, low, high] = head.map(usize::from);
    let (size, step) = ((1 + height % 20, 1 + width % 40), step);
    let Some((file, streams)) = rest.split_at_checked(low | high << 8) else { return };
    let Some(predictor) = read(&with_tables(file, tables % 3)) else { return };
    let channels = predictor.channels.len();
    if channels * size.0 * size.1 > MOST {
        return;
    }
    match predictor.weights(step % predictor.steps(), channels) {
        Ok(weights) => streams_of(&predictor, &weights, size, streams),
        Err(error) => assert_eq!(error.code(), "model.invalid"),
    }
});

/// A predictor; what is read can be written, and is then the same.
fn read(bytes: &[u8]) -> Option<Predictor> {
    let limits = Limits { max_bytes: 1 << 22, ..vaerans_fuzz::LIMITS };
    match Predictor::read(bytes, &limits) {
        Ok(predictor) => {
            let again = predictor.to_bytes().expect("what was read can be written");
            let copy = Predictor::read(&again, &limits).expect("what was written can be read");
            assert_eq!(Predictor { sha256: predictor.sha256, ..copy }, predictor);
            Some(predictor)
        }
        Err(error) => {
            assert!(["model.invalid", "limit.memory"].contains(&error.code()), "{error}");
            None
        }
    }
}

/// The bytes, and behind them valid tables of so many layers: an input need not hold their 15 kilobytes each.
fn with_tables(file: &[u8], layers: usize) -> Vec<u8> {
    static VALID: OnceLock<Vec<u8>> = OnceLock::new();
    let tables = VALID.get_or_init(|| {
        let (bytes, size) = predictor_file(&[1]);
        bytes[bytes.len() - size..].to_vec()
    });
    [file, &tables.repeat(layers)].concat()
}

fn streams_of(predictor: &Predictor, weights: &Weights, size: (usize, usize), bytes: &[u8]) {
    let count = weights.channels.len() * size.0 * size.1;
    let (first, second) = bytes.split_at(bytes.len() / 2);
    // As hostile streams: a layer has its share, further ones none.
    let layers: Vec<&[u8]> = [first, second].into_iter().take(predictor.layers.len()).collect();
    let found: Vec<_> = both()
        .iter()
        .map(|&k| {
            let mut out = vec![0; count];
            decode(k, predictor, weights, size, &layers, &mut out).map(|()| out).map_err(|e| e.code())
        })
        .collect();
    assert!(found.iter().all(|f| *f == found[0]), "kernels differ");
    if let Err(code) = &found[0] {
        assert!(code.starts_with("stream."), "{code}");
    }
    // As integers, whatever the predictor expects.
    let value = |i: usize| {
        let at = |i: usize| bytes.get(i % bytes.len().max(1)).copied().unwrap_or(0);
        i16::from_le_bytes([at(2 * i), at(2 * i + 1)]).max(-i16::MAX)
    };
    let planes: Vec<i16> = (0..count).map(value).collect();
    let streams = encode(Kernels::REFERENCE, predictor, weights, size, &planes).expect("memory");
    let layers: Vec<&[u8]> = streams.iter().map(|s| &s[..]).collect();
    for &k in both() {
        assert!(encode(k, predictor, weights, size, &planes).expect("memory") == streams, "kernels differ");
        let mut back = vec![0; count];
        decode(k, predictor, weights, size, &layers, &mut back).expect("what was coded");
        assert!(back == planes, "other integers came back");
    }
}
