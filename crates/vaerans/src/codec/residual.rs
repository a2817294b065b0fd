//! The residual of a picture over a reconstruction: a second stream that bounds the error, or removes it.
//!
//! The step keeps the CRC32C of the reconstruction it was made over. Where that base was made by a network, another
//! machine's may differ in a few samples, and adding the residual to it would give wrong pixels in silence: the inverse
//! compares checksums and says so.

use crate::arena::{DType, TensorRef};
#[cfg(not(all(feature = "encode", feature = "decode")))]
use crate::codec::registry::left_out;
use crate::codec::registry::{extra, Direction, Entry, Family};
use crate::component::{Component, Kind, Meta, Params, Value};
use crate::ecs::system::{forward, inverse};
use crate::ecs::{Ctx, Input, Need, System, Ty};
use crate::error::{Dims, Error, Result};
use crate::wire::checksum;
use std::sync::Arc;
use vaerans_kernels::ResidualSample;

/// Its line of the registry.
pub const ENTRY: Entry = Entry {
    number: 80,
    name: "Residual",
    inverse_name: Some("AddResidual"),
    family: Family::Filter,
    takes: IMAGE,
    gives: Kind::Residual,
    key: "Residual",
    build: extra(build),
    summary: "difference of a picture and its reconstruction, exact or within max_error",
};

const IMAGE: &[Kind] = &[Kind::Image];

struct Residual {
    direction: Direction,
    src: String,
    recon: String,
    dtype: Option<DType>,
    max_error: u32,
}

fn build(direction: Direction, params: &Params) -> Result<Arc<dyn System>> {
    params.only("Residual", &["src", "recon", "dtype", "max_error"])?;
    let dtype = match params.text("dtype", "")? {
        "" => None,
        name => Some(DType::parse(name)?),
    };
    if dtype.is_some_and(|d| !matches!(d, DType::I16 | DType::I32)) {
        return Err(Error::new("param.dtype", "a residual is int16 (of uint8) or int32 (of uint16)"));
    }
    Ok(Arc::new(Residual {
        direction,
        src: params.text("src", "RGB")?.to_string(),
        recon: params.text("recon", "ReconRGB")?.to_string(),
        dtype,
        max_error: params.int("max_error", 0, 0..=65535)? as u32,
    }))
}

/// Both pictures must have one shape and dtype.
fn check_pair(a: &TensorRef, b: &TensorRef) -> Result<()> {
    if a.shape() == b.shape() && a.dtype() == b.dtype() {
        return Ok(());
    }
    let text = format!("{} {} against {} {}", Dims(a.shape()), a.dtype(), Dims(b.shape()), b.dtype());
    Err(Error::new("param.shape", text))
}

fn subtract<S>(ctx: &Ctx, src: &TensorRef, base: &TensorRef, max_error: u32) -> Result<TensorRef>
where
    S: ResidualSample + crate::arena::Element,
    S::Residual: crate::arena::Element,
{
    check_bound::<S>(max_error)?;
    let (src, from, base) = (src.shape(), src.read::<S>()?, base.read::<S>()?);
    let mut out = ctx.arena.alloc(<S::Residual as crate::arena::Element>::DTYPE, src)?;
    ctx.kernels.residual_forward(&from, &base, out.as_mut_slice()?, max_error);
    Ok(out.freeze())
}

fn add<S>(ctx: &Ctx, residual: &TensorRef, base: &TensorRef, max_error: u32) -> Result<TensorRef>
where
    S: ResidualSample + crate::arena::Element,
    S::Residual: crate::arena::Element,
{
    check_bound::<S>(max_error)?;
    let (shape, base, residual) = (base.shape(), base.read::<S>()?, residual.read::<S::Residual>()?);
    let mut out = ctx.arena.alloc(S::DTYPE, shape)?;
    ctx.kernels.residual_inverse(&residual, &base, out.as_mut_slice::<S>()?, max_error);
    Ok(out.freeze())
}

fn check_bound<S: ResidualSample>(max_error: u32) -> Result<()> {
    if max_error <= S::MAX_ERROR {
        return Ok(());
    }
    Err(Error::new("param.range", format!("max_error={max_error}; at most {}", S::MAX_ERROR)))
}

impl Residual {
    fn forward(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let (src, base) = (&inputs[0].component.data, &inputs[1].component.data);
        check_pair(src, base)?;
        let natural = if src.dtype() == DType::U8 { DType::I16 } else { DType::I32 };
        if self.dtype.is_some_and(|d| d != natural) {
            return Err(Error::new("param.dtype", format!("the residual of {} is {natural}", src.dtype())));
        }
        let data = match src.dtype() {
            DType::U8 => subtract::<u8>(ctx, src, base, self.max_error)?,
            DType::U16 => subtract::<u16>(ctx, src, base, self.max_error)?,
            other => return Err(Error::new("param.dtype", format!("uint8 or uint16 expected, not {other}"))),
        };
        let side = checksum(&base.bytes()?).to_le_bytes().to_vec();
        Ok(forward(self, inputs[0], ENTRY.gives, data, Meta::None, side))
    }

    fn inverse(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        let (residual, base) = (inputs[0].component, &inputs[1].component.data);
        let record = residual.lineage.expect(ENTRY.number, "AddResidual")?;
        let max_error = record.params.int("max_error", 0, 0..=65535)? as u32;
        if base.shape() != record.origin.shape || base.dtype() != record.origin.dtype {
            let text = format!("a base of {} {}, {} expected", Dims(base.shape()), base.dtype(), Dims(&record.origin.shape));
            return Err(Error::new("param.shape", text));
        }
        let is_wide = base.dtype() == DType::U16;
        let expected = if is_wide { DType::I32 } else { DType::I16 };
        if residual.data.len() != base.len() || residual.data.dtype() != expected {
            return Err(Error::new("stream.invalid", "the residual does not fit the picture"));
        }
        if record.side != checksum(&base.bytes()?).to_le_bytes() {
            let text = format!(
                "{} differs from the one the residual was made over: another version of the network or its library",
                self.recon
            );
            return Err(Error::new("data.base_differs", text));
        }
        let data = match is_wide {
            false => add::<u8>(ctx, &residual.data, base, max_error)?,
            true => add::<u16>(ctx, &residual.data, base, max_error)?,
        };
        let meta = Meta::Image { colourspace: "sRGB".into() };
        Ok(inverse(inputs[0], data, meta))
    }
}

impl System for Residual {
    fn name(&self) -> &'static str {
        match self.direction {
            Direction::Forward => ENTRY.name,
            Direction::Inverse => "AddResidual",
        }
    }

    fn number(&self) -> u16 {
        ENTRY.number
    }

    fn params(&self) -> Params {
        let text = |s: &str| Value::Text(s.to_string());
        let params = Params::new().with("src", text(&self.src)).with("recon", text(&self.recon));
        let params = params.with("max_error", Value::Int(i64::from(self.max_error)));
        self.dtype.map_or(params.clone(), |d| params.with("dtype", text(d.name())))
    }

    fn needs(&self) -> Vec<Need> {
        let recon = Need::key("recon", &self.recon, IMAGE);
        match self.direction {
            Direction::Forward => vec![Need::key("src", &self.src, IMAGE), recon],
            Direction::Inverse => vec![Need::cursor(&[Kind::Residual]), recon],
        }
    }

    fn infer(&self, inputs: &[Ty]) -> Result<Ty> {
        match self.direction {
            Direction::Forward => Ok(inputs[0].forward(ENTRY.number, ENTRY.name, ENTRY.key, ENTRY.gives)),
            Direction::Inverse => inputs[0].inverse(ENTRY.number, self.name()),
        }
    }

    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component> {
        match self.direction {
            #[cfg(feature = "encode")]
            Direction::Forward => self.forward(ctx, inputs),
            #[cfg(feature = "decode")]
            Direction::Inverse => self.inverse(ctx, inputs),
            #[cfg(not(all(feature = "encode", feature = "decode")))]
            _ => return Err(left_out()),
        }
    }

    fn inverse(&self) -> Result<Arc<dyn System>> {
        build(Direction::Inverse, &self.params())
    }
}
