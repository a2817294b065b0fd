//! Gaussian blur: a filter beside the main path.

use crate::arena::{Arena, DType, Element, TensorRef};
use crate::codec::registry::{Direction, Entry, Family};
use crate::component::{Component, Kind, Params, Value};
use crate::ecs::{pool, Ctx, Input, Need, System, Ty};
use crate::error::{Dims, Error, Result};
use std::sync::{Arc, Mutex, PoisonError};
use vaerans_kernels::{blur_weights, BlurSample, BlurShape, Kernels};

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 81,
    name: "GaussianBlur",
    inverse_name: None,
    family: Family::Filter,
    takes: TAKES,
    gives: Kind::Image,
    key: "BlurRGB",
    build: Some(build),
    summary: "separable Gaussian blur of a picture; sigma in pixels",
};

const TAKES: &[Kind] = &[Kind::Image];

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
/// use vaerans::{codec::registry::blur::gaussian_blur, kernels::Kernels};
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

fn build(_: Direction, params: &Params) -> Result<Arc<dyn System>> {
    params.only(ENTRY.name, &["sigma"])?;
    Ok(Arc::new(GaussianBlur { sigma: params.float("sigma", 1.0, 0.0..=MAX_SIGMA)? }))
}

impl GaussianBlur {
    fn blurred<T>(&self, ctx: &Ctx, input: &TensorRef, shape: [usize; 3]) -> Result<TensorRef>
    where
        T: BlurSample + Element,
    {
        let arena: &Arena = ctx.arena;
        let mut result = arena.alloc(T::DTYPE, &shape)?;
        let (from, to) = (input.read::<T>()?, result.as_mut_slice::<T>()?);
        gaussian_blur(ctx.kernels, ctx.threads, &from, shape, self.sigma, to)?;
        Ok(result.freeze())
    }
}

impl System for GaussianBlur {
    fn name(&self) -> &'static str {
        ENTRY.name
    }

    fn number(&self) -> u16 {
        ENTRY.number
    }

    fn params(&self) -> Params {
        Params::new().with("sigma", Value::Float(self.sigma))
    }

    fn needs(&self) -> Vec<Need> {
        vec![Need::cursor(TAKES)]
    }

    /// A picture without a past: what is coded from here on decodes to the blurred picture.
    fn infer(&self, _: &[Ty]) -> Result<Ty> {
        Ok(Ty::fresh(ENTRY.key, ENTRY.gives))
    }

    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let input = inputs[0].component;
        let &[height, width, channels] = input.data.shape() else {
            let text = format!("a picture of shape {}; (H, W, C) expected", Dims(input.data.shape()));
            return Err(Error::new("param.shape", text));
        };
        let shape = [height, width, channels];
        let data = match input.data.dtype() {
            DType::U8 => self.blurred::<u8>(ctx, &input.data, shape)?,
            DType::U16 => self.blurred::<u16>(ctx, &input.data, shape)?,
            DType::F32 => self.blurred::<f32>(ctx, &input.data, shape)?,
            other => return Err(Error::new("param.dtype", format!("{other}; uint8, uint16 or float32 expected"))),
        };
        Ok(Component::new(Kind::Image, data).with_meta(input.meta.clone()))
    }
}
