//! Convolutions of channel-last tensors: `[batch, height, width, channels]`, or without the height.

use super::{int, ints, word, Attribute, Call, Infer, Op, Operand};
use crate::error::Result;
use crate::kernels::reference::nn::gemm::{Epilogue, Panels, Rows, ZEROS};
use crate::nn::run::{pack, packed};
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&CONV, &CONV_TRANSPOSE];

/// Starts of rows that one call of the kernel takes.
const STARTS: usize = 2048;

static CONV: Op = Op {
    number: 193,
    name: "Conv",
    inputs: (2, 3),
    attributes: &[ints("strides"), ints("pads"), ints("dilations"), int("group"), word("auto_pad", AUTO_PAD)],
    infer,
    run,
    summary: "convolution; weights are [height, width, channels of a group, output channels]",
    ..Op::BASE
};

static CONV_TRANSPOSE: Op = Op {
    number: 194,
    name: "ConvTranspose",
    inputs: (2, 3),
    attributes: &[
        ints("strides"),
        ints("pads"),
        ints("dilations"),
        int("group"),
        word("auto_pad", AUTO_PAD),
        ints("output_padding"),
        ints("output_shape"),
    ],
    infer,
    run,
    summary: "transposed convolution; weights are [height, width, channels of a group, output channels]",
    ..Op::BASE
};

/// How paddings that were not given are chosen.
pub(super) const AUTO_PAD: &[&str] = &["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"];

/// How an axis is walked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    pub input: usize,
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    pub before: usize,
    pub after: usize,
    /// Of a transposed convolution: how many places there are.
    pub transposed: Option<usize>,
}

impl Axis {
    /// With the paddings that a word of [`AUTO_PAD`] chooses: as many places as the input has strides.
    pub fn padded(self, how: i64) -> Axis {
        let places = self.input.div_ceil(self.stride.max(1));
        let span = self.kernel.saturating_sub(1).saturating_mul(self.dilation).saturating_add(1);
        let all =
            (places.saturating_sub(1).saturating_mul(self.stride).saturating_add(span)).saturating_sub(self.input);
        match how {
            1 => Axis { before: all / 2, after: all - all / 2, ..self },
            2 => Axis { before: all - all / 2, after: all / 2, ..self },
            3 => Axis { before: 0, after: 0, ..self },
            _ => self,
        }
    }

    /// Of a transposed convolution: `more` places behind, or `shape` of them in all, whose paddings then follow.
    fn turned(self, more: usize, shape: Option<usize>, how: i64) -> Option<Axis> {
        let whole = (self.input.checked_sub(1)?)
            .checked_mul(self.stride)?
            .checked_add(self.kernel.checked_sub(1)?.checked_mul(self.dilation)?)?;
        let whole = whole.checked_add(more)?.checked_add(1)?;
        let wanted = match (shape, how) {
            (Some(n), _) => Some(n),
            (None, 1 | 2) => Some(self.input.checked_mul(self.stride)?),
            _ => None,
        };
        let (before, places) = match wanted {
            None => (self.before, whole.checked_sub(self.before.checked_add(self.after)?)?),
            Some(n) => {
                let all = whole.saturating_sub(n);
                (if how == 2 { all - all / 2 } else { all / 2 }, n)
            }
        };
        Some(Axis { before, transposed: Some(places), ..self })
    }

    /// How many places there are.
    pub fn output(&self) -> Option<usize> {
        if self.transposed.is_some() {
            return self.transposed;
        }
        let span = (self.kernel.checked_sub(1)?).checked_mul(self.dilation)?.checked_add(1)?;
        let padded = self.input.checked_add(self.before)?.checked_add(self.after)?;
        Some(padded.checked_sub(span)? / self.stride + 1)
    }

    /// Where the tap of an output reads; nothing where that is padding.
    pub fn read(&self, output: usize, tap: usize) -> Option<usize> {
        if self.transposed.is_some() {
            let at = (output + self.before).checked_sub(tap * self.dilation)?;
            return Some(at / self.stride).filter(|&i| at % self.stride == 0 && i < self.input);
        }
        let at = output * self.stride + tap * self.dilation;
        at.checked_sub(self.before).filter(|&at| at < self.input)
    }
}

/// What a convolution does.
#[derive(Debug, Clone, Copy)]
struct Conv {
    batch: usize,
    y: Axis,
    x: Axis,
    /// Channels of the input, and of the output.
    channels: [usize; 2],
    groups: usize,
}

/// Heights are 1 where there is none. The attributes are checked here.
fn conv(x: Shape, w: Shape, attributes: &[Attribute], group: i64) -> Option<Conv> {
    let spatial = x.rank().checked_sub(2)?;
    if !(1..=2).contains(&spatial) || w.rank() != x.rank() {
        return None;
    }
    let numbers = |i: usize, n: usize, other: usize| match &attributes[i] {
        Attribute::Ints(v) if v.len() == n => {
            v.iter().map(|&v| usize::try_from(v).ok().filter(|&v| v <= u32::MAX as usize)).collect()
        }
        Attribute::Absent => Some(vec![other; n]),
        _ => None,
    };
    let (strides, pads, dilations): (Vec<_>, Vec<_>, Vec<_>) =
        (numbers(0, spatial, 1)?, numbers(1, 2 * spatial, 0)?, numbers(2, spatial, 1)?);
    let auto_pad = if let Attribute::Int(word) = attributes[4] { word } else { 0 };
    let turned = match attributes.len() {
        5 => None,
        _ => Some((
            numbers(5, spatial, 0)?,
            if attributes[6] == Attribute::Absent { None } else { Some(numbers(6, spatial, 0)?) },
        )),
    };
    let turned: Option<(Vec<usize>, Option<Vec<usize>>)> = turned;
    let axis = |i: usize| {
        let (stride, dilation) = (strides[i], dilations[i]);
        let axis = Axis {
            input: x[1 + i],
            kernel: w[i],
            stride,
            dilation,
            before: pads[i],
            after: pads[spatial + i],
            transposed: None,
        };
        if stride == 0 || dilation == 0 {
            return None;
        }
        match turned.as_ref() {
            None => Some(axis.padded(auto_pad)),
            Some((more, shape)) => axis.turned(more[i], shape.as_ref().map(|s| s[i]), auto_pad),
        }
    };
    let flat = Axis { input: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, transposed: None };
    let (y, last) = if spatial == 2 { (axis(0)?, axis(1)?) } else { (flat, axis(0)?) };
    let channels = [x[x.rank() - 1], w[w.rank() - 1]];
    let groups = usize::try_from(group).ok().filter(|&g| g > 0)?;
    let fits = channels[0] == groups.checked_mul(w[w.rank() - 2])? && channels[1] % groups == 0;
    fits.then_some(Conv { batch: x[0], y, x: last, channels, groups })
}

fn infer(infer: &mut Infer) -> Result<()> {
    let (x, w) = (infer.input(0)?, infer.input(1)?);
    let found = conv(x.shape, w.shape, infer.attributes, infer.int(3, 1));
    let sides = found.and_then(|c| Some((c, c.y.output()?, c.x.output()?)));
    let taps = found.map_or(0, |c| c.y.kernel * c.x.kernel);
    let Some((c, height, width)) = sides.filter(|_| taps <= STARTS && x.ty == Type::F32 && w.ty == Type::F32) else {
        return Err(infer.refuse(format_args!("{} by weights of {}", x.shape, w.shape)));
    };
    if let Some(bias) = infer.optional(2) {
        if bias.shape.dims() != [c.channels[1]] {
            return Err(infer.refuse(format_args!("a bias of {}", bias.shape)));
        }
    }
    let mut shape = Shape::of(&[c.batch])?;
    if x.shape.rank() == 4 {
        shape.push(height)?;
    }
    shape.push(width)?;
    shape.push(c.channels[1])?;
    infer.gives(Type::F32, shape);
    infer.scratch = packed(&w.shape, c.groups, infer.panel);
    Ok(())
}

fn run(call: &mut Call) -> Result<()> {
    let (shape_x, shape_w) = (call.shape(0), call.shape(1));
    let c = conv(shape_x, shape_w, call.attributes, call.int(3, 1)).ok_or_else(|| call.refuse("other shapes"))?;
    let panel = call.kernels.panel();
    let (x, bias, kernels) = (call.input::<f32>(0)?, call.optional::<f32>(2)?, call.kernels);
    let data = weights(call, &shape_w, c.groups, panel)?;
    let work = Work { c, x, data, bias, panel };
    let out = call.output::<f32>(0)?;
    let [_, n] = c.channels;
    let (height, width) = (c.y.output().unwrap_or(0), c.x.output().unwrap_or(0));
    for row in 0..c.batch * height {
        let part = &mut out[row * width * n..][..width * n];
        work.row(&kernels, row / height, row % height, width, part);
    }
    Ok(())
}

/// The weights in panels; packed now where they are made at each run.
fn weights<'r, 'a: 'r, 'o: 'r>(
    call: &mut Call<'a, 'o>,
    shape: &Shape,
    groups: usize,
    panel: usize,
) -> Result<&'r [f32]> {
    if let Operand::Packed(_, data) = call.inputs[1] {
        return Ok(data);
    }
    let plain = call.input::<f32>(1)?;
    let space = std::mem::take(&mut call.scratch);
    let n = shape[shape.rank() - 1];
    pack(shape, groups, panel, space, |r, c| plain[r * n + c]);
    Ok(space)
}

struct Work<'a> {
    c: Conv,
    x: &'a [f32],
    data: &'a [f32],
    bias: Option<&'a [f32]>,
    panel: usize,
}

impl Work<'_> {
    /// A row of the output of one picture.
    fn row(&self, kernels: &crate::kernels::nn::NnKernels, batch: usize, y: usize, width: usize, out: &mut [f32]) {
        let Conv { y: axis_y, x: axis_x, channels: [c, n], groups, .. } = self.c;
        let taps = axis_y.kernel * axis_x.kernel;
        let (deep, wide) = (c / groups, n / groups);
        let size = self.data.len() / groups;
        let at_once = (STARTS / taps.max(1)).max(1);
        for first in (0..width).step_by(at_once) {
            let count = at_once.min(width - first);
            for g in 0..groups {
                let mut starts = [ZEROS; STARTS];
                for ty in 0..axis_y.kernel {
                    let Some(from_y) = axis_y.read(y, ty) else { continue };
                    let line = (batch * axis_y.input + from_y) * axis_x.input;
                    for tx in 0..axis_x.kernel {
                        let t = ty * axis_x.kernel + tx;
                        for (i, start) in starts[t * count..(t + 1) * count].iter_mut().enumerate() {
                            if let Some(from_x) = axis_x.read(first + i, tx) {
                                *start = (line + from_x) * c + g * deep;
                            }
                        }
                    }
                }
                let rows = Rows { from: self.x, starts: &starts[..taps * count], taps, k: deep };
                let panels =
                    Panels { data: &self.data[g * size..][..size], depth: taps * deep, n: wide, panel: self.panel };
                let epilogue = Epilogue { bias: self.bias.map(|b| &b[g * wide..][..wide]), ..Epilogue::default() };
                let part = &mut out[first * n + g * wide..];
                kernels.gemm(rows, panels, 0..wide, part, n, &epilogue);
            }
        }
    }
}
