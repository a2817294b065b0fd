//! What stands beside the picture's own stream: alpha, and a residual that bounds the error.

use super::encoder::{Coded, Encoder};
use crate::bitstream::{NewStream, TileBytes};
use crate::codec::coded::{self, Pin};
use crate::codec::entropy::ans;
use crate::codec::exact;
use crate::codec::filter::{alpha, residual};
use crate::codec::profile::{forward, RESIDUAL};
use crate::codec::run::{take, Run};
use crate::codec::scratch::{with_arena, workers, SPARE};
use crate::codec::tile::{cut, Image, ImageView, SampleBuf, Samples};
use crate::codec::write::ALPHA;
use crate::component::{Component, Kind, Lineage, Params, Value};
use crate::ecs::{Ctx, Cursor, Planner, TensorType, Ty};
use crate::error::{Error, Result};
use crate::pool;
use crate::rect::Rect;
use crate::registry::{keys, Role};
use crate::REGISTRY;

/// Steps that make streams, and the slots of these.
struct Plan {
    planner: Planner,
    streams: Vec<(&'static str, usize)>,
}

/// What a tile has of a stream: the stream's key, bytes, and how they were made.
type Refinement = (&'static str, TileBytes<Pin>, Lineage);

impl Encoder<'_> {
    /// The streams, none where the picture has no alpha and its error is not bounded.
    ///
    /// # Errors
    /// `limit.memory`, those of the steps.
    pub(super) fn refinements(&self, coded: &Coded, bound: Option<u32>) -> Result<Vec<NewStream<Pin>>> {
        let has_alpha = self.geometry.colour.channels() % 2 == 0;
        if !has_alpha && bound.is_none() {
            return Ok(Vec::new());
        }
        let mut base = self.decoded(coded)?;
        if has_alpha {
            self.put_alpha(&mut base);
        }
        let grid = self.geometry.grid();
        let bytes = |rect: Rect| self.plan(rect, bound).map(|p| self.arena_bytes(&p, rect));
        let each = bytes(grid.rect(0))?.saturating_mul(2);
        let picture = 2 * self.image.samples.len() as u64 * self.geometry.dtype().size() as u64;
        let threads = workers(self.threads, picture, each, self.limits)?;
        let tiles = pool::map(threads, grid.len(), |i| self.refined(grid.rect(i), &base, bound))?;
        let mut streams: Vec<NewStream<Pin>> = Vec::new();
        for (key, bytes, lineage) in tiles.into_iter().flatten() {
            if !streams.iter().any(|s| s.key == key) {
                let key = key.into();
                streams.push(NewStream { role: Role::Residual, key, lineages: Vec::new(), tiles: Vec::new() });
            }
            if let Some(stream) = streams.iter_mut().find(|s| s.key == key) {
                stream.lineages.push(lineage);
                stream.tiles.push(bytes);
            }
        }
        Ok(streams)
    }

    /// A residual is over the picture with its alpha.
    fn put_alpha(&self, base: &mut Image) {
        let c = base.channels;
        match (&mut base.samples, self.image.samples) {
            (SampleBuf::U8(to), Samples::U8(from)) => put(to, from, c),
            (SampleBuf::U16(to), Samples::U16(from)) => put(to, from, c),
            _ => {}
        }
    }

    fn plan(&self, rect: Rect, bound: Option<u32>) -> Result<Plan> {
        let shape = [rect.height, rect.width, self.geometry.colour.channels()];
        let ty = |key: &str| Ty::fresh(key, Kind::Image, TensorType::known(self.geometry.dtype(), &shape));
        let mut planner = Planner::new(None, vec![ty(keys::IMAGE), ty(keys::RECON)]);
        let mut streams = Vec::new();
        let adaptive = Params::new().with("adaptive", Value::Bool(true));
        let coder = forward(&ans::ENTRY, adaptive)?;
        if shape[2] % 2 == 0 {
            let at = planner.add(&forward(&alpha::ENTRY, Params::new())?, Cursor::Slot(0), None)?;
            let exact = forward(&exact::ENTRY, Params::new())?;
            streams.push((ALPHA, planner.add(&exact, Cursor::Slot(at), Some(ALPHA))?));
        }
        if let Some(bound) = bound {
            let bound = Params::new().with("max_error", Value::Int(i64::from(bound)));
            let at = planner.add(&forward(&residual::ENTRY, bound)?, Cursor::Slot(1), None)?;
            streams.push((RESIDUAL, planner.add(&coder, Cursor::Slot(at), Some(RESIDUAL))?));
        }
        Ok(Plan { planner, streams })
    }

    fn arena_bytes(&self, plan: &Plan, rect: Rect) -> u64 {
        let picture = (rect.len() * self.geometry.colour.channels() * self.geometry.dtype().size()) as u64;
        let kept: Vec<usize> = plan.streams.iter().map(|s| s.1).collect();
        let run = Run { steps: &plan.planner.steps, keep: Some(&kept), observer: None };
        run.arena_bytes(&[picture, picture]).saturating_add(SPARE)
    }

    /// The streams of a tile.
    fn refined(&self, rect: Rect, base: &Image, bound: Option<u32>) -> Result<Vec<Refinement>> {
        let plan = self.plan(rect, bound)?;
        let kept: Vec<usize> = plan.streams.iter().map(|s| s.1).collect();
        let bytes = usize::try_from(self.arena_bytes(&plan, rect)).unwrap_or(usize::MAX);
        with_arena(bytes, |arena| {
            let ctx = Ctx { models: self.models, ..Ctx::new(self.kernels, arena, self.limits) };
            let part = |view: &ImageView| {
                let data = cut(arena, view, rect, self.geometry.colour.channels(), self.geometry.dtype())?;
                Ok::<_, Error>(Some(Component::new(Kind::Image, data)))
            };
            let mut slots = vec![part(self.image)?, part(&base.view())?];
            let run = Run { steps: &plan.planner.steps, keep: Some(&kept), observer: None };
            run.on(&ctx, std::slice::from_mut(&mut slots))?;
            let one = |&(key, slot): &(&'static str, usize)| {
                let made = take(&mut slots, slot)?;
                Ok((key, coded::tile(&made)?, coded::stored(&REGISTRY, &made.lineage)))
            };
            plan.streams.iter().map(one).collect()
        })
    }
}

fn put<S: Copy>(to: &mut [S], from: &[S], channels: usize) {
    to.chunks_exact_mut(channels)
        .zip(from.chunks_exact(channels))
        .for_each(|(to, from)| to[channels - 1] = from[channels - 1]);
}
