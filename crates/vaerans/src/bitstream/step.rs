//! One step of a stream: what a decoder needs to undo it, for every tile at once.

use super::budget::Budget;
use super::format::{
    MAX_NAME, MAX_RANK, SHAPE_EXPLICIT, SHAPE_PLANAR, SHAPE_SAME, SHAPE_TILE, STEP_NAME, STEP_SHARED, STEP_SIDE,
};
use crate::arena::DType;
use crate::component::{Kind, Origin, Params, StepRecord};
use crate::error::{Dims, Error, Result};
use crate::registry::{keys, PRIVATE};
use crate::wire::{Limits, Reader, Writer};
use std::borrow::Cow;

/// How a decoder finds the shape of a step's input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// The tile itself, (H, W, C).
    Tile,
    /// That of the step before.
    Same,
    /// That of the step before with its last axis first: (H, W, C) becomes (C, H, W).
    Planar,
    /// Written, one per tile.
    Explicit(Vec<Vec<usize>>),
}

/// One step of a stream's pipe, in the order the encoder ran them.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredStep {
    /// Registry number.
    pub number: u16,
    /// Name of a system of the private range, for messages; the registry knows the others.
    pub name: String,
    /// Parameters.
    pub params: Params,
    /// Store key of its input.
    pub key: String,
    /// Kind of its input.
    pub kind: Kind,
    /// Element type of its input.
    pub dtype: DType,
    /// Shape of its input.
    pub shape: Shape,
    /// What the step learned from the data.
    pub side: Side,
}

/// Side bytes of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// None.
    None,
    /// The same for all tiles.
    Shared(Vec<u8>),
    /// Of every tile its own.
    PerTile(Vec<Vec<u8>>),
}

impl Side {
    fn of(records: &[&StepRecord]) -> Side {
        let first = &records[0].side;
        match () {
            () if records.iter().all(|r| r.side.is_empty()) => Side::None,
            () if records.iter().all(|r| r.side == *first) => Side::Shared(first.clone()),
            () => Side::PerTile(records.iter().map(|r| r.side.clone()).collect()),
        }
    }

    fn of_tile(&self, tile: usize) -> Vec<u8> {
        match self {
            Side::None => Vec::new(),
            Side::Shared(bytes) => bytes.clone(),
            Side::PerTile(all) => all.get(tile).cloned().unwrap_or_default(),
        }
    }
}

impl StoredStep {
    /// The step that `records` (one per tile) agree on; `tiles` are the shapes of the tiles and
    /// `before` the input shapes of the step before, where there are any.
    pub(super) fn of(records: &[&StepRecord], tiles: &[Vec<usize>], before: &[Vec<usize>]) -> Result<StoredStep> {
        let first = records[0];
        let same = |r: &&StepRecord| {
            let (a, b) = (&r.origin, &first.origin);
            r.number == first.number
                && r.params == first.params
                && (&a.key, a.kind, a.dtype) == (&b.key, b.kind, b.dtype)
        };
        if !records.iter().all(same) {
            return Err(Error::new("internal.bug", format!("{}: tiles were coded by different steps", first.name)));
        }
        if first.number == 0 {
            let text = format!("{} has no registry number, so no file can name it", first.name);
            return Err(Error::new("pipe.unregistered_system", text));
        }
        let shapes: Vec<_> = records.iter().map(|r| r.origin.shape.clone()).collect();
        Ok(StoredStep {
            number: first.number,
            name: first.name.to_string(),
            params: first.params.clone(),
            key: first.origin.key.clone(),
            kind: first.origin.kind,
            dtype: first.origin.dtype,
            shape: Shape::of(shapes, tiles, before),
            side: Side::of(records),
        })
    }

    /// The record of this step in tile `tile`, whose input has `shape`.
    pub(super) fn record(&self, tile: usize, shape: Vec<usize>) -> StepRecord {
        let origin = Origin { key: self.key.clone(), kind: self.kind, dtype: self.dtype, shape };
        StepRecord {
            number: self.number,
            name: Cow::Owned(self.name.clone()),
            params: self.params.clone(),
            side: self.side.of_tile(tile),
            origin,
        }
    }

    pub(super) fn write(&self, w: &mut Writer) {
        let named = self.number >= PRIVATE;
        let side = match self.side {
            Side::None => 0,
            Side::Shared(_) => STEP_SHARED,
            Side::PerTile(_) => STEP_SIDE,
        };
        w.u16(self.number);
        w.u8(self.shape.tag() | side | if named { STEP_NAME } else { 0 });
        if named {
            w.text(&self.name, MAX_NAME);
        }
        self.params.write(w);
        write_key(w, &self.key);
        w.u8(self.kind as u8);
        w.u8(self.dtype as u8);
        if let Shape::Explicit(shapes) = &self.shape {
            shapes.iter().for_each(|s| write_shape(w, s));
        }
        let sides = match &self.side {
            Side::None => &[][..],
            Side::Shared(bytes) => std::slice::from_ref(bytes),
            Side::PerTile(all) => all,
        };
        for side in sides {
            w.varint(side.len() as u64);
            w.bytes(side);
        }
    }

    pub(super) fn read(r: &mut Reader, tiles: usize, budget: &mut Budget) -> Result<StoredStep> {
        let number = r.u16()?;
        let flags = r.u8()?;
        if number == 0 || flags & !(STEP_SIDE | STEP_NAME | STEP_SHARED | SHAPE_EXPLICIT) != 0 {
            return Err(r.invalid(&format!("step number {number} with flags {flags:#x}")));
        }
        let name = if flags & STEP_NAME != 0 { r.text(MAX_NAME)?.to_owned() } else { String::new() };
        let before = r.remaining();
        let params = Params::read(r)?;
        // Every tile has a history of its own, with all of the parameters.
        budget.bytes((before - r.remaining()) as u64 * tiles as u64)?;
        let key = read_key(r)?;
        let (kind, dtype) = read_type(r)?;
        let shape = match flags & SHAPE_EXPLICIT {
            SHAPE_TILE => Shape::Tile,
            SHAPE_SAME => Shape::Same,
            SHAPE_PLANAR => Shape::Planar,
            _ => Shape::Explicit(per_tile(r, tiles, budget, |r, budget| read_shape(r, budget.limits))?),
        };
        let bytes = |r: &mut Reader, budget: &mut Budget, tiles: usize| {
            let len = r.varint()?;
            budget.bytes(len.saturating_mul(tiles as u64))?;
            Ok(r.bytes(len as usize)?.to_vec())
        };
        let side = match flags & (STEP_SIDE | STEP_SHARED) {
            0 => Side::None,
            STEP_SHARED => Side::Shared(bytes(r, budget, tiles)?),
            STEP_SIDE => Side::PerTile(per_tile(r, tiles, budget, |r, budget| bytes(r, budget, 1))?),
            _ => return Err(r.invalid("side bytes that are both shared and of every tile")),
        };
        Ok(StoredStep { number, name, params, key, kind, dtype, shape, side })
    }
}

/// Reads one item per tile. Each takes a byte at least, so the bytes left bound the allocation.
fn per_tile<T>(
    r: &mut Reader,
    tiles: usize,
    budget: &mut Budget,
    read: impl Fn(&mut Reader, &mut Budget) -> Result<T>,
) -> Result<Vec<T>> {
    if tiles > r.remaining() {
        return Err(r.invalid(&format!("{tiles} items in the {} bytes left", r.remaining())));
    }
    budget.items(tiles as u64)?;
    (0..tiles).map(|_| read(r, budget)).collect()
}

impl Shape {
    fn of(shapes: Vec<Vec<usize>>, tiles: &[Vec<usize>], before: &[Vec<usize>]) -> Shape {
        if before.is_empty() {
            return if shapes == tiles { Shape::Tile } else { Shape::Explicit(shapes) };
        }
        let all = |rule: fn(&[usize]) -> Option<Vec<usize>>| {
            shapes.iter().zip(before).all(|(s, b)| rule(b).as_ref() == Some(s))
        };
        match () {
            () if all(|b| Some(b.to_vec())) => Shape::Same,
            () if all(planar) => Shape::Planar,
            () => Shape::Explicit(shapes),
        }
    }

    /// The shape in tile `tile`; `before` is that of the step before.
    ///
    /// # Errors
    /// `stream.invalid` where the rule has nothing to go by.
    pub(super) fn resolve(&self, tile: usize, tile_shape: &[usize], before: Option<&[usize]>) -> Result<Vec<usize>> {
        let found = match (self, before) {
            (Shape::Tile, _) => Some(tile_shape.to_vec()),
            (Shape::Same, Some(b)) => Some(b.to_vec()),
            (Shape::Planar, Some(b)) => planar(b),
            (Shape::Explicit(all), _) => all.get(tile).cloned(),
            _ => None,
        };
        found.ok_or_else(|| {
            Error::new("stream.invalid", format!("shape rule {} after {}", self.tag(), Dims(before.unwrap_or(&[]))))
        })
    }

    fn tag(&self) -> u8 {
        match self {
            Shape::Tile => SHAPE_TILE,
            Shape::Same => SHAPE_SAME,
            Shape::Planar => SHAPE_PLANAR,
            Shape::Explicit(_) => SHAPE_EXPLICIT,
        }
    }
}

fn planar(hwc: &[usize]) -> Option<Vec<usize>> {
    match hwc {
        &[h, w, c] => Some(vec![c, h, w]),
        _ => None,
    }
}

pub(super) fn write_key(w: &mut Writer, key: &str) {
    match keys::find(key).map_or(0, |k| k.number) {
        0 => {
            w.u8(0);
            w.text(key, MAX_NAME);
        }
        number => w.u8(number),
    }
}

pub(super) fn read_key(r: &mut Reader) -> Result<String> {
    match r.u8()? {
        0 => Ok(r.text(MAX_NAME)?.to_owned()),
        i => {
            let key = keys::KEYS.iter().find(|k| k.number == i);
            key.map(|k| k.name.to_string()).ok_or_else(|| r.invalid(&format!("key number {i}")))
        }
    }
}

pub(super) fn read_type(r: &mut Reader) -> Result<(Kind, DType)> {
    let (kind, dtype) = (r.u8()?, r.u8()?);
    let found = Kind::from_number(kind).zip(DType::from_number(dtype));
    found.ok_or_else(|| r.invalid(&format!("component kind {kind} of dtype {dtype}")))
}

pub(super) fn write_shape(w: &mut Writer, shape: &[usize]) {
    w.count(shape.len(), MAX_RANK, "axes");
    shape.iter().for_each(|&d| w.varint(d as u64));
}

pub(super) fn read_shape(r: &mut Reader, limits: &Limits) -> Result<Vec<usize>> {
    let rank = r.count(MAX_RANK, "axes")?;
    let mut shape = Vec::with_capacity(rank);
    let mut elements = 1u64;
    for _ in 0..rank {
        let side = r.varint()?;
        elements = elements.saturating_mul(side);
        limits.check_elements(side.max(elements), "tensor elements")?;
        shape.push(side as usize);
    }
    Ok(shape)
}
