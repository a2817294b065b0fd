//! Tensors of other extents: the nearest element, or sums of neighbours by weight, one axis after the other.

use super::{float, int, ints, word, Attribute, Call, Infer, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, Type, MAX_RANK};

pub(super) static OPS: &[&Op] = &[&RESIZE];

static RESIZE: Op = Op {
    number: 232,
    name: "Resize",
    inputs: (1, 4),
    attributes: &[
        word("mode", &["nearest", "linear", "cubic"]),
        word(
            "coordinate_transformation_mode",
            &[
                "half_pixel",
                "half_pixel_symmetric",
                "pytorch_half_pixel",
                "align_corners",
                "asymmetric",
                "tf_crop_and_resize",
            ],
        ),
        word("nearest_mode", &["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]),
        float("cubic_coeff_a"),
        int("exclude_outside"),
        float("extrapolation_value"),
        int("antialias"),
        ints("axes"),
        word("keep_aspect_ratio_policy", &["stretch", "not_larger", "not_smaller"]),
    ],
    infer,
    run,
    summary: "other extents: nearest, linear or cubic",
    ..Op::BASE
};

/// Scale of each axis, and the part of it that is looked at.
struct Plan {
    extents: [usize; MAX_RANK],
    scales: [f64; MAX_RANK],
    parts: [[f64; 2]; MAX_RANK],
}

fn plan(infer: &Infer, from: Shape) -> Result<Plan> {
    let rank = from.rank();
    let axes: Vec<usize> = match infer.attribute(7) {
        Attribute::Ints(axes) => axes.iter().map(|&a| infer.axis(a, rank)).collect::<Result<_>>()?,
        _ => (0..rank).collect(),
    };
    let mut plan = Plan { extents: [1; MAX_RANK], scales: [1.0; MAX_RANK], parts: [[0.0, 1.0]; MAX_RANK] };
    plan.extents[..rank].copy_from_slice(&from);
    if infer.optional(1).is_some_and(|s| s.shape.len() == 2 * axes.len()) && infer.int(1, 0) == 5 {
        let roi = infer.floats(1)?;
        for (i, &axis) in axes.iter().enumerate() {
            plan.parts[axis] = [roi[i].into(), roi[axes.len() + i].into()];
        }
    }
    let has_sizes = infer.optional(3).is_some_and(|s| !s.shape.is_empty());
    match has_sizes {
        true => by_sizes(infer, from, &axes, &mut plan)?,
        false => by_scales(infer, from, &axes, &mut plan)?,
    }
    Ok(plan)
}

fn by_sizes(infer: &Infer, from: Shape, axes: &[usize], plan: &mut Plan) -> Result<()> {
    let sizes = infer.numbers(3)?;
    if sizes.len() != axes.len() || sizes.iter().any(|&n| n < 0) {
        return Err(infer.refuse("sizes that are not those of the axes"));
    }
    let ratios = || axes.iter().zip(&sizes).map(|(&a, &n)| n as f64 / from[a].max(1) as f64);
    let common = match infer.int(8, 0) {
        1 => Some(ratios().fold(f64::INFINITY, f64::min)),
        2 => Some(ratios().fold(0.0, f64::max)),
        _ => None,
    };
    for (&axis, &n) in axes.iter().zip(&sizes) {
        plan.extents[axis] = common.map_or(n as usize, |s| (s * from[axis] as f64).round() as usize);
        plan.scales[axis] = common.unwrap_or(n as f64 / from[axis].max(1) as f64);
    }
    Ok(())
}

fn by_scales(infer: &Infer, from: Shape, axes: &[usize], plan: &mut Plan) -> Result<()> {
    let scales = infer.floats(2)?;
    if scales.len() != axes.len() || scales.iter().any(|&s| !(s > 0.0 && s < 1e6)) {
        return Err(infer.refuse("scales that are not those of the axes"));
    }
    for (&axis, &scale) in axes.iter().zip(&scales) {
        let scale = f64::from(scale);
        plan.scales[axis] = scale;
        let part = plan.parts[axis][1] - plan.parts[axis][0];
        let part = if infer.int(1, 0) == 5 { part } else { 1.0 };
        plan.extents[axis] = (from[axis] as f64 * part * scale).floor() as usize;
    }
    Ok(())
}

fn infer(infer: &mut Infer) -> Result<()> {
    let from = infer.input(0)?;
    if from.ty != Type::F32 && infer.int(0, 0) != 0 {
        return Err(infer.refuse(format_args!("elements of {}", from.ty.name())));
    }
    let plan = plan(infer, from.shape)?;
    let rank = from.shape.rank();
    infer.gives(from.ty, Shape::of(&plan.extents[..rank])?);
    for axis in 0..rank {
        infer.keep.push(plan.scales[axis].to_bits() as i64);
        infer.keep.extend(plan.parts[axis].map(|p| p.to_bits() as i64));
    }
    // Between two axes what was made so far is kept: the largest that may be, twice; then the places and weights of one axis.
    let most = from.shape.iter().zip(&plan.extents).try_fold(1usize, |n, (&a, &b)| n.checked_mul(a.max(b)));
    infer.scratch = most.and_then(|n| n.checked_mul(2)).ok_or_else(|| infer.refuse("too many elements"))?;
    Ok(())
}

/// How an axis is looked at.
#[derive(Debug, Clone, Copy)]
struct Axis {
    from: usize,
    to: usize,
    scale: f64,
    part: [f64; 2],
    mode: i64,
}

impl Axis {
    /// Where an output lies between the inputs.
    fn place(&self, o: usize) -> f64 {
        let (from, to, o) = (self.from as f64, self.to as f64, o as f64);
        match self.mode {
            1 => {
                let adjust = to / (self.scale * from);
                let centre = from / 2.0;
                centre * (1.0 - adjust) + (o + 0.5) / self.scale - 0.5
            }
            2 if self.to <= 1 => 0.0,
            3 if self.to <= 1 => 0.0,
            3 => o * (from - 1.0) / (self.scale * from - 1.0),
            4 => o / self.scale,
            5 if self.to <= 1 => 0.5 * (self.part[0] + self.part[1]) * (from - 1.0),
            5 => self.part[0] * (from - 1.0) + o * (self.part[1] - self.part[0]) * (from - 1.0) / (to - 1.0),
            _ => (o + 0.5) / self.scale - 0.5,
        }
    }
}

impl Axis {
    /// Whether a place lies outside of the input.
    fn is_beyond(&self, place: f64) -> bool {
        !(0.0..=self.from as f64 - 1.0).contains(&place)
    }

    /// Whether the output is the input along it.
    fn stays(&self) -> bool {
        self.from == self.to && self.scale == 1.0 && self.mode != 5
    }
}

/// What a place is made of.
#[derive(Debug, Clone, Copy)]
struct Kernel {
    mode: i64,
    nearest: i64,
    cubic: f64,
    exclude: bool,
    /// Below 1 where a smaller picture takes more neighbours in.
    stretch: f64,
}

impl Kernel {
    fn reach(&self) -> f64 {
        (if self.mode == 1 { 1.0 } else { 2.0 }) / self.stretch
    }

    fn weight(&self, distance: f64) -> f64 {
        let d = (distance * self.stretch).abs();
        if self.mode == 1 {
            return (1.0 - d).max(0.0);
        }
        let a = self.cubic;
        match d {
            d if d <= 1.0 => ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0,
            d if d < 2.0 => ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a,
            _ => 0.0,
        }
    }

    /// Calls `f` with the inputs of a place and their weights, which add up to 1.
    fn each(&self, place: f64, n: usize, mut f: impl FnMut(usize, f64)) {
        let first = (place - self.reach()).floor() as i64 + 1;
        let last = (place + self.reach()).ceil() as i64 - 1;
        let inside = |i: i64| (0..n as i64).contains(&i);
        let counts = |i: i64| !self.exclude || inside(i);
        let total: f64 = (first..=last).filter(|&i| counts(i)).map(|i| self.weight(i as f64 - place)).sum();
        for i in (first..=last).filter(|&i| counts(i)) {
            f(i.clamp(0, n as i64 - 1) as usize, self.weight(i as f64 - place) / total);
        }
    }

    fn nearest(&self, place: f64, n: usize) -> usize {
        let at = match self.nearest {
            0 => (place - 0.5).ceil(),
            1 => (place + 0.5).floor(),
            2 => place.floor(),
            _ => place.ceil(),
        };
        (at as i64).clamp(0, n as i64 - 1) as usize
    }
}

fn axes(call: &Call, from: Shape, to: Shape) -> [Axis; MAX_RANK] {
    let mode = call.int(1, 0);
    std::array::from_fn(|axis| {
        let kept = |i: usize| call.kept.get(3 * axis + i).map_or(1.0, |&bits| f64::from_bits(bits as u64));
        let extent = |s: Shape| s.get(axis).copied().unwrap_or(1);
        Axis { from: extent(from), to: extent(to), scale: kept(0), part: [kept(1), kept(2)], mode }
    })
}

fn run(call: &mut Call) -> Result<()> {
    let from = call.shape(0);
    let to = call.output_bytes(0)?.spec.shape;
    let axes = axes(call, from, to);
    let kernel = Kernel {
        mode: call.int(0, 0),
        nearest: call.int(2, 0),
        cubic: call.float(3, -0.75).into(),
        exclude: call.int(4, 0) != 0,
        stretch: 1.0,
    };
    match kernel.mode {
        0 => nearest(call, &axes, &kernel, to),
        _ => weighted(call, &axes, &kernel, from, to),
    }
}

fn nearest(call: &mut Call, axes: &[Axis; MAX_RANK], kernel: &Kernel, to: Shape) -> Result<()> {
    let from = call.bytes(0)?;
    let size = from.spec.ty.size();
    let rank = to.rank();
    let beyond = (call.int(1, 0) == 5 && size == 4).then(|| call.float(5, 0.0).to_ne_bytes());
    // Behind the last axis that changes elements lie side by side.
    let outer = axes[..rank].iter().rposition(|axis| !axis.stays()).map_or(0, |last| last + 1);
    let strides = from.spec.shape.strides().map(|s| s * size);
    let picture = Nearest { axes: &axes[..outer], kernel, strides, from: from.raw(), beyond };
    picture.fill(0, Some(0), call.output_bytes(0)?.raw());
    Ok(())
}

/// A tensor whose elements are picked.
struct Nearest<'a> {
    /// Up to the last that changes.
    axes: &'a [Axis],
    kernel: &'a Kernel,
    /// Bytes from element to element along each axis.
    strides: [usize; MAX_RANK],
    from: &'a [u8],
    /// What stands where the input does not reach, if that is asked for.
    beyond: Option<[u8; 4]>,
}

impl Nearest<'_> {
    /// The elements behind place `at` of the axes in front of `axis`; no place is beyond the input.
    fn fill(&self, axis: usize, at: Option<usize>, out: &mut [u8]) {
        let (Some(at), Some(walked)) = (at, self.axes.get(axis)) else {
            match (at, self.beyond) {
                (Some(at), _) => out.copy_from_slice(&self.from[at..at + out.len()]),
                (None, value) => out.chunks_exact_mut(4).for_each(|o| o.copy_from_slice(&value.unwrap_or_default())),
            }
            return;
        };
        let each = out.len() / walked.to.max(1);
        let mut before = None;
        for o in 0..walked.to {
            let place = walked.place(o);
            let gone = self.beyond.is_some() && walked.is_beyond(place);
            let read = (!gone).then(|| at + self.kernel.nearest(place, walked.from) * self.strides[axis]);
            let (made, part) = out[..(o + 1) * each].split_at_mut(o * each);
            match before == Some(read) {
                true => part.copy_from_slice(&made[(o - 1) * each..]),
                false => self.fill(axis + 1, read, part),
            }
            before = Some(read);
        }
    }
}

/// One axis after the other, those that stay as they are left out.
fn weighted(call: &mut Call, axes: &[Axis; MAX_RANK], kernel: &Kernel, from: Shape, to: Shape) -> Result<()> {
    let antialias = call.int(6, 0) != 0;
    let source = call.input::<f32>(0)?;
    let scratch = std::mem::take(&mut call.scratch);
    let middle = scratch.len() / 2;
    let (mut now, mut next) = scratch.split_at_mut(middle);
    now[..source.len()].copy_from_slice(source);
    let mut shape = from;
    for (i, axis) in axes[..from.rank()].iter().enumerate() {
        if axis.stays() {
            continue;
        }
        let stretch = if antialias { axis.scale.min(1.0) } else { 1.0 };
        let kernel = Kernel { stretch, ..*kernel };
        let inner: usize = shape[i + 1..].iter().product();
        let outer: usize = shape[..i].iter().product();
        for o in 0..axis.to {
            let place = axis.place(o);
            let gone = axis.mode == 5 && axis.is_beyond(place);
            for row in 0..outer {
                next[(row * axis.to + o) * inner..][..inner].fill(if gone { call.float(5, 0.0) } else { 0.0 });
            }
            if gone {
                continue;
            }
            // The weights of a place are those of every row.
            kernel.each(place, axis.from, |k, weight| {
                for row in 0..outer {
                    let out = &mut next[(row * axis.to + o) * inner..][..inner];
                    let x = &now[(row * axis.from + k) * inner..][..inner];
                    out.iter_mut().zip(x).for_each(|(o, x)| *o += weight as f32 * x);
                }
            });
        }
        shape.dims_mut()[i] = axis.to;
        std::mem::swap(&mut now, &mut next);
    }
    let n = to.len();
    call.output::<f32>(0)?.copy_from_slice(&now[..n]);
    Ok(())
}
