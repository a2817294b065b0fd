//! What a run leaves behind: one row per step and group of entities.

use crate::arena::{DType, TensorRef};

/// Where times come from; the core reads no clock of its own.
pub trait Clock: Send + Sync {
    /// Nanoseconds since some fixed moment.
    fn nanos(&self) -> u64;
}

/// One step, run on a group of entities of one shape.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceRow {
    /// Number of the step in its world.
    pub step: u64,
    /// Class name.
    pub system: String,
    /// Parameters, as text.
    pub params: String,
    /// Number of entities.
    pub entities: usize,
    /// Shape and dtype of the first input.
    pub input: (Vec<usize>, DType),
    /// Shape and dtype of the result.
    pub output: (Vec<usize>, DType),
    /// Bytes of all results.
    pub bytes: u64,
    /// Zero-order entropy of the first result in bits per element, where it holds small integers.
    pub entropy: Option<f64>,
    /// Time of all entities together, in nanoseconds; 0 without a clock.
    pub nanos: u64,
    /// Instruction set, or the caller's name for a foreign step.
    pub isa: String,
    /// Seed of the world.
    pub seed: u64,
}

/// Zero-order entropy of integers of at most 16 bits, in bits per element. It only informs: no
/// byte of a file depends on it.
pub fn entropy(t: &TensorRef) -> Option<f64> {
    match t.dtype() {
        DType::U8 => t.read::<u8>().ok().map(|v| shannon(v.iter().map(|&s| s as usize), 256)),
        DType::U16 => t.read::<u16>().ok().map(|v| shannon(v.iter().map(|&s| s as usize), 1 << 16)),
        DType::I16 => t.read::<i16>().ok().map(|v| shannon(v.iter().map(|&s| s as u16 as usize), 1 << 16)),
        DType::I32 => t.read::<i32>().ok().and_then(|v| {
            let small = v.iter().all(|s| i16::try_from(*s).is_ok());
            small.then(|| shannon(v.iter().map(|&s| s as u16 as usize), 1 << 16))
        }),
        _ => None,
    }
}

fn shannon(symbols: impl ExactSizeIterator<Item = usize>, alphabet: usize) -> f64 {
    let n = symbols.len().max(1) as f64;
    let mut counts = vec![0u32; alphabet];
    symbols.for_each(|s| counts[s] += 1);
    counts.iter().filter(|&&c| c > 0).map(|&c| f64::from(c) / n).map(|p| -p * p.log2()).sum()
}
