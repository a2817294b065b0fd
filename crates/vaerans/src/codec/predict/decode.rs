//! Integers from streams.

use super::planes::Contexts;
use super::START;
use crate::error::{Error, Result};
use crate::learned::{Predictor, Weights};
use crate::wire::Reader;
use vaerans_kernels::predict::{Fault, LANES, PAD};
use vaerans_kernels::Kernels;

/// Decodes the streams of the first layers into planes (C, h, w), C as many channels as there are weights. Planes of layers that have no
/// stream are left as they are.
///
/// # Errors
/// `stream.*` for damaged streams, `limit.memory`.
pub fn decode(
    kernels: Kernels,
    predictor: &Predictor,
    weights: &Weights,
    (height, width): (usize, usize),
    layers: &[&[u8]],
    out: &mut [i16],
) -> Result<()> {
    let mut contexts = Contexts::new(kernels, predictor, weights, height, width)?;
    for (layer, bytes) in layers.iter().enumerate() {
        let mut stream = Stream::of(bytes)?;
        let tables = &predictor.tables[layer];
        contexts.layer(layer, |means, classes, _, values, residuals| {
            let Stream { states, words, at } = &mut stream;
            let used = kernels.predict_decode(tables, states, &words[*at..], means, classes, values, residuals);
            *at += 2 * used.map_err(error_of)?;
            Ok(())
        })?;
        stream.check_end()?;
        for channel in predictor.range(layer) {
            for y in 0..height {
                out[(channel * height + y) * width..][..width].copy_from_slice(contexts.values(channel, y));
            }
        }
    }
    Ok(())
}

/// The states and the words of a layer.
struct Stream {
    states: Vec<u32>,
    /// Bytes of words, and the padding that kernels want.
    words: Vec<u8>,
    at: usize,
}

impl Stream {
    fn of(bytes: &[u8]) -> Result<Stream> {
        let mut r = Reader::new(bytes, "layer");
        let lanes = match r.u8()? {
            n if n <= LANES.ilog2() as u8 => 1usize << n,
            n => return Err(r.invalid(&format!("2^{n} states; at most {LANES}"))),
        };
        let states = (0..lanes).map(|_| r.u32()).collect::<Result<Vec<_>>>()?;
        if states.iter().any(|&x| x < START) {
            return Err(r.invalid("a state below the least"));
        }
        if r.remaining() % 2 == 1 {
            return Err(r.invalid("half a word"));
        }
        let mut words = crate::arena::zeros::<u8>(r.remaining() + PAD)?;
        words[..r.remaining()].copy_from_slice(r.rest());
        Ok(Stream { states, words, at: 0 })
    }

    /// A whole stream ends with all words used, and the states of its beginning.
    fn check_end(&self) -> Result<()> {
        if self.at + PAD == self.words.len() && self.states.iter().all(|&x| x == START) {
            return Ok(());
        }
        Err(Error::new("stream.invalid", "a layer does not end where its integers do"))
    }
}

fn error_of(fault: Fault) -> Error {
    match fault {
        Fault::Short => Error::new("stream.truncated", "a layer ends before its integers do"),
        Fault::Range => Error::new("stream.invalid", "an integer of a layer does not fit 16 bits"),
    }
}
