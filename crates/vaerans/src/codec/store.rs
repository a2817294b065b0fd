//! Components as files: any `Bitstream`, with the pipe that made it.

use super::chain::Keyed;
use crate::arena::{Arena, DType};
use crate::bitstream::{self, Colour, Content, File, Geometry, Metadata, NewStream};
use crate::component::{Chunk, Component, Kind, Lineage, Meta};
use crate::error::{Error, Family, Result};
use crate::wire::Limits;

/// The file of one component: what `Pipe.out("Bitstream").save(path)` writes.
///
/// # Errors
/// `pipe.not_saveable` for anything but bytes of a coder, `pipe.unregistered_system` where a step of its
/// history has no number.
pub fn save(key: &str, component: &Component, metadata: Metadata) -> Result<Vec<u8>> {
    save_streams(&[(key, component)], metadata)
}

/// The file of several components: the first is the picture or tensor, the others belong to it (a residual).
///
/// # Errors
/// As [`save`].
pub fn save_streams(components: &[(&str, &Component)], metadata: Metadata) -> Result<Vec<u8>> {
    let Some((_, first)) = components.first() else {
        return Err(Error::new("pipe.not_saveable", "no stream to save"));
    };
    let streams = components.iter().map(|(key, c)| new_stream(key, c)).collect::<Result<Vec<_>>>()?;
    bitstream::write(content_of(&first.lineage)?, metadata, &streams)
}

fn new_stream(key: &str, component: &Component) -> Result<NewStream> {
    if component.kind != Kind::Bitstream || component.data.dtype() != DType::U8 {
        let text = format!(
            "{key} is {} of {}; an entropy-coded Bitstream is a file",
            component.kind.name(),
            component.data.dtype()
        );
        return Err(Error::new("pipe.not_saveable", text));
    }
    content_of(&component.lineage)?;
    let sections = sections(component)?.into_iter().map(|s| vec![s]).collect();
    Ok(NewStream { key: key.to_owned(), lineages: vec![component.lineage.clone()], sections })
}

/// What undoing every step gives.
fn content_of(lineage: &Lineage) -> Result<Content> {
    let first = lineage.steps().first();
    let origin = first.map(|s| &s.origin).ok_or_else(|| Error::new("pipe.not_saveable", "bytes without a history"))?;
    let depth = match origin.dtype {
        DType::U8 => Some(8),
        DType::U16 => Some(16),
        _ => None,
    };
    Ok(match (origin.kind, &origin.shape[..], depth) {
        (Kind::Image, &[height, width, channels], Some(depth)) => {
            let colour = Colour::of_channels(channels)?;
            Content::Picture(Geometry { width, height, colour, depth, tile: 0 })
        }
        _ => Content::Tensor { kind: origin.kind, dtype: origin.dtype, shape: origin.shape.clone() },
    })
}

/// The bytes of every level of a bitstream component, coarsest first.
pub(super) fn sections(component: &Component) -> Result<Vec<Vec<u8>>> {
    let bytes = component.data.read::<u8>()?;
    let Meta::Bitstream { chunks, .. } = &component.meta else {
        return Ok(vec![bytes.to_vec()]);
    };
    let levels = chunks.iter().map(|c| c.level as usize + 1).max().unwrap_or(0);
    let mut sections = vec![Vec::new(); levels];
    let mut at = 0;
    for c in chunks {
        let part =
            bytes.get(at..at + c.bytes).ok_or_else(|| Error::new("internal.bug", "chunks exceed the bitstream"))?;
        sections[c.level as usize].extend_from_slice(part);
        at += c.bytes;
    }
    Ok(sections)
}

/// The first `levels` levels of tile `tile` of stream `stream` as a component with this history, which can be undone.
pub(super) fn load(
    arena: &Arena,
    file: &File,
    stream: usize,
    tile: usize,
    levels: usize,
    lineage: Lineage,
) -> Result<Keyed> {
    let s = &file.header.streams[stream];
    let mut chunks = Vec::with_capacity(levels);
    let mut bytes = Vec::new();
    for level in 0..levels.min(s.levels) {
        let part = file.section(stream, level, tile)?;
        bytes.extend_from_slice(part);
        chunks.push(Chunk { level: level as u32, bytes: part.len() });
    }
    let coded = lineage.last().map_or(0, |s| s.origin.shape.iter().fold(1u64, |n, &d| n.saturating_mul(d as u64)));
    let data = arena.put(&[bytes.len()], &bytes)?;
    let meta = Meta::Bitstream { n_symbols: coded, chunks };
    Ok(Keyed {
        key: s.key.clone(),
        component: Component::new(Kind::Bitstream, data).with_meta(meta).with_lineage(lineage),
    })
}

/// What went wrong while a file's steps were undone is the file's fault, not the caller's.
pub fn blame_file(error: Error) -> Error {
    match error.code() {
        "pipe.unknown_system" | "data.base_differs" => error,
        _ if matches!(error.family(), Family::Pipe | Family::Param | Family::Data) => {
            Error::new("stream.invalid", format!("the file's pipe: {} [{}]", error.message(), error.code()))
        }
        _ => error,
    }
}

/// A whole file that holds one tile, as the component that [`save`] was given.
///
/// # Errors
/// `stream.*`, `limit.*`; `stream.invalid` for a file of several tiles: `decompress` opens those.
pub fn open(arena: &Arena, bytes: &[u8], limits: &Limits) -> Result<(Keyed, Metadata)> {
    let (streams, metadata) = open_streams(arena, bytes, limits)?;
    let first = streams.into_iter().next();
    Ok((first.ok_or_else(|| Error::new("stream.invalid", "a file without streams"))?, metadata))
}

/// All components of a file that holds one tile, as [`save_streams`] was given them.
///
/// # Errors
/// As [`open`].
pub fn open_streams(arena: &Arena, bytes: &[u8], limits: &Limits) -> Result<(Vec<Keyed>, Metadata)> {
    let file = File::parse(bytes, limits)?;
    if file.header.content.tiles() != 1 || file.header.streams.is_empty() {
        let text = format!(
            "{} tiles in {} streams; one of each expected",
            file.header.content.tiles(),
            file.header.streams.len()
        );
        return Err(Error::new("stream.invalid", text));
    }
    let one = |i: usize| {
        let stream = &file.header.streams[i];
        load(arena, &file, i, 0, stream.levels, stream.lineage(0, &file.header.content.tile_shape(0))?)
    };
    let streams = (0..file.header.streams.len()).map(one).collect::<Result<_>>()?;
    Ok((streams, file.header.metadata))
}
