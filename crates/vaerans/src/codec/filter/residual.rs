//! The residual of a picture over a reconstruction: a second stream that bounds the error, or removes it.
//!
//! The step keeps the CRC32C of the reconstruction it was made over. Where that base was made by a network, another
//! machine's may differ in a few samples, and adding the residual to it would give wrong pixels in silence: the inverse
//! compares checksums and says so.

use crate::arena::{DType, Element, TensorRef};
use crate::component::{Kind, Meta, Params};
use crate::ecs::{Ctx, Input, Output, Past, System, TensorType, Ty};
use crate::error::{Error, Result};
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::{words, Param};
use crate::registry::{Entry, Exactness, Family, Read, Role};
use crate::wire::checksum;
use std::sync::Arc;
use vaerans_kernels::ResidualSample;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 80,
    name: "Residual",
    inverse_name: Some("AddResidual"),
    family: Family::Filter,
    takes: &[Kind::Image],
    gives: Kind::Residual,
    key: "Residual",
    params: &[
        Param::key("src", "RGB", "key of the picture"),
        Param::key("recon", "ReconRGB", "key of its reconstruction"),
        Param::choice(
            "dtype",
            &["i16", "i32"],
            "\"i16\" of uint8 pictures, \"i32\" of uint16 ones; by default the right one",
        )
        .optional(),
        Param::int("max_error", 0, 0, 65535, "largest error of a sample after adding it; 0 is lossless"),
    ],
    reads: &[Read::Key("src"), Read::Key("recon")],
    inverse_reads: &[Read::Cursor, Read::Key("recon")],
    infer,
    check_inverse,
    exact: Exactness::Within("max_error"),
    role: Role::Residual,
    forward: encoder(|params| Ok(Arc::new(Subtract { max_error: params.int("max_error") as u32 }))),
    inverse: decoder(|params| Ok(Arc::new(Add { max_error: params.int("max_error") as u32 }))),
    summary: words("difference of a picture and its reconstruction, exact or within max_error"),
    ..Entry::BASE
}
.kept_if(cfg!(any(feature = "extra", feature = "predict")));

const SAMPLES: [DType; 2] = [DType::U8, DType::U16];

fn infer(params: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let (src, base) = (&inputs[0].tensor, &inputs[1].tensor);
    src.one_of(&SAMPLES)?;
    base.one_of(&SAMPLES)?;
    if !src.fits(base) {
        return Err(Error::new("param.shape", format!("{src} against {base}; one shape and dtype expected")));
    }
    let samples = src.dtype.or(base.dtype);
    let dtype = samples.map(natural);
    if let Some(samples) = samples {
        check_bound(params.int("max_error") as u32, samples)?;
        let wanted = params.text("dtype");
        if !wanted.is_empty() && DType::parse(wanted)? != natural(samples) {
            let text = format!("dtype={wanted}; the residual of {samples} is {}", natural(samples));
            return Err(Error::new("param.dtype", text));
        }
    }
    Ok(TensorType { dtype, shape: src.shape.clone().or(base.shape.clone()) })
}

fn natural(samples: DType) -> DType {
    if samples == DType::U8 {
        DType::I16
    } else {
        DType::I32
    }
}

fn check_bound(max_error: u32, samples: DType) -> Result<()> {
    let most = if samples == DType::U8 { u8::MAX_ERROR } else { u16::MAX_ERROR };
    if max_error <= most {
        return Ok(());
    }
    Err(Error::new("param.range", format!("max_error={max_error}; at most {most}")))
}

/// The base must be such a picture as the residual was made of.
fn check_inverse(_: &Params, past: &Past, inputs: &[Arc<Ty>]) -> Result<()> {
    let base = &inputs[1].tensor;
    if past.tensor.fits(base) {
        return Ok(());
    }
    Err(Error::new("param.shape", format!("a base of {base}, {} expected", past.tensor)))
}

struct Subtract {
    max_error: u32,
}

struct Add {
    max_error: u32,
}

impl System for Subtract {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let (src, base) = (&inputs[0].component.data, &inputs[1].component.data);
        let data = match src.dtype() {
            DType::U8 => subtract::<u8>(ctx, src, base, self.max_error)?,
            _ => subtract::<u16>(ctx, src, base, self.max_error)?,
        };
        Ok(Output::from(data).with_side(checksum(&base.bytes()?).to_le_bytes().to_vec()))
    }
}

impl System for Add {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let (residual, base) = (&inputs[0].component.data, &inputs[1].component.data);
        if inputs[0].side() != checksum(&base.bytes()?).to_le_bytes() {
            let text = format!(
                "{} differs from the one the residual was made over: another version of the network or its library",
                inputs[1].key
            );
            return Err(Error::new("data.base_differs", text));
        }
        let data = match base.dtype() {
            DType::U8 => add::<u8>(ctx, residual, base, self.max_error)?,
            _ => add::<u16>(ctx, residual, base, self.max_error)?,
        };
        Ok(Output::from(data).with_meta(Meta::Image { colourspace: "sRGB".into() }))
    }
}

fn subtract<S>(ctx: &Ctx, src: &TensorRef, base: &TensorRef, max_error: u32) -> Result<TensorRef>
where
    S: ResidualSample + Element,
    S::Residual: Element,
{
    let mut out = ctx.arena.alloc(<S::Residual as Element>::DTYPE, src.shape())?;
    ctx.kernels.residual_forward(&src.read::<S>()?, &base.read::<S>()?, out.as_mut_slice()?, max_error);
    Ok(out.freeze())
}

fn add<S>(ctx: &Ctx, residual: &TensorRef, base: &TensorRef, max_error: u32) -> Result<TensorRef>
where
    S: ResidualSample + Element,
    S::Residual: Element,
{
    let mut out = ctx.arena.alloc(S::DTYPE, base.shape())?;
    let (from, base) = (residual.read::<S::Residual>()?, base.read::<S>()?);
    ctx.kernels.residual_inverse(&from, &base, out.as_mut_slice::<S>()?, max_error);
    Ok(out.freeze())
}
