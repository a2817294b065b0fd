//! Pictures and volumes looked at from anywhere (channels last).

use super::{int, word, Call, Infer, Op};
use crate::error::Result;
use crate::nn::ty::{Shape, Type};

pub(super) static OPS: &[&Op] = &[&GRID_SAMPLE];

/// Most axes that are sampled.
const SPATIAL: usize = 3;

static GRID_SAMPLE: Op = Op {
    number: 233,
    name: "GridSample",
    inputs: (2, 2),
    attributes: &[
        word("mode", &["linear", "nearest", "cubic"]),
        word("padding_mode", &["zeros", "border", "reflection"]),
        int("align_corners"),
    ],
    infer,
    run,
    summary: "neighbours of each place that the second input names, by weight; -1 and 1 are the ends of an axis, the last axis comes first",
    ..Op::BASE
};

fn infer(infer: &mut Infer) -> Result<()> {
    let (x, grid) = (infer.input(0)?, infer.input(1)?);
    let (xs, gs) = (x.shape, grid.shape);
    let fits = x.ty == Type::F32
        && grid.ty == Type::F32
        && (3..=SPATIAL + 2).contains(&xs.rank())
        && gs.rank() == xs.rank()
        && gs[0] == xs[0]
        && gs[gs.rank() - 1] == xs.rank() - 2
        && !xs[1..xs.rank() - 1].contains(&0);
    if !fits {
        return Err(infer.refuse(format_args!("{xs} at {gs}")));
    }
    let mut shape = Shape::of(&gs[..gs.rank() - 1])?;
    shape.push(xs[xs.rank() - 1])?;
    infer.gives(Type::F32, shape);
    Ok(())
}

/// How places along an axis are read.
#[derive(Clone, Copy)]
struct Axis {
    n: usize,
    mode: i64,
    padding: i64,
    aligned: bool,
}

/// Elements of an axis and their weights; what lies outside is left out.
type Taps = [Option<(usize, f32)>; 4];

impl Axis {
    fn taps(&self, place: f32) -> Taps {
        let n = self.n as f32;
        let at = if self.aligned { (place + 1.0) / 2.0 * (n - 1.0) } else { ((place + 1.0) * n - 1.0) / 2.0 };
        let at = if self.mode == 1 { at.round_ties_even() } else { at };
        let at = self.inside(at);
        let low = at.floor();
        let t = at - low;
        let tap = |i: f32, weight: f32| self.index(low + i).map(|index| (index, weight));
        match self.mode {
            0 => [tap(0.0, 1.0 - t), tap(1.0, t), None, None],
            1 => [tap(0.0, 1.0), None, None, None],
            _ => [tap(-1.0, far(t + 1.0)), tap(0.0, near(t)), tap(1.0, near(1.0 - t)), tap(2.0, far(2.0 - t))],
        }
    }

    fn ends(&self) -> (f32, f32) {
        let n = self.n as f32;
        if self.aligned {
            (0.0, n - 1.0)
        } else {
            (-0.5, n - 0.5)
        }
    }

    /// A place beyond the ends, brought back by the rule for those.
    fn inside(&self, at: f32) -> f32 {
        let (low, high) = self.ends();
        match self.padding {
            1 if at < low || at > high => at.clamp(0.0, self.n as f32 - 1.0),
            2 if at < low || at > high => reflect(at, low, high),
            _ => at,
        }
    }

    fn index(&self, at: f32) -> Option<usize> {
        let last = self.n as f32 - 1.0;
        if self.padding == 0 && !(0.0..=last).contains(&at) {
            return None;
        }
        let (low, high) = self.ends();
        let at = if self.padding == 2 { reflect(at, low, high) } else { at };
        Some(at.clamp(0.0, last) as usize)
    }
}

/// Mirrored at the ends until it lies between them.
fn reflect(at: f32, low: f32, high: f32) -> f32 {
    let span = high - low;
    let beyond = if at < low { low - at } else { at - high };
    if !(beyond > 0.0 && span > 0.0) {
        return if span > 0.0 { at } else { low };
    }
    let times = (beyond / span).trunc();
    let rest = beyond - times * span;
    match (times % 2.0 == 0.0) == (at < low) {
        true => low + rest,
        false => high - rest,
    }
}

const A: f32 = -0.75;

fn near(d: f32) -> f32 {
    ((A + 2.0) * d - (A + 3.0)) * d * d + 1.0
}

fn far(d: f32) -> f32 {
    ((A * d - 5.0 * A) * d + 8.0 * A) * d - 4.0 * A
}

fn run(call: &mut Call) -> Result<()> {
    let (xs, gs) = (call.shape(0), call.shape(1));
    let (from, grid) = (call.input::<f32>(0)?, call.input::<f32>(1)?);
    let (mode, padding, aligned) = (call.int(0, 0), call.int(1, 0), call.int(2, 0) != 0);
    let d = xs.rank() - 2;
    let (channels, strides) = (xs[d + 1], xs.strides());
    let points: usize = gs[1..d + 1].iter().product();
    let out = call.output::<f32>(0)?;
    for (p, y) in out.chunks_exact_mut(channels.max(1)).enumerate() {
        let mut taps: [Taps; SPATIAL] = [[Some((0, 1.0)), None, None, None]; SPATIAL];
        for axis in 0..d {
            let reader = Axis { n: xs[1 + axis], mode, padding, aligned };
            taps[axis] = reader.taps(grid[p * d + d - 1 - axis]);
        }
        y.fill(0.0);
        let base = p / points.max(1) * strides[0];
        for (i, a) in taps[0].iter().flatten() {
            for (j, b) in taps[1].iter().flatten() {
                for (k, c) in taps[2].iter().flatten() {
                    let at = base
                        + i * strides[1]
                        + j * strides[2] * usize::from(d > 1)
                        + k * strides[3] * usize::from(d > 2);
                    let weight = a * b * c;
                    y.iter_mut().zip(&from[at..at + channels]).for_each(|(y, x)| *y += weight * x);
                }
            }
        }
    }
    Ok(())
}
