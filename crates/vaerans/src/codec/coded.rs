//! Coded components as streams of files.

use crate::arena::{DType, Pinned};
use crate::bitstream::{Colour, Content, Geometry, Metadata, NewItem, NewStream, TileBytes};
use crate::component::{Component, Kind, Lineage, Meta, Params, StepRecord, Value};
use crate::error::{Error, Family, Result};
use crate::registry::{Registry, Role};
use std::sync::Arc;

/// Coded bytes where they lie.
#[derive(Clone)]
pub struct Pin(Arc<Pinned>);

impl AsRef<[u8]> for Pin {
    fn as_ref(&self) -> &[u8] {
        self.0.bytes()
    }
}

/// The item of several components: the first is the picture or tensor, the others belong to it (a residual).
///
/// # Errors
/// `pipe.not_saveable` for anything but bytes of a coder, `pipe.unregistered_system` where a step of a
/// history has no number.
pub fn item(registry: &Registry, components: &[(&str, &Component)], metadata: Metadata) -> Result<NewItem<Pin>> {
    let Some((_, first)) = components.first() else {
        return Err(Error::new("pipe.not_saveable", "no stream to save"));
    };
    if role_of(registry, &first.lineage) != Role::Main {
        return Err(Error::new(
            "pipe.not_saveable",
            "the first stream of a file is its picture or tensor, not a residual",
        ));
    }
    let streams = components.iter().map(|(key, c)| stream(registry, key, c)).collect::<Result<Vec<_>>>()?;
    Ok(NewItem { content: content_of(&first.lineage)?, metadata, streams })
}

fn stream(registry: &Registry, key: &str, component: &Component) -> Result<NewStream<Pin>> {
    if component.kind != Kind::Bitstream || component.data.dtype() != DType::U8 {
        let (kind, dtype) = (component.kind.name(), component.data.dtype());
        let text = format!("{key} is {kind} of {dtype}; an entropy-coded Bitstream is a file");
        return Err(Error::new("pipe.not_saveable", text));
    }
    content_of(&component.lineage)?;
    let role = role_of(registry, &component.lineage);
    Ok(NewStream {
        role,
        key: key.to_owned(),
        lineages: vec![stored(registry, &component.lineage)],
        tiles: vec![tile(component)?],
    })
}

/// A history as files store it: without parameters that a step has from the one before.
pub(super) fn stored(registry: &Registry, lineage: &Lineage) -> Lineage {
    let steps = lineage.steps();
    let one = |(i, step): (usize, &Arc<StepRecord>)| {
        let mut step = StepRecord::clone(step);
        let names = registry.by_number(step.number).map_or(&[][..], |e| e.inherits);
        let above = i.checked_sub(1).map(|i| &steps[i].params);
        let is_above = |name: &str, value: &Value| {
            names.contains(&name) && above.and_then(|a| a.get(name)).is_some_and(|a| a == value)
        };
        let kept = step.params.iter().filter(|(name, value)| !is_above(name, value));
        step.params = kept.fold(Params::new(), |all, (name, value)| all.with(name, value.clone()));
        step
    };
    Lineage::of(steps.iter().enumerate().map(one).collect())
}

/// What a stream is to its picture: its first step says.
pub(super) fn role_of(registry: &Registry, lineage: &Lineage) -> Role {
    let entry = lineage.steps().first().and_then(|s| registry.by_number(s.number));
    entry.map_or(Role::Main, |e| e.role)
}

/// What undoing every step gives.
fn content_of(lineage: &Lineage) -> Result<Content> {
    let first = lineage.steps().first();
    let origin = first.map(|s| &s.origin).ok_or_else(|| Error::new("pipe.not_saveable", "bytes without a history"))?;
    Ok(match (origin.kind, &origin.shape[..], Geometry::depth_of(origin.dtype)) {
        (Kind::Image, &[height, width, channels], Some(depth)) => {
            let colour = Colour::of_channels(channels)?;
            Content::Picture(Geometry { width, height, colour, depth, tile: 0 })
        }
        _ => Content::Tensor { kind: origin.kind, dtype: origin.dtype, shape: origin.shape.clone() },
    })
}

/// The coded bytes of a component, level by level, where they lie.
pub(super) fn tile(component: &Component) -> Result<TileBytes<Pin>> {
    let bytes = Pin(Arc::new(component.data.pin()?));
    let Meta::Bitstream { chunks, .. } = &component.meta else {
        return Ok(TileBytes { levels: vec![bytes.as_ref().len()], bytes });
    };
    if !chunks.iter().enumerate().all(|(i, c)| c.level as usize == i) {
        return Err(Error::new("internal.bug", "chunks that are not one for each level"));
    }
    Ok(TileBytes { levels: chunks.iter().map(|c| c.bytes).collect(), bytes })
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
