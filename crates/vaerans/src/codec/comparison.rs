//! What the metric systems share: two pictures in, one number out.

use crate::arena::{DType, Element, TensorRef};
use crate::codec::registry::Entry;
use crate::component::{Component, Kind, Meta, Params, Value};
use crate::ecs::{Ctx, Input, Need, System, Ty};
use crate::error::{Dims, Error, Result};
use crate::metric::{Pictures, Sample};
use std::sync::Arc;

/// Kinds a metric takes.
pub const TAKES: &[Kind] = &[Kind::Image];

/// A distance of two pictures. Each metric's file holds one.
pub trait Measure: Send + Sync + 'static {
    /// Its line of the registry.
    fn entry(&self) -> &'static Entry;
    /// Its parameters beside the two keys.
    fn params(&self) -> Params {
        Params::new()
    }
    /// The distance.
    fn measure<T: Sample>(&self, ctx: &Ctx, pictures: &Pictures<T>) -> Result<f64>;
}

/// Compares the pictures under two keys.
struct Comparison<M> {
    measure: M,
    src: String,
    recon: String,
}

/// The system that compares the pictures under the keys `src` (`RGB`) and `recon` (`ReconRGB`) of `params`.
///
/// # Errors
/// `param.unknown` for names that are neither these nor `known`, `param.type`.
pub fn build<M: Measure>(measure: M, params: &Params, known: &[&str]) -> Result<Arc<dyn System>> {
    let names = [&["src", "recon"], known].concat();
    params.only(measure.entry().name, &names)?;
    let src = params.text("src", "RGB")?.to_string();
    let recon = params.text("recon", "ReconRGB")?.to_string();
    Ok(Arc::new(Comparison { measure, src, recon }))
}

impl<M: Measure> Comparison<M> {
    fn compare<T: Sample + Element>(&self, ctx: &Ctx, a: &TensorRef, b: &TensorRef) -> Result<f64> {
        let &[height, width, channels] = a.shape() else {
            let text = format!("{} has shape {}; (H, W, C) expected", self.src, Dims(a.shape()));
            return Err(Error::new("param.shape", text));
        };
        let (a, b) = (a.read::<T>()?, b.read::<T>()?);
        self.measure.measure(ctx, &Pictures::new(&a, &b, [height, width, channels])?)
    }
}

impl<M: Measure> System for Comparison<M> {
    fn name(&self) -> &'static str {
        self.measure.entry().name
    }

    fn number(&self) -> u16 {
        self.measure.entry().number
    }

    fn params(&self) -> Params {
        let keys = [("src", &self.src), ("recon", &self.recon)];
        keys.into_iter().fold(self.measure.params(), |p, (name, key)| p.with(name, Value::Text(key.clone())))
    }

    fn needs(&self) -> Vec<Need> {
        vec![Need::key("src", &self.src, TAKES), Need::key("recon", &self.recon, TAKES)]
    }

    fn infer(&self, _: &[Ty]) -> Result<Ty> {
        Ok(Ty::fresh(self.measure.entry().key, Kind::Scalar))
    }

    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let (a, b) = (&inputs[0].component.data, &inputs[1].component.data);
        let described = |t: &TensorRef| format!("{} of {}", Dims(t.shape()), t.dtype());
        if (a.shape(), a.dtype()) != (b.shape(), b.dtype()) {
            let text = format!("{} is {}, {} is {}", self.src, described(a), self.recon, described(b));
            return Err(Error::new("param.shape", format!("{text}; two pictures of one shape and dtype expected")));
        }
        let value = match a.dtype() {
            DType::U8 => self.compare::<u8>(ctx, a, b)?,
            DType::U16 => self.compare::<u16>(ctx, a, b)?,
            other => return Err(Error::new("param.dtype", format!("{other}; uint8 or uint16 expected"))),
        };
        let data = ctx.arena.put(&[], &[value])?;
        Ok(Component::new(Kind::Scalar, data).with_meta(Meta::Scalar(value)))
    }
}
