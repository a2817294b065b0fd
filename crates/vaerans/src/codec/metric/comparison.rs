//! What the metric systems share: two pictures in, one number out.

use crate::arena::{DType, Element, TensorRef};
use crate::component::{Kind, Meta};
use crate::ecs::{Ctx, Input, Output, System, TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::metric::{Pictures, Sample};
use crate::registry::schema::Param;
use crate::registry::{Entry, Family, Read};
use std::sync::Arc;

/// Keys of the two pictures: parameters of every metric.
pub(super) const SRC: Param = Param::key("src", "RGB", "key of the picture");
/// See [`SRC`].
pub(super) const RECON: Param = Param::key("recon", "ReconRGB", "key of its reconstruction");

/// What the entries of all metrics share.
pub(super) const BASE: Entry = Entry {
    family: Family::Metric,
    takes: &[Kind::Image],
    gives: Kind::Scalar,
    params: &[SRC, RECON],
    reads: &[Read::Key("src"), Read::Key("recon")],
    infer: |_, inputs| infer(inputs),
    ..Entry::BASE
};

fn infer(inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let (a, b) = (&inputs[0].tensor, &inputs[1].tensor);
    for t in [a, b] {
        t.one_of(&[DType::U8, DType::U16])?;
        if let Some(shape) = t.shape.as_deref().filter(|s| s.len() != 3) {
            return Err(Error::new("param.shape", format!("{}; a picture (H, W, C) expected", Dims(shape))));
        }
    }
    if !a.fits(b) {
        let text =
            format!("{} is {a}, {} is {b}; two pictures of one shape and dtype expected", inputs[0].key, inputs[1].key);
        return Err(Error::new("param.shape", text));
    }
    Ok(TensorType::known(DType::F64, &[]))
}

/// A distance of two pictures. Each metric's file holds one.
pub(super) trait Measure: Send + Sync + 'static {
    /// The distance.
    fn measure<T: Sample>(&self, ctx: &Ctx, pictures: &Pictures<T>) -> Result<f64>;
}

/// Compares the pictures under two keys.
pub(super) struct Comparison<M>(pub M);

impl<M: Measure> Comparison<M> {
    fn compare<T: Sample + Element>(&self, ctx: &Ctx, a: &TensorRef, b: &TensorRef) -> Result<f64> {
        let &[height, width, channels] = a.shape() else {
            return Err(Error::new("internal.bug", format!("a picture of shape {}", Dims(a.shape()))));
        };
        let (a, b) = (a.read::<T>()?, b.read::<T>()?);
        self.0.measure(ctx, &Pictures::new(&a, &b, [height, width, channels])?)
    }
}

impl<M: Measure> System for Comparison<M> {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let (a, b) = (&inputs[0].component.data, &inputs[1].component.data);
        let value = match a.dtype() {
            DType::U8 => self.compare::<u8>(ctx, a, b)?,
            _ => self.compare::<u16>(ctx, a, b)?,
        };
        let data = ctx.arena.put(&[], &[value])?;
        Ok(Output::from(data).with_meta(Meta::Scalar(value)))
    }
}
