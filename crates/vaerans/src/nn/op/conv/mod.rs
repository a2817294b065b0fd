//! Convolutions of channel-last tensors: `[batch, height, width, channels]`, or without the height.

mod axis;
mod depthwise;
mod describe;
mod lines;
mod product;
mod starts;
mod transposed;
mod winograd;

pub(super) use axis::{Axis, AUTO_PAD};

use super::epilogue::{self, ACTIVATION, HIGH, LOW, RESIDUAL_LAST};
use super::{int, ints, word, Attribute, Call, Infer, Local, Op, Operand, Reach};
use crate::error::Result;
use crate::kernels::nn::MOST_ZEROS as MOST_CHANNELS;
use crate::nn::run::{pack, packed};
use crate::nn::ty::{Shape, Type};
use depthwise::Depthwise;
use describe::{Conv, Way, MOST_TAPS};
use lines::Lines;
use product::Product;
use transposed::Transposed;
use winograd::Winograd;

pub(super) static OPS: &[&Op] = &[&CONV, &CONV_TRANSPOSE];

const TRANSPOSED: u16 = 194;
/// Where the attributes of the epilogue begin.
const EPILOGUE: usize = 5;
/// The input that is a bias; a residual is the next.
const BIAS: usize = 2;

/// What both have, then what one has alone.
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

static CONV_TRANSPOSE: Op = Op {
    number: TRANSPOSED,
    name: "ConvTranspose",
    inputs: (2, 4),
    attributes: attributes![ints("output_padding"), ints("output_shape")],
    factor: true,
    infer,
    run,
    summary: "transposed convolution; weights are [height, width, channels of a group, output channels]",
    ..Op::BASE
};

fn infer(infer: &mut Infer) -> Result<()> {
    let (x, w) = (infer.input(0)?, infer.input(1)?);
    let found = Conv::of(x.shape, w.shape, infer.attributes, infer.op.number == TRANSPOSED, None);
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

fn run(call: &mut Call) -> Result<()> {
    let shape_w = call.shape(1);
    let described = Conv::of(call.shape(0), shape_w, call.attributes, call.op.number == TRANSPOSED, call.band);
    let form = call.form(1);
    let found = described.and_then(|c| Some((c.flat(), c.way(form)?)));
    let (c, way) = found.ok_or_else(|| call.refuse("other shapes"))?;
    let (x, epilogue) = (call.input::<f32>(0)?, call.epilogue(EPILOGUE, BIAS)?);
    let (kernels, threads, panel) = (call.kernels, call.threads, call.kernels.panel());
    match way {
        Way::Winograd => {
            let (data, scratch) = weights(call, &shape_w, 1)?;
            Winograd { c, x, data, panel, epilogue }.run(&kernels, threads, scratch, call.output(0)?)
        }
        Way::Depthwise => {
            let weights = call.input::<f32>(1)?;
            Depthwise { c, x, weights, epilogue }.run(&kernels, threads, call.output(0)?)
        }
        Way::Lines => {
            let (data, scratch) = weights(call, &shape_w, 1)?;
            Lines { c, x, data, panel, epilogue }.run(&kernels, threads, scratch, call.output(0)?)
        }
        Way::Transposed => {
            let (data, _) = weights(call, &shape_w, c.groups)?;
            Transposed { c, x, data, panel, epilogue }.run(&kernels, threads, call.output(0)?)
        }
        Way::Product => {
            let (data, _) = weights(call, &shape_w, c.groups)?;
            Product { c, x, data, panel, epilogue }.run(&kernels, threads, call.output(0)?)
        }
    }
}

/// Weights, and the rest of the step's memory.
type Weights<'r> = (&'r [f32], &'r mut [f32]);

/// The weights in panels; packed now where they are made at each run.
fn weights<'r, 'a: 'r, 'o: 'r>(call: &mut Call<'a, 'o>, shape: &Shape, groups: usize) -> Result<Weights<'r>> {
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
