//! What runs.

use crate::arena::DType;
use crate::codec::predict;
#[cfg(feature = "encode")]
use crate::component::Chunk;
use crate::component::{Meta, Params};
use crate::ecs::{Ctx, Input, Output, System};
use crate::error::{Dims, Error, Result};
use crate::learned::{Predictor, Weights, NAME};
use std::sync::{Arc, OnceLock};

#[cfg(feature = "encode")]
pub(super) fn encoder(params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Encode(Coder::of(params)?)))
}

#[cfg(feature = "decode")]
pub(super) fn decoder(params: &Params) -> Result<Arc<dyn System>> {
    Ok(Arc::new(Decode(Coder::of(params)?)))
}

/// A predictor at a quality, as parameters name it.
struct Coder {
    model: [u8; NAME],
    step: usize,
    /// What the predictor uses, for all tiles: found once.
    found: OnceLock<Result<Ready>>,
}

/// A predictor, and its weights for planes of so many channels.
struct Ready {
    predictor: Arc<Predictor>,
    weights: Weights,
    layers: usize,
}

impl Coder {
    fn of(params: &Params) -> Result<Coder> {
        let model = params.array("model").ok_or_else(|| {
            let text = "model= is the first 8 bytes of a predictor's SHA-256: none was given";
            Error::new("param.range", text)
        })?;
        Ok(Coder { model, step: params.int("step") as usize, found: OnceLock::new() })
    }

    fn find(&self, ctx: &Ctx, channels: usize) -> Result<Ready> {
        let predictor = ctx.models.predictor(&self.model)?;
        let layers = predictor.layers_of(channels).ok_or_else(|| {
            let text = format!("integers of {channels} channels; the layers of the predictor end at {:?}", predictor.layers);
            Error::new("param.shape", text)
        })?;
        let weights = predictor.weights(self.step, channels)?;
        Ok(Ready { predictor, weights, layers })
    }

    /// The predictor, for planes of this shape; rows and columns.
    fn ready(&self, ctx: &Ctx, shape: &[usize]) -> Result<(&Ready, (usize, usize))> {
        let &[channels, height, width] = shape else {
            return Err(Error::new("param.shape", format!("integers of {}; (C, h, w) expected", Dims(shape))));
        };
        let ready = self.found.get_or_init(|| self.find(ctx, channels)).as_ref().map_err(Clone::clone)?;
        if ready.weights.channels.len() != channels {
            return Err(Error::new("param.shape", "planes of one file with other numbers of channels"));
        }
        ctx.limits.check_bytes(predict::bytes(channels, height, width), "bytes of the planes of a predictive coder")?;
        Ok((ready, (height, width)))
    }
}

#[cfg(feature = "encode")]
struct Encode(Coder);

#[cfg(feature = "encode")]
impl System for Encode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let data = &inputs[0].component.data;
        let (ready, size) = self.0.ready(ctx, data.shape())?;
        let values = data.read::<i16>()?;
        if values.contains(&i16::MIN) {
            return Err(Error::new("data.range", "an integer of -32768; from -32767 to 32767"));
        }
        let layers = predict::encode(ctx.kernels, &ready.predictor, &ready.weights, size, &values)?;
        let chunks = layers.iter().zip(0..).map(|(l, level)| Chunk { level, bytes: l.len() }).collect();
        let stream = layers.concat();
        let shape = [stream.len()];
        let data = ctx.arena.lease(Box::new(stream), DType::U8, &shape)?;
        Ok(Output::from(data).with_meta(Meta::Bitstream { n_symbols: values.len() as u64, chunks }))
    }
}

#[cfg(feature = "decode")]
struct Decode(Coder);

#[cfg(feature = "decode")]
impl System for Decode {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        let input = inputs[0].component;
        let (Some(step), Meta::Bitstream { chunks, .. }) = (input.lineage.last(), &input.meta) else {
            return Err(Error::new("data.type", "PredictDecode needs a Bitstream with its chunks and its history"));
        };
        let (ready, size) = self.0.ready(ctx, &step.origin.shape)?;
        ctx.limits.check_elements(step.origin.elements(), "integers")?;
        let bytes = input.data.read::<u8>()?;
        if chunks.is_empty() || chunks.len() > ready.layers {
            let text = format!("{} layers; from 1 to {} expected", chunks.len(), ready.layers);
            return Err(Error::new("stream.invalid", text));
        }
        let mut layers = Vec::with_capacity(chunks.len());
        let mut rest = &bytes[..];
        for chunk in chunks {
            let (layer, behind) = rest.split_at_checked(chunk.bytes).unwrap_or((rest, &[]));
            layers.push(layer);
            rest = behind;
        }
        let mut out = ctx.arena.alloc(DType::I16, &step.origin.shape)?;
        let planes = out.as_mut_slice::<i16>()?;
        planes.fill(0);
        predict::decode(ctx.kernels, &ready.predictor, &ready.weights, size, &layers, planes)?;
        let missing: Vec<usize> = (layers.len()..ready.layers).collect();
        let meta = if missing.is_empty() { Meta::None } else { Meta::Partial { missing } };
        Ok(Output::from(out.freeze()).with_meta(meta))
    }
}
