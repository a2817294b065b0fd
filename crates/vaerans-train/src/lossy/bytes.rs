//! A model as bytes.

use vaerans::codec::photo::model::{bytes_of, packed, parse, Model, Weights};
use vaerans::kernels::photo::{CLASSES, TOKENS};

/// Tables as numbers.
pub struct Tables {
    /// By group, quantizer and class.
    pub probabilities: Vec<[f64; TOKENS]>,
    /// In half steps, by row and size 1, 2, 3.
    pub shifts: Vec<f64>,
    /// Chance of +.
    pub signs: Vec<f64>,
}

/// The byte of a probability: about 16 log2 of it in units of 2^-15; 0 for what does not happen.
fn byte(p: f64, must: bool) -> u8 {
    let n = p * 32768.0;
    if n < 0.02 && !must {
        return 0;
    }
    (1.0 + 16.0 * n.max(1.0).log2()).round().clamp(1.0, 255.0) as u8
}

/// The bytes of a model of that many quantizers.
pub fn write(weights: &[Weights], tables: &Tables, quantizers: usize) -> Vec<u8> {
    let is_there = |row: usize| row / CLASSES % 2 < quantizers;
    let mut out = Vec::new();
    for w in weights {
        let all = std::iter::once(&w.bias).chain(&w.own).chain(&w.other);
        all.for_each(|v| out.extend(v.to_le_bytes()));
    }
    for &p in &tables.signs {
        out.extend(((p * 32768.0).round().clamp(64.0, 32704.0) as u16).to_le_bytes());
    }
    let mut rows: Vec<u8> = Vec::new();
    for row in tables.probabilities.iter().enumerate().filter(|(i, _)| is_there(*i)).map(|(_, row)| row) {
        rows.extend(row.iter().enumerate().map(|(t, &p)| byte(p, t == 0 || t == TOKENS - 1)));
    }
    out.extend(packed(&rows));
    for (i, &shift) in tables.shifts.iter().enumerate().filter(|(i, _)| is_there(*i / 3)) {
        // An index less its shift keeps its sign.
        let (size, quantizer) = (i % 3 + 1, i / 3 / CLASSES % 2);
        let most = (2 * size - quantizer) as f64 - 0.125;
        // Integers that come back are their indices.
        let shift = if quantizers == 1 { 0.0 } else { shift };
        out.push((64.0 * shift.min(most)).round().clamp(-127.0, 127.0) as i8 as u8);
    }
    assert_eq!(out.len(), bytes_of(quantizers));
    out
}

/// The model of its bytes.
pub fn model(bytes: &[u8]) -> Model {
    parse(bytes).expect("the bytes of a model")
}
