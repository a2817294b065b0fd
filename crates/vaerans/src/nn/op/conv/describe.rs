//! What a convolution does, from its attributes and the shapes of what it reads.

use super::axis::Axis;
use crate::nn::op::{Attribute, Band, Infer};
use crate::nn::plan::Form;
use crate::nn::run::packed;
use crate::nn::ty::Shape;

/// Most taps of a window.
pub(super) const MOST_TAPS: usize = 2048;

/// What a convolution does. Heights are 1 where there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conv {
    pub batch: usize,
    pub y: Axis,
    pub x: Axis,
    /// Channels of the input, and of the output.
    pub channels: [usize; 2],
    pub groups: usize,
}

/// Most channels whose rows are copied with their padding.
const MOST_COPIED: usize = 12;

/// How it is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// As a product of matrices.
    Product,
    /// The same, the taps of a row read as one.
    Lines,
    /// Transposed: each pixel from the taps that reach it.
    Transposed,
    /// Each channel by itself.
    Depthwise,
    /// By Winograd's F(4x4, 3x3).
    Winograd,
}

/// Attributes of both operators by their places.
const STRIDES: usize = 0;
const PADS: usize = 1;
const DILATIONS: usize = 2;
const GROUP: usize = 3;
const AUTO_PAD: usize = 4;
/// Of a convolution: how often each element of the input stands side by side.
pub(super) const UPSAMPLE: usize = 9;
/// Of a transposed one: places behind, and all places.
pub(super) const OUTPUT_PADDING: usize = 9;
const OUTPUT_SHAPE: usize = 10;

impl Conv {
    /// From what an operator reads; nothing where that does not fit.
    pub fn of(x: Shape, w: Shape, attributes: &[Attribute], transposed: bool, band: Option<Band>) -> Option<Conv> {
        let spatial = x.rank().checked_sub(2)?;
        if !(1..=2).contains(&spatial) || w.rank() != x.rank() {
            return None;
        }
        let groups = numbers(attributes, GROUP, 1, 1)?[0];
        let mut axes = [Axis::FLAT; 2];
        for i in 0..spatial {
            let some = band.filter(|_| spatial == 2 && i == 0);
            let extent = some.map_or(x[1 + i], |band| band.height);
            let axis = axis(extent, w[i], attributes, i, spatial, transposed)?;
            axes[2 - spatial + i] = match some {
                Some(band) => axis.some(band.first, band.rows, band.first_in, x[1]),
                None => axis,
            };
        }
        let channels = [x[x.rank() - 1], w[w.rank() - 1]];
        let fits = groups > 0 && channels[0] == groups.checked_mul(w[w.rank() - 2])? && channels[1] % groups == 0;
        fits.then_some(Conv { batch: x[0], y: axes[0], x: axes[1], channels, groups })
    }

    /// One row of all pixels, where each is worked out from itself.
    pub fn flat(self) -> Conv {
        let pixels = self.y.input.checked_mul(self.x.input);
        match pixels.filter(|_| self.y.is_pointwise() && self.x.is_pointwise()) {
            Some(input) => Conv { y: Axis::FLAT, x: Axis { input, ..Axis::FLAT }, ..self },
            None => self,
        }
    }

    pub fn taps(&self) -> usize {
        self.y.kernel.saturating_mul(self.x.kernel)
    }

    /// Height and width of the output.
    pub fn size(&self) -> Option<(usize, usize)> {
        Some((self.y.output()?, self.x.output()?))
    }

    /// Whether the taps of a row are read as one: then they have to be few numbers each, for what is copied to pay.
    fn reads_lines(&self) -> bool {
        self.groups == 1 && self.channels[0] <= MOST_COPIED && self.x.kernel > 1 && self.x.dilation == 1
    }

    /// How it is worked out with weights in this form; nothing where it cannot be.
    pub fn way(&self, form: Form) -> Option<Way> {
        let [c, n] = self.channels;
        match form {
            Form::Winograd if self.groups == 1 && self.y.is_three_wide() && self.x.is_three_wide() => {
                Some(Way::Winograd)
            }
            Form::Winograd => None,
            Form::Panels(groups) if groups as usize != self.groups => None,
            Form::Plain if self.groups == c && c == n && c > 1 => Some(Way::Depthwise),
            _ if self.x.transposed.is_some() => Some(Way::Transposed),
            _ if self.reads_lines() => Some(Way::Lines),
            _ => Some(Way::Product),
        }
    }
}

/// Whether strides, dilations and groups are 1.
pub(super) fn is_plain(attributes: &[Attribute]) -> bool {
    [STRIDES, DILATIONS, GROUP].iter().all(|&at| match attributes.get(at) {
        Some(Attribute::Absent | Attribute::Int(1)) => true,
        Some(Attribute::Ints(all)) => all.iter().all(|&n| n == 1),
        _ => false,
    })
}

/// An attribute of `n` numbers, or `other` so often.
fn numbers(attributes: &[Attribute], at: usize, n: usize, other: usize) -> Option<Vec<usize>> {
    let number = |v: i64| usize::try_from(v).ok().filter(|&v| v <= u32::MAX as usize);
    match attributes.get(at)? {
        Attribute::Ints(v) if v.len() == n => v.iter().map(|&v| number(v)).collect(),
        Attribute::Int(v) if n == 1 => number(*v).map(|v| vec![v]),
        Attribute::Absent => Some(vec![other; n]),
        _ => None,
    }
}

fn axis(
    stored: usize,
    kernel: usize,
    attributes: &[Attribute],
    i: usize,
    spatial: usize,
    transposed: bool,
) -> Option<Axis> {
    let number = |at: usize, n: usize, i: usize, other: usize| Some(numbers(attributes, at, n, other)?[i]);
    let repeat = if transposed { 1 } else { number(UPSAMPLE, 1, 0, 1)? };
    let axis = Axis {
        input: stored.checked_mul(repeat)?,
        kernel,
        stride: number(STRIDES, spatial, i, 1)?,
        dilation: number(DILATIONS, spatial, i, 1)?,
        before: number(PADS, 2 * spatial, i, 0)?,
        after: number(PADS, 2 * spatial, spatial + i, 0)?,
        transposed: None,
        repeat,
        ..Axis::FLAT
    };
    let auto_pad = if let Attribute::Int(word) = attributes[AUTO_PAD] { word } else { 0 };
    if axis.stride == 0 || axis.dilation == 0 || repeat == 0 {
        return None;
    }
    if !transposed {
        return Some(axis.padded(auto_pad));
    }
    let places = match attributes[OUTPUT_SHAPE] {
        Attribute::Absent => None,
        _ => Some(number(OUTPUT_SHAPE, spatial, i, 0)?),
    };
    axis.turned(number(OUTPUT_PADDING, spatial, i, 0)?, places, auto_pad)
}

/// Floats that the step needs for itself; nothing where the way is none.
pub(super) fn scratch(infer: &Infer, c: &Conv, shape_w: &[usize]) -> Option<usize> {
    let form = infer.form(1);
    Some(match c.way(form)? {
        Way::Winograd => super::winograd::scratch(c, infer.panel, infer.threads),
        Way::Depthwise => 0,
        way => {
            let lines = if way == Way::Lines { super::lines::scratch(c, infer.threads) } else { 0 };
            // Weights that are made at each run are packed at each run.
            let now = if form == Form::Plain { packed(shape_w, c.groups, infer.panel) } else { 0 };
            now.next_multiple_of(16).saturating_add(lines)
        }
    })
}
