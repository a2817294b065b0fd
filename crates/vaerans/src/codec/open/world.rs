//! A file's streams in a world: for pipes of the user's own, and for files with steps that only the caller can undo.

use super::load::load;
use super::place::blank;
use super::tensor::{scratch_bytes, wanted_levels};
use super::undo::Inverse;
use super::window::Window;
use super::{check_tensor_options, reduce, DecodeOptions, Decoded, Opened};
use crate::bitstream::{Content, Geometry, Metadata};
use crate::codec::scratch::SPARE;
use crate::codec::tile::Image;
use crate::component::Component;
use crate::ecs::{EntityId, Foreign, Pipe, Step, World};
use crate::error::{Dims, Error, Result};
use crate::registry::keys;
use std::sync::Arc;

/// The steps of a file, being undone in a world. The caller runs `pipe`, answers its foreign steps, and collects.
pub struct Undoing {
    /// The steps, newest first, for one entity per tile.
    pub pipe: Pipe,
    content: Content,
    metadata: Metadata,
    window: Option<Window>,
    tiles: Vec<usize>,
}

impl Opened<'_> {
    /// A new entity with all streams of an item of one tile, each under its own key.
    ///
    /// # Errors
    /// `stream.*`, `limit.*`; `stream.invalid` for an item of several tiles.
    pub fn spawn(&self, world: &mut World) -> Result<EntityId> {
        let header = &self.item.header;
        if header.content.tiles() != 1 {
            let text =
                format!("{} tiles; decode the file as a whole, its tiles have no components", header.content.tiles());
            return Err(Error::new("stream.invalid", text));
        }
        let shape = header.content.tile_shape(0);
        let load = |(i, s): (usize, &crate::bitstream::Stream)| {
            let component = load(world.arena(), &self.item, i, 0, s.levels, s.lineage(0, &shape)?)?;
            Ok((s.key.clone(), component))
        };
        let streams = header.streams.iter().enumerate().map(load).collect::<Result<Vec<(String, Component)>>>()?;
        let id = world.new_entity();
        streams.into_iter().try_for_each(|(key, c)| world.attach(id, &key, c, None))?;
        Ok(id)
    }

    /// Bytes of an arena that undoing the item in a world takes, about; what networks take is not known.
    ///
    /// # Errors
    /// `limit.memory` where that is more than the limits allow.
    pub fn world_bytes(&self) -> Result<u64> {
        let header = &self.item.header;
        let (mut pairs, mut coded) = (0u64, 0u64);
        for i in 0..header.content.tiles() {
            let shape = header.content.tile_shape(i);
            for s in &header.streams {
                let lineage = s.lineage(i, &shape)?;
                let sizes: Vec<u64> = lineage.steps().iter().map(|s| bytes(&s.origin)).collect();
                let pair = |p: &[u64]| p.iter().fold(0u64, |n, &b| n.saturating_add(b));
                let most = sizes.windows(2).map(pair).max().or_else(|| sizes.first().copied()).unwrap_or(0);
                pairs = pairs.saturating_add(most).saturating_add(scratch_bytes(&lineage));
            }
        }
        header.streams.iter().flat_map(|s| &s.sections).for_each(|s| coded = coded.saturating_add(s.len as u64));
        let needed = pairs.saturating_add(coded).saturating_add(SPARE);
        self.check_memory(needed)?;
        // The planes, padded pictures and copies that a network is handed; pages are touched only when they are used.
        Ok(needed.saturating_mul(8).saturating_add(64 << 20).min(self.limits.max_bytes))
    }

    /// Prepares undoing the item in a world; `foreign` stands for the steps of [`Opened::foreign`], in that order.
    ///
    /// # Errors
    /// `stream.*`, `limit.*`, `param.*` for options that do not fit; `stream.invalid` for tiles that are no pictures of their own.
    pub fn undoing(&self, world: &mut World, foreign: Vec<Foreign>, options: &DecodeOptions) -> Result<Undoing> {
        world.serve(&self.limits);
        let header = &self.item.header;
        // Entities are undone one by one: what lies beyond a tile's edge would be missing from its pixels.
        if self.is_whole() && header.content.tiles() > 1 {
            let text = format!("{} tiles of what one step makes; decode the file as a whole", header.content.tiles());
            return Err(Error::new("stream.invalid", text));
        }
        let window = match &header.content {
            Content::Picture(g) => Some(Window::new(g, options.reduce, 0, options.region)?),
            Content::Tensor { .. } => check_tensor_options(options).map(|()| None)?,
        };
        let tiles = window.map_or(vec![0], |w| w.tiles());
        let levels = wanted_levels(self, options, header.streams[0].levels)?;
        let streams = self.used(options, levels)?;
        let mut ids = Vec::with_capacity(tiles.len());
        for &tile in &tiles {
            let id = world.new_entity();
            for &s in &streams {
                let stream = &header.streams[s];
                let lineage = stream.lineage(tile, &header.content.tile_shape(tile))?;
                let levels = if s == 0 { levels } else { stream.levels };
                let component = load(world.arena(), &self.item, s, tile, levels, lineage)?;
                world.attach(id, &stream_key(s), component, None)?;
            }
            ids.push(id);
        }
        let pipe = self.undoing_pipe(world, ids, &streams, foreign)?;
        Ok(Undoing { pipe, content: header.content.clone(), metadata: header.metadata.clone(), window, tiles })
    }

    fn undoing_pipe(
        &self,
        world: &mut World,
        ids: Vec<EntityId>,
        streams: &[usize],
        foreign: Vec<Foreign>,
    ) -> Result<Pipe> {
        let mut pipe = Pipe::of_file(ids);
        let mut foreign = foreign.into_iter();
        for &s in streams {
            pipe.select(&stream_key(s));
            let lineage = self.item.header.streams[s].lineage(0, &self.content().tile_shape(0))?;
            for inverse in self.inverses(&lineage) {
                let Inverse { native, name, out } = inverse?;
                let step = match native {
                    Some(native) => Step::Native(native),
                    None => Step::Foreign(Arc::new(foreign.next().ok_or_else(|| {
                        Error::new("unavailable.feature", format!("step {name} is nobody's to undo"))
                    })?)),
                };
                pipe.to(world, step, out.map(str::to_string));
            }
        }
        Ok(pipe)
    }
}

fn bytes(origin: &crate::component::Origin) -> u64 {
    origin.elements().saturating_mul(origin.dtype.size() as u64)
}

fn stream_key(stream: usize) -> String {
    format!("stream {stream}")
}

impl Undoing {
    /// What the pipe gave, once it ran.
    ///
    /// # Errors
    /// `stream.invalid` where that is not what the header promises.
    pub fn collect(&self, world: &World) -> Result<Decoded> {
        let last = self.pipe.nodes.last().ok_or_else(|| Error::new("stream.invalid", "a file without steps"))?;
        let made = |id: EntityId| {
            let keys = world.keys(id)?;
            let key = keys.iter().rev().find(|(_, step)| *step == last.id).map(|(key, _)| key.as_str());
            world.component(id, key.unwrap_or(keys::RECON), Some(last.id))
        };
        match (&self.content, self.window) {
            (Content::Picture(geometry), Some(window)) => {
                let components = self.pipe.entities.iter().map(|&id| made(id)).collect::<Result<Vec<_>>>()?;
                self.picture(geometry, window, &components).map(Decoded::Picture)
            }
            (Content::Tensor { kind, dtype, shape }, _) => {
                let data = made(self.pipe.entities[0])?.data.clone();
                if data.dtype() != *dtype || data.shape() != &shape[..] {
                    let text =
                        format!("the steps give {} {}, not {dtype} {}", data.dtype(), Dims(data.shape()), Dims(shape));
                    return Err(Error::new("stream.invalid", text));
                }
                Ok(Decoded::Tensor(*kind, data))
            }
            _ => Err(Error::new("internal.bug", "a picture without a window")),
        }
    }

    fn picture(&self, geometry: &Geometry, window: Window, tiles: &[&Component]) -> Result<Image> {
        let (width, height) = window.size();
        let dtype = geometry.dtype();
        let mut image = blank(&Geometry { width, height, ..*geometry })?;
        for (&tile, component) in self.tiles.iter().zip(tiles) {
            let (r, data) = (window.tile(tile), &component.data);
            if data.shape() != [r.height, r.width, geometry.colour.channels()] || data.dtype() != dtype {
                let text = format!("tile {tile} gives {} of {}", Dims(data.shape()), data.dtype());
                return Err(Error::new("stream.invalid", text));
            }
            if let Some(place) = window.cut(tile) {
                place.copy(data, &mut image)?;
            }
        }
        let mut image = reduce::average(image, window.averages);
        image.metadata = self.metadata.clone();
        Ok(image)
    }
}
