//! The affine quantiser.

use super::unsupported;
use crate::array::Array;
use crate::errors;
use crate::world::kernels;
use pyo3::prelude::*;
use vaerans::arena::DType;
use vaerans::codec::bands::Band;
use vaerans::codec::quantize::affine::{self, Affine, Per};
use vaerans::{Error, Result};

/// Shape as (C, H, W) and the groups that share a scale, of an array.
fn groups(shape: &[usize], per: &str, levels: usize) -> Result<([usize; 3], Vec<Vec<Band>>)> {
    let per = Per::parse(per)?;
    let all: usize = shape.iter().product();
    let shape = match (per, shape) {
        (Per::Tensor, _) => [1, 1, all],
        (Per::Channel, &[c, ..]) => [c, 1, all / c.max(1)],
        (Per::Band, &[c, h, w]) => [c, h, w],
        _ => return Err(Error::new("param.range", format!("per does not go with an array of shape {shape:?}"))),
    };
    match per {
        Per::Tensor if all == 0 => return Ok((shape, vec![Vec::new()])),
        Per::Channel if all == 0 => return Ok((shape, vec![Vec::new(); shape[0]])),
        _ => {}
    }
    Ok((shape, per.groups(shape, levels)?))
}

/// Symbols of float32 values into `out`: scale, zero and offset of every group.
#[pyfunction]
fn quantize(
    py: Python<'_>,
    src: &Bound<'_, PyAny>,
    out: &Bound<'_, PyAny>,
    bits: u32,
    per: &str,
    levels: usize,
) -> PyResult<(Vec<f32>, Vec<i32>, Vec<f32>)> {
    if !(1..=16).contains(&bits) {
        return Err(errors::exception(&Error::new("param.range", format!("bits={bits}; from 1 to 16"))));
    }
    let (k, (src, mut out)) = (errors::py(kernels(None))?, super::pair(src, out)?);
    errors::py(same_length(&src, &out))?;
    let (shape, groups) = errors::py(groups(src.shape(), per, levels))?;
    let dtype = out.dtype();
    let affine = py.detach(|| match dtype {
        DType::U8 => affine::quantize::<u8>(&k, src.slice()?, out.slice_mut()?, shape, &groups, 1 << bits),
        DType::U16 => affine::quantize::<u16>(&k, src.slice()?, out.slice_mut()?, shape, &groups, 1 << bits),
        other => Err(Error::new("param.dtype", format!("uint8 or uint16 expected, not {other}"))),
    });
    let affine = errors::py(affine)?;
    let of = |f: fn(&Affine) -> f32| affine.iter().map(f).collect();
    Ok((of(|a| a.scale), affine.iter().map(Affine::zero).collect(), of(|a| a.offset)))
}

/// Values of symbols into `out`, float32; `offset` of a group is -zero * scale where none is given.
#[pyfunction]
#[pyo3(signature = (src, out, scale, zero, offset, per, levels))]
fn dequantize(
    py: Python<'_>,
    src: &Bound<'_, PyAny>,
    out: &Bound<'_, PyAny>,
    scale: Vec<f32>,
    zero: Vec<i32>,
    offset: Option<Vec<f32>>,
    per: &str,
    levels: usize,
) -> PyResult<()> {
    let (k, (src, mut out)) = (errors::py(kernels(None))?, super::pair(src, out)?);
    errors::py(same_length(&src, &out))?;
    let (shape, groups) = errors::py(groups(src.shape(), per, levels))?;
    let offset = offset.unwrap_or_else(|| scale.iter().zip(&zero).map(|(s, z)| Affine::offset_of(*s, *z)).collect());
    if scale.len() != groups.len() || offset.len() != groups.len() {
        let text = format!("{} scales for {} groups", scale.len(), groups.len());
        return Err(errors::exception(&Error::new("param.shape", text)));
    }
    let affine: Vec<Affine> = scale.iter().zip(offset).map(|(&scale, offset)| Affine { scale, offset }).collect();
    let to = |out: &mut Array| -> Result<()> {
        match src.dtype() {
            DType::U8 => affine::dequantize::<u8>(&k, src.slice()?, out.slice_mut()?, shape, &groups, &affine),
            DType::U16 => affine::dequantize::<u16>(&k, src.slice()?, out.slice_mut()?, shape, &groups, &affine),
            DType::I32 => affine::dequantize::<i32>(&k, src.slice()?, out.slice_mut()?, shape, &groups, &affine),
            other => return Err(Error::new("param.dtype", format!("uint8, uint16 or int32 expected, not {other}"))),
        }
        Ok(())
    };
    if out.dtype() != DType::F32 {
        return Err(unsupported(out.dtype(), "float32"));
    }
    errors::py(py.detach(|| to(&mut out)))
}

fn same_length(src: &Array, out: &Array) -> Result<()> {
    match src.len() == out.len() {
        true => Ok(()),
        false => Err(Error::new("param.shape", format!("{:?} into {:?}", src.shape(), out.shape()))),
    }
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(quantize, m)?)?;
    m.add_function(wrap_pyfunction!(dequantize, m)?)
}
