//! Convolutions of channel-last tensors: `[batch, height, width, channels]`, or without the height.

/// What plain and transposed convolutions have, then what one has alone.
macro_rules! attributes {
    ($($own:expr),+) => {
        &[
            ints("strides"),
            ints("pads"),
            ints("dilations"),
            int("group"),
            word("auto_pad", AUTO_PAD),
            ACTIVATION,
            LOW,
            HIGH,
            RESIDUAL_LAST,
            $($own),+
        ]
    };
}

mod axis;
mod depthwise;
mod describe;
mod lines;
mod product;
mod starts;
pub(super) mod transposed;
mod winograd;

pub(super) use axis::{Axis, AUTO_PAD};

use super::epilogue::{self, ACTIVATION, HIGH, LOW, RESIDUAL_LAST};
use super::{int, ints, word, Attribute, Call, Infer, Local, Op, Operand, Reach};
use crate::error::Result;
use crate::kernels::nn::MOST_ZEROS as MOST_CHANNELS;
use crate::kernels::reference::nn::epilogue::Epilogue;
use crate::nn::plan::Step;
use crate::nn::run::{pack, packed};
use crate::nn::ty::{Shape, Type};
use depthwise::Depthwise;
use describe::{Conv, Way, MOST_TAPS};
use lines::Lines;
use product::Product;
use winograd::Winograd;

pub(super) static OPS: &[&Op] = &[&CONV];

/// Where the attributes of the epilogue begin.
const EPILOGUE: usize = 5;
/// The input that is a bias; a residual is the next.
const BIAS: usize = 2;

static CONV: Op = Op {
    number: 193,
    name: "Conv",
    inputs: (2, 4),
    attributes: attributes![int("upsample")],
    factor: true,
    local: Local::Windows,
    infer,
    run,
    summary: "convolution; weights are [height, width, channels of a group, output channels]",
    ..Op::BASE
};

/// Whether a step is a convolution that can be worked out by Winograd's way where it has 3 by 3 taps.
pub(in crate::nn) fn is_plain(step: &Step) -> bool {
    step.op.number == CONV.number && describe::is_plain(&step.attributes)
}

fn infer(infer: &mut Infer) -> Result<()> {
    shaped(infer, false)
}

/// The shape rule of both.
fn shaped(infer: &mut Infer, transposed: bool) -> Result<()> {
    let (x, w) = (infer.input(0)?, infer.input(1)?);
    let found = Conv::of(x.shape, w.shape, infer.attributes, transposed, None);
    let found = found
        .filter(|c| c.taps() <= MOST_TAPS && c.channels[0] <= MOST_CHANNELS && x.ty == Type::F32 && w.ty == Type::F32);
    let sized = found.and_then(|c| Some((c, c.size()?, describe::scratch(infer, &c, w.shape.dims())?)));
    let Some((c, (height, width), scratch)) = sized else {
        return Err(infer.refuse(format_args!("{} by weights of {}", x.shape, w.shape)));
    };
    let mut shape = Shape::of(&[c.batch])?;
    if x.shape.rank() == 4 {
        shape.push(height)?;
    }
    shape.push(width)?;
    shape.push(c.channels[1])?;
    infer.gives(Type::F32, shape);
    infer.scratch = scratch;
    epilogue::check(infer, BIAS, c.channels[1])
}

/// The rows of its input that rows of a convolution's output need.
pub(super) fn reach(x: Shape, w: Shape, attributes: &[Attribute]) -> Option<Reach> {
    let axis = Conv::of(x, w, attributes, false, None)?.y;
    let Axis { kernel, stride, dilation, before, repeat, .. } = axis;
    let same = axis.is_pointwise();
    let span = (kernel - 1) * dilation + 1;
    Some(if same { Reach::Same } else { Reach::Window { stride, span, before, repeat } })
}

/// A convolution with what it reads.
type Work<'a> = (Conv, Way, &'a [f32], Epilogue<'a>);

fn described<'a>(call: &Call<'a, '_>, transposed: bool) -> Result<Work<'a>> {
    let found = Conv::of(call.shape(0), call.shape(1), call.attributes, transposed, call.band);
    let found = found.and_then(|c| Some((c.flat(), c.way(call.form(1))?)));
    let (c, way) = found.ok_or_else(|| call.refuse("other shapes"))?;
    Ok((c, way, call.input::<f32>(0)?, call.epilogue(EPILOGUE, BIAS)?))
}

fn run(call: &mut Call) -> Result<()> {
    let (c, way, x, epilogue) = described(call, false)?;
    let (kernels, threads, panel) = (call.kernels, call.threads, call.kernels.panel());
    match way {
        Way::Winograd => {
            let (data, scratch) = weights(call, 1)?;
            Winograd { c, x, data, panel, epilogue }.run(&kernels, threads, scratch, call.output(0)?)
        }
        Way::Depthwise => {
            let weights = call.input::<f32>(1)?;
            Depthwise { c, x, weights, epilogue }.run(&kernels, threads, call.output(0)?)
        }
        Way::Lines => {
            let (data, scratch) = weights(call, 1)?;
            Lines { c, x, data, panel, epilogue }.run(&kernels, threads, scratch, call.output(0)?)
        }
        _ => {
            let (data, _) = weights(call, c.groups)?;
            Product { c, x, data, panel, epilogue }.run(&kernels, threads, call.output(0)?)
        }
    }
}

/// Weights, and the rest of the step's memory.
type Weights<'r> = (&'r [f32], &'r mut [f32]);

/// The weights in panels; packed now where they are made at each run.
fn weights<'r, 'a: 'r, 'o: 'r>(call: &mut Call<'a, 'o>, groups: usize) -> Result<Weights<'r>> {
    let shape = &call.shape(1);
    let scratch = std::mem::take(&mut call.scratch);
    if let Operand::Packed(_, _, data) = call.inputs[1] {
        return Ok((data, scratch));
    }
    let plain = call.input::<f32>(1)?;
    let panel = call.kernels.panel();
    let size = packed(shape, groups, panel);
    let (space, rest) = scratch.split_at_mut(size.next_multiple_of(16));
    pack(shape, groups, panel, &mut space[..size], plain);
    Ok((&space[..size], rest))
}
