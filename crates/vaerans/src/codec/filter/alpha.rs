//! Alpha beside a picture that was coded without it: a stream of its own, which comes back as it was.

use crate::arena::{zeros, DType, Element, TensorRef};
use crate::component::{Kind, Meta, Params};
use crate::ecs::{Ctx, Input, Output, Past, System, TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::registry::entry::{decoder, encoder};
use crate::registry::schema::{words, Param};
use crate::registry::{Entry, Exactness, Family, Read, Role};
use std::sync::Arc;

/// Its line of the registry.
pub static ENTRY: Entry = Entry {
    number: 82,
    name: "Alpha",
    inverse_name: Some("AddAlpha"),
    family: Family::Filter,
    takes: &[Kind::Image],
    gives: Kind::Image,
    key: "Alpha",
    params: &[
        Param::key("src", "RGB", "key of the picture"),
        Param::key("recon", "ReconRGB", "key of the picture that alpha is put into"),
    ],
    reads: &[Read::Key("src")],
    inverse_reads: &[Read::Cursor, Read::Key("recon")],
    infer,
    check_inverse,
    exact: Exactness::Never,
    role: Role::Residual,
    forward: encoder(|_| Ok(Arc::new(Take))),
    inverse: decoder(|_| Ok(Arc::new(Put))),
    summary: words("alpha of a picture as a grey one, for what codes colour alone; the inverse puts it back"),
    ..Entry::BASE
};

fn infer(_: &Params, inputs: &[Arc<Ty>]) -> Result<TensorType> {
    let picture = &inputs[0].tensor;
    picture.one_of(&[DType::U8, DType::U16])?;
    let shape = match picture.shape.as_deref() {
        None => None,
        Some(&[h, w, 2 | 4]) => Some(vec![h, w, 1]),
        Some(shape) => {
            let text = format!("a picture of {}; (H, W, 2) or (H, W, 4) has alpha", Dims(shape));
            return Err(Error::new("param.shape", text));
        }
    };
    Ok(TensorType { dtype: picture.dtype, shape })
}

/// The picture must be such a one as alpha was taken from.
fn check_inverse(_: &Params, past: &Past, inputs: &[Arc<Ty>]) -> Result<()> {
    let base = &inputs[1].tensor;
    match past.tensor.fits(base) {
        true => Ok(()),
        false => Err(Error::new("param.shape", format!("a picture of {base}, {} expected", past.tensor))),
    }
}

struct Take;
struct Put;

impl System for Take {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let picture = &inputs[0].component.data;
        Ok(match picture.dtype() {
            DType::U8 => take::<u8>(ctx, picture)?,
            _ => take::<u16>(ctx, picture)?,
        }
        .into())
    }
}

fn take<S: Element>(ctx: &Ctx, picture: &TensorRef) -> Result<TensorRef> {
    let &[h, w, c] = picture.shape() else {
        return Err(Error::new("param.shape", format!("a picture of {}", Dims(picture.shape()))));
    };
    let mut plane = ctx.arena.alloc(picture.dtype(), &[h, w, 1])?;
    let samples = picture.read::<S>()?;
    plane.as_mut_slice::<S>()?.iter_mut().zip(samples.chunks_exact(c)).for_each(|(to, p)| *to = p[c - 1]);
    Ok(plane.freeze())
}

impl System for Put {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let (plane, base) = (&inputs[0].component.data, &inputs[1].component.data);
        let data = match base.dtype() {
            DType::U8 => put::<u8>(ctx, plane, base)?,
            _ => put::<u16>(ctx, plane, base)?,
        };
        Ok(Output::from(data).with_meta(Meta::Image { colourspace: "sRGB".into() }))
    }
}

fn put<S: Element>(ctx: &Ctx, plane: &TensorRef, base: &TensorRef) -> Result<TensorRef> {
    let mut picture = zeros::<S>(base.len())?;
    picture.copy_from_slice(&base.read::<S>()?);
    let channels = base.shape().last().copied().unwrap_or(1);
    for (pixel, &alpha) in picture.chunks_exact_mut(channels).zip(&*plane.read::<S>()?) {
        pixel[channels - 1] = alpha;
    }
    ctx.arena.put(base.shape(), &picture)
}
