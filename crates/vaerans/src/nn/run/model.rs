//! A plan with its weights, shared by everything that runs it.

use crate::error::{Error, Result};
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::{gemm, winograd};
use crate::nn::memory::floats_mut;
use crate::nn::memory::{Block, Frozen, Range, ALIGN};
use crate::nn::plan::{self, Form, Id, Plan, Storage, Value, Weight};
use crate::nn::ty::{Spec, Type};
use crate::wire::{checksum_of, Limits};

/// Copies bytes of the file of weights, from an offset on; they are there.
pub type Fetch<'a> = &'a mut dyn FnMut(u64, &mut [u8]);

/// Bytes that are fetched at once for the checksum.
const PART: u64 = 1 << 16;

/// A plan with its weights.
#[derive(Debug)]
pub struct Model {
    /// What runs.
    pub plan: Plan,
    /// The kernels that its weights are packed for.
    pub kernels: NnKernels,
    weights: Vec<Option<Place>>,
    memory: Frozen,
}

/// A weight in memory.
#[derive(Debug, Clone, Copy)]
struct Place {
    spec: Spec,
    form: Form,
    range: Range,
}

/// A weight as a step sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loaded<'a> {
    pub spec: Spec,
    pub form: Form,
    pub bytes: &'a [u8],
}

impl Model {
    /// From the two files of a compiled network, for these kernels.
    ///
    /// # Errors
    /// Those of [`plan::read`] and of [`Model::of`].
    pub fn load(plan: &[u8], weights: &[u8], kernels: NnKernels, limits: &Limits) -> Result<Model> {
        let fetch = &mut |at: u64, out: &mut [u8]| out.copy_from_slice(&weights[at as usize..][..out.len()]);
        Model::of(plan::read(plan)?, weights.len() as u64, fetch, kernels, limits)
    }

    /// A plan with weights that are fetched part by part from a file of so many bytes: it is never in memory as a whole.
    ///
    /// # Errors
    /// `model.weights` where the weights are not the plan's; `limit.memory`.
    pub fn of(plan: Plan, bytes: u64, fetch: Fetch, kernels: NnKernels, limits: &Limits) -> Result<Model> {
        if plan.weights.bytes != bytes || plan.weights.crc != sum(bytes, fetch) {
            return Err(Error::new("model.weights", "the weights are not those of the plan, or damaged"));
        }
        let (places, bytes) = places(&plan, bytes, kernels.panel(), limits)?;
        let mut memory = Block::new(bytes)?;
        for (value, place) in plan.values.iter().zip(&places) {
            if let (Value::Weight(weight), Some(place)) = (value, place) {
                fill(weight, fetch, kernels.panel(), &mut memory.all()[place.range.at..][..place.range.bytes])?;
            }
        }
        Ok(Model { plan, kernels, weights: places, memory: memory.freeze()? })
    }

    /// A weight; none where the value is made.
    pub(super) fn weight(&self, id: Id) -> Option<Loaded<'_>> {
        let place = self.weights[id as usize]?;
        Some(Loaded { spec: place.spec, form: place.form, bytes: self.memory.part(place.range) })
    }

    /// Bytes that the weights take.
    pub fn weight_bytes(&self) -> usize {
        self.memory.len()
    }
}

/// Where each weight goes, and how much all take.
type Places = (Vec<Option<Place>>, usize);

/// The checksum of the file.
fn sum(bytes: u64, fetch: Fetch) -> u32 {
    let mut part = vec![0; PART.min(bytes) as usize];
    checksum_of(|add| {
        for at in (0..bytes).step_by(PART as usize) {
            let part = &mut part[..PART.min(bytes - at) as usize];
            fetch(at, part);
            add(part);
        }
    })
}

fn places(plan: &Plan, file: u64, panel: usize, limits: &Limits) -> Result<Places> {
    let mut end = 0u64;
    let mut places = Vec::with_capacity(plan.values.len());
    for value in &plan.values {
        let Value::Weight(weight) = value else {
            places.push(None);
            continue;
        };
        check(weight, file)?;
        let spec = Spec::new(weight.ty, weight.shape);
        let bytes = match weight.form {
            Form::Plain => spec.bytes(),
            Form::Panels(groups) => packed(weight.shape.dims(), groups as usize, panel).saturating_mul(4),
            Form::Winograd => winograd::packed(weight.shape[2], weight.shape[3], panel).saturating_mul(4),
        };
        limits.check_bytes(end.saturating_add(bytes as u64), "bytes of weights")?;
        places.push(Some(Place { spec, form: weight.form, range: Range { at: end as usize, bytes } }));
        end += (bytes as u64).next_multiple_of(ALIGN as u64);
    }
    Ok((places, end as usize))
}

/// Floats of a factor of that shape in panels.
pub(in crate::nn) fn packed(shape: &[usize], groups: usize, panel: usize) -> usize {
    let (depth, n) = factor(shape);
    (n / groups.max(1)).next_multiple_of(panel).saturating_mul(depth).saturating_mul(groups)
}

/// Rows and columns of a factor.
pub(in crate::nn) fn factor(shape: &[usize]) -> (usize, usize) {
    match shape.split_last() {
        Some((n, depth)) => (depth.iter().product(), *n),
        None => (1, 1),
    }
}

/// Packs all groups of a factor, `plain`.
pub(in crate::nn) fn pack(shape: &[usize], groups: usize, panel: usize, out: &mut [f32], plain: &[f32]) {
    let (depth, n) = factor(shape);
    let width = n / groups.max(1);
    let size = packed(shape, groups, panel) / groups.max(1);
    for (g, part) in out.chunks_exact_mut(size.max(1)).enumerate().take(groups) {
        gemm::pack(depth, width, panel, part, plain.get(g * width..).unwrap_or_default(), n);
    }
}

fn fill(weight: &Weight, fetch: Fetch, panel: usize, out: &mut [u8]) -> Result<()> {
    if weight.form == Form::Plain {
        return unpack(weight, fetch, out);
    }
    let mut plain = Block::new(Spec::new(Type::F32, weight.shape).bytes())?;
    unpack(weight, fetch, plain.all())?;
    let (plain, out) = (floats_mut(plain.all())?, floats_mut(out)?);
    let (_, n) = factor(weight.shape.dims());
    match weight.form {
        Form::Panels(groups) => pack(weight.shape.dims(), groups as usize, panel, out, plain),
        _ => winograd::pack(weight.shape[2], n, panel, out, |t, k, c| plain[(t * weight.shape[2] + k) * n + c]),
    }
    Ok(())
}

/// Bytes that a weight takes in the file.
fn stored(weight: &Weight) -> u64 {
    let n = weight.shape.len() as u64;
    match weight.storage {
        Storage::Plain => n * weight.ty.size() as u64,
        Storage::Half => n * 2,
        Storage::Int8(axis) => n + 4 * weight.shape[axis as usize] as u64,
    }
}

fn check(weight: &Weight, file: u64) -> Result<()> {
    match weight.offset.checked_add(stored(weight)) {
        Some(end) if end <= file => Ok(()),
        _ => Err(Error::new("model.weights", "a weight that lies behind the end of its file")),
    }
}

fn unpack(weight: &Weight, fetch: Fetch, out: &mut [u8]) -> Result<()> {
    if weight.storage == Storage::Plain {
        fetch(weight.offset, out);
        return Ok(());
    }
    let mut stored = Block::new(stored(weight) as usize)?;
    let stored = stored.all();
    fetch(weight.offset, stored);
    match weight.storage {
        Storage::Plain => {}
        Storage::Half => {
            for (o, h) in out.chunks_exact_mut(4).zip(stored.chunks_exact(2)) {
                o.copy_from_slice(&half(u16::from_le_bytes([h[0], h[1]])).to_ne_bytes());
            }
        }
        Storage::Int8(axis) => int8(weight, axis as usize, stored, out),
    }
    Ok(())
}

fn int8(weight: &Weight, axis: usize, stored: &[u8], out: &mut [u8]) {
    let (scales, bytes) = stored.split_at(4 * weight.shape[axis]);
    let inner: usize = weight.shape[axis + 1..].iter().product();
    for (i, (o, &b)) in out.chunks_exact_mut(4).zip(bytes).enumerate() {
        let s = i / inner.max(1) % weight.shape[axis];
        let scale = f32::from_le_bytes([scales[4 * s], scales[4 * s + 1], scales[4 * s + 2], scales[4 * s + 3]]);
        o.copy_from_slice(&(f32::from(b as i8) * scale).to_ne_bytes());
    }
}

/// A 16-bit float (IEEE 754 binary16).
fn half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(bits >> 10 & 31), u32::from(bits & 0x3ff));
    match exponent {
        0 => f32::from_bits(sign | (fraction as f32 * 2f32.powi(-24)).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

#[cfg(test)]
mod unpack_tests {
    use super::half;

    #[test]
    fn halves() {
        let pairs =
            [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 2f32.powi(-24)), (0x0400, 2f32.powi(-14))];
        assert!(pairs.iter().all(|&(bits, value)| half(bits) == value));
        assert_eq!(half(0x8000).to_bits(), (-0f32).to_bits());
        assert!(half(0x7c00) == f32::INFINITY && half(0x7e00).is_nan());
    }
}
