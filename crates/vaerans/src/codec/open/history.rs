//! Whether the histories that a file states can be: each step's input is what the step before it makes, the first one's is what
//! the header promises, and the last one makes coded bytes.

use crate::arena::DType;
use crate::bitstream::{Content, Header, Shape, Stream};
use crate::codec::bands::levels_of;
use crate::component::{Kind, Lineage, Origin, Params};
use crate::ecs::{TensorType, Ty};
use crate::error::{Dims, Error, Result};
use crate::registry::schema::Giver;
use crate::registry::{Entry, Levels, Registry, Role};
use std::sync::Arc;

/// What is said of a residual by itself.
pub(super) const NO_PICTURE: &str = "a residual, and no picture that it refines";

/// Checks all streams, and completes the parameters of their steps.
pub(super) fn complete(header: &mut Header, registry: &Registry) -> Result<()> {
    for stream in &mut header.streams {
        let mut before = Params::new();
        for step in &mut stream.steps {
            let above = std::mem::replace(&mut before, step.params.clone());
            if let Some(entry) = entry_of(registry, step.number, stream.role)? {
                step.name = entry.name.to_owned();
                inherit(entry, &above, &mut step.params);
                // A small build runs no steps of a caller's, and does not know all of their parameters.
                if entry.is_left_out() || (!cfg!(feature = "extra") && entry.is_foreign()) {
                    continue;
                }
                step.params = entry.complete(&step.params, Giver::File).map_err(|e| e.at(entry.name))?;
            }
        }
    }
    let header: &Header = header;
    match header.streams.first() {
        None => return Err(Error::new("stream.invalid", "a file without streams")),
        Some(s) if s.role == Role::Other => {
            return Err(Error::new("stream.invalid", "a file without a picture or tensor"))
        }
        Some(_) => {}
    }
    let refines = header.streams.iter().any(|s| s.role == Role::Residual);
    if refines && matches!(header.content, Content::Tensor { .. }) {
        return Err(Error::new("stream.invalid", NO_PICTURE));
    }
    header.streams.iter().enumerate().try_for_each(|(i, s)| check_stream(header, s, i, registry))
}

/// Parameters that a file leaves out because the step before has the same.
fn inherit(entry: &Entry, above: &Params, params: &mut Params) {
    for &name in entry.inherits {
        if let (None, Some(value)) = (params.get(name), above.get(name)) {
            *params = std::mem::take(params).with(name, value.clone());
        }
    }
}

/// The entry of a step; none for a step of the caller's, nor for an unknown one of a stream that nobody needs.
fn entry_of(registry: &Registry, number: u16, role: Role) -> Result<Option<&'static Entry>> {
    match role {
        Role::Other => Ok(registry.by_number(number)),
        _ => registry.of_file(number),
    }
}

fn check_stream(header: &Header, stream: &Stream, number: usize, registry: &Registry) -> Result<()> {
    let (content, all) = (&header.content, 0..header.content.tiles());
    let is_explicit = stream.steps.iter().any(|s| matches!(s.shape, Shape::Explicit(_)));
    // Where a rule says the shapes, tiles of one shape have the same history but for side bytes.
    let different = match is_explicit {
        true => all.map(|i| (i, content.tile_shape(i))).collect(),
        false => content.shapes(all),
    };
    different.iter().try_for_each(|(i, shape)| {
        let lineage = stream.lineage(*i, shape)?;
        let checked = check_lineage(&lineage, content, shape, stream.role, registry)
            .and_then(|()| check_levels(stream.levels, &lineage, registry));
        checked.map_err(|e| e.at(&format!("stream {number}, tile {i}")))
    })
}

fn check_lineage(lineage: &Lineage, content: &Content, tile: &[usize], role: Role, registry: &Registry) -> Result<()> {
    let steps = lineage.steps();
    let Some(first) = steps.first() else {
        return Err(Error::new("stream.invalid", "a stream without steps"));
    };
    if role != Role::Other {
        check_first(&first.origin, content, tile)?;
        // A picture that calls itself a residual would take the place of the one it claims to refine.
        if entry_of(registry, first.number, role)?.is_some_and(|e| e.role != role) {
            return Err(Error::new(
                "stream.invalid",
                format!("a stream of role {} that is none by its steps", role as u8),
            ));
        }
    }
    for (i, step) in steps.iter().enumerate() {
        let next = steps.get(i + 1).map(|s| &s.origin);
        match entry_of(registry, step.number, role)? {
            Some(entry) if !entry.is_foreign() && !entry.is_left_out() => {
                let made = made_by(entry, step).map_err(|e| e.at(entry.name))?;
                check_next(entry.gives, &made, next)?;
            }
            // What it makes is not known here; that it is a coder, is.
            Some(entry) if next.is_none() && entry.gives == Kind::Bitstream => {}
            None if role == Role::Other => {}
            _ if next.is_none() => return Err(Error::new("stream.invalid", "the last step is no coder")),
            _ => {}
        }
    }
    Ok(())
}

/// A coder of ours makes a section of every level that the splits before it left.
fn check_levels(levels: usize, lineage: &Lineage, registry: &Registry) -> Result<()> {
    let Some(coder) = lineage.last() else { return Ok(()) };
    let expected = match registry.by_number(coder.number).filter(|e| e.gives == Kind::Bitstream).map(|e| e.levels) {
        Some(Levels::Splits) => levels_of(lineage)? + 1,
        Some(Levels::Own | Levels::Layers | Levels::Rows) => levels.max(1),
        None => levels,
    };
    match levels == expected {
        true => Ok(()),
        false => Err(Error::new("stream.invalid", "other levels than its steps make")),
    }
}

/// What the header promises is what the first step was applied to.
fn check_first(origin: &Origin, content: &Content, tile: &[usize]) -> Result<()> {
    let (kind, dtype) = match content {
        Content::Picture(g) => (Kind::Image, g.dtype()),
        Content::Tensor { kind, dtype, .. } => (*kind, *dtype),
    };
    if (origin.kind, origin.dtype, &origin.shape[..]) == (kind, dtype, tile) {
        return Ok(());
    }
    let is = format!("{} of {} {}", origin.kind.name(), origin.dtype, Dims(&origin.shape));
    let text = format!("the steps began with {is}; the header says {} of {dtype} {}", kind.name(), Dims(tile));
    Err(Error::new("stream.invalid", text))
}

fn made_by(entry: &Entry, step: &crate::component::StepRecord) -> Result<TensorType> {
    let origin = &step.origin;
    if !entry.is_recorded() {
        return Err(Error::new("pipe.no_inverse", format!("{} has no inverse", entry.name)));
    }
    if !entry.takes.contains(&origin.kind) {
        return Err(Error::new("pipe.wrong_kind", format!("it does not take {}", origin.kind.name())));
    }
    let ty = Arc::new(Ty::fresh(&origin.key, origin.kind, TensorType::known(origin.dtype, &origin.shape)));
    // What a step reads beside it (a residual's base) is such a component too.
    let inputs: Vec<_> = entry.reads.iter().map(|_| ty.clone()).collect();
    (entry.infer)(&step.params, &inputs)
}

fn check_next(kind: Kind, made: &TensorType, next: Option<&Origin>) -> Result<()> {
    let Some(next) = next else {
        let is_coded = kind == Kind::Bitstream && made.dtype == Some(DType::U8);
        return if is_coded { Ok(()) } else { Err(Error::new("stream.invalid", "the last step is no coder")) };
    };
    let stated = TensorType::known(next.dtype, &next.shape);
    if next.kind == kind && made.fits(&stated) {
        return Ok(());
    }
    let text = format!("a step makes {} of {made}, the next one took {} of {stated}", kind.name(), next.kind.name());
    Err(Error::new("stream.invalid", text))
}
