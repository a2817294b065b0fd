//! A plan with its weights, shared by everything that runs it.

use super::weights::{fill, stored};
use crate::error::{Error, Result};
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::{gemm, winograd};
use crate::nn::memory::{Block, Frozen, Range, ALIGN};
use crate::nn::plan::{self, Form, Id, Plan, Value, Weight};
use crate::nn::ty::Spec;
use crate::wire::{checksum_of, Limits};

/// Copies bytes of the file of weights, from an offset on; they are there.
pub type Fetch<'a> = &'a mut dyn FnMut(u64, &mut [u8]);

/// Bytes that are fetched at once for the checksum.
const PART: u64 = 1 << 14;

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
                fill(weight, fetch, &kernels, &mut memory.all()[place.range.at..][..place.range.bytes])?;
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

fn check(weight: &Weight, file: u64) -> Result<()> {
    match weight.offset.checked_add(stored(weight)) {
        Some(end) if end <= file => Ok(()),
        _ => Err(Error::new("model.weights", "a weight that lies behind the end of its file")),
    }
}
