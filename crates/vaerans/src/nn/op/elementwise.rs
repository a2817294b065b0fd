//! Functions of each element by itself, one or several behind one another, of operands that broadcast as NumPy's do.

use super::strided::{broadcast_strides, Walk};
use super::{floats, ints, Attribute, Call, Infer, Local, Op, Operand};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::elementwise::{self as kernel, Function, Step, MOST_OPERANDS, MOST_STEPS};
use crate::nn::memory::in_parts;
use crate::nn::ty::Type;

pub(super) static OPS: &[&Op] = &[&ELEMENTWISE];

/// Numbers that a thread takes at once, and from which on there is more than one.
const PART: usize = 1 << 14;

static ELEMENTWISE: Op = Op {
    number: 76,
    name: "Elementwise",
    inputs: (1, MOST_OPERANDS),
    attributes: &[ints("steps"), floats("numbers")],
    in_place: true,
    local: Local::Elements,
    infer,
    run: |call| {
        let (steps, count) = steps(call.attributes, call.inputs.len()).ok_or_else(|| call.refuse("steps"))?;
        run(call, &steps[..count])
    },
    summary: "functions behind one another: function, register, register for each step; two numbers for each",
    ..Op::BASE
};

fn infer(infer: &mut Infer) -> Result<()> {
    let mut shape = infer.input(0)?.shape;
    for i in 0..infer.inputs.len() {
        let spec = infer.input(i)?;
        if spec.ty != Type::F32 {
            return Err(infer.refuse(format_args!("elements of {}", spec.ty.name())));
        }
        shape = infer.broadcast(shape, spec.shape)?;
    }
    if steps(infer.attributes, infer.inputs.len()).is_none() {
        return Err(infer.refuse("steps that it does not have"));
    }
    infer.gives(Type::F32, shape);
    Ok(())
}

/// The steps that the attributes say; registers are the operands, then the results of the steps.
fn steps(attributes: &[Attribute], operands: usize) -> Option<([Step; MOST_STEPS], usize)> {
    let (Attribute::Ints(steps), Attribute::Floats(numbers)) = (&attributes[0], &attributes[1]) else { return None };
    let count = steps.len() / 3;
    if steps.len() % 3 != 0 || numbers.len() != 2 * count || !(1..=MOST_STEPS).contains(&count) {
        return None;
    }
    let mut found = [Step { function: Function::Add, a: 0, b: 0 }; MOST_STEPS];
    for (i, (found, (step, numbers))) in
        found.iter_mut().zip(steps.chunks_exact(3).zip(numbers.chunks_exact(2))).enumerate()
    {
        let register = |r: i64| u8::try_from(r).ok().filter(|&r| (r as usize) < operands + i);
        let function = Function::from_number(u32::try_from(step[0]).ok()?, numbers[0], numbers[1])?;
        *found = Step { function, a: register(step[1])?, b: register(step[2])? };
    }
    Some((found, count))
}

/// One function of one operand.
pub(super) fn one(call: &mut Call, function: Function) -> Result<()> {
    run(call, &[Step { function, a: 0, b: 0 }])
}

/// One function of two operands.
pub(super) fn two(call: &mut Call, function: Function) -> Result<()> {
    run(call, &[Step { function, a: 0, b: 1 }])
}

/// Where an operand stands, and how it is walked over.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    /// `None` is where the results go.
    pub data: Option<&'a [f32]>,
    /// Numbers from row to row.
    pub row: usize,
    /// Whether it goes along a row.
    pub moves: bool,
}

fn run(call: &mut Call, steps: &[Step]) -> Result<()> {
    let count = call.inputs.len();
    let shape = call.output_bytes(0)?.spec.shape;
    let mut strides = [[0; crate::nn::ty::MAX_RANK]; MOST_OPERANDS];
    for (i, strides) in strides.iter_mut().enumerate().take(count) {
        *strides = broadcast_strides(call.shape(i), shape);
    }
    let walk = Walk::new(shape, strides);
    let ((n, steps_n), (rows, steps_rows)) = (walk.row(), walk.rows_step());
    let mut sources = [Source { data: None, row: 0, moves: true }; MOST_OPERANDS];
    for (i, source) in sources.iter_mut().enumerate().take(count) {
        let data = match call.inputs[i] {
            Operand::InPlace(_) => None,
            _ => Some(call.input::<f32>(i)?),
        };
        *source = Source { data, row: steps_rows[i], moves: steps_n[i] != 0 || data.is_none() };
    }
    let (kernels, threads) = (call.kernels, call.threads);
    let out = call.output::<f32>(0)?;
    let mut blocks = out.chunks_exact_mut((rows * n).max(1));
    let mut result = Ok(());
    walk.blocks(|at| {
        let block = blocks.next().unwrap_or_default();
        let mut here = sources;
        for (source, at) in here.iter_mut().zip(at) {
            source.data = source.data.map(|data| &data[at..]);
        }
        if result.is_ok() {
            result = in_block(&kernels, threads, steps, &here[..count], n, block);
        }
    });
    result
}

/// Rows of `n`, split over threads: some of the rows, or some of the only one.
pub(super) fn in_block(
    kernels: &NnKernels,
    threads: usize,
    steps: &[Step],
    sources: &[Source],
    n: usize,
    out: &mut [f32],
) -> Result<()> {
    let rows = out.len() / n.max(1);
    let each = if rows == 1 { PART.min(n) } else { (PART / n.max(1)).clamp(1, rows) * n };
    let parts = out.len().div_ceil(each.max(1));
    in_parts(threads, parts, each, out, |i, part| {
        let mut operands = [kernel::Operand { data: None, row: 0, moves: true }; MOST_OPERANDS];
        for (operand, source) in operands.iter_mut().zip(sources) {
            let first = if rows > 1 {
                i * (each / n) * source.row
            } else if source.moves {
                i * each
            } else {
                0
            };
            let data = source.data.map(|data| &data[first.min(data.len())..]);
            *operand = kernel::Operand { data, row: source.row, moves: source.moves };
        }
        let width = if rows == 1 { part.len() } else { n };
        kernels.elementwise(steps, &operands[..sources.len()], width, part);
        Ok(())
    })
}
