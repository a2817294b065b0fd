//! Gaussian blur: a filter beside the main path.

use crate::arena::{DType, Element, TensorRef};
use crate::component::{Kind, Params};
use crate::ecs::{Ctx, Input, Output, System, TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::pool;
use crate::registry::entry::encoder;
use crate::registry::schema::{words, Param};
use crate::registry::{Entry, Family};
use std::sync::{Arc, Mutex, PoisonError};
use vaerans_kernels::{blur_weights, BlurSample, BlurShape, Kernels};

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 81,
    name: "GaussianBlur",
    family: Family::Filter,
    takes: &[Kind::Image],
    gives: Kind::Image,
    key: "BlurRGB",
    params: &[Param::float("sigma", 1.0, 0.0, MAX_SIGMA, "standard deviation in pixels; the window ends at 4 sigma")],
    infer,
    forward: encoder(|params| Ok(Arc::new(GaussianBlur { sigma: params.float("sigma") }))),
    summary: words(
        "separable Gaussian blur of a picture; a picture without a past: what is coded from here on decodes to it",
    ),
    ..Entry::BASE
}
.extra();

fn infer(_: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let tensor = &inputs[0].tensor;
    tensor.one_of(&[DType::U8, DType::U16, DType::F32])?;
    match tensor.shape.as_deref() {
        Some(&[_, _, _]) | None => Ok(tensor.clone()),
        Some(other) => Err(Error::new("param.shape", format!("{}; a picture (H, W, C) expected", Dims(other)))),
    }
}

/// Widest blur, in pixels.
pub const MAX_SIGMA: f64 = 1024.0;

/// Rows that one thread works on at a time.
const BAND: usize = 32;

/// Blurs interleaved samples (H, W, C) with a Gaussian of `sigma` pixels into `dst`.
///
/// The window ends at `4 sigma` (rounded) from its centre, the picture is mirrored about its outer edges, sums are `f32`
/// and integers are rounded once, at the end: `scipy.ndimage.gaussian_filter(x, (sigma, sigma, 0))` of floats. The same
/// bits on every machine and for every number of threads.
///
/// ```
/// use vaerans::{codec::filter::blur::gaussian_blur, kernels::Kernels};
/// let mut out = [0u8; 5];
/// gaussian_blur(Kernels::active(), 1, &[0u8, 0, 100, 0, 0], [1, 5, 1], 1.0, &mut out)?;
/// assert_eq!(out, [6, 24, 40, 24, 6]);
/// # Ok::<(), vaerans::Error>(())
/// ```
///
/// # Errors
/// `param.range` for a sigma outside 0 to 1024, `data.empty`, `param.shape` where the slices do not have this shape.
pub fn gaussian_blur<T: BlurSample + Send + Sync>(
    kernels: Kernels,
    threads: usize,
    src: &[T],
    shape: [usize; 3],
    sigma: f64,
    dst: &mut [T],
) -> Result<()> {
    if !(0.0..=MAX_SIGMA).contains(&sigma) {
        return Err(Error::new("param.range", format!("sigma={sigma}; from 0 to {MAX_SIGMA}")));
    }
    let [height, width, channels] = shape;
    let samples = height.checked_mul(width).and_then(|n| n.checked_mul(channels));
    if samples == Some(0) {
        return Err(Error::new("data.empty", format!("a picture of shape {} has no samples", Dims(&shape))));
    }
    if samples != Some(src.len()) || src.len() != dst.len() {
        let text = format!("{} samples into {}; shape {} expected", src.len(), dst.len(), Dims(&shape));
        return Err(Error::new("param.shape", text));
    }
    let row = width * channels;
    let weights = blur_weights(sigma);
    let bands: Vec<Mutex<&mut [T]>> = dst.chunks_mut(BAND * row).map(Mutex::new).collect();
    pool::map(threads, bands.len(), |i| {
        let mut band = bands[i].lock().unwrap_or_else(PoisonError::into_inner);
        let rows = i * BAND..i * BAND + band.len() / row;
        kernels.blur(BlurShape { height, row, channels }, &weights, src, &mut band, rows);
        Ok(())
    })?;
    Ok(())
}

struct GaussianBlur {
    sigma: f64,
}

impl GaussianBlur {
    fn blurred<T>(&self, ctx: &Ctx, input: &TensorRef, shape: [usize; 3]) -> Result<TensorRef>
    where
        T: BlurSample + Element,
    {
        let mut result = ctx.arena.alloc(T::DTYPE, &shape)?;
        let (from, to) = (input.read::<T>()?, result.as_mut_slice::<T>()?);
        gaussian_blur(ctx.kernels, ctx.threads, &from, shape, self.sigma, to)?;
        Ok(result.freeze())
    }
}

impl System for GaussianBlur {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let input = inputs[0].component;
        let &[height, width, channels] = input.data.shape() else {
            return Err(Error::new("internal.bug", format!("a picture of shape {}", Dims(input.data.shape()))));
        };
        let shape = [height, width, channels];
        let data = match input.data.dtype() {
            DType::U8 => self.blurred::<u8>(ctx, &input.data, shape)?,
            DType::U16 => self.blurred::<u16>(ctx, &input.data, shape)?,
            _ => self.blurred::<f32>(ctx, &input.data, shape)?,
        };
        Ok(Output::from(data).with_meta(input.meta.clone()))
    }
}
