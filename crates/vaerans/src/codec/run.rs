//! The executor: the one thing that runs steps on entities, for worlds and for pictures.
//!
//! [`Run`] takes planned steps and the components of some entities, runs step after step, and drops what no later step reads.
//! [`Pipe::advance`](crate::ecs::Pipe::advance) drives it for the pipes of a world.

use crate::arena::{Forecast, TensorRef};
use crate::component::{Component, Lineage, Origin, StepRecord};
use crate::ecs::{Ctx, Input, Output, Planned, Record, TensorType, Ty};
use crate::error::{Error, Result};

/// The components of one entity by slot.
pub type Slots = Vec<Option<Component>>;

/// What steps have put into a slot, taken out of it.
///
/// # Errors
/// `internal.bug` for an empty one.
pub fn take(slots: &mut Slots, slot: usize) -> Result<Component> {
    let taken = slots.get_mut(slot).and_then(Option::take);
    taken.ok_or_else(|| Error::new("internal.bug", format!("slot {slot} is empty")))
}

/// Whoever wants to know what ran.
pub trait Observer: Sync {
    /// Nanoseconds since some fixed moment.
    fn now(&self) -> u64;
    /// A step ran on one entity: its first input, its result, and its part of the time.
    fn ran(&self, step: &Planned, input: &TensorRef, output: &TensorRef, nanos: u64);
}

/// Steps to run on entities whose components have the same types.
pub struct Run<'a> {
    /// The steps.
    pub steps: &'a [Planned],
    /// None: every component stays. Otherwise one is dropped after the last of `steps` that reads it, unless it stands in one of
    /// these slots.
    pub keep: Option<&'a [usize]>,
    /// Who watches.
    pub observer: Option<&'a dyn Observer>,
}

impl Run<'_> {
    /// Runs all steps on a batch of entities; results stand in their slots.
    ///
    /// # Errors
    /// Those of the steps, with the step's name.
    pub fn on(&self, ctx: &Ctx, batch: &mut [Slots]) -> Result<()> {
        for (i, step) in self.steps.iter().enumerate() {
            let made = self.step(ctx, step, batch).map_err(|e| e.at(&step.name))?;
            batch.iter_mut().zip(made).for_each(|(slots, component)| put(slots, step.slot, component));
            for slot in self.unread(i) {
                batch.iter_mut().for_each(|slots| slots[slot] = None);
            }
        }
        Ok(())
    }

    fn step(&self, ctx: &Ctx, step: &Planned, batch: &[Slots]) -> Result<Vec<Component>> {
        let Some(work) = &step.work else {
            return Err(Error::new("internal.bug", "a foreign step among native ones"));
        };
        let inputs: Vec<Vec<Input>> = batch.iter().map(|slots| inputs_of(step, slots)).collect::<Result<_>>()?;
        let start = self.observer.map_or(0, |o| o.now());
        let made = match inputs.len() {
            2.. => work.run_batch(ctx, &inputs)?,
            _ => inputs.iter().map(|one| work.run(ctx, one)).collect::<Result<_>>()?,
        };
        if made.len() != inputs.len() {
            return Err(Error::new("internal.bug", format!("{} results for {} entities", made.len(), inputs.len())));
        }
        if let Some(observer) = self.observer {
            let each = observer.now().saturating_sub(start) / made.len() as u64;
            for (inputs, output) in inputs.iter().zip(&made) {
                let input = inputs.first().map_or(&output.data, |i| &i.component.data);
                observer.ran(step, input, &output.data, each);
            }
        }
        made.into_iter().zip(&inputs).map(|(output, inputs)| component_of(step, output, inputs)).collect()
    }

    /// Most bytes of an arena that the steps take for one entity; `there`: bytes of what stands in the first slots and lies
    /// in the arena too.
    pub fn arena_bytes(&self, there: &[u64]) -> u64 {
        let mut forecast = Forecast::default();
        let mut blocks: Vec<Option<_>> = there.iter().map(|&n| Some(forecast.alloc(n))).collect();
        for (i, step) in self.steps.iter().enumerate() {
            if blocks.len() <= step.slot {
                blocks.resize(step.slot + 1, None);
            }
            // What a coder makes lies outside of the arena, and its size is not known.
            blocks[step.slot] = step.output.tensor.bytes().map(|n| forecast.alloc(n));
            for slot in self.unread(i) {
                blocks.get_mut(slot).and_then(Option::take).into_iter().for_each(|b| forecast.free(b));
            }
        }
        forecast.bytes()
    }

    /// Slots that nothing reads after step `i`, which read them.
    fn unread(&self, i: usize) -> impl Iterator<Item = usize> + '_ {
        let left = &self.steps[i + 1..];
        let is_kept = |slot: &usize| self.keep.is_none_or(|kept| kept.contains(slot));
        let is_read = move |slot: &usize| left.iter().any(|s| s.inputs.contains(slot));
        self.steps[i].inputs.iter().copied().filter(move |slot| !is_kept(slot) && !is_read(slot))
    }
}

fn put(slots: &mut Slots, slot: usize, component: Component) {
    if slots.len() <= slot {
        slots.resize(slot + 1, None);
    }
    slots[slot] = Some(component);
}

fn inputs_of<'a>(step: &'a Planned, slots: &'a Slots) -> Result<Vec<Input<'a>>> {
    let one = |(&slot, ty): (&usize, &'a std::sync::Arc<crate::ecs::Ty>)| {
        let component = slots.get(slot).and_then(Option::as_ref);
        let component = component.ok_or_else(|| Error::new("internal.bug", format!("slot {slot} is empty")))?;
        Ok(Input { key: &ty.key, component })
    };
    step.inputs.iter().zip(&step.input_types).map(one).collect()
}

/// The result of a step with its kind and its history.
fn component_of(step: &Planned, output: Output, inputs: &[Input]) -> Result<Component> {
    let Output { data, meta, side } = output;
    let promised = &step.output.tensor;
    if !promised.fits(&TensorType::of(&data)) {
        let text = format!("{}: {promised} was planned, {} came", step.name, TensorType::of(&data));
        return Err(Error::new("internal.bug", text));
    }
    let lineage = lineage_of(step.record, &step.output, inputs.first(), side);
    Ok(Component { kind: step.output.kind, data, meta, lineage })
}

/// The history of what a step made of its first input, with the side bytes that it left; `output` is what was planned.
pub(super) fn lineage_of(record: Record, output: &Ty, input: Option<&Input>, side: Vec<u8>) -> Lineage {
    match (record, input, output.past.last()) {
        (Record::Push, Some(input), Some(step)) if cfg!(feature = "encode") => {
            let origin = Origin::of(input.key, input.component);
            let (number, name, params) = (step.number, step.name.clone(), step.params.clone());
            input.component.lineage.pushed(StepRecord { number, name, params, side, origin })
        }
        (Record::Pop, Some(input), _) => input.component.lineage.popped(),
        _ => Lineage::default(),
    }
}
