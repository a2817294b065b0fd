//! Streams of a file as components.

use crate::arena::{Arena, DType, TensorRef};
use crate::bitstream::Item;
use crate::component::{Chunk, Component, Kind, Lineage, Meta};
use crate::error::Result;

/// The first `levels` levels of a tile of a stream, as a component with this history, which can be undone.
pub(super) fn load(
    arena: &Arena,
    item: &Item,
    stream: usize,
    tile: usize,
    levels: usize,
    lineage: Lineage,
) -> Result<Component> {
    let sizes = item.level_bytes(stream, tile, levels);
    let mut data = arena.alloc(DType::U8, &[sizes.iter().sum()])?;
    item.read_levels(stream, tile, &sizes, data.as_mut_slice()?)?;
    let n_symbols = lineage.last().map_or(0, |s| s.origin.elements());
    let chunks = sizes.iter().zip(0..).map(|(&bytes, level)| Chunk { level, bytes }).collect();
    let data: TensorRef = data.freeze();
    Ok(Component::new(Kind::Bitstream, data).with_meta(Meta::Bitstream { n_symbols, chunks }).with_lineage(lineage))
}
