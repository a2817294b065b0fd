//! The greatest, or the mean, of each window of a channel-last tensor.

use super::conv::{Axis, AUTO_PAD};
use super::{int, ints, word, Attribute, Call, Infer, Op};
use crate::error::Result;
use crate::kernels::nn::NnKernels;
use crate::kernels::reference::nn::gemm::{Rows, ZEROS};
use crate::nn::memory::in_parts;
use crate::nn::ty::{Shape, Type, MAX_RANK};

pub(super) static OPS: &[&Op] = &[&MAX_POOL, &AVERAGE_POOL];

const ATTRIBUTES: &[super::Declared] = &[
    ints("kernel_shape"),
    ints("strides"),
    ints("pads"),
    ints("dilations"),
    int("ceil_mode"),
    int("count_include_pad"),
    word("auto_pad", AUTO_PAD),
];

const fn pool(number: u16, name: &'static str, run: fn(&mut Call) -> Result<()>, summary: &'static str) -> Op {
    Op { number, name, attributes: ATTRIBUTES, infer, run, summary, ..Op::BASE }
}

static MAX_POOL: Op = pool(224, "MaxPool", |call| windows(call, true), "greatest of each window");
static AVERAGE_POOL: Op = pool(225, "AveragePool", |call| windows(call, false), "mean of each window");

/// Most axes of a window.
const SPATIAL: usize = 3;

/// The axes of the windows, and the places along each.
fn axes(shape: Shape, attributes: &[Attribute], ceil: bool) -> Option<Vec<(Axis, usize)>> {
    let spatial = shape.rank().checked_sub(2).filter(|n| (1..=SPATIAL).contains(n))?;
    let numbers = |i: usize, n: usize, other: Option<usize>| match &attributes[i] {
        Attribute::Ints(v) if v.len() == n => {
            v.iter().map(|&v| usize::try_from(v).ok().filter(|&v| v <= u32::MAX as usize)).collect()
        }
        Attribute::Absent => other.map(|other| vec![other; n]),
        _ => None,
    };
    let (kernel, strides): (Vec<_>, Vec<_>) = (numbers(0, spatial, None)?, numbers(1, spatial, Some(1))?);
    let (pads, dilations): (Vec<_>, Vec<_>) = (numbers(2, 2 * spatial, Some(0))?, numbers(3, spatial, Some(1))?);
    let auto_pad = if let Attribute::Int(word) = attributes[6] { word } else { 0 };
    (0..spatial)
        .map(|i| {
            let (stride, dilation) = (strides[i], dilations[i]);
            let axis = Axis {
                input: shape[1 + i],
                kernel: kernel[i],
                stride,
                dilation,
                before: pads[i],
                after: pads[spatial + i],
                ..Axis::FLAT
            };
            if stride == 0 || dilation == 0 || kernel[i] == 0 {
                return None;
            }
            let axis = axis.padded(auto_pad);
            let count = axis.output().or(if ceil { Some(1) } else { None })?;
            let more = ceil && {
                let span = (axis.kernel - 1) * dilation + 1;
                let left = (axis.input + axis.before + axis.after).saturating_sub(span) % stride;
                // A window that begins behind the input and what pads it in front is none.
                left != 0 && count * stride < axis.input + axis.before
            };
            Some((axis, count + usize::from(more)))
        })
        .collect()
}

/// Taps that a window may have over however small an input.
const FREE_TAPS: usize = 1 << 12;

/// Refuses windows far larger than what they see: every tap costs time.
fn are_windows(axes: &[(Axis, usize)]) -> bool {
    let product = |of: fn(&Axis) -> usize| axes.iter().try_fold(1usize, |n, (a, _)| n.checked_mul(of(a)));
    let seen = product(|a| a.input).and_then(|n| n.checked_mul(4)).and_then(|n| n.checked_add(FREE_TAPS));
    product(|a| a.kernel).zip(seen).is_some_and(|(taps, most)| taps <= most)
}

fn infer(infer: &mut Infer) -> Result<()> {
    let from = infer.input(0)?;
    let found = axes(from.shape, infer.attributes, infer.int(4, 0) != 0).filter(|_| from.ty == Type::F32);
    let found = found.filter(|axes| are_windows(axes));
    let Some(axes) = found else { return Err(infer.refuse(format_args!("windows over {}", from.shape))) };
    let mut shape = from.shape;
    axes.iter().zip(&mut shape.dims_mut()[1..]).for_each(|((_, count), extent)| *extent = *count);
    infer.gives(Type::F32, shape);
    infer.keep =
        axes.iter().flat_map(|(a, _)| [a.kernel, a.stride, a.dilation, a.before, a.after].map(|v| v as i64)).collect();
    Ok(())
}

/// Places of windows that one call of the kernel reads.
const STARTS: usize = 2048;

/// Windows over a channel-last tensor.
struct Windows<'a> {
    axes: [Axis; SPATIAL],
    /// Places along each axis.
    counts: [usize; SPATIAL],
    /// Elements from place to place of the input along each axis, and from one picture to the next.
    step: [usize; SPATIAL],
    picture: usize,
    channels: usize,
    from: &'a [f32],
    counts_padding: bool,
    maximum: bool,
}

fn windows(call: &mut Call, maximum: bool) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let counts_padding = call.int(5, 0) != 0;
    let spatial = shape.rank() - 2;
    let axes: [Axis; SPATIAL] = std::array::from_fn(|i| {
        let k = |j: usize| call.kept.get(5 * i + j).map_or(usize::from(j < 3), |&v| v as usize);
        let input = if i < spatial { shape[1 + i] } else { 1 };
        Axis { input, kernel: k(0), stride: k(1), dilation: k(2), before: k(3), after: k(4), ..Axis::FLAT }
    });
    let (kernels, threads) = (call.kernels, call.threads);
    let out = call.output_bytes(0)?;
    let (places, strides) = (out.spec.shape, shape.strides());
    let windows = Windows {
        axes,
        counts: std::array::from_fn(|i| if i < spatial { places[1 + i] } else { 1 }),
        step: std::array::from_fn(|i| if i < spatial { strides[1 + i] } else { 0 }),
        picture: strides[0],
        channels: shape[shape.rank() - 1],
        from,
        counts_padding,
        maximum,
    };
    let taps: usize = axes.iter().map(|a| a.kernel).product();
    let all = out.elements::<f32>()?;
    let at_once = (STARTS / taps.max(1)).max(1);
    let each = at_once * windows.channels;
    in_parts(threads, all.len().div_ceil(each.max(1)), each, all, |i, part| {
        windows.some(&kernels, taps, i * at_once, part);
        Ok(())
    })
}

impl Windows<'_> {
    /// Windows from `first` on, as many as `out` has rows of channels.
    fn some(&self, kernels: &NnKernels, taps: usize, first: usize, out: &mut [f32]) {
        out.fill(if self.maximum { f32::NEG_INFINITY } else { 0.0 });
        let count = out.len() / self.channels.max(1);
        let mut starts = [ZEROS; STARTS];
        let mut numbers = [0usize; STARTS];
        // A window of more taps than there is room for is folded part by part.
        let at_once = taps.min(STARTS / count.max(1));
        for tap in (0..taps).step_by(at_once.max(1)) {
            let some = at_once.min(taps - tap);
            let starts = &mut starts[..some * count];
            for (i, number) in numbers[..count].iter_mut().enumerate() {
                let place = self.place(first + i);
                for t in 0..some {
                    let read = self.read(&place, tap + t);
                    *number += usize::from(read.is_some());
                    starts[t * count + i] = read.flatten().unwrap_or(ZEROS);
                }
            }
            let windows = Rows { from: self.from, starts, taps: some, k: self.channels };
            kernels.pool(&windows, self.maximum, out);
        }
        if !self.maximum {
            let rows = out.chunks_exact_mut(self.channels.max(1)).zip(numbers);
            rows.for_each(|(row, n)| row.iter_mut().for_each(|y| *y /= n as f32));
        }
    }

    /// A window's picture (where it begins) and its place along each axis.
    fn place(&self, window: usize) -> (usize, [usize; SPATIAL]) {
        let [a, b, c] = self.counts;
        let (row, z) = (window / c.max(1), window % c.max(1));
        let (plane, y) = (row / b.max(1), row % b.max(1));
        (plane / a.max(1) * self.picture, [plane % a.max(1), y, z])
    }

    /// Where a tap of a window reads: nothing where it does not count, no place where it is padding that counts.
    fn read(&self, (picture, place): &(usize, [usize; SPATIAL]), tap: usize) -> Option<Option<usize>> {
        let kernel = [self.axes[1].kernel, self.axes[2].kernel];
        let (row, z) = if kernel[1] == 1 { (tap, 0) } else { (tap / kernel[1], tap % kernel[1]) };
        let taps = [row / kernel[0], row % kernel[0], z];
        let (mut at, mut inside) = (*picture, true);
        for (i, axis) in self.axes.iter().enumerate() {
            let read = place[i] * axis.stride + taps[i] * axis.dilation;
            match read.checked_sub(axis.before).filter(|&index| index < axis.input) {
                Some(index) => at += index * self.step[i],
                None if self.counts_padding && read < axis.input + axis.before + axis.after => inside = false,
                None => return None,
            }
        }
        Some(inside.then_some(at))
    }
}

const _: () = assert!(MAX_RANK >= SPATIAL + 2);
