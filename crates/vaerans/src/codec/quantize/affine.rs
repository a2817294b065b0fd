//! The affine quantiser over slices: a number of symbols over the range of a tensor, channel or band.

use crate::codec::bands::{self, Band};
use crate::error::{Error, Quoted, Result};
use vaerans_kernels::{Kernels, UniformSymbol};

/// What shares one scale and offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// The whole tensor.
    Tensor,
    /// A channel.
    Channel,
    /// A band of a channel.
    Band,
}

/// Their names; the first is the default.
pub const NAMES: [&str; 3] = ["tensor", "channel", "band"];

impl Per {
    /// Of a name.
    ///
    /// # Errors
    /// `param.range`.
    pub fn parse(name: &str) -> Result<Per> {
        match NAMES.iter().position(|n| *n == name) {
            Some(0) => Ok(Per::Tensor),
            Some(1) => Ok(Per::Channel),
            Some(_) => Ok(Per::Band),
            None => Err(Error::new("param.range", format!("per={}; tensor, channel or band", Quoted(name)))),
        }
    }

    /// The groups of bands of a tensor (C, H, W) of `levels` splits that share a scale, in file order.
    ///
    /// # Errors
    /// `limit.symbols` for more bands than anybody codes.
    pub fn groups(self, shape: [usize; 3], levels: usize) -> Result<Vec<Vec<Band>>> {
        let levels = if self == Per::Band { levels } else { 0 };
        bands::check(shape, levels)?;
        let all = bands::all(shape, levels);
        Ok(match self {
            Per::Tensor => vec![all],
            _ => all.into_iter().map(|b| vec![b]).collect(),
        })
    }
}

/// Scale and offset of one group: value = symbol * scale + offset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// Step from symbol to symbol; 0: one value only.
    pub scale: f32,
    /// What symbol 0 stands for.
    pub offset: f32,
}

impl Affine {
    /// The symbol that is nearest to 0.
    pub fn zero(&self) -> i32 {
        match self.scale > 0.0 {
            true => (-f64::from(self.offset) / f64::from(self.scale)).round() as i32,
            false => 0,
        }
    }

    /// What symbol 0 stands for where `zero` stands for 0.
    pub fn offset_of(scale: f32, zero: i32) -> f32 {
        (-f64::from(zero) * f64::from(scale)) as f32
    }

    /// From the range of values, for symbols from 0 to `top`.
    ///
    /// # Errors
    /// `data.range` for a range that float32 does not hold.
    pub fn fit(min: f32, max: f32, top: u32) -> Result<Affine> {
        if min > max {
            return Ok(Affine { scale: 0.0, offset: 0.0 });
        }
        let (span, top) = (f64::from(max) - f64::from(min), f64::from(top));
        // Zero inside the range gets a symbol of its own, exactly: most coefficients of a pyramid are about 0, and a grid
        // that misses it turns them into noise. One step of the range is spent on that.
        let has_zero = min < 0.0 && max > 0.0 && top >= 2.0;
        let steps = if has_zero { top - 1.0 } else { top };
        // One value only: scale 0, and symbol 0 stands for it. Otherwise 1 / scale must be finite.
        let scale = if span > 0.0 { ((span / steps) as f32).max(f32::MIN_POSITIVE) } else { 0.0 };
        if span > f64::from(f32::MAX) || !(scale * top as f32).is_finite() {
            let text = format!("values from {min:e} to {max:e} span more than float32 holds");
            return Err(Error::new("data.range", text));
        }
        let zero = (-f64::from(min) / f64::from(scale)).round() as f32;
        Ok(Affine { scale, offset: if has_zero { -(zero * scale) } else { min } })
    }
}

/// Quantises `from` (C, H, W) to symbols from 0 to `count - 1`; one scale and offset for each group.
///
/// # Errors
/// `data.not_finite`, `data.range`.
pub fn quantize<S: UniformSymbol>(
    k: &Kernels,
    from: &[f32],
    to: &mut [S],
    shape: [usize; 3],
    groups: &[Vec<Band>],
    count: u32,
) -> Result<Vec<Affine>> {
    let one = |group: &Vec<Band>| {
        let affine = fit(k, from, shape, group, count)?;
        for (at, n) in group.iter().flat_map(|b| rows(*b, shape)) {
            k.quantize(&from[at..at + n], &mut to[at..at + n], affine.scale, affine.offset);
        }
        Ok(affine)
    };
    groups.iter().map(one).collect()
}

/// The way back from [`quantize`], given what it gave.
pub fn dequantize<S: UniformSymbol>(
    k: &Kernels,
    from: &[S],
    to: &mut [f32],
    shape: [usize; 3],
    groups: &[Vec<Band>],
    affine: &[Affine],
) {
    for (group, a) in groups.iter().zip(affine) {
        for (at, n) in group.iter().flat_map(|b| rows(*b, shape)) {
            k.dequantize(&from[at..at + n], &mut to[at..at + n], a.scale, a.offset);
        }
    }
}

fn fit(k: &Kernels, data: &[f32], shape: [usize; 3], group: &[Band], count: u32) -> Result<Affine> {
    let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
    for (at, n) in group.iter().flat_map(|b| rows(*b, shape)) {
        let range = k.range(&data[at..at + n]);
        if range.nonfinite > 0 {
            let text = format!("{} of {n} values of a row are NaN or infinite", range.nonfinite);
            return Err(Error::new("data.not_finite", text));
        }
        (min, max) = (min.min(range.min), max.max(range.max));
    }
    Affine::fit(min, max, count - 1)
}

/// First index and length of every row of a band; one run where the band is whole planes.
fn rows(b: Band, [_, h, w]: [usize; 3]) -> impl Iterator<Item = (usize, usize)> {
    let whole = b.width == w && b.height == h;
    let (count, n) = if whole { (1, w * h) } else { (b.height, b.width) };
    (0..count).map(move |y| ((b.channel * h + b.y + y) * w + b.x, n))
}
