//! The greatest, or the mean, of each window of a channel-last tensor.

use super::conv::{Axis, AUTO_PAD};
use super::{int, ints, word, Attribute, Call, Infer, Op};
use crate::error::Result;
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

static MAX_POOL: Op = pool(
    224,
    "MaxPool",
    |call| windows(call, f32::NEG_INFINITY, |a, b| if b > a || b.is_nan() { b } else { a }, |v, _| v),
    "greatest of each window",
);
static AVERAGE_POOL: Op =
    pool(225, "AveragePool", |call| windows(call, 0.0, |a, b| a + b, |v, n| v / n), "mean of each window");

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
                transposed: None,
                repeat: 1,
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

fn infer(infer: &mut Infer) -> Result<()> {
    let from = infer.input(0)?;
    let found = axes(from.shape, infer.attributes, infer.int(4, 0) != 0).filter(|_| from.ty == Type::F32);
    let Some(axes) = found else { return Err(infer.refuse(format_args!("windows over {}", from.shape))) };
    let mut shape = from.shape;
    axes.iter().zip(&mut shape.dims_mut()[1..]).for_each(|((_, count), extent)| *extent = *count);
    infer.gives(Type::F32, shape);
    infer.keep =
        axes.iter().flat_map(|(a, _)| [a.kernel, a.stride, a.dilation, a.before, a.after].map(|v| v as i64)).collect();
    Ok(())
}

fn windows(call: &mut Call, start: f32, fold: fn(f32, f32) -> f32, finish: fn(f32, f32) -> f32) -> Result<()> {
    let (shape, from) = (call.shape(0), call.input::<f32>(0)?);
    let counts_padding = call.int(5, 0) != 0;
    let spatial = shape.rank() - 2;
    let axes: [Axis; SPATIAL] = std::array::from_fn(|i| {
        let k = |j: usize| call.kept.get(5 * i + j).map_or(usize::from(j < 3), |&v| v as usize);
        let input = if i < spatial { shape[1 + i] } else { 1 };
        Axis { input, kernel: k(0), stride: k(1), dilation: k(2), before: k(3), after: k(4), ..Axis::FLAT }
    });
    let out = call.output_bytes(0)?;
    let places = out.spec.shape;
    let at = |i: usize| if i < spatial { places[1 + i] } else { 1 };
    let (counts, channels) = ([at(0), at(1), at(2)], shape[shape.rank() - 1]);
    let strides = shape.strides();
    let step: [usize; SPATIAL] = std::array::from_fn(|i| if i < spatial { strides[1 + i] } else { 0 });
    let all = out.elements::<f32>()?;
    for (o, y) in all.chunks_exact_mut(channels.max(1)).enumerate() {
        let (b, place) = (o / counts.iter().product::<usize>(), o % counts.iter().product::<usize>());
        let place = [place / (counts[1] * counts[2]), place / counts[2] % counts[1], place % counts[2]];
        y.fill(start);
        let mut n = 0usize;
        each(&axes, place, counts_padding, |inside| {
            n += 1;
            if let Some(index) = inside {
                let base = b * strides[0] + (0..SPATIAL).map(|i| index[i] * step[i]).sum::<usize>();
                y.iter_mut().zip(&from[base..]).for_each(|(y, &x)| *y = fold(*y, x));
            }
        });
        y.iter_mut().for_each(|y| *y = finish(*y, n as f32));
    }
    Ok(())
}

/// Each place of a window that counts: where it is in the input, or nothing where it is padding.
fn each(
    axes: &[Axis; SPATIAL],
    place: [usize; SPATIAL],
    counts_padding: bool,
    mut f: impl FnMut(Option<[usize; SPATIAL]>),
) {
    let padded = |a: &Axis, o: usize, t: usize| o * a.stride + t * a.dilation < a.input + a.before + a.after;
    for t0 in 0..axes[0].kernel {
        for t1 in 0..axes[1].kernel {
            for t2 in 0..axes[2].kernel {
                let taps = [t0, t1, t2];
                let read: [Option<usize>; SPATIAL] = std::array::from_fn(|i| axes[i].read(place[i], taps[i]));
                match read {
                    [Some(a), Some(b), Some(c)] => f(Some([a, b, c])),
                    _ if counts_padding && (0..SPATIAL).all(|i| padded(&axes[i], place[i], taps[i])) => f(None),
                    _ => {}
                }
            }
        }
    }
}

const _: () = assert!(MAX_RANK >= SPATIAL + 2);
