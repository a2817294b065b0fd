//! A file's tensor.

use super::load::load;
use super::undo::Undo;
use super::{DecodeOptions, Opened};
use crate::arena::{Arena, DType, TensorRef};
use crate::codec::scratch::SPARE;
use crate::component::{Lineage, Origin};
use crate::error::{Error, Result};
use crate::pool;
use vaerans_kernels::Kernels;

pub(super) fn decode(opened: &Opened, kernels: Kernels, options: &DecodeOptions) -> Result<TensorRef> {
    let stream = &opened.item.header.streams[0];
    let shape = opened.content().tile_shape(0);
    let lineage = stream.lineage(0, &shape)?;
    let levels = wanted_levels(opened, options, stream.levels)?;
    let undo = Undo::plan(opened, std::slice::from_ref(&lineage))?;
    let coded: u64 = stream.sections.iter().take(levels).map(|s| s.len as u64).sum();
    let needed = undo.arena_bytes(&[coded]).saturating_add(scratch_bytes(&lineage)).saturating_add(SPARE);
    opened.check_memory(needed)?;
    let arena = Arena::new(usize::try_from(undo.arena_bytes(&[coded]).saturating_add(SPARE)).unwrap_or(usize::MAX))?;
    let threads = pool::resolve(options.threads)?;
    let ctx = opened.ctx(kernels.with_threads(threads), &arena, threads);
    let coded = load(&arena, &opened.item, 0, 0, levels, lineage)?;
    Ok(undo.made(&ctx, vec![Some(coded)])?.data)
}

/// Bytes that decoding symbols takes beside the arena: tokens and values of the largest sequence.
pub(super) fn scratch_bytes(lineage: &Lineage) -> u64 {
    let of = |o: &Origin| o.elements().saturating_mul(if o.dtype == DType::U8 { 2 } else { 5 });
    lineage.last().map_or(0, |s| of(&s.origin))
}

/// Levels of the first stream that are read.
pub(super) fn wanted_levels(opened: &Opened, options: &DecodeOptions, levels: usize) -> Result<usize> {
    let wanted = options.levels.unwrap_or(levels).min(levels);
    let there = if options.allow_truncated { opened.item.whole_levels(0).min(wanted) } else { wanted };
    if there == 0 && wanted > 0 {
        return Err(Error::new("stream.truncated", "not one level of the file is whole"));
    }
    Ok(there)
}
