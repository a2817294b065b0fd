//! A compiled network: arbitrary bytes as its plan, with checksums that fit, and as its weights; loaded, prepared for small inputs and run.
//!
//! The first two bytes say how many of the others are weights; the rest is what stands behind the head of a plan.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vaerans::kernels::nn::{Mode, NnKernels};
use vaerans::nn::memory::{Block, Bytes, BytesMut};
use vaerans::nn::plan::{self, Extent, Plan, MAGIC, VERSION};
use vaerans::nn::ty::{Shape, Spec};
use vaerans::nn::{Model, Options, Session};
use vaerans::wire::{checksum, Limits};
use vaerans::Result;
use vaerans_fuzz::both;

/// Products of two tensors take a time that grows with that of their sizes.
const LIMITS: Limits = Limits { max_pixels: 1 << 14, max_elements: 1 << 12, max_bytes: 1 << 22, settable: 0 };

fuzz_target!(|data: &[u8]| {
    let _ = plan::read(data);
    let Some((plan, weights)) = files(data) else { return };
    let Ok(read) = plan::read(&plan) else { return };
    let again = plan::write(&read).expect("what was read can be written");
    // Bytes, not plans: a number that is none is not equal to itself.
    let copy = plan::read(&again).expect("what was written can be read");
    assert_eq!(plan::write(&copy).expect("what was read can be written"), again);
    let mut first: Option<Vec<Vec<u8>>> = None;
    for kernels in both() {
        let Ok(model) = Model::load(&plan, weights, NnKernels::of(*kernels, Mode::Strict), &LIMITS) else { return };
        let model = std::sync::Arc::new(model);
        let mut session = Session::new(
            model.clone(),
            Options { threads: 1, limits: LIMITS, band_bytes: if data.len().is_multiple_of(2) { 0 } else { 8 << 20 } },
        );
        let Some(mut inputs) = inputs(&read, data) else { return };
        // The memory of the second run holds what the first one left: nothing may be read of that.
        for _ in 0..2 {
            let Ok(made) = run(&mut session, &mut inputs) else { return };
            let wanted = first.get_or_insert_with(|| made.clone());
            assert_eq!(*wanted, made, "the same network on the same inputs");
        }
    }
});

/// The plan, sealed, and the weights.
fn files(data: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (size, rest) = data.split_at_checked(2)?;
    let (weights, body) = rest.split_at_checked(usize::from(size[0]) | usize::from(size[1]) << 8)?;
    let mut plan = MAGIC.to_vec();
    plan.push(VERSION);
    plan.extend((weights.len() as u64).to_le_bytes());
    plan.extend(checksum(weights).to_le_bytes());
    plan.extend([0; 32]);
    plan.extend(body);
    let sum = checksum(&plan);
    plan.extend(sum.to_le_bytes());
    Some((plan, weights))
}

struct Array(Spec, Block);

/// Small inputs for the plan, filled from `data`.
fn inputs(plan: &Plan, data: &[u8]) -> Option<Vec<Array>> {
    let one = |input: &plan::Input| {
        let mut shape = Shape::SCALAR;
        for extent in &input.dims {
            let n = match *extent {
                Extent::Fixed(n) => usize::try_from(n).ok()?,
                Extent::Symbol(s) => 1 + usize::from(*data.get(s as usize)?) % 4,
            };
            shape.push(n).ok()?;
        }
        shape.checked_len().filter(|&n| n <= LIMITS.max_elements as usize)?;
        let spec = Spec::new(input.ty, shape);
        let mut block = Block::new(spec.bytes()).ok()?;
        block.all().iter_mut().zip(data.iter().cycle()).for_each(|(b, d)| *b = *d);
        Some(Array(spec, block))
    };
    plan.inputs.iter().map(one).collect()
}

fn run(session: &mut Session, inputs: &mut [Array]) -> Result<Vec<Vec<u8>>> {
    let inputs = inputs.iter_mut().map(|a| Bytes::new(a.0, a.1.all())).collect::<Result<Vec<_>>>()?;
    let specs = session.prepare(&inputs)?;
    let mut made: Vec<(Spec, Block)> = specs.iter().map(|s| Ok((*s, Block::new(s.bytes())?))).collect::<Result<_>>()?;
    let mut outputs = made.iter_mut().map(|(s, b)| BytesMut::new(*s, b.all())).collect::<Result<Vec<_>>>()?;
    session.run(&inputs, &mut outputs)?;
    Ok(outputs.iter_mut().map(|o| o.raw().to_vec()).collect())
}
