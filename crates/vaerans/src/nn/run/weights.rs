//! Weights on their way from the file to where steps read them: as they are, or as factors in panels. Some at a time, so that no large
//! weight is in memory twice.

use super::model::{factor, packed, Fetch};
use crate::error::{Error, Result};
use crate::kernels::nn::NnKernels;
use crate::nn::memory::{floats_mut, Block};
use crate::nn::plan::{Form, Storage, Weight};
use std::ops::Range;

/// Numbers that are unpacked at once.
pub(super) const PART: usize = 1 << 12;

/// Bytes that a weight takes in the file.
pub(super) fn stored(weight: &Weight) -> u64 {
    let n = weight.shape.len() as u64;
    match weight.storage {
        Storage::Plain => n * weight.ty.size() as u64,
        Storage::Half => n * 2,
        Storage::Int8(axis) => n + 4 * weight.shape[axis as usize] as u64,
    }
}

/// A weight that lies within its file, into zeros.
pub(super) fn fill(weight: &Weight, fetch: Fetch, kernels: &NnKernels, out: &mut [u8]) -> Result<()> {
    let mut file = File::of(weight, fetch)?;
    match weight.form {
        Form::Plain if weight.storage == Storage::Plain => (file.fetch)(weight.offset, out),
        Form::Plain => file.numbers(0, out),
        Form::Panels(groups) => panels(&mut file, groups as usize, kernels.panel(), floats_mut(out)?)?,
        Form::Winograd => transformed(&mut file, kernels, floats_mut(out)?)?,
    }
    Ok(())
}

/// Floats of a weight that is read some numbers at a time.
struct File<'a> {
    weight: &'a Weight,
    fetch: Fetch<'a>,
    /// Of 8-bit numbers.
    scales: Vec<f32>,
    part: Block,
}

impl<'a> File<'a> {
    fn of(weight: &'a Weight, fetch: Fetch<'a>) -> Result<File<'a>> {
        let width = match weight.storage {
            Storage::Plain => 0,
            Storage::Half => 2,
            Storage::Int8(_) => 1,
        };
        let part = Block::new(PART.min(weight.shape.len()) * width)?;
        let mut file = File { weight, fetch, scales: Vec::new(), part };
        if let Storage::Int8(axis) = weight.storage {
            let mut scales = Block::new(4 * weight.shape[axis as usize])?;
            (file.fetch)(weight.offset, scales.all());
            let reserved = file.scales.try_reserve_exact(scales.len() / 4);
            reserved.map_err(|_| Error::new("limit.memory", "no memory for the scales of a weight"))?;
            file.scales.extend(scales.all().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])));
        }
        Ok(file)
    }

    /// Numbers from `first` on, as bytes of floats.
    fn numbers(&mut self, first: usize, out: &mut [u8]) {
        if self.weight.storage == Storage::Plain {
            return (self.fetch)(self.weight.offset + 4 * first as u64, out);
        }
        for (i, out) in out.chunks_mut(4 * PART).enumerate() {
            let first = first + i * PART;
            match self.weight.storage {
                Storage::Int8(axis) => self.bytes(first, axis as usize, out),
                _ => self.halves(first, out),
            }
        }
    }

    fn halves(&mut self, first: usize, out: &mut [u8]) {
        let part = &mut self.part.all()[..out.len() / 2];
        (self.fetch)(self.weight.offset + 2 * first as u64, part);
        for (o, h) in out.chunks_exact_mut(4).zip(part.chunks_exact(2)) {
            o.copy_from_slice(&half(u16::from_le_bytes([h[0], h[1]])).to_ne_bytes());
        }
    }

    fn bytes(&mut self, first: usize, axis: usize, out: &mut [u8]) {
        let part = &mut self.part.all()[..out.len() / 4];
        (self.fetch)(self.weight.offset + (4 * self.scales.len() + first) as u64, part);
        let inner: usize = self.weight.shape[axis + 1..].iter().product();
        for (i, (o, &b)) in out.chunks_exact_mut(4).zip(&*part).enumerate() {
            let scale = self.scales[(first + i) / inner.max(1) % self.scales.len()];
            o.copy_from_slice(&(f32::from(b as i8) * scale).to_ne_bytes());
        }
    }
}

/// A factor in panels.
fn panels(file: &mut File, groups: usize, panel: usize, out: &mut [f32]) -> Result<()> {
    let shape = file.weight.shape;
    let all = shape.len();
    let mut block = Block::new(4 * PART.min(all))?;
    for first in (0..all).step_by(PART) {
        let part = &mut block.all()[..4 * PART.min(all - first)];
        file.numbers(first, part);
        spread(shape.dims(), groups, panel, first, floats_mut(part)?, out);
    }
    Ok(())
}

/// Numbers of a factor from `first` on go to their places in its panels: row by row, each time those of one panel.
fn spread(shape: &[usize], groups: usize, panel: usize, first: usize, mut numbers: &[f32], out: &mut [f32]) {
    let (depth, n) = factor(shape);
    let (width, size) = (n / groups, packed(shape, groups, panel) / groups);
    let mut at = first;
    while !numbers.is_empty() {
        let (row, group, column) = (at / n, at % n / width, at % n % width);
        let inside = column % panel;
        let count = (panel - inside).min(width - column).min(numbers.len());
        let to = group * size + (column / panel * depth + row) * panel + inside;
        out[to..to + count].copy_from_slice(&numbers[..count]);
        (numbers, at) = (&numbers[count..], at + count);
    }
}

/// Winograd's form of 3x3 taps: some channels read at a time, with all their taps.
fn transformed(file: &mut File, kernels: &NnKernels, out: &mut [f32]) -> Result<()> {
    let (c, n) = (file.weight.shape[2], file.weight.shape[3]);
    if c == 0 || n == 0 {
        return Ok(()); // however large the other is
    }
    let most = (PART / (9 * n).max(1)).clamp(1, c.max(1));
    let mut block = Block::new(4 * 9 * most * n)?;
    for first in (0..c).step_by(most) {
        let channels = Range { start: first, end: c.min(first + most) };
        let size = channels.len() * n;
        for (t, taps) in block.all().chunks_exact_mut((4 * size).max(1)).take(9).enumerate() {
            file.numbers((t * c + first) * n, taps);
        }
        let part = floats_mut(block.all())?;
        kernels.winograd_pack(c, channels, n, out, &part[..9 * size]);
    }
    Ok(())
}

/// A 16-bit float (IEEE 754 binary16).
pub(super) fn half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(bits >> 10 & 31), u32::from(bits & 0x3ff));
    match exponent {
        0 => f32::from_bits(sign | (fraction as f32 * 2f32.powi(-24)).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}
